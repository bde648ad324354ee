"""The incomplete gamma functions as methods."""

from ..._functions.incomplete_gamma import *
from ..._functions.incomplete_gamma import igamma_, igammac_


class IncompleteGammaMethods:
    """The incomplete gamma functions, and their in-place forms."""

    __slots__ = ()

    igamma = igamma
    igamma_ = igamma_
    igammac = igammac
    igammac_ = igammac_
