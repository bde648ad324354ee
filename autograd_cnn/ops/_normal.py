"""The normal distribution function, its logarithm and its inverse, in float64, then rounded to the operand's
dtype. On a GPU CuPy's own functions serve."""

import math

import numpy as np

from ._comparison import where
from ._exponential import exp
from ._primitive import primitive
from ._scaled import erfcx
from ._special import _bell, _erf_near, _erfcx_far, _in_double, bell, erfinv

_ROOT = math.sqrt(0.5)
_DENSITY = 1 / math.sqrt(2 * math.pi)
"""The normal density at 0."""


def _ndtr(x):
    z = x * _ROOT
    size = np.absolute(z)
    far = 0.5 * _bell(x, 0.5) * _erfcx_far(size)
    return np.where(size < 0.5, 0.5 + 0.5 * _erf_near(z), np.where(x < 0, far, 1 - far))


@primitive(promotes="float")
@_in_double("ndtr")
def ndtr(x, /):
    """The area of the standard normal density to the left of x."""
    return _ndtr(x)


@ndtr.vjp("x")
def ndtr_x(g, x):
    return g * (bell(x, rate=0.5) * (1 / math.sqrt(2 * math.pi)))


def _log_ndtr(x):
    left = np.minimum(x, -0.5)
    tail = np.log(0.5 * _erfcx_far(-left * _ROOT)) - 0.5 * left * left
    return np.where(x < -1, tail, np.log1p(-_ndtr(-x)))


@primitive(promotes="float")
@_in_double("log_ndtr")
def log_ndtr(x, /):
    """log ndtr(x), exact far to the left too."""
    return _log_ndtr(x)


@log_ndtr.vjp("x", formula="g * (exp(x * x * -0.5 - out) * (1 / math.sqrt(2 * math.pi)))")
def log_ndtr_x(g, x):
    left = x < 0
    scaled = math.sqrt(2 / math.pi) / erfcx(where(left, x, 0.0) * -math.sqrt(0.5))
    right = where(left, 0.0, x)
    return g * where(left, scaled, bell(right, rate=0.5) * (1 / math.sqrt(2 * math.pi)) / ndtr(right))


def _low(p):
    """The inverse for 0 < p <= 1/5, for ``_erfcx_far`` is exact from 1/2 on: an approximation with an error
    of 4.5e-4 (Abramowitz and Stegun 26.2.23),
    then three of Newton's steps on the logarithm."""
    p = np.clip(p, 5e-324, 0.2)
    wanted = np.log(p)
    t = np.sqrt(-2 * wanted)
    above = 2.515517 + t * (0.802853 + t * 0.010328)
    y = above / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t
    for _ in range(3):
        ratio = _erfcx_far(-y * _ROOT) * (0.5 / _DENSITY)  # of the area to the density
        y = y - ratio * (np.log(ratio * _DENSITY) - 0.5 * y * y - wanted)
    return y


@primitive(promotes="float")
@_in_double("ndtri")
def ndtri(p, /):
    """The point to whose left the standard normal density has the area p; NaN outside of [0, 1]."""
    central = math.sqrt(2) * erfinv.forward(2 * p - 1)
    value = np.where(p < 0.2, _low(p), np.where(p > 0.8, -_low(1 - p), central))
    return np.where(p == 0, -np.inf, np.where(p == 1, np.inf, np.where((p < 0) | (p > 1), np.nan, value)))


@ndtri.vjp("p")
def ndtri_p(g, out):
    return g * (math.sqrt(2 * math.pi) * exp(out * out * 0.5))


for function in (ndtr, log_ndtr):
    function.samples(lambda draw: [draw(2, 3), draw(()), draw(0, 3)])
ndtri.samples(
    lambda draw: [draw.uniform(2, 3, low=0.1, high=0.9), draw.uniform((), low=0.1, high=0.9), draw(0, 3)]
)
