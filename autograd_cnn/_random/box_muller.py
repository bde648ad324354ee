"""The Box-Muller transform of blocks of 16 numbers, rounded as PyTorch's code for x86 processors rounds it.

That code evaluates the polynomials of the Cephes library (S. Moshier; ``logf``, ``sinf``, ``cosf``) in single
precision with fused multiply-adds.
"""

from typing import Any

import numpy as np

from .multiply_add import multiply_add

Array = np.ndarray[Any, Any]
_single = np.float32

_LOG = (
    7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
    -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
)  # fmt: skip
_SINE = (-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)
_COSINE = (2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
_QUARTER_PI = (0.78515625, 2.4187564849853515625e-4, 3.77489497744594108e-8)
"""pi/4 in three parts, so that a multiple of it can be subtracted without loss."""
_LN2 = (-2.12194440e-4, 0.693359375)


def box_muller(units: Array) -> Array:
    """Standard normal numbers from uniform ones in [0, 1): in each row of 16 the first 8 give radii, the last
    8 angles."""
    first, second = 1 - units[:, :8], units[:, 8:]
    if units.dtype == np.float64:
        radius, angle = np.sqrt(-2 * np.log(first)), 2 * np.pi * second
        sine, cosine = np.sin(angle), np.cos(angle)
    else:
        radius = np.sqrt(_single(-2) * _log(first))
        sine, cosine = _sine_cosine(_single(2 * np.pi) * second)
    return np.concatenate([radius * cosine, radius * sine], 1)


def _polynomial(x: Array, coefficients: tuple[float, ...]) -> Array:
    """Horner's scheme, the highest coefficient first."""
    value = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        value = multiply_add(value, x, _single(coefficient))
    return value


def _log(x: Array) -> Array:
    """log(m * 2**e) = log(1 + t) + e * log(2), with t = m - 1 or 2m - 1 and log(1 + t) = t - t**2/2 + t**3 *
    P(t)."""
    mantissa, exponent = np.frexp(x)
    low = mantissa < _single(0.707106781186547524)
    t = np.where(low, mantissa + mantissa, mantissa) - _single(1)
    e = exponent.astype(_single) - low.astype(_single)
    square = t * t
    y = multiply_add(_polynomial(t, _LOG) * t, square, e * _single(_LN2[0]))
    y = t + multiply_add(square, _single(-0.5), y)
    return multiply_add(e, _single(_LN2[1]), y)


def _sine_cosine(x: Array) -> tuple[Array, Array]:
    """The sine and cosine of x >= 0, from polynomials on [-pi/4, pi/4] and the octant of x."""
    octant = ((x * _single(4 / np.pi)).astype(np.int32) + 1) & ~1
    multiple = octant.astype(_single)
    for part in _QUARTER_PI:
        x = multiply_add(multiple, _single(-part), x)
    square = x * x
    cosine = multiply_add(_polynomial(square, _COSINE) * square, square, _single(-0.5) * square) + _single(1)
    sine = multiply_add(_polynomial(square, _SINE) * square, x, x)
    crossed = octant & 2 != 0
    s, c = np.where(crossed, cosine, sine), np.where(crossed, sine, cosine)
    return np.where(octant & 4, -s, s), np.where((octant - 2) & 4, c, -c)
