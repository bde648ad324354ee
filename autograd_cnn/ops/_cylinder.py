"""Bessel's functions J, Y and K of the orders 0 and 1, and Airy's function, in float64, then rounded to the
operand's dtype. They have no gradient, as in PyTorch.

J and Y: the power series near 0, then all whole orders at once by the recurrence downwards (Miller's; DLMF
3.6(iii)) with Neumann's series for Y (10.8), and Hankel's expansion (10.17.3) far out. K is an integral of
positive numbers (10.32.9) that a sum over equal steps gives to the last digit. Airy's function is K of the
order 1/3 (9.6.2) on the right; on the left Taylor's series about whole numbers, and an expansion (9.7.9).
"""

import math

import numpy as np

from ._primitive import primitive
from ._special import _in_double, _on_host

_EULER = 0.5772156649015329
_NEAR, _FAR = 1.0, 20.0
"""Where the power series ends, and where Hankel's expansion begins."""
_DOWN_FROM = 72
"""An even order that is 0 beside the first ones, for arguments up to ``_FAR``."""


def _series(order, x):
    """J by its powers, for 0 <= x <= 1; and the sum with harmonic numbers that Y has beside its logarithm."""
    square = -0.25 * x * x
    term = (0.5 * x) ** order
    total, harmonic = np.zeros_like(x), np.zeros_like(x)
    below, above = 0.0, float(order)  # the harmonic numbers of k and of k + order
    terms = []
    for k in range(1, 12):
        terms.append((term, term * (below + above)))
        term = term * square / (k * (k + order))
        below, above = below + 1 / k, above + 1 / (k + order)
    for plain, weighted in reversed(terms):
        total, harmonic = total + plain, harmonic + weighted
    return total, harmonic


def _downwards(order, x):
    """J for 1 <= x <= 20; Neumann's sum for Y, which has every second order from here; J of order 0."""
    above, here = np.zeros_like(x), np.full_like(x, 1e-280)
    norm, wanted, neumann = np.zeros_like(x), here, np.zeros_like(x)
    for n in range(_DOWN_FROM, -1, -1):  # here is J of the order n, but for a factor
        if n % 2 == 0:
            norm += here if n == 0 else 2 * here
        if n == order:
            wanted = here
        elif n > order and (n - order) % 2 == 0:
            k = (n - order) // 2
            neumann += (-1) ** k * here * (1 / k if order == 0 else (2 * k + 1) / (k * (k + 1)))
        above, here = here, 2 * n / x * here - above
    return wanted / norm, neumann / norm, above / norm


def _hankel(order, x):
    """The two sums P and Q of Hankel's expansion, and cosine and sine of x - (2 order + 1) pi / 4 times the
    root of 2."""
    p, q, term = np.ones_like(x), np.zeros_like(x), np.ones_like(x)
    for k in range(1, 30):
        term = term * (4 * order * order - (2 * k - 1) ** 2) / (8 * k * x)
        if k % 2:
            q += term if k % 4 == 1 else -term
        else:
            p += term if k % 4 == 0 else -term
    cosine, sine = np.cos(x), np.sin(x)
    if order == 0:
        return p, q, cosine + sine, sine - cosine
    return p, q, sine - cosine, -(cosine + sine)


def _first_kind(order, x):
    size = np.absolute(x)
    near = _series(order, np.minimum(size, _NEAR))[0]
    middle = _downwards(order, np.clip(size, _NEAR, _FAR))[0]
    big = np.maximum(size, _FAR)
    p, q, cosine, sine = _hankel(order, big)
    far = np.where(np.isinf(size), 0.0, (p * cosine - q * sine) / np.sqrt(math.pi * big))
    value = np.where(size <= _NEAR, near, np.where(size <= _FAR, middle, far))
    return np.where(np.isnan(x), x, np.copysign(1.0, x) * value if order else value)


def _second_kind(order, x):
    near = np.clip(x, 0, _NEAR)
    first, harmonic = _series(order, near)
    beside = -2 / (math.pi * near) if order else 0.0
    low = beside + (2 * (np.log(near / 2) + _EULER) * first - harmonic) / math.pi
    middle = np.clip(x, _NEAR, _FAR)
    first, neumann, zeroth = _downwards(order, middle)
    log = np.log(middle / 2) + _EULER
    if order == 0:
        between = 2 / math.pi * (log * first - 2 * neumann)
    else:
        between = 2 / math.pi * ((log - 1) * first - zeroth / middle - neumann)
    big = np.maximum(x, _FAR)
    p, q, cosine, sine = _hankel(order, big)
    far = np.where(np.isinf(x), 0.0, (p * sine + q * cosine) / np.sqrt(math.pi * big))
    value = np.where(x <= _NEAR, low, np.where(x <= _FAR, between, far))
    return np.where(x == 0, -np.inf, np.where(x < 0, np.nan, value)) + 0 * np.where(np.isnan(x), x, 0)


