"""Methods of linear algebra: inverses, determinants, powers."""

from ..._functions.linalg import *
from ..._functions.linalg import inv


class LinalgMethods:
    """Methods of linear algebra: inverses, determinants, powers."""

    __slots__ = ()

    det = det
    inverse = inv
    logdet = logdet
    matrix_exp = matrix_exp
    matrix_power = matrix_power
    slogdet = slogdet
    triangular_solve = triangular_solve
