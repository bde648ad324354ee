"""Special functions: the error function and its inverse, the gamma function's family, Bessel's I. NumPy has
none of them.

They are computed in float64 and rounded to the operand's dtype. The rational approximations of the error
function are interpolations at Chebyshev nodes, made with 60 digits: erf(x) / x in x**2 on [0, 1] (relative
error 1.1e-16), and (x + 2) exp(x**2) erfc(x) in 1 / (x + 2) on [1, inf] (9.3e-17). On a GPU CuPy's own
functions serve.
"""

import functools
import importlib
import math

import numpy as np

from ._arrays import array_module
from ._comparison import where
from ._exponential import exp
from ._primitive import primitive

_ERF = (
    -3.07674302885028e-06,
    0.00011863778745563329,
    -0.00015671142571065683,
    0.03819055372753878,
    0.08841052542214509,
    1.1283791670955126,
)
_ERF_BELOW = (0.000234623401538168, 0.006193420046513889, 0.07107387083062207, 0.4116851214558425, 1.0)
_TAIL = (
    *(77.01853008603238, 123.01686204479576, 114.0181370109897, 105.67028700562071, 34.90049836265891),
    *(45.50682098207894, 0.6711221035314693, 9.021848013908535, -0.42144414889243864, 0.5641895835477563),
)
_TAIL_BELOW = (
    *(38.68380523190541, -52.59277759934556, 125.5853717565597, -82.99288849057343, 87.02808901456947),
    *(-30.165580712095014, 17.984789863886846, -2.74699030464618, 1.0),
)


_BLOCK = 8192
"""So many elements are computed at a time: what lies between stays in the processor's cache."""


def _in_double(cupy_name):
    """Run a function of one array in float64, and give the result the array's dtype; CuPy arrays go to CuPy's
    function."""

    def decorate(function):
        @functools.wraps(function)
        def run(x, *args):
            if array_module(x) is not np:
                return getattr(importlib.import_module("cupyx.scipy.special"), cupy_name)(
                    *reversed((x, *args))
                ).astype(x.dtype)
            out = np.empty(x.shape, x.dtype)
            flat, source = out.reshape(-1), x.reshape(-1)
            with np.errstate(all="ignore"):
                for start in range(0, flat.size, _BLOCK):
                    flat[start : start + _BLOCK] = function(
                        source[start : start + _BLOCK].astype(np.float64), *args
                    )
            return out

        return run

    return decorate


def _polynomial(coefficients, x):
    """Horner's scheme; the highest power's coefficient comes first."""
    total = np.full_like(x, coefficients[0])
    for c in coefficients[1:]:
        total *= x
        total += c
    return total


def _erf_near(x):
    z = np.minimum(x * x, 1.0)
    return x * (_polynomial(_ERF, z) / _polynomial(_ERF_BELOW, z))


def _erfc_far(x):
    """erfc for x >= 1 (what stands for smaller x is not used)."""
    u = 1 / (np.maximum(x, 1.0) + 2)
    return np.exp(-x * x) * u * (_polynomial(_TAIL, u) / _polynomial(_TAIL_BELOW, u))


def _erf(x):
    size = np.absolute(x)
    return np.where(size < 1, _erf_near(x), np.copysign(1 - _erfc_far(size), x))


def _erfc(x):
    size = np.absolute(x)
    far = _erfc_far(size)
    return np.where(size < 1, 1 - _erf_near(x), np.where(x < 0, 2 - far, far))


@primitive(promotes="float")
@_in_double("erf")
def erf(x, /):
    """2 / sqrt(pi) times the integral of exp(-t**2) from 0 to x."""
    return _erf(x)


@erf.vjp("x")
def erf_x(g, x):
    return g * (2 / math.sqrt(math.pi) * exp(-x * x))


@primitive(promotes="float")
@_in_double("erfc")
def erfc(x, /):
    """1 - erf(x), exact in the tail."""
    return _erfc(x)


