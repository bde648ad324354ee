"""Methods of norms and distances."""

from ..._functions.norm import *
from ..._functions.norm import renorm_


class NormMethods:
    """Methods of norms and distances."""

    __slots__ = ()

    dist = dist
    norm = norm
    renorm = renorm
    renorm_ = renorm_
