"""Methods that factor matrices."""

from ..._functions.factorization import *


class FactorizationMethods:
    """Methods that factor matrices."""

    __slots__ = ()

    cholesky = cholesky
    cholesky_inverse = cholesky_inverse
    cholesky_solve = cholesky_solve
    pinverse = pinverse
    qr = qr
    svd = svd
