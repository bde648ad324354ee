"""Methods of Householder's reflections."""

from ..._functions.householder import *


class HouseholderMethods:
    """Methods of Householder's reflections."""

    __slots__ = ()

    geqrf = geqrf
    orgqr = orgqr
    ormqr = ormqr
