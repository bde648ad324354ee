"""exp, log, tanh and their kin on vectors: branch-free, for singles to four units in the last place at most.

Ranges are reduced as by Cody and Waite (Software Manual for the Elementary Functions, 1980). Each handles
every operand: NaN stays NaN, infinities and subnormal numbers are what the mathematics says.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # they need a compiler at hand, the table of functions does not
    from .vector import Value


def polynomial(coefficients: Sequence[float], x: Value) -> Value:
    """Horner's scheme; the highest power's coefficient comes first."""
    total = x * coefficients[0] + coefficients[1]
    for c in coefficients[2:]:
        total = total * x + c
    return total


_LN2 = {"f32": (0.693359375, -2.12194440e-4), "f64": (6.93147180369123816490e-01, 1.90821492927058770002e-10)}
"""ln 2 in two parts, the first of few digits: whole multiples of it are exact."""

_TERMS = {"f32": 7, "f64": 13}
"""Of the exponential series, for |r| <= ln(2) / 2."""

_EXP_RANGE = {"f32": (-104.0, 89.0), "f64": (-746.0, 710.0)}
"""Below, exp is 0; above, infinite."""


def _power_of_two(shifted: Value) -> Value:
    """2**n, for ``shifted`` = n + magic."""
    kind = shifted.kind
    return shifted.bitcast().shifted(kind.mantissa).plus(kind.bias << kind.mantissa).floating()


def _reduced(x: Value) -> tuple[Value, Value, Value]:
    """:func:`_parts` of x = n ln 2 + r."""
    kind = x.kind
    x = _within(x, *_EXP_RANGE[kind.suffix])
    n = _nearest(x * (1 / math.log(2)))
    coarse, fine = _LN2[kind.suffix]
    return _parts(n, (x - n * coarse) - n * fine)


def _within(x: Value, low: float, high: float) -> Value:
    """x, kept between bounds; NaN stays."""
    x = (x < low).choose(low, x)
    return (x > high).choose(high, x)


def _nearest(x: Value) -> Value:
    """The whole number next to x."""
    return (x + x.kind.magic).minus_exactly(x.kind.magic)


def _parts(n: Value, r: Value) -> tuple[Value, Value, Value]:
    """(exp(r) - 1, 2**h, 2**(n - h)) for h about n / 2: the two factors have each an exponent that a number
    has, also where 2**n is subnormal or near the largest number."""
    shift = r.kind.magic
    series = [1 / math.factorial(k) for k in range(_TERMS[r.kind.suffix], 1, -1)]
    less_one = r + r * r * polynomial(series, r)
    half = n * 0.5 + shift
    rest = n - half.minus_exactly(shift)
    return less_one, _power_of_two(half), _power_of_two(rest + shift)


def exp(x: Value) -> Value:
    less_one, first, second = _reduced(x)
    return (less_one + 1) * first * second


def exp2(x: Value) -> Value:
    x = _within(x, *(bound / math.log(2) for bound in _EXP_RANGE[x.kind.suffix]))
    n = _nearest(x)
    less_one, first, second = _parts(n, (x - n) * math.log(2))
    return (less_one + 1) * first * second


def expm1(x: Value) -> Value:
    less_one, first, second = _reduced(x)
    scale = first * second
    near = less_one * first * second + (scale - 1)
    return (x > 40).choose((less_one + 1) * first * second, near)


def _split(x: Value) -> tuple[Value, Value]:
    """(k, m) with x = 2**k m and m between sqrt(1/2) and sqrt(2), for positive normal x."""
    kind = x.kind
    bits = x.bitcast()
    root = _root_bits(kind.suffix)
    k = bits.plus(-root).shifted(-kind.mantissa)
    m = bits.minus(k.shifted(kind.mantissa)).floating()
    shift = kind.magic
    whole = x.like(shift).bitcast().plus(k).floating()
    return whole.minus_exactly(shift), m


def _root_bits(suffix: str) -> int:
    return 0x3F3504F3 if suffix == "f32" else 0x3FE6A09E667F3BCD


_LOG_SERIES = {
    "f32": (0.24279078841, 0.28498786688, 0.40000972152, 0.66666662693),
    "f64": (
        *(1.479819860511658591e-01, 1.531383769920937332e-01, 1.818357216161805012e-01),
        *(2.222219843214978396e-01, 2.857142874366239149e-01, 3.999999999940941908e-01),
        6.666666666666735130e-01,
    ),
}
"""log((1 + s) / (1 - s)) - 2 s over s**3, in s**2 (the minimax approximations of FreeBSD's libm)."""


_BASES = {"2": (1.0, 1 / math.log(2)), "10": (math.log10(2), 1 / math.log(10))}
"""The logarithms of 2 and of e to another base."""


def _log(x: Value, lost: Value | None = None, base: str = "e") -> Value:
    """log(x + lost), for a ``lost`` far below x: what x = 1 + y has rounded off of y."""
    kind = x.kind
    tiny = 2.0 ** (2 - kind.bias)
    small = x < tiny * 2
    lifted = small.choose(x * 2.0 ** (kind.mantissa + 2), x)
    k, m = _split(lifted)
    k = k - small.choose(float(kind.mantissa + 2), k * 0.0)
    f = m - 1
    s = f / (f + 2)
    z = s * s
    half = f * f * 0.5
    tail = s * (half + z * polynomial(_LOG_SERIES[kind.suffix], z))
    if base == "e":
        coarse, fine = _LN2[kind.suffix]
        small_part = k * fine if lost is None else k * fine + lost / x
        value = k * coarse - ((half - (tail + small_part)) - f)
    else:
        per_octave, factor = _BASES[base]
        value = k * per_octave + (f - (half - tail)) * factor
    value = (x <= 0).choose(x.equals(0).choose(-math.inf, x * math.nan), value)
    return x.differs(x).choose(x, x.equals(math.inf).choose(x, value))


def log(x: Value) -> Value:
    return _log(x)


def log2(x: Value) -> Value:
    return _log(x, base="2")


def log10(x: Value) -> Value:
    return _log(x, base="10")


def power(x: Value, y: Value) -> Value:
    """As C's pow: of a negative number where y is whole; 1 to any power and anything to the power 0 are 1."""
    kind, x, y = x.kind, x.double(), y.double()
    size = _absolute(x)
    exponent = _within(y * _log(size, base="2"), -1080.0, 1030.0)
    n = _nearest(exponent)
    less_one, first, second = _parts(
        _within(n, -152.0, 130.0).to(kind), ((exponent - n) * math.log(2)).to(kind)
    )
    value = (less_one + 1) * first * second
    value = (size.equals(1) | y.equals(0)).choose(1.0, value)
    half = y * 0.5
    whole = y.intrinsic("floor").equals(y)
    odd = whole & half.intrinsic("floor").differs(half)
    negative = x.like(1.0).intrinsic("copysign", x) < 0
    value = (negative & odd).choose(-value, value)
    lost = negative & ~whole & size.differs(0) & size.differs(math.inf) & ~y.is_nan()
    value = lost.choose(math.nan, value)
    nan = (x.is_nan() & y.differs(0)) | (y.is_nan() & x.differs(1))
    return nan.choose((x + y).to(kind), value)


def log1p(x: Value) -> Value:
    y = x + 1
    lost = (x < 1).choose(x - y.minus_exactly(1.0), 1 - y.minus_exactly(x))
    value = _log(y, lost)
    return (_absolute(x) < 2.0 ** (-x.kind.mantissa - 2)).choose(x, value)


def _absolute(x: Value) -> Value:
    return x.intrinsic("fabs")


def tanh(x: Value) -> Value:
    """expm1(2 |x|) / (expm1(2 |x|) + 2), with x's sign."""
    size = _absolute(x)
    bound = 10.0 if x.kind.suffix == "f32" else 20.0
    e = expm1((size > bound).choose(bound, size) * 2)
    return (e / (e + 2)).intrinsic("copysign", x)


def logistic(x: Value) -> Value:
    """1 / (1 + exp(-x)), from exp(-|x|): exact in both tails."""
    z = exp(-_absolute(x))
    return (x >= 0).choose(1.0, z) / (z + 1)


_NEAR = {
    "f32": (
        *(5.372643164691128e-07, -9.274401262223465e-06, 0.0001153207457264319),
        *(-0.0011872887440360373, 0.009973550469794461, -0.06649037965933821, 0.3989422803972762),
    ),
}
"""(Φ(x) - 1/2) / x in x**2, for |x| <= 1: Chebyshev interpolation, error 4e-12."""

_MILLS = {
    "f32": (
        *(-1671.9570523090931, 2193.194927376813, -954.2402566263827, 104.46862652246683, -8.150423613416418),
        *(12.963202983223974, 7.143776043430761, 3.192249034829997, 1.1968215227308634, 0.3989422870329919),
    ),
}
"""Φ(-x) exp(x**2 / 2) / u in u = 1 / (x + 3), for x >= 1: Chebyshev interpolation, relative error 2e-8."""


def bell(x: Value, rate: float = 1.0) -> Value:
    """exp(-rate x**2), with the digits that the square rounds off."""
    square = x * x
    lost = x.intrinsic("fma", x, -square)
    value = exp(square * -rate)
    lost = (_absolute(x) < 1e4).choose(lost, 0.0)
    return value - value * (lost * rate)


def normal_tail(size: Value, density: Value) -> Value:
    """Φ(-size) for size >= 1, given exp(-size**2 / 2)."""
    u = 1 / ((size < 1).choose(1.0, size) + 3)
    return density * u * polynomial(_MILLS[size.kind.suffix], u)


def ndtr(x: Value) -> Value:
    """Φ(x), the normal distribution function."""
    size = _absolute(x)
    tail = normal_tail(size, bell(x, 0.5))
    near = x * polynomial(_NEAR[x.kind.suffix], x * x) + 0.5
    far = (x < 0).choose(tail, 1 - tail)
    return x.differs(x).choose(x, (size < 1).choose(near, far))


def erf(x: Value) -> Value:
    """2 Φ(sqrt(2) x) - 1."""
    y = x * math.sqrt(2)
    size = _absolute(y)
    tail = normal_tail(size, bell(x))
    near = y * polynomial(_NEAR[x.kind.suffix], y * y) * 2
    far = (1 - tail * 2).intrinsic("copysign", x)
    return x.differs(x).choose(x, (size < 1).choose(near, far))


def erfc(x: Value) -> Value:
    """2 Φ(-sqrt(2) x)."""
    y = x * math.sqrt(2)
    size = _absolute(y)
    tail = normal_tail(size, bell(x)) * 2
    near = 1 - y * polynomial(_NEAR[x.kind.suffix], y * y) * 2
    return x.differs(x).choose(x, (size < 1).choose(near, (x < 0).choose(2 - tail, tail)))


def logaddexp(x: Value, y: Value) -> Value:
    """log(exp(x) + exp(y)) = max + log1p(exp(-|x - y|))."""
    larger = (x >= y).choose(x, y)
    apart = x - y
    value = larger + log1p(exp(-_absolute(apart)))
    nan = x.is_nan() | y.is_nan()
    same = x.equals(y)
    return nan.choose(x + y, (same & ~x.equals(0) & (_absolute(x).equals(math.inf))).choose(x, value))
