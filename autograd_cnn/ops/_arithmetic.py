"""Sums, products, powers and their kin. All broadcast; the engine takes the gradient back to each operand's
shape."""

import numpy as np

from ._comparison import isfinite, where
from ._creation import zeros_like
from ._exponential import log
from ._primitive import primitive
from ._rounding import sign


@primitive(broadcasts=True, promotes="common", half="kernels")
def add(x, y, /):
    return np.add(x, y)


@add.vjp("x")
def add_x(g):
    return g


@add.vjp("y")
def add_y(g):
    return g


@primitive(broadcasts=True, promotes="common", booleans=False, half="kernels")
def subtract(x, y, /):
    return np.subtract(x, y)


@subtract.vjp("x")
def subtract_x(g):
    return g


@subtract.vjp("y")
def subtract_y(g):
    return -g


@primitive(broadcasts=True, promotes="common", half="kernels")
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
    """x to the y; at y = 0 the gradient for x is 0, at x = 0 that for y is 0 where y >= 0 (PyTorch's
    conventions)."""
    return x**y if (x if hasattr(x, "dtype") else y).dtype.kind == "f" else _whole_power(x, y)


def _whole_power(x, y):
    """A power of integers; below 0 what is left of 1 / x**-y without its fraction."""
    below = np.less(y, 0)
    small = np.where(x == 1, 1, np.where(x == -1, 1 - 2 * (y % 2), 0))
    return np.where(below, small, np.power(x, y * np.logical_not(below))).astype(np.result_type(x, y))


@power.vjp("x", formula="where(y == 0, 0.0, g * (y * x ** (y - 1)))")
def power_x(g, x, y):
    # the exponent is never -1 where y is 0: at x = 0 the second derivative would be 0 * inf
    lower = where(y == 0, y, y - 1) if hasattr(y, "__primitive__") else y - (y != 0)
    return where(y == 0, 0.0, g * (y * x**lower))


@power.vjp("y", formula="g * where((x == 0) & (y >= 0), 0.0, x ** y * log(x))")
def power_y(g, x, y):
    half = x ** (y * 0.5)  # where x**y overflows, the slope is a number if x is below e
    return g * where((x == 0) & (y >= 0), 0.0, half * log(x) * half)


@primitive(broadcasts=True, promotes="common")
def lerp(x, y, weight, /):
    """x + weight (y - x), from the nearer end: exact at both."""
    return np.where(np.absolute(weight) < 0.5, x + weight * (y - x), y - (y - x) * (1 - weight))


@lerp.vjp("x")
def lerp_x(g, weight):
    return g * (1 - weight)


@lerp.vjp("y")
def lerp_y(g, weight):
    return g * weight


@lerp.vjp("weight")
def lerp_weight(g, x, y):
    return g * (y - x)


lerp.samples(
    lambda draw: [
        (draw(2, 3), draw(2, 3), draw(2, 3)),
        (draw(2, 1), draw(3), draw(())),
        (draw(()), draw(()), draw(2)),
        (draw(0, 3), draw(3), draw(())),
    ]
)


@primitive(broadcasts=True, promotes="float", half="same")
def copysign(x, y, /):
    """|x| with the sign of y; the gradient for x at 0 is 0."""
    return np.copysign(x, y)


@copysign.vjp("x")
def copysign_x(g, x, out):
    return g * (sign(x) * sign(out))


@copysign.vjp("y")
def copysign_y(g):
    return zeros_like(g)


for operator, ufunc in ((add, np.add), (subtract, np.subtract), (multiply, np.multiply), (divide, np.divide)):
    operator.forward = (
        ufunc  # what the function above returns, without a Python call around it: 60 ns of the 250 it takes
    )


def pairs(draw):
    """Operands that broadcast, without axes and empty, for the samples of a function of two."""
    return [
        (draw(2, 3), draw(2, 3)),
        (draw(2, 1, 3), draw(4, 1)),
        (draw(()), draw(2)),
        (draw(0, 3), draw(3)),
        (draw(()), draw(())),
    ]


for operator in (add, subtract, multiply):
    operator.samples(pairs)
divide.samples(lambda draw: [(x, y + np.copysign(0.5, y)) for x, y in pairs(draw)])
copysign.samples(lambda draw: [(x + np.copysign(0.5, x), y + np.copysign(0.5, y)) for x, y in pairs(draw)])
power.samples(lambda draw: [(np.abs(x) + 0.5, y) for x, y in pairs(draw)])


@primitive(linear=True, half="same")
def negative(x, /):
    return np.negative(x)


@negative.vjp("x")
def negative_x(g):
    return -g


negative.samples(lambda draw: [draw(2, 3), draw(()), draw(0, 3)])


@primitive(half="same")
def absolute(x, /):
    """|x|; the gradient at 0 is 0."""
    return np.absolute(x)


@absolute.vjp("x")
def absolute_x(g, x):
    return g * sign(x)


absolute.samples(lambda draw: [draw.away_from_zero(2, 3), draw.away_from_zero(()), draw(0, 3)])


@primitive
def square(x, /):
    return np.square(x)


@square.vjp("x")
def square_x(g, x):
    return g * (2 * x)


square.samples(lambda draw: [draw(2, 3), draw(()), draw(0, 3)])


@primitive(broadcasts=True, promotes="float")
def gated(x, gate, /):
    """x times a gate between 0 and 1; of -inf, where the gate is 0, not NaN but 0."""
    out = np.multiply(x, gate)
    if type(out) is np.ndarray and out.size and np.isnan(out.flat[out.argmax()]):
        return np.where((gate == 0) & np.isinf(x), -gate, out)
    return out


@gated.vjp("x")
def gated_x(g, gate):
    return g * gate


@gated.vjp("gate")
def gated_gate(g, x):
    return g * x


gated.samples(pairs)


@primitive(promotes="float")
def reciprocal(x, /):
    return np.reciprocal(x)


@reciprocal.vjp("x")
def reciprocal_x(g, out):
    return -g * out * out


reciprocal.samples(lambda draw: [draw.positive(2, 3), draw.positive(()), draw(0, 3)])


@primitive(outputs=("mantissa", "exponent"), differentiable=False)
def frexp(x, /):
    """mantissa * 2**exponent, with a mantissa of at least 1/2 and below 1."""
    return np.frexp(x)


frexp.samples(lambda draw: [draw(2, 3), draw(()), draw(0, 3)])


@primitive(half="same")
def nan_to_num(x, /, *, nan=0.0, posinf=None, neginf=None):
    """x with numbers in the place of NaN and the infinities (by default the largest ones), which get no
    gradient."""
    return np.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)


@nan_to_num.vjp("x")
def nan_to_num_x(g, x):
    return where(isfinite(x), g, 0.0)


nan_to_num.samples(lambda draw: [draw(2, 3), draw.call(draw(()), nan=1.0), draw(0, 3)])
