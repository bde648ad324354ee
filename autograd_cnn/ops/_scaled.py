"""Special functions times an exponential that keeps them in range: erfcx, i0e, i1e."""

import math

import numpy as np

from ._comparison import where
from ._primitive import primitive
from ._rounding import sign
from ._special import _TAIL, _TAIL_BELOW, _bessel, _erf_near, _in_double, _polynomial


@primitive(promotes="float")
@_in_double("erfcx")
def erfcx(x, /):
    """exp(x**2) erfc(x)."""
    size = np.absolute(x)
    u = 1 / (np.maximum(size, 1.0) + 2)
    far = u * (_polynomial(_TAIL, u) / _polynomial(_TAIL_BELOW, u))
    near = np.exp(np.minimum(x * x, 1.0)) * (1 - _erf_near(x))
    return np.where(size < 1, near, np.where(x < 0, 2 * np.exp(x * x) - far, far))


@erfcx.vjp("x")
def erfcx_x(g, x, out):
    return g * (2 * x * out - 2 / math.sqrt(math.pi))


@primitive(promotes="float")
@_in_double("i0e")
def i0e(x, /):
    """exp(-|x|) i0(x)."""
    return _bessel(0, x, scaled=True)


@i0e.vjp("x")
def i0e_x(g, x, out):
    return g * (i1e(x) - sign(x) * out)


@primitive(promotes="float")
@_in_double("i1e")
def i1e(x, /):
    """exp(-|x|) i1(x)."""
    return _bessel(1, x, scaled=True)


@i1e.vjp("x")
def i1e_x(g, x, out):
    return g * where(x == 0, 0.5, i0e(x) - out / x - out * sign(x))


erfcx.samples(lambda draw: [draw(2, 3), draw(()), draw(0, 3)])
for function in (i0e, i1e):
    function.samples(lambda draw: [draw.away_from_zero(2, 3), draw.away_from_zero(()), draw(0, 3)])
