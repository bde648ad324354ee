"""Hurwitz's zeta function, in float64, then rounded to the operands' dtype (DLMF 25.11). As in
PyTorch its second operand gets a gradient, and the first one none."""

import math

import numpy as np

from ._arrays import common_dtype
from ._gamma import _BERNOULLI
from ._primitive import primitive
from ._special import _on_host

_TERMS = 40


def _right(s, q):
    """The sum of (q + k)**-s for q > 0: the first terms, then Euler and Maclaurin's formula (25.11.28).

    Where s is larger than q the terms fall by exp(-s / q), where it is smaller the formula converges.
    """
    end = np.maximum(12.0, s)
    terms = []
    for _ in range(_TERMS):
        terms.append(np.where(q < end, q**-s, 0.0))
        q = np.where(q < end, q + 1, q)
    total = q ** (1 - s) / (s - 1) + 0.5 * q**-s
    base, factor = np.minimum(s, 1e10), np.minimum(s, 1e10)
    for k, b in enumerate(_BERNOULLI, start=1):
        total += b * factor / math.factorial(2 * k) * q ** -(s + 2 * k - 1)
        factor = factor * (base + 2 * k - 1) * (base + 2 * k)
    for term in reversed(terms):  # from the smallest on
        total += term
    return total


def _zeta(s, q):
    is_left = q < 0
    part = q - np.floor(q)
    value = _right(s, np.where(is_left, part, q))
    if is_left.any():  # the terms on the left of 0 are those of two sums on the right
        sign = np.where(s % 2 == 0, 1.0, -1.0)
        value = value + np.where(
            is_left, sign * (_right(s, 1 - part) - _right(s, np.where(is_left, 1 - q, 1.0))), 0.0
        )
    value = np.where(is_left & (s != np.floor(s)), np.nan, value)
    value = np.where((q <= 0) & (q == np.floor(q)), np.inf, value)
    return np.where(s > 1, value, np.where(s == 1, np.inf, np.nan))


@primitive(broadcasts=True, promotes="float")
@_on_host
def zeta(s, q, /):
    """The sum of (q + k)**-s over k = 0, 1, ...; inf at s = 1 and at whole q <= 0, NaN for s < 1."""
    with np.errstate(all="ignore"):
        value = _zeta(*np.broadcast_arrays(np.asarray(s, np.float64), np.asarray(q, np.float64)))
    return np.asarray(value).astype(common_dtype(s, q))


@zeta.vjp("q")
def zeta_q(g, s, q):
    return g * (-s * zeta(s + 1, q))


zeta.nondifferentiable("s")
zeta.samples(
    lambda draw: [
        (np.array([1.5, 3.0, 6.0]), draw.uniform(2, 3, low=0.5, high=3.0)),
        (np.array(2.5), draw.uniform((), low=0.5, high=3.0)),
        (np.array(2.5), draw(0, 3)),
    ]
)
