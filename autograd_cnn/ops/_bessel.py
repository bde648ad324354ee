"""Bessel's modified functions of the first kind, in float64, then rounded to the operand's dtype. On a GPU
CuPy's own functions serve where it has them."""

import math

import numpy as np

from ._primitive import primitive
from ._rounding import sign
from ._special import _in_double


def bessel(order, x, scaled=False):
    """I of a whole order: the power series, whose terms are all positive, then the asymptotic series.

    ``scaled`` is times exp(-|x|).
    """
    size, end = np.absolute(x), 30.0 + order * order
    half = np.minimum(size, end) / 2
    term = half**order / math.factorial(order)
    near = term.copy()
    for k in range(1, 80 + 2 * order * order):
        term = term * half * half / (k * (k + order))
        near += term
    big = np.maximum(size, end) if scaled else np.clip(size, end, 1e4)
    term = np.ones_like(big)
    far = np.ones_like(big)
    for k in range(1, 25):
        term = -term * (4 * order * order - (2 * k - 1) ** 2) / (8 * k * big)
        far += term
    if scaled:
        near *= np.exp(-np.minimum(size, end))
        far /= np.sqrt(2 * math.pi * big)
    else:
        far *= np.exp(big / 2) / np.sqrt(2 * math.pi * big) * np.exp(big / 2)
    value = np.where(size <= end, near, far)
    return np.where(np.isnan(x), x, np.copysign(value, x) if order % 2 else value)


@primitive(promotes="float")
@_in_double("i0")
def i0(x, /):
    """Bessel's modified function of the first kind, of order 0."""
    return bessel(0, x)


@i0.vjp("x")
def i0_x(g, x):
    return g * i1(x)


@primitive(promotes="float")
@_in_double("i1")
def i1(x, /):
    """Bessel's modified function of the first kind, of order 1."""
    return bessel(1, x)


@i1.vjp("x")
def i1_x(g, x):
    return g * ((i0(x) + bessel_i(x, n=2)) * 0.5)


@primitive(promotes="float")
def bessel_i(x, /, *, n, scaled=False):
    """Bessel's modified function of the first kind, of order n = 0, 1, ...; ``scaled`` is times exp(-|x|)."""
    return _of_order(x, n=n, scaled=scaled)


@_in_double()
def _of_order(x, n, scaled):
    return bessel(n, x, scaled)


@bessel_i.vjp(
    "x",
    formula="g * ((bessel_i(x, n=abs(n - 1), scaled=scaled) + bessel_i(x, n=n + 1, scaled=scaled)) * 0.5 "
    "- scaled * out * sign(x))",
)
def bessel_i_x(g, x, out, n, scaled):
    mean = (bessel_i(x, n=abs(n - 1), scaled=scaled) + bessel_i(x, n=n + 1, scaled=scaled)) * 0.5
    return g * (mean - out * sign(x)) if scaled else g * mean


i0.samples(lambda draw: [draw(2, 3), draw(()), draw(0, 3)])
i1.samples(lambda draw: [draw.away_from_zero(2, 3), draw.away_from_zero(()), draw(0, 3)])
bessel_i.samples(
    lambda draw: [
        draw.call(draw.away_from_zero(2, 3), n=2),
        draw.call(draw.away_from_zero(()), n=1, scaled=True),
        draw.call(draw(0, 3), n=3),
    ]
)