@erfc.vjp("x")
def erfc_x(g, x):
    return -g * (2 / math.sqrt(math.pi) * exp(-x * x))


@primitive(promotes="float")
@_in_double("erfinv")
def erfinv(x, /):
    """The inverse of erf: Winitzki's approximation, then three of Halley's steps; +-inf at +-1, NaN
    beyond."""
    y = np.absolute(x)
    log_rest, a = np.log1p(-y) + np.log1p(y), 0.147
    half = 2 / (math.pi * a) + log_rest / 2
    z = np.sqrt(np.maximum(np.sqrt(half * half - log_rest / a) - half, 0))
    for _ in range(3):
        miss = np.where(y < 0.5, _erf(z) - y, (1 - y) - _erfc(z)) / (2 / math.sqrt(math.pi) * np.exp(-z * z))
        z = z - miss / (1 + z * miss)
    return np.copysign(np.where(y == 1, np.inf, z), x)


@erfinv.vjp("x")
def erfinv_x(g, out):
    return g * (math.sqrt(math.pi) / 2 * exp(out * out))


_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)
_STIRLING = tuple(b / (2 * k * (2 * k - 1)) for k, b in enumerate(_BERNOULLI, start=1))
_HARMONIC = tuple(b / (2 * k) for k, b in enumerate(_BERNOULLI, start=1))


def _climb(x, term):
    """x raised by whole steps to 12 or above, and the sum of ``term`` over the numbers passed on the way."""
    total = np.zeros_like(x)
    while np.any(x < 12):
        low = x < 12
        total += np.where(low, term(x), 0.0)
        x = np.where(low, x + 1, x)
    return x, total


def _reflected(x):
    """1 - x for x below 1/2, else x; what is infinite or no number becomes 12."""
    right = np.where(x < 0.5, 1 - x, x)
    return np.where(np.isfinite(right), right, 12.0)


@primitive(promotes="float")
@_in_double("gammaln")
def lgamma(x, /):
    """log |gamma(x)|: Stirling's series, after the recurrence and the reflection formula; inf at the
    poles."""
    top, passed = _climb(_reflected(x), np.log)
    value = (
        (top - 0.5) * np.log(top)
        - top
        + 0.5 * math.log(2 * math.pi)
        + _polynomial(_STIRLING[::-1], 1 / (top * top)) / top
        - passed
    )
    sine = np.absolute(np.sin(math.pi * (x - np.round(x))))
    value = np.where(x < 0.5, math.log(math.pi) - np.log(sine) - value, value)
    return np.where(np.isfinite(x), value, np.absolute(x))


@lgamma.vjp("x")
def lgamma_x(g, x):
    return g * digamma(x)


@primitive(promotes="float")
@_in_double("digamma")
def digamma(x, /):
    """The derivative of lgamma; NaN at the poles, and an infinity at 0, of the sign opposite to zero's."""
    top, passed = _climb(_reflected(x), lambda low: 1 / low)
    value = np.log(top) - 0.5 / top - _polynomial(_HARMONIC[::-1], 1 / (top * top)) / (top * top) - passed
    value = np.where(x < 0.5, value - math.pi * _cotangent(x, 0), value)
    at_pole = np.where(x == 0, np.copysign(np.inf, -x), np.nan)
    return np.where((x <= 0) & (np.floor(x) == x), at_pole, np.where(np.isfinite(x), value, x))


@digamma.vjp("x")
def digamma_x(g, x):
    return g * polygamma(x, n=1)


def _cotangent(x, n):
    """The nth derivative of cot(pi x), divided by pi**n: a polynomial in the cotangent, for cot' = -(1 +
    cot**2)."""
    coefficients = np.array([0.0, 1.0])
    for _ in range(n):
        coefficients = -np.polymul([1.0, 0.0, 1.0], np.polyder(coefficients[::-1]))[::-1]
    return _polynomial(coefficients[::-1], 1 / np.tan(math.pi * (x - np.round(x))))


