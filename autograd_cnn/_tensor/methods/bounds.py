"""Bounds as methods."""

from ..._functions.bounds import *


class BoundsMethods:
    """The larger and the smaller of two, bounds, and their in-place forms."""

    __slots__ = ()

    clamp = clamp
    clamp_ = clamp_
    clamp_max = clamp_max
    clamp_max_ = clamp_max_
    clamp_min = clamp_min
    clamp_min_ = clamp_min_
    clip = clamp
    clip_ = clamp_
    fmax = fmax
    fmin = fmin
    maximum = maximum
    minimum = minimum
