"""Hurwitz's zeta function, in float64, then rounded to the operands' dtype (DLMF 25.11). As in
PyTorch its second operand gets a gradient, and the first one none."""

import math

import numpy as np

from ._compensated import two_sum
from ._gamma import _BERNOULLI
from ._primitive import primitive
from ._special import _in_double

_TERMS = 40


def _right(s, q, low=0.0, s_low=0.0):
    """The sum of (q + low + k)**-(s + s_low) for q > 0: the first terms, then Euler and Maclaurin's formula
    (25.11.28).

    Where s is larger than q the terms fall by exp(-s / q), where it is smaller the formula converges. What is
    rounded off q + k and s is made up for: s and the logarithm of q make much of it.
    """
    end, first, rest = 12.0 + s, q, low
    terms = []
    for k in range(1, _TERMS + 1):
        on = q < end
        if not on.any():
            break
        terms.append(np.where(on, q**-s * _made_up(s, q, low, s_low), 0.0))
        further, lacks = two_sum(first, float(k))
        q, low = np.where(on, further, q), np.where(on, lacks + rest, low)
    total = q ** (1 - s) / (s - 1 + s_low) + 0.5 * q**-s
    base, factor = np.minimum(s, 1e10), np.minimum(s, 1e10)
    for k, b in enumerate(_BERNOULLI, start=1):
        total += b * factor / math.factorial(2 * k) * q ** -(s + 2 * k - 1)
        factor = factor * (base + 2 * k - 1) * (base + 2 * k)
    total *= _made_up(s - 1, q, low, s_low)
    for term in reversed(terms):  # from the smallest on
        total += term
    return total


def _made_up(s, q, low, s_low):
    """The factor from q**-s to (q + low)**-(s + s_low); a number always, for it stands beside what may be
    0."""
    return np.exp(np.clip(-s * low / q - s_low * np.log(q), -700.0, 700.0))


def _difference(s, a, b):
    """The sum of (a + k)**-s - (b + k)**-s, pair by pair, for numbers between 0 and 1 that may be close."""
    low, gap = np.minimum(a, b), np.absolute(b - a)
    total = _right(s, low + _TERMS) - _right(s, low + gap + _TERMS)
    for k in reversed(range(_TERMS)):
        total -= (low + k) ** -s * np.expm1(-s * np.log1p(gap / (low + k)))
    return np.where(a < b, total, -total)


def _left(s, q):
    """For q < 0 that is not whole, and whole s: the terms on the left of 0 are those of a sum on the right,
    less those of another one."""
    high, low = two_sum(q, -np.floor(q))
    behind, (further, lacks) = np.ceil(q) - q, two_sum(1.0, -q)
    far = _right(s, further, lacks)
    even = _right(s, high, low) + _right(s, behind) - far
    value = np.where(s % 2 == 0, even, _difference(s, high, behind) + far)
    return np.where((s == np.floor(s)), value, np.nan)


def _zeta(s, q, s_low):
    is_left, pole = q < 0, (q <= 0) & (q == np.floor(q))
    value = _right(s, np.where(is_left, 1.0, q), 0.0, s_low)
    if is_left.any():
        value = np.where(is_left, _left(s, np.where(is_left, q, -0.5)), value)
    return np.where(pole, np.inf, value)


@primitive(broadcasts=True, promotes="float")
@_in_double(on_host=True)
def zeta(s, q, /, *, n=0):
    """The sum of (q + k)**-s over k = 0, 1, ..., or its nth derivative by q; inf at s = 1 and at whole
    q <= 0, NaN for s < 1."""
    finite = np.minimum(s, 1e300)
    order, lacks = two_sum(finite, float(n))
    value = np.where(q == np.inf, 0.0, _zeta(order, np.minimum(q, 1e300), lacks))
    for k in range(n):
        value *= -(finite + k)
    known = (s > 1) | ((s == 1) & (n > 0))
    return np.where(known, value, np.where(s == 1, np.inf, np.nan))


@zeta.vjp("q")
def zeta_q(g, s, q, n):
    return g * zeta(s, q, n=n + 1)


zeta.nondifferentiable("s", promoted=True)
zeta.samples(
    lambda draw: [
        (np.array([1.5, 3.0, 6.0]), draw.uniform(2, 3, low=0.5, high=3.0)),
        draw.call(np.array(2.5), draw.uniform((), low=0.5, high=3.0), n=1),
        (np.array(2.5), draw(0, 3)),
    ]
)