def _zeta(s, q):
    """Hurwitz's zeta, the sum of (q + k)**-s: the first terms, then Euler and Maclaurin's formula. For q >
    0."""
    q, total = _climb(q, lambda low: low ** -float(s))
    total += q ** (1.0 - s) / (s - 1) + 0.5 * q ** -float(s)
    factor = float(s)
    for k, b in enumerate(_BERNOULLI, start=1):
        total += b * factor / math.factorial(2 * k) * q ** -float(s + 2 * k - 1)
        factor *= (s + 2 * k - 1) * (s + 2 * k)
    return total


@_in_double("polygamma")
def _polygamma(x, n):
    value = (-1.0) ** (n + 1) * math.factorial(n) * _zeta(n + 1, _reflected(x))
    value = np.where(x < 0.5, (-1.0) ** n * value - math.pi ** (n + 1) * _cotangent(x, n), value)
    return np.where(np.isfinite(x), value, np.where(x > 0, 0.0, np.nan))


@primitive(promotes="float")
def polygamma(x, /, *, n):
    """The nth derivative of digamma, for n = 1, 2, ...: Hurwitz's zeta function, and the reflection formula
    below 1/2."""
    return _polygamma(x, n)


@polygamma.vjp("x")
def polygamma_x(g, x, n):
    return g * polygamma(x, n=n + 1)


def _bessel(order, x, scaled=False):
    """I of order 0 or 1: the power series up to 30, whose terms are all positive, then the asymptotic series.

    ``scaled`` is times exp(-|x|).
    """
    size = np.absolute(x)
    half = np.minimum(size, 30.0) / 2
    term = half**order
    near = term.copy()
    for k in range(1, 80):
        term = term * half * half / (k * (k + order))
        near += term
    big = np.maximum(size, 30.0) if scaled else np.clip(size, 30.0, 1e4)
    term = np.ones_like(big)
    far = np.ones_like(big)
    for k in range(1, 25):
        term = -term * (4 * order * order - (2 * k - 1) ** 2) / (8 * k * big)
        far += term
    if scaled:
        near *= np.exp(-np.minimum(size, 30.0))
        far /= np.sqrt(2 * math.pi * big)
    else:
        far *= np.exp(big / 2) / np.sqrt(2 * math.pi * big) * np.exp(big / 2)
    value = np.where(size <= 30, near, far)
    return np.where(np.isnan(x), x, np.copysign(value, x) if order else value)


@primitive(promotes="float")
@_in_double("i0")
def i0(x, /):
    """Bessel's modified function of the first kind, of order 0."""
    return _bessel(0, x)


@i0.vjp("x")
def i0_x(g, x):
    return g * i1(x)


@primitive(promotes="float")
@_in_double("i1")
def i1(x, /):
    """Bessel's modified function of the first kind, of order 1."""
    return _bessel(1, x)


@i1.vjp("x")
def i1_x(g, x, out):
    return g * where(x == 0, 0.5, i0(x) - out / x)


for function in (erf, erfc, i0):
    function.samples(lambda draw: [draw(2, 3), draw(()), draw(0, 3)])
erfinv.samples(
    lambda draw: [draw.uniform(2, 3, low=-0.9, high=0.9), draw.uniform((), low=-0.9, high=0.9), draw(0, 3)]
)
i1.samples(lambda draw: [draw.away_from_zero(2, 3), draw.away_from_zero(()), draw(0, 3)])
for function in (lgamma, digamma):
    function.samples(lambda draw: [draw.positive(2, 3) + 0.3, draw.positive(()) + 0.3, draw(0, 3)])
polygamma.samples(
    lambda draw: [
        draw.call(draw.positive(2, 3) + 0.3, n=1),
        draw.call(draw.positive(()) + 0.3, n=2),
        draw.call(draw(0, 3), n=1),
    ]
)
