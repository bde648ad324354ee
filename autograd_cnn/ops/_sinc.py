"""sin(pi x) / (pi x) and its derivatives, in float64, then rounded to the operand's dtype."""

import math

import numpy as np

from ._primitive import primitive
from ._special import _in_double, _polynomial


def _turned(x, n):
    """sin(pi x + n pi / 2), exact at whole numbers and halves."""
    part = x - 2 * np.round(x / 2)
    size = np.absolute(part)
    if n % 2:
        value = np.where(size < 0.25, np.cos(math.pi * size), np.sin(math.pi * (0.5 - size)))
    else:
        value = np.copysign(np.sin(math.pi * np.where(size > 0.5, 1 - size, size)), part)
    return -value if n % 4 > 1 else value


def _series(x, n):
    """The derivative of order n for |x| <= 1/2, from the series of the sine."""
    first = (n + 1) // 2
    coefficients = [
        (-1) ** k * math.pi ** (2 * k) / ((2 * k + 1) * math.factorial(2 * k - n))
        for k in range(first, first + 14 + n)
    ]
    value = _polynomial(coefficients[::-1], x * x)
    return value * x if n % 2 else value


@_in_double()
def _derivative(x, n):
    """From pi x f = sin(pi x), differentiated n times, where that does not cancel."""
    size = np.where(np.absolute(x) < 0.5, 1.0, x)
    value = _turned(size, 0) / math.pi / size
    for k in range(1, n + 1):
        value = (math.pi ** (k - 1) * _turned(size, k) - k * value) / size
    return np.where(np.absolute(x) < 0.5, _series(np.clip(x, -0.5, 0.5), n), value)


@primitive(promotes="float")
def sinc(x, /):
    """sin(pi x) / (pi x), and 1 at 0."""
    return _derivative(x, n=0)


@sinc.vjp("x")
def sinc_x(g, x):
    return g * sinc_derivative(x, n=1)


@primitive(promotes="float")
def sinc_derivative(x, /, *, n):
    """The nth derivative of sinc, for n = 1, 2, ..."""
    return _derivative(x, n=n)


@sinc_derivative.vjp("x")
def sinc_derivative_x(g, x, n):
    return g * sinc_derivative(x, n=n + 1)


sinc.samples(lambda draw: [draw(2, 3), draw(()), draw(0, 3)])
sinc_derivative.samples(
    lambda draw: [draw.call(draw(2, 3), n=1), draw.call(draw(()), n=2), draw.call(draw(0, 3), n=1)]
)
