"""Bessel's functions J, Y and K of the orders 0 and 1, and Airy's function, in float64, then rounded to the
operand's dtype. They have no gradient, as in PyTorch.

J and Y: the power series near 0 (DLMF 10.2.2, 10.8.1), Taylor's series about their zeros, and Hankel's
expansion (10.17.3) far out. K is an integral of positive numbers (10.32.9) that a sum over equal steps gives
to the last digit. Airy's function is K of the order 1/3 (9.6.2) on the right; on the left Taylor's series
about its zeros, and an expansion (9.7.9).
"""

import math

import numpy as np

from . import _expansions as expansions
from ._compensated import halves, two_product
from ._primitive import primitive
from ._special import _in_double

_LOG = 0.5772156649015329 - math.log(2)
"""Euler's constant less log 2: what the logarithm of x stands beside."""
_FAR = 24.0
"""Where Hankel's expansion begins."""
_LEAST, _MOST = 5e-324, np.finfo(np.float64).max


def _series(order, x, sign):
    """J of small x by its powers (of ``sign`` 1 the modified function); and the sum with harmonic numbers
    that Y and K have beside their logarithm."""
    square = 0.25 * sign * x * x
    term = (0.5 * x) ** order
    total, harmonic = np.zeros_like(x), np.zeros_like(x)
    below, above = 0.0, float(order)  # the harmonic numbers of k and of k + order
    terms = []
    for k in range(1, 14):
        terms.append((term, term * (below + above)))
        term = term * square / (k * (k + order))
        below, above = below + 1 / k, above + 1 / (k + order)
    for plain, weighted in reversed(terms):
        total, harmonic = total + plain, harmonic + weighted
    return total, harmonic


def _cosine_and_sine(x):
    """cos and sin of x - pi / 4, each times the root of 2. Where sum or difference of cosine and sine cancel,
    it is their product, -cos(2 x), by the other one."""
    cosine, sine = np.cos(x), np.sin(x)
    total, difference, product = cosine + sine, sine - cosine, -np.cos(2 * np.minimum(x, 8e307))
    alike = (cosine * sine > 0) & (x <= 8e307)
    other = (cosine * sine < 0) & (x <= 8e307)
    return np.where(other, product / difference, total), np.where(alike, product / total, difference)


def _hankel(order, x):
    """The two sums P and Q of Hankel's expansion, and cosine and sine of x - (2 order + 1) pi / 4, all by
    the root of pi x."""
    p, q, term = np.ones_like(x), np.zeros_like(x), np.ones_like(x)
    for k in range(1, 30):
        term = term * (4 * order * order - (2 * k - 1) ** 2) / (8 * k * x)
        if k % 2:
            q += term if k % 4 == 1 else -term
        else:
            p += term if k % 4 == 0 else -term
    cosine, sine = _cosine_and_sine(x)
    root = math.sqrt(math.pi) * np.sqrt(x)
    return (p / root, q / root, *((sine, -cosine) if order else (cosine, sine)))


def _pieces(x, ends, functions):
    """Each of ``functions`` up to the end of the same place; 0 at infinity, and NaN of NaN."""
    index = np.where(np.isnan(x), -1, np.searchsorted(ends, x))
    chosen = [index == i for i in range(-1, len(ends))]
    return np.piecewise(x, chosen, [np.nan, *functions])


def _first_kind(order, x):
    def far(x):
        p, q, cosine, sine = _hankel(order, x)
        return p * cosine - q * sine

    near, middle = (lambda x: _series(order, x, -1)[0]), expansions.of_bessel("J", order)
    value = _pieces(np.absolute(x), (1.9 if order else 1.0, _FAR, _MOST), (near, middle, far))
    return np.copysign(1.0, x) * value if order else value


def _second_kind(order, x):
    def near(x):
        first, harmonic = _series(order, x, -1)
        beside = -2 / math.pi / x if order else 0.0
        return beside + (2 * (np.log(x) + _LOG) * first - harmonic) / math.pi

    def far(x):
        p, q, cosine, sine = _hankel(order, x)
        return p * sine + q * cosine

    ends = (-_LEAST, 0, 1.25 if order else 0.65, _FAR, _MOST)
    return _pieces(x, ends, (np.nan, -np.inf, near, expansions.of_bessel("Y", order), far))


def _scaled_k(order, x):
    """exp(x) K(x) for x >= 0.5: the sum of exp(-x (cosh t - 1)) cosh(order t) over equal steps of t."""
    step = np.minimum(9.8 / (41 + np.minimum(x, 100.0)), 0.68 / np.sqrt(x))  # beyond, what is left out
    step, _ = halves(step)  # shows: exp(x - pi**2 / step), or Gaussian; of few bits: k steps are exact
    total = np.full_like(x, 0.5)
    for k in range(1, 27):
        half = np.sinh(step * (0.5 * k))
        total += np.exp(-2 * (x * half) * half) * np.cosh(order * k * step)
    return total * step


