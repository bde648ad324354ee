"""Orthogonal polynomials of any degree, in float64, then rounded to the operands' dtype (DLMF 18.9). They
have no gradient, as in PyTorch.

Chebyshev's are a power: (x + w)**n = T + w U, where w**2 = x**2 - 1, T has the degree n and U n - 1. The
others are computed by their three-term recurrence. Of float64 both in twice its digits, so that they are
right beside their zeros too. Where the argument is large, powers of two are taken out of it, and out of what
has become large, so that nothing between overflows. The degree may be a tensor; fractions are cut off, and of
a negative degree the polynomial is 0. Of a degree above 2**52, or 2**16 where a recurrence has so many steps,
it is NaN: PyTorch gives Hermite's polynomials up, as NaN, above degree 512.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ._arrays import common_dtype
from ._compensated import Twice, chosen, leading, rounded, scaled
from ._primitive import primitive
from ._special import _in_double

_HIGHEST, _MOST_STEPS = 2.0**52, 2.0**16
"""Of no higher degree a polynomial is computed, by its power and by its recurrence."""
_FAR = 300
"""From this exponent on, powers of two are taken out."""


def _finished(a, exponent):
    """a 2**exponent as a plain array."""
    if not exponent.any():
        return rounded(a)
    return np.ldexp(rounded(a), np.clip(exponent, -5000, 5000).astype(np.int32))


def _size(a, b):
    """The exponent of the larger number."""
    return np.frexp(np.maximum(np.absolute(leading(a)), np.absolute(leading(b))))[1]


def _by_power(beside):
    """T + y U of Chebyshev's polynomials, where ``beside`` gives y for x and 1."""

    def compute(x, one, exponent, n):
        square = x * x - one * one
        t, u, scale = 0.0 * x + 1.0, 0.0 * x, np.zeros_like(n)
        for bit in reversed(range(int(n.max(initial=0)).bit_length())):
            t, u, scale = t * t + square * (u * u), 2.0 * (t * u), 2 * scale
            odd = (n >> bit) % 2 == 1
            t, u = chosen(odd, x * t + square * u, t), chosen(odd, x * u + t, u)
            size = _size(t, u)
            if (np.absolute(size) > _FAR).any():
                t, u, scale = scaled(t, -size), scaled(u, -size), scale + size
        return _finished(t + beside(x, one) * u, scale + n * exponent)

    return compute


def _by_recurrence(coefficients):
    """p(k + 1) = ((a x + c) p(k) - b p(k - 1)) / d, where ``coefficients`` gives a, b, c and d for k."""

    def compute(x, one, exponent, n):
        square = one * one
        before, here, scale = 0.0 * x, 0.0 * x + 1.0, np.zeros_like(n)
        value = np.ones(n.shape)
        for k in range(int(n.max(initial=0))):
            a, b, c, d = map(float, coefficients(k))
            before, here = here, ((a * x + c * one) * here + -b * square * before) / d
            size = _size(before, here)
            if (np.absolute(size) > _FAR).any():
                before, here, scale = scaled(before, -size), scaled(here, -size), scale + size
            last = n == k + 1
            if last.any():
                value = np.where(last, _finished(here, scale + n * exponent), value)
        return value

    return compute


def _value(compute, highest, x, n, shifted, twice):
    """The polynomial at any number, or at 2 x - 1 if ``shifted``, of any degree."""
    degree = np.where((n >= 0) & (n <= highest), n, 0.0).astype(np.int64)
    part: Any = np.nan_to_num(x)
    one: Any = 1.0
    exponent: Any = 0
    if (large := np.absolute(part) > 2.0**60).any():
        exponent = np.where(large, np.frexp(part)[1], 0)
        part, one = np.ldexp(part, -exponent), np.ldexp(1.0, -exponent)
    if twice:
        part, one = Twice(part), Twice(one)
    if shifted:
        part = 2.0 * part - one
    value = compute(part, one, exponent, degree)
    value = np.where(np.isinf(x) & (degree > 0), np.copysign(np.inf, value), value)
    value = np.where(np.isnan(x) & (degree > 0), np.nan, value)
    return np.where(n <= -1, 0.0, np.where(np.isnan(n) | (n > highest), np.nan, value))


def _polynomial(
    name: str, about: str, compute: Callable[..., Any], shifted: bool = False, highest: float = _HIGHEST
) -> Any:
    """The primitive of a family."""

    @_in_double(on_host=True)
    def run(x, n, twice):
        return _value(compute, highest, x, n, shifted, twice)

    def forward(x, n, /):
        return run(x, n, twice=common_dtype(x, n) == np.float64)

    forward.__name__ = forward.__qualname__ = name
    forward.__doc__ = about
    made: Any = primitive(broadcasts=True, promotes="float", differentiable=False)(forward)
    made.samples(
        lambda draw: [
            (draw(2, 3), np.array([0.0, 1.0, 5.0])),
            (draw(()), np.array(2.0)),
            (draw(0, 3), np.array(2.0)),
        ]
    )
    return made


_CHEBYSHEV = {
    "t": ("first", lambda x, one: 0.0),
    "u": ("second", lambda x, one: x),
    "v": ("third", lambda x, one: x - one),
    "w": ("fourth", lambda x, one: x + one),
}

(
    chebyshev_polynomial_t,
    chebyshev_polynomial_u,
    chebyshev_polynomial_v,
    chebyshev_polynomial_w,
) = (
    _polynomial(
        f"chebyshev_polynomial_{kind}", f"Chebyshev's polynomials of the {th} kind.", _by_power(beside)
    )
    for kind, (th, beside) in _CHEBYSHEV.items()
)
(
    shifted_chebyshev_polynomial_t,
    shifted_chebyshev_polynomial_u,
    shifted_chebyshev_polynomial_v,
    shifted_chebyshev_polynomial_w,
) = (
    _polynomial(
        f"shifted_chebyshev_polynomial_{kind}",
        f"Chebyshev's polynomials of the {th} kind at 2 x - 1.",
        _by_power(beside),
        shifted=True,
    )
    for kind, (th, beside) in _CHEBYSHEV.items()
)
(
    hermite_polynomial_h,
    hermite_polynomial_he,
    laguerre_polynomial_l,
    legendre_polynomial_p,
) = (
    _polynomial(f"{name}_polynomial_{kind}", about, _by_recurrence(coefficients), highest=_MOST_STEPS)
    for name, kind, about, coefficients in (
        ("hermite", "h", "Hermite's polynomials, of the physicists.", lambda k: (2, 2 * k, 0, 1)),
        ("hermite", "he", "Hermite's polynomials, of the probabilists.", lambda k: (1, k, 0, 1)),
        ("laguerre", "l", "Laguerre's polynomials.", lambda k: (-1, k, 2 * k + 1, k + 1)),
        ("legendre", "p", "Legendre's polynomials.", lambda k: (2 * k + 1, k, 0, k + 1)),
    )
)
