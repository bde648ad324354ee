"""Methods of linear algebra: inverses, determinants, powers."""

from ..._functions.linalg import *


class LinalgMethods:
    """Methods of linear algebra: inverses, determinants, powers."""

    __slots__ = ()

    det = det
    inverse = inverse
    logdet = logdet
    matrix_exp = matrix_exp
    matrix_power = matrix_power
    slogdet = slogdet
    triangular_solve = triangular_solve