def _third_kind(order, x, scaled):
    """K of the order 0 or 1; ``scaled`` is times exp(x)."""

    def near(x):
        first, rest = _series(order, x, 1)
        log = (np.log(x) + _LOG) * first
        value = 1 / x + log - 0.5 * rest if order else 0.5 * rest - log
        return value * np.exp(x) if scaled else value

    def far(x):
        value = _scaled_k(order, x)
        return value if scaled else value * np.exp(-x)

    return _pieces(x, (-_LEAST, 0, 0.5, _MOST), (np.nan, np.inf, near, far))


def _two_thirds(x):
    """2/3 x**1.5 rounded, and what it lacks: an exponential, or a wave, would make much of that."""
    root = np.sqrt(x)
    square, lacks = two_product(root, root)
    product, rest = two_product(x, root)
    rest += x * (((x - square) - lacks) / (2 * root))
    value = product / 1.5
    back, lost = two_product(value, np.full_like(value, 1.5))
    return value, ((product - back) - lost + rest) / 1.5


def _airy_left(x):
    zeta, lacks = _two_thirds(np.minimum(-x, 1e100))
    p, q, term = np.ones_like(x), np.zeros_like(x), np.ones_like(x)
    for k in range(1, 24):
        term = term * (6 * k - 5) * (6 * k - 3) * (6 * k - 1) / ((2 * k - 1) * 216 * k * zeta)
        if k % 2:
            q += term if k % 4 == 1 else -term
        else:
            p += term if k % 4 == 0 else -term
    cosine, sine = _cosine_and_sine(zeta)
    p, q = p * np.cos(lacks) + q * np.sin(lacks), q * np.cos(lacks) - p * np.sin(lacks)
    return (cosine * p + sine * q) / np.sqrt(2 * math.pi * np.sqrt(-x))


def _airy_right(x):
    zeta, lacks = _two_thirds(np.minimum(x, 1e6))
    return np.sqrt(x / 3) / math.pi * _scaled_k(1 / 3, zeta) * np.exp(-zeta) * (1 - lacks)


def _airy(x):
    ends = (-np.inf, -10.0, 1.0, _MOST)
    return _pieces(x, ends, (0.0, _airy_left, expansions.of_airy(), _airy_right))


def _spherical(x):
    size = np.absolute(x)
    return np.where(np.isinf(size), 0.0, np.where(size == 0, 1.0, np.sin(x) / np.where(size == 0, 1.0, x)))


@primitive(promotes="float", differentiable=False)
@_in_double("j0")
def bessel_j0(x, /):
    """Bessel's function of the first kind, of order 0."""
    return _first_kind(0, x)


@primitive(promotes="float", differentiable=False)
@_in_double("j1")
def bessel_j1(x, /):
    """Bessel's function of the first kind, of order 1."""
    return _first_kind(1, x)


@primitive(promotes="float", differentiable=False)
@_in_double("y0")
def bessel_y0(x, /):
    """Bessel's function of the second kind, of order 0."""
    return _second_kind(0, x)


@primitive(promotes="float", differentiable=False)
@_in_double("y1")
def bessel_y1(x, /):
    """Bessel's function of the second kind, of order 1."""
    return _second_kind(1, x)


@primitive(promotes="float", differentiable=False)
@_in_double("k0")
def modified_bessel_k0(x, /):
    """Bessel's modified function of the second kind, of order 0."""
    return _third_kind(0, x, scaled=False)


@primitive(promotes="float", differentiable=False)
@_in_double("k1")
def modified_bessel_k1(x, /):
    """Bessel's modified function of the second kind, of order 1."""
    return _third_kind(1, x, scaled=False)


@primitive(promotes="float", differentiable=False)
@_in_double("k0e")
def scaled_modified_bessel_k0(x, /):
    """exp(x) times ``modified_bessel_k0``."""
    return _third_kind(0, x, scaled=True)


@primitive(promotes="float", differentiable=False)
@_in_double("k1e")
def scaled_modified_bessel_k1(x, /):
    """exp(x) times ``modified_bessel_k1``."""
    return _third_kind(1, x, scaled=True)


@primitive(promotes="float", differentiable=False)
@_in_double(on_host=True)
def airy_ai(x, /):
    """Airy's function Ai."""
    return _airy(x)


@primitive(promotes="float", differentiable=False)
@_in_double(on_host=True)
def spherical_bessel_j0(x, /):
    """sin(x) / x, 1 at 0."""
    return _spherical(x)


for function in (bessel_j0, bessel_j1, airy_ai, spherical_bessel_j0):
    function.samples(lambda draw: [draw(2, 3), draw(()), draw(0, 3)])
for function in (
    *(bessel_y0, bessel_y1, modified_bessel_k0, modified_bessel_k1),
    *(scaled_modified_bessel_k0, scaled_modified_bessel_k1),
):
    function.samples(lambda draw: [draw.positive(2, 3), draw.positive(()), draw(0, 3)])
