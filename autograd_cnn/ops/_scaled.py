"""Special functions times an exponential that keeps them in range: erfcx, i0e, i1e."""

import math

import numpy as np

from ._bessel import bessel, bessel_i
from ._primitive import primitive
from ._rounding import sign
from ._special import _bell, _erf_near, _erfcx_far, _in_double


@primitive(promotes="float")
@_in_double("erfcx")
def erfcx(x, /):
    """exp(x**2) erfc(x)."""
    size = np.absolute(x)
    far = _erfcx_far(size)
    near = (1 - _erf_near(x)) / _bell(x)
    return np.where(size < 0.5, near, np.where(x < 0, 2 / _bell(x) - far, far))


@erfcx.vjp("x")
def erfcx_x(g, x):
    return g * erfcx_derivative(x, n=1)


_TERMS = 60


@_in_double()
def _erfcx_derivative(x, n):
    """Below 2 by f' = 2 x f - 2 / sqrt(pi), differentiated; beyond, where that cancels, (-2)**n n! times the
    repeated integral of erfc, a continued fraction (DLMF 7.18.3, 7.18.10)."""
    before, value = np.full_like(x, 2 / math.sqrt(math.pi)), erfcx.forward(np.minimum(x, 2.0))
    before = -before
    for k in range(1, n + 1):
        before, value = value, 2 * np.minimum(x, 2.0) * value + (2 * (k - 1) * before if k > 1 else before)
    big = np.maximum(x, 2.0)
    ratio, product = 1 / (2 * big), np.full_like(x, 2 / math.sqrt(math.pi) * (-2.0) ** n * math.factorial(n))
    for k in range(_TERMS + n, 0, -1):
        if k <= n + 1:
            product = product * (1 / (2 * big + 2 * k * ratio))
        ratio = 1 / (2 * big + 2 * k * ratio)
    return np.where(x < 2, value, product)


@primitive(promotes="float")
def erfcx_derivative(x, /, *, n):
    """The nth derivative of erfcx, for n = 1, 2, ..."""
    return _erfcx_derivative(x, n=n)


@erfcx_derivative.vjp("x")
def erfcx_derivative_x(g, x, n):
    return g * erfcx_derivative(x, n=n + 1)


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
    return g * ((i0e(x) + bessel_i(x, n=2, scaled=True)) * 0.5 - out * sign(x))


erfcx_derivative.samples(
    lambda draw: [draw.call(draw(2, 3) + 1, n=1), draw.call(draw(()), n=2), draw.call(draw(0, 3), n=1)]
)
erfcx.samples(lambda draw: [draw(2, 3), draw(()), draw(0, 3)])
for function in (i0e, i1e):
    function.samples(lambda draw: [draw.away_from_zero(2, 3), draw.away_from_zero(()), draw(0, 3)])