def _scaled_k(order, x):
    """exp(x) K(x) for x >= 0.5: the sum of exp(-x (cosh t - 1)) cosh(order t) over equal steps of t."""
    step = np.minimum(
        9.8 / (41 + np.minimum(x, 100.0)), 0.68 / np.sqrt(x)
    )  # the error is exp(x - pi**2 / step), or Gaussian
    total = np.full_like(x, 0.5)
    for k in range(1, 27):
        half = np.sinh(step * (0.5 * k))
        total += np.exp(-2 * x * half * half) * np.cosh(order * k * step)
    return total * step


def _third_kind(order, x, scaled):
    """K of the order 0 or 1; ``scaled`` is times exp(x)."""
    near = np.clip(x, 0, 0.5)
    square = 0.25 * near * near
    term, first, rest = (0.5 * near) ** order, np.zeros_like(x), np.zeros_like(x)
    below, above = 0.0, float(order)
    for k in range(1, 13):
        first, rest = first + term, rest + term * (below + above)
        term = term * square / (k * (k + order))
        below, above = below + 1 / k, above + 1 / (k + order)
    log = np.log(near / 2) + _EULER
    low = 1 / near + log * first - 0.5 * rest if order else 0.5 * rest - log * first
    big = np.clip(x, 0.5, 1e300)
    high = _scaled_k(order, big)
    if scaled:
        low = low * np.exp(near)
    else:
        high = high * np.exp(-big)
    value = np.where(x < 0.5, low, np.where(np.isinf(x), 0.0, high))
    return np.where(x == 0, np.inf, np.where(x < 0, np.nan, value)) + 0 * np.where(np.isnan(x), x, 0)


_AIRY = (
    (0.5355608832923521, -0.01016056711664521),
    (0.22740742820168558, 0.618259020741691),
    (-0.37881429367765806, 0.3145837692165988),
    (-0.07026553294928951, -0.7906285753685813),
    (0.35076100902411433, 0.32719281855444315),
    (-0.3291451736298231, 0.3459354872813429),
    (0.18428083525050565, -0.7710081684101265),
    (-0.0527050503563862, 0.9355609381983065),
    (-0.022133721547341403, -0.9756639809263316),
    (0.04024123848644319, 0.99626504413279),
)
"""Airy's function and its slope at -1, -2, ..., -10."""


def _product(a, b):
    """a b rounded, and what it lacks (Dekker's)."""
    parts = []
    for number in (a, b):
        high = number * 134217729.0  # 2**27 + 1
        high = high - (high - number)
        parts.append((high, number - high))
    (a, a_low), (b, b_low) = parts
    product = (a + a_low) * (b + b_low)
    return product, ((a * b - product) + a * b_low + a_low * b) + a_low * b_low


def _two_thirds(x):
    """2/3 x**1.5 rounded, and what it lacks: an exponential, or a wave, would make much of that."""
    root = np.sqrt(x)
    square, lacks = _product(root, root)
    product, rest = _product(x, root)
    rest += x * (((x - square) - lacks) / (2 * root))
    value = product / 1.5
    back, lost = _product(value, np.full_like(value, 1.5))
    return value, ((product - back) - lost + rest) / 1.5


def _airy(x):
    right = np.clip(x, 1.0, 1e6)
    zeta, lacks = _two_thirds(right)
    high = np.sqrt(right / 3) / math.pi * _scaled_k(1 / 3, zeta) * np.exp(-zeta) * (1 - lacks)
    middle = np.clip(np.where(np.isnan(x), 0.0, x), -10.5, 1.0)
    centre = np.minimum(np.round(middle), 0.0)
    index = (-centre).astype(np.intp)
    rows = np.array([(0.3550280538878172, -0.2588194037928068), *_AIRY])[index]
    step = middle - centre
    terms = [rows[..., 0], rows[..., 1]]
    before = np.zeros_like(x)
    for n in range(26):  # y'' = x y: the next coefficient from two before
        terms.append((centre * terms[n] + before) / ((n + 1) * (n + 2)))
        before = terms[n]
    low = np.zeros_like(x)
    for term in reversed(terms):
        low = low * step + term
    left = np.clip(-x, 10.0, 1e100)
    zeta, lacks = _two_thirds(left)
    p, q, term = np.ones_like(x), np.zeros_like(x), np.ones_like(x)
    for k in range(1, 24):
        term = term * (6 * k - 5) * (6 * k - 3) * (6 * k - 1) / ((2 * k - 1) * 216 * k * zeta)
        if k % 2:
            q += term if k % 4 == 1 else -term
        else:
            p += term if k % 4 == 0 else -term
    cosine, sine = np.cos(zeta), np.sin(zeta)
    cosine, sine = cosine - lacks * sine, sine + lacks * cosine
    wave = (cosine + sine) * p + (sine - cosine) * q
    far = wave / np.sqrt(2 * math.pi * np.sqrt(left))
    value = np.where(x > 1, high, np.where(x >= -10, low, far))
    return np.where(np.isfinite(x), value, np.where(x == np.inf, 0.0, np.nan))


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
@_on_host
@_in_double()
def airy_ai(x, /):
    """Airy's function Ai."""
    return _airy(x)


@primitive(promotes="float", differentiable=False)
@_on_host
@_in_double()
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
