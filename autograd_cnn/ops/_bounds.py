"""The larger and the smaller of two, and what keeps to bounds. Who gets the gradient of a tie is PyTorch's
convention."""

import numpy as np

from ._arithmetic import pairs
from ._comparison import isnan, where
from ._primitive import primitive


@primitive(broadcasts=True, promotes="common", half="same")
def maximum(x, y, /):
    """The larger one; NaN wins; where both are equal each gets half of the gradient."""
    return np.maximum(x, y)


@maximum.vjp("x")
def maximum_x(g, x, y):
    return where(x == y, g * 0.5, where(x < y, 0.0, g))


@maximum.vjp("y")
def maximum_y(g, x, y):
    return where(x == y, g * 0.5, where(y < x, 0.0, g))


@primitive(broadcasts=True, promotes="common", half="same")
def minimum(x, y, /):
    """The smaller one; NaN wins; where both are equal each gets half of the gradient."""
    return np.minimum(x, y)


@minimum.vjp("x")
def minimum_x(g, x, y):
    return where(x == y, g * 0.5, where(x > y, 0.0, g))


@minimum.vjp("y")
def minimum_y(g, x, y):
    return where(x == y, g * 0.5, where(y > x, 0.0, g))


@primitive(broadcasts=True, promotes="common", half="same")
def fmax(x, y, /):
    """The larger one; NaN only where both are; where both are equal x gets all of the gradient."""
    return np.fmax(x, y)


@fmax.vjp("x")
def fmax_x(g, x, y):
    return where((x >= y) | isnan(y), g, 0.0)


@fmax.vjp("y")
def fmax_y(g, x, y):
    return where((x >= y) | isnan(y), 0.0, g)


@primitive(broadcasts=True, promotes="common", half="same")
def fmin(x, y, /):
    """The smaller one; NaN only where both are; where both are equal x gets all of the gradient."""
    return np.fmin(x, y)


@fmin.vjp("x")
def fmin_x(g, x, y):
    return where((x <= y) | isnan(y), g, 0.0)


@fmin.vjp("y")
def fmin_y(g, x, y):
    return where((x <= y) | isnan(y), 0.0, g)


@primitive(broadcasts=True, promotes="common", half="same")
def clamp_min(x, lower, /):
    """x, but not below the bound; x gets the gradient where it is not below, the bound where it is."""
    return np.maximum(x, lower)


@clamp_min.vjp("x")
def clamp_min_x(g, x, lower):
    return where(x >= lower, g, 0.0)


@clamp_min.vjp("lower")
def clamp_min_lower(g, x, lower):
    return where(x < lower, g, 0.0)


@primitive(broadcasts=True, promotes="common", half="same")
def clamp_max(x, upper, /):
    """x, but not above the bound; x gets the gradient where it is not above, the bound where it is."""
    return np.minimum(x, upper)


@clamp_max.vjp("x")
def clamp_max_x(g, x, upper):
    return where(x <= upper, g, 0.0)


@clamp_max.vjp("upper")
def clamp_max_upper(g, x, upper):
    return where(x > upper, g, 0.0)


@primitive(broadcasts=True, promotes="common", half="same")
def clamp(x, lower, upper, /):
    """x brought between the bounds; at a bound x gets the gradient. Where the bounds cross, the upper one
    holds."""
    return np.minimum(np.maximum(x, lower), upper)


@clamp.vjp("x")
def clamp_x(g, x, lower, upper):
    return where((x >= lower) & (x <= upper), g, 0.0)


@clamp.vjp("lower")
def clamp_lower(g, x, lower, upper):
    return where((x < lower) & (lower < upper), g, 0.0)


@clamp.vjp("upper")
def clamp_upper(g, x, lower, upper):
    return where((x > upper) | (upper < lower), g, 0.0)


for choice in (maximum, minimum, fmax, fmin, clamp_min, clamp_max):
    choice.samples(
        lambda draw: [(np.round(x), np.round(y) + 0.5) for x, y in pairs(draw)]
    )  # never equal, nor nearly
clamp.samples(
    lambda draw: [
        (draw.distinct(2, 3), draw.uniform(3, low=-1.1, high=-0.9), draw.uniform(2, 1, low=0.9, high=1.1)),
        (draw(()), draw.uniform(2, low=-1.1, high=-0.9), draw.uniform((), low=0.9, high=1.1)),
        (draw(0, 3), draw(3), draw(())),
    ]
)
