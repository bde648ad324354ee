"""Circular and hyperbolic functions and their inverses on vectors. What singles would round too often is
computed in doubles; the polynomials are interpolations at Chebyshev nodes, made with 50 digits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .functions import exp, expm1, log1p, polynomial

if TYPE_CHECKING:
    from .vector import Mask, Value

_SINE = (
    *(1.5793473912933444e-10, -2.5048466109781475e-08, 2.7557294420635317e-06, -0.0001984126975451675),
    *(0.0083333333331888, -0.16666666666665764, 0.9999999999999999),
)
"""sin(r) / r in r**2, for |r| <= 1: relative error 1.1e-16."""

_COSINE = (
    *(-1.128104316059591e-11, 2.087368217362566e-09, -2.7557293238470703e-07, 2.4801587179865645e-05),
    *(-0.0013888888888579183, 0.0416666666666628, -0.49999999999999983, 1.0),
)
"""cos(r) in r**2, for |r| <= 1: relative error 2.7e-18."""

_ARCTANGENT = (
    *(0.0001704604046618824, -0.0014666686334116588, 0.005936376596452122, -0.01523249190907656),
    *(0.028410612112699588, -0.042324616793255394, 0.054582394542429476, -0.06536228811849373),
    *(0.07663177357754078, -0.09086360660727331, 0.11110640790649381, -0.14285684661254053),
    *(0.1999999901342103, -0.3333333332025471, 0.99999999999971),
)
"""atan(t) / t in t**2, for 0 <= t <= 1: relative error 2.9e-13."""

_HALF_PI = (1.5707963267948966, 6.123233995736766e-17)
"""pi / 2 in two parts."""

_FAR = 2.0**40
"""Beyond, whole multiples of the two parts have no digits left for the angle."""


def _quarter(x: Value) -> tuple[Value, Value, Value]:
    """(sin(r), cos(r), q) for x = r + n pi / 2, with q the quarter of the circle, n modulo 4. The angle is
    reduced as a double; the rest of a single's needs no more digits than a single has."""
    kind, wide = x.kind, x.double()
    shift = wide.kind.magic
    n = (wide * (2 / math.pi) + shift).minus_exactly(shift)
    r = n.intrinsic("fma", -_HALF_PI[0], wide)
    r = n.intrinsic("fma", -_HALF_PI[1], r).to(kind)
    q = (n - (n * 0.25).intrinsic("floor") * 4).to(kind)
    square, terms = r * r, 6 if kind is not wide.kind else 8
    return r * polynomial(_SINE[-terms:], square), polynomial(_COSINE[-terms:], square), q


def _far(x: Value) -> Mask:
    size = x.intrinsic("fabs")
    return ~(size < _FAR) & (size < math.inf)


def sin(x: Value) -> Value:
    sine, cosine, q = _quarter(x)
    value = (q.equals(1) | q.equals(3)).choose(cosine, sine)
    value = (q >= 2).choose(-value, value)
    return value.seldom(_far(x), lambda: x.double().intrinsic("sin").to(x.kind))


def cos(x: Value) -> Value:
    sine, cosine, q = _quarter(x)
    value = (q.equals(1) | q.equals(3)).choose(sine, cosine)
    value = (q.equals(1) | q.equals(2)).choose(-value, value)
    return value.seldom(_far(x), lambda: x.double().intrinsic("cos").to(x.kind))


def tan(x: Value) -> Value:
    wide = x.double()
    sine, cosine, q = _quarter(wide)
    odd = q.equals(1) | q.equals(3)
    value = odd.choose(-cosine, sine) / odd.choose(sine, cosine)
    return value.seldom(_far(wide), lambda: wide.intrinsic("sin") / wide.intrinsic("cos")).to(x.kind)


def _angle(y: Value, x: Value) -> Value:
    """The angle of the point (x, y), of doubles whose squares are numbers."""
    up, along = y.intrinsic("fabs"), x.intrinsic("fabs")
    steep = up > along
    ratio = steep.choose(along, up) / steep.choose(up, along)
    ratio = (up.equals(0) & along.equals(0)).choose(0.0, ratio)
    ratio = (up.equals(math.inf) & along.equals(math.inf)).choose(1.0, ratio)
    angle = ratio * polynomial(_ARCTANGENT, ratio * ratio)
    angle = steep.choose(math.pi / 2 - angle, angle)
    behind = x.like(1.0).intrinsic("copysign", x) < 0
    angle = behind.choose(math.pi - angle, angle)
    return (x.is_nan() | y.is_nan()).choose(x + y, angle.intrinsic("copysign", y))


def atan2(x: Value, y: Value) -> Value:
    return _angle(x.double(), y.double()).to(x.kind)


def atan(x: Value) -> Value:
    wide = x.double()
    return _angle(wide, wide.like(1.0)).to(x.kind)


def _beside(x: Value) -> Value:
    """sqrt(1 - x**2); NaN beyond 1."""
    return ((1 - x) * (x + 1)).intrinsic("sqrt")


def asin(x: Value) -> Value:
    wide = x.double()
    return _angle(wide, _beside(wide)).to(x.kind)


def acos(x: Value) -> Value:
    wide = x.double()
    return _angle(_beside(wide), wide).to(x.kind)


def sinh(x: Value) -> Value:
    size = x.double().intrinsic("fabs")
    e = expm1(size)
    value = (size > 100).choose(e, e + e / (e + 1)) * 0.5
    return value.intrinsic("copysign", x.double()).to(x.kind)


def cosh(x: Value) -> Value:
    size = x.double().intrinsic("fabs")
    return ((exp(size) + exp(-size)) * 0.5).to(x.kind)


def asinh(x: Value) -> Value:
    size = x.double().intrinsic("fabs")
    value = log1p(size + size * (size / ((size * size + 1).intrinsic("sqrt") + 1)))
    return size.equals(math.inf).choose(size, value).intrinsic("copysign", x.double()).to(x.kind)


def acosh(x: Value) -> Value:
    """NaN below 1."""
    above = x.double() - 1
    value = log1p(above + (above * (above + 2)).intrinsic("sqrt"))
    return (above < 0).choose(above * math.nan, value).to(x.kind)


def atanh(x: Value) -> Value:
    """NaN beyond 1."""
    wide = x.double()
    return (log1p(wide * 2 / (1 - wide)) * 0.5).to(x.kind)
