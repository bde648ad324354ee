"""Steps: the sign, rounding, and division with a whole quotient. A step is flat between its jumps, so its
gradient is zero."""

import math

import numpy as np

from ._comparison import where
from ._creation import zeros_like
from ._errors import DTypeError
from ._primitive import primitive


@primitive(half="same")
def sign(x, /):
    """-1, 0 or 1; NaN gives 0, as in PyTorch."""
    return (
        x.copy() if x.dtype.kind == "b" else np.greater(x, 0).astype(x.dtype) - np.less(x, 0).astype(x.dtype)
    )


@primitive(half="same")
def floor(x, /):
    """The largest whole number that is not above x."""
    return np.floor(x) if x.dtype.kind == "f" else _whole("floor", x)


@primitive(half="same")
def ceil(x, /):
    """The smallest whole number that is not below x."""
    return np.ceil(x) if x.dtype.kind == "f" else _whole("ceil", x)


@primitive(half="same")
def trunc(x, /):
    """x without its fraction."""
    return np.trunc(x) if x.dtype.kind == "f" else _whole("trunc", x)


@primitive
def round(x, /, *, decimals=0):
    """The nearest number of that many decimals; halves go to the even one."""
    return np.round(x, decimals) if x.dtype.kind == "f" else _whole("round", x)


def _whole(name, x):
    if x.dtype.kind == "b":
        raise DTypeError(f"{name} is not defined for booleans; convert with .to(dtype)")
    return x.copy(order="K")


@sign.vjp("x")
def sign_x(g):
    return zeros_like(g)


for step in (floor, ceil, trunc, round):
    step.vjp("x")(sign_x)
for step in (sign, floor, ceil, trunc, round):
    step.samples(lambda draw: [draw.away_from_zero(2, 3) + 0.25, draw.away_from_zero(()) + 0.25, draw(0, 3)])


def _refuse_zero(x, y):
    sizes = (*getattr(x, "shape", ()), *getattr(y, "shape", ()))
    if getattr(x, "dtype", np.dtype(float)).kind in "iub" and 0 not in sizes and np.any(np.equal(y, 0)):
        raise IntegerDivisionError(
            "ZeroDivisionError: an integer is divided by 0; convert to floating point first"
        )


class IntegerDivisionError(ZeroDivisionError, RuntimeError):
    """Integer division by zero: PyTorch's RuntimeError, and Python's ZeroDivisionError."""


@primitive(broadcasts=True, promotes="common")
def floor_divide(x, y, /):
    """The quotient, rounded down."""
    _refuse_zero(x, y)
    return np.floor_divide(x, y)


@primitive(broadcasts=True, promotes="common")
def trunc_divide(x, y, /):
    """The quotient, rounded towards zero."""
    _refuse_zero(x, y)
    if np.result_type(x, y).kind == "f":
        return np.trunc(np.divide(x, y))
    toward_zero = (np.remainder(x, y) != 0) & ((x < 0) != (y < 0))
    return np.floor_divide(x, y) + toward_zero.astype(x.dtype)


@primitive(broadcasts=True, promotes="common")
def remainder(x, y, /):
    """What x leaves over ``floor_divide(x, y)`` times y: it has y's sign."""
    _refuse_zero(x, y)
    return np.remainder(x, y)


@primitive(broadcasts=True, promotes="common")
def fmod(x, y, /):
    """What x leaves over ``trunc_divide(x, y)`` times y: it has x's sign."""
    _refuse_zero(x, y)
    return np.fmod(x, y)


for quotient in (floor_divide, trunc_divide):
    quotient.vjp("x")(sign_x)
    quotient.vjp("y")(sign_x)


@remainder.vjp("x")
def remainder_x(g):
    return g


@remainder.vjp("y")
def remainder_y(g, x, y):
    return -g * floor_divide(x, y)


@fmod.vjp("x")
def fmod_x(g):
    return g


@fmod.vjp("y", formula="-g * trunc_divide(x, y)")
def fmod_y(g, x, y):
    left = where((y == 0) | (abs(x) == math.inf), 0.0, fmod(x, y))  # where there is none, as in PyTorch
    return -g * round((x - left) / y)  # a quotient just below a whole number is rounded up to it


def _quotients(draw):
    return [
        (draw.uniform(2, 3, low=3.2, high=3.8), draw.uniform(3, low=1.2, high=1.5)),
        (draw.uniform(2, 1, low=-3.8, high=-3.2), draw.uniform(3, low=1.2, high=1.5)),
        (draw.uniform((), low=3.2, high=3.8), draw.uniform(2, low=-1.5, high=-1.2)),
        (draw(0, 3), draw(3)),
    ]


for operator in (floor_divide, trunc_divide, remainder, fmod):
    operator.samples(_quotients)


@primitive(broadcasts=True, promotes="common", half="same")
def nextafter(x, y, /):
    """The next number that can be written, from x towards y."""
    return np.nextafter(x, y)


@nextafter.vjp("x")
def nextafter_x(g, x, y):
    return where(x == y, 0.0, g)


@nextafter.vjp("y")
def nextafter_y(g, y):  # 0 everywhere, as in PyTorch, at NaN too
    return where(y < y, g, 0.0)


nextafter.samples(lambda draw: [(draw(2, 3), draw(3)), (draw(()), draw(2)), (draw(0, 3), draw(3))])
