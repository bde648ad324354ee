"""Methods of the triangles of matrices."""

from ..._functions.triangular import *
from ..._functions.triangular import tril_, triu_


class TriangularMethods:
    """Methods of the triangles of matrices."""

    __slots__ = ()

    trace = trace
    tril = tril
    tril_ = tril_
    triu = triu
    triu_ = triu_
