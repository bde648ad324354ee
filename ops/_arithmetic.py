"""Sums, products, powers and their kin. All broadcast; the engine takes the gradient back to each operand's shape."""

import numpy as np

from ._comparison import sign, where
from ._exponential import log
from ._primitive import primitive


@primitive(broadcasts=True, promotes="common", linear=False)
def add(x, y, /):
    return np.add(x, y)


@add.vjp("x")
def add_x(g):
    return g


@add.vjp("y")
def add_y(g):
    return g


@primitive(broadcasts=True, promotes="common")
def subtract(x, y, /):
    return np.subtract(x, y)


@subtract.vjp("x")
def subtract_x(g):
    return g


@subtract.vjp("y")
def subtract_y(g):
    return -g


@primitive(broadcasts=True, promotes="common")
def multiply(x, y, /):
    return np.multiply(x, y)


@multiply.vjp("x")
def multiply_x(g, y):
    return g * y


@multiply.vjp("y")
def multiply_y(g, x):
    return g * x


@primitive(broadcasts=True, promotes="float")
def divide(x, y, /):
    return np.divide(x, y)


@divide.vjp("x")
def divide_x(g, y):
    return g / y


@divide.vjp("y")
def divide_y(g, x, y):
    return -g * ((x / y) / y)


@primitive(broadcasts=True, promotes="common")
def power(x, y, /):
    """x to the y; at y = 0 the gradient for x is 0, at x = 0 that for y is 0 where y >= 0 (PyTorch's conventions)."""
    return x**y


@power.vjp("x")
def power_x(g, x, y):
    return where(y == 0, 0.0, g * (y * x ** (y - 1)))


@power.vjp("y")
def power_y(g, x, y, out):
    return g * where((x == 0) & (y >= 0), 0.0, out * log(x))


@primitive(broadcasts=True, promotes="common")
def maximum(x, y, /):
    """The larger one; NaN wins; where both are equal each gets half of the gradient."""
    return np.maximum(x, y)


@maximum.vjp("x")
def maximum_x(g, x, y):
    return where(x == y, g * 0.5, where(x < y, 0.0, g))


@maximum.vjp("y")
def maximum_y(g, x, y):
    return where(x == y, g * 0.5, where(y < x, 0.0, g))


@primitive(broadcasts=True, promotes="common")
def minimum(x, y, /):
    """The smaller one; NaN wins; where both are equal each gets half of the gradient."""
    return np.minimum(x, y)


@minimum.vjp("x")
def minimum_x(g, x, y):
    return where(x == y, g * 0.5, where(x > y, 0.0, g))


@minimum.vjp("y")
def minimum_y(g, x, y):
    return where(x == y, g * 0.5, where(y > x, 0.0, g))


def _pairs(draw):
    return [(draw(2, 3), draw(2, 3)), (draw(2, 1, 3), draw(4, 1)), (draw(()), draw(2)), (draw(0, 3), draw(3)), (draw(()), draw(()))]


for operator in (add, subtract, multiply):
    operator.samples(_pairs)
for operator in (maximum, minimum):
    operator.samples(lambda draw: [(np.round(x), np.round(y) + 0.5) for x, y in _pairs(draw)])  # never equal, nor nearly
divide.samples(lambda draw: [(x, y + np.copysign(0.5, y)) for x, y in _pairs(draw)])
power.samples(lambda draw: [(np.abs(x) + 0.5, y) for x, y in _pairs(draw)])


@primitive(linear=True)
def negative(x, /):
    return np.negative(x)


@negative.vjp("x")
def negative_x(g):
    return -g


negative.samples(lambda draw: [draw(2, 3), draw(()), draw(0, 3)])


@primitive
def absolute(x, /):
    """|x|; the gradient at 0 is 0."""
    return np.absolute(x)


@absolute.vjp("x")
def absolute_x(g, x):
    return g * sign(x)


absolute.samples(lambda draw: [draw.away_from_zero(2, 3), draw.away_from_zero(()), draw(0, 3)])
