"""Gamma's logarithm and its slope, and the inverse error function, on vectors of doubles, rounded once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .._gamma import HARMONIC, LOG_ABOUT_TWO, SLOPE_ABOUT_TWO, STIRLING
from .angles import sin, tan
from .functions import log, polynomial

if TYPE_CHECKING:
    from .vector import Value

_LOW = (
    *(-2.1203565131819003e-11, 1.2302888973120805e-10, 8.327000821030813e-10, -1.0854397093112376e-08),
    *(1.3691496015199152e-08, 4.786448243400271e-07, -3.4171152327450104e-06, -4.99588144876006e-06),
    *(0.00021825064939995, -0.001252708083622281, -0.004177317810140035, 0.24664027678526776),
    1.501409351110792,
)
"""erfinv(x) / x in w - 5 / 2, for w = -log(1 - x**2) <= 5: relative error 6e-11."""

_HIGH_FROM = 3.218033988749895
_HIGH = (
    *(-9.53840916645205e-07, -3.259557275908534e-05, 9.641386712410384e-05, -1.9742903471396297e-05),
    *(-0.0003644762588441493, 0.0010444452892674355, -0.0018774317289491208, 0.0027737323469628782),
    *(-0.004087770795992865, 0.005746702794962664, 1.0049037619551788, 3.0517571014905087),
)
"""The same in sqrt(w) - _HIGH_FROM, for w up to 17.6, which no single exceeds: relative error 2e-9. Both are
interpolations at Chebyshev nodes."""


def erfinv(x: Value) -> Value:
    """Infinite at 1 and -1, NaN beyond."""
    wide = x.double()
    w = -log((1 - wide) * (wide + 1))
    near, far = polynomial(_LOW, w - 2.5), polynomial(_HIGH, w.intrinsic("sqrt") - _HIGH_FROM)
    value = wide * (w < 5).choose(near, far)
    return wide.intrinsic("fabs").equals(1).choose(wide * math.inf, value).to(x.kind)


def _about_two(coefficients: Sequence[float], right: Value) -> Value:
    """A series about 2, of what lies between -1/2 and 5/2 brought to between 3/2 and 5/2."""
    z = (right < 0.5).choose(right, (right < 1.5).choose(right - 1, right - 2))
    return polynomial(coefficients[::-1], (right < 2.5).choose(z, 0.0))


def _asymptotic(right: Value) -> tuple[Value, list[Value]]:
    """(w, the numbers that were passed): ``right`` itself where it is large, else ``right`` + 6."""
    small = right < 8
    return small.choose(right + 6, right), [small.choose(right + i, 1.0) for i in range(6)]


def lgamma(x: Value) -> Value:
    """log |gamma(x)|; infinite at the poles."""
    wide = x.double()
    reflected = wide < -0.5
    right = reflected.choose(1 - wide, wide)
    w, passed = _asymptotic(right)
    product = passed[0] * passed[1] * passed[2] * passed[3] * passed[4] * passed[5]
    inverse = 1 / w
    far = (w - 0.5) * (log(w) - 1) + (0.5 * math.log(2 * math.pi) - 0.5)
    far = far + inverse * polynomial(STIRLING[::-1], inverse * inverse)
    fewer = (right < 0.5).choose((right * (right + 1)).intrinsic("fabs"), (right < 1.5).choose(right, 1.0))
    near = right < 2.5
    value = near.choose(_about_two(LOG_ABOUT_TWO, right), far) - log(near.choose(fewer, product))

    def reflect() -> Value:
        part = wide - (wide + 0.5).intrinsic("floor")
        return math.log(math.pi) - log(sin(part * math.pi).intrinsic("fabs")) - value

    value = value.seldom(reflected, reflect)
    size = wide.intrinsic("fabs")
    return size.equals(math.inf).choose(size, value).to(x.kind)


def digamma(x: Value) -> Value:
    """The slope of lgamma; NaN at the poles, and an infinity at 0, of the sign opposite to zero's."""
    wide = x.double()
    reflected = wide < -0.5
    right = reflected.choose(1 - wide, wide)
    w, passed = _asymptotic(right)
    inverse = 1 / w
    square = inverse * inverse
    far = log(w) - inverse * 0.5 - square * polynomial(HARMONIC[::-1], square)
    small = right < 8
    for number in passed:
        far = far - small.choose(1 / number, 0.0)
    fewer = (right < 1.5).choose(1 / right, 0.0) + (right < 0.5).choose(1 / (right + 1), 0.0)
    value = (right < 2.5).choose(_about_two(SLOPE_ABOUT_TWO, right) - fewer, far)

    def reflect() -> Value:
        part = wide - (wide + 0.5).intrinsic("floor")
        return value - math.pi / tan(part * math.pi)

    value = value.seldom(reflected, reflect)
    pole = (wide <= 0) & wide.intrinsic("floor").equals(wide)
    infinite = -wide.like(math.inf).intrinsic("copysign", wide)
    value = pole.choose(wide.equals(0).choose(infinite, math.nan), value)
    return wide.equals(math.inf).choose(wide, value).to(x.kind)
