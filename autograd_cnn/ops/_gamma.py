"""The logarithm of the gamma function and its derivatives, in float64, then rounded to the operand's dtype.

Between 3/2 and 5/2 a series about 2 (DLMF 5.7.3), which is exact near the roots at 1 and 2 too; from there on
up to 8 the recurrence, beyond Stirling's series, and below -1/2 the reflection formula. On a GPU CuPy's own
functions serve.
"""

import math

import numpy as np

from ._primitive import primitive
from ._special import _in_double, _polynomial

_BERNOULLI = (
    *(1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6),
    *(-3617 / 510, 43867 / 798, -174611 / 330, 854513 / 138, -236364091 / 2730),
)
STIRLING = tuple(b / (2 * k * (2 * k - 1)) for k, b in enumerate(_BERNOULLI, start=1))
HARMONIC = tuple(b / (2 * k) for k, b in enumerate(_BERNOULLI, start=1))
_EULER = 0.5772156649015329
_ZETA_LESS_ONE = (
    *(0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993),
    *(0.01734306198444914, 0.008349277381922827, 0.00407735619794434, 0.0020083928260822143),
    *(0.0009945751278180853, 0.0004941886041194645, 0.0002460865533080483, 0.00012271334757848915),
    *(6.124813505870483e-05, 3.058823630702049e-05, 1.528225940865187e-05, 7.637197637899763e-06),
    *(3.81729326499984e-06, 1.908212716553939e-06, 9.539620338727962e-07, 4.769329867878064e-07),
    *(2.38450502727733e-07, 1.1921992596531106e-07, 5.960818905125948e-08, 2.980350351465228e-08),
    *(1.4901554828365043e-08, 7.45071178983543e-09, 3.725334024788457e-09, 1.862659723513049e-09),
)
"""Riemann's zeta less 1, at 2, 3, ..."""
LOG_ABOUT_TWO = (0.0, 1 - _EULER, *((-1) ** k * z / k for k, z in enumerate(_ZETA_LESS_ONE, start=2)))
"""The coefficients of lgamma(2 + z) in z."""
SLOPE_ABOUT_TWO = tuple(k * c for k, c in enumerate(LOG_ABOUT_TWO))[1:]


def _reduced(x):
    """x in [1.5, 8) brought to [1.5, 2.5], less 2; the numbers passed on the way down, 1 for those that are
    not; how many they are."""
    steps = np.clip(np.round(x - 2), 0, 6)
    steps = np.where(np.isfinite(x), steps, 0.0)
    passed = [np.where(steps >= i, x - i, 1.0) for i in range(1, 7)]
    return np.where((x >= 1.5) & (x < 8.5), x - steps - 2, 0.0), passed, steps


def _sine(x):
    """|sin(pi x)|, exactly 0 at whole numbers."""
    return np.absolute(np.sin(math.pi * (x - np.round(x))))


@primitive(promotes="float")
@_in_double("gammaln")
def lgamma(x, /):
    """log |gamma(x)|; inf at the poles."""
    right = np.where(x < -0.5, 1 - x, x)
    near, passed, _ = _reduced(right)
    product = passed[0] * passed[1] * passed[2] * passed[3] * passed[4] * passed[5]
    middle = _polynomial(LOG_ABOUT_TWO[::-1], near) + np.log(product)
    small = np.clip(right, -0.5, 1.5)
    low = _polynomial(LOG_ABOUT_TWO[::-1], np.where(small < 0.5, small, small - 1)) - np.where(
        small < 0.5, np.log(np.absolute(small)) + np.log1p(small), np.log1p(small - 1)
    )
    big = np.maximum(right, 8.0)
    series = _polynomial(STIRLING[::-1], 1 / (big * big)) / big
    far = (big - 0.5) * (np.log(big) - 1) + (0.5 * math.log(2 * math.pi) - 0.5) + series
    value = np.where(right < 1.5, low, np.where(right < 8, middle, far))
    value = np.where(x < -0.5, math.log(math.pi) - np.log(_sine(x)) - value, value)
    return np.where(np.isfinite(x), value, np.absolute(x))


@lgamma.vjp("x")
def lgamma_x(g, x):
    return g * digamma(x)


@primitive(promotes="float")
@_in_double("digamma")
def digamma(x, /):
    """The derivative of lgamma; NaN at the poles, and an infinity at 0, of the sign opposite to zero's."""
    right = np.where(x < -0.5, 1 - x, x)
    near, passed, steps = _reduced(right)
    middle = _polynomial(SLOPE_ABOUT_TWO[::-1], near)
    for i, number in enumerate(passed, start=1):
        middle += np.where(steps >= i, 1 / number, 0.0)
    small = np.clip(right, -0.5, 1.5)
    low = _polynomial(SLOPE_ABOUT_TWO[::-1], np.where(small < 0.5, small, small - 1)) - np.where(
        small < 0.5, 1 / small + 1 / (1 + small), 1 / small
    )
    big = np.maximum(right, 8.0)
    far = np.log(big) - 0.5 / big - _polynomial(HARMONIC[::-1], 1 / (big * big)) / (big * big)
    value = np.where(right < 1.5, low, np.where(right < 8, middle, far))
    value = np.where(x < -0.5, value - math.pi * _cotangent(x, 0), value)
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
    part = x - np.round(x)
    small = np.absolute(part) < 0.25
    cotangent = np.where(
        small,
        1 / np.tan(math.pi * part),
        np.copysign(np.tan(math.pi * (0.5 - np.absolute(part))), part),
    )
    return _polynomial(coefficients[::-1], cotangent)


def _zeta(s, q):
    """Hurwitz's zeta, the sum of (q + k)**-s: the first terms, then Euler and Maclaurin's formula."""
    terms = []
    for k in range(13):
        low = q + k < 12
        terms.append(np.where(low, (q + np.where(low, k, 0)) ** -float(s), 0.0))
    q = q + np.ceil(np.maximum(12 - q, 0.0))
    total = q ** (1.0 - s) / (s - 1) + 0.5 * q ** -float(s)
    factor = float(s)
    for k, b in enumerate(_BERNOULLI, start=1):
        total += b * factor / math.factorial(2 * k) * q ** -float(s + 2 * k - 1)
        factor *= (s + 2 * k - 1) * (s + 2 * k)
    for term in reversed(terms):  # from the smallest on
        total += term
    return total


@_in_double("polygamma")
def _polygamma(x, n):
    right = np.where(np.isfinite(x), np.where(x < -0.25, 1 - x, x), 12.0)
    value = (-1.0) ** (n + 1) * math.factorial(n) * _zeta(n + 1, right)
    value = np.where(x < -0.25, (-1.0) ** n * value - math.pi ** (n + 1) * _cotangent(x, n), value)
    return np.where(np.isfinite(x), value, np.where(x > 0, 0.0, np.nan))


@primitive(promotes="float")
def polygamma(x, /, *, n):
    """The nth derivative of digamma, for n = 1, 2, ...: Hurwitz's zeta function, and the reflection formula
    below -1/4."""
    return _polygamma(x, n=n)


@polygamma.vjp("x")
def polygamma_x(g, x, n):
    return g * polygamma(x, n=n + 1)


for function in (lgamma, digamma):
    function.samples(lambda draw: [draw.positive(2, 3) + 0.3, draw.positive(()) + 0.3, draw(0, 3)])
polygamma.samples(
    lambda draw: [
        draw.call(draw.positive(2, 3) + 0.3, n=1),
        draw.call(draw.positive(()) + 0.3, n=2),
        draw.call(draw(0, 3), n=1),
    ]
)
