"""Special functions times an exponential that keeps them in range: erfcx, i0e, i1e."""

import math

import numpy as np

from ._bessel import bessel
from ._comparison import where
from ._primitive import primitive
from ._rounding import sign
from ._special import _bell, _erf_near, _erfcx_far, _in_double


@primitive(promotes="float")
@_in_double("erfcx")
def erfcx(x, /):
    """exp(x**2) erfc(x)."""
    size = np.absolute(x)
    far = _erfcx_far(size)
    near = (1 - _erf_near(x)) / _bell(np.minimum(size, 1.0))
    return np.where(size < 0.5, near, np.where(x < 0, 2 / _bell(np.minimum(size, 100.0)) - far, far))


@erfcx.vjp("x")
def erfcx_x(g, x, out):
    return g * (2 * x * out - 2 / math.sqrt(math.pi))


@primitive(promotes="float")
@_in_double("i0e")
def i0e(x, /):
    """exp(-|x|) i0(x)."""
    return bessel(0, x, scaled=True)


@i0e.vjp("x")
def i0e_x(g, x, out):
    return g * (i1e(x) - sign(x) * out)


@primitive(promotes="float")
@_in_double("i1e")
def i1e(x, /):
    """exp(-|x|) i1(x)."""
    return bessel(1, x, scaled=True)


@i1e.vjp("x")
def i1e_x(g, x, out):
    return g * where(x == 0, 0.5, i0e(x) - out / x - out * sign(x))


erfcx.samples(lambda draw: [draw(2, 3), draw(()), draw(0, 3)])
for function in (i0e, i1e):
    function.samples(lambda draw: [draw.away_from_zero(2, 3), draw.away_from_zero(()), draw(0, 3)])
