"""Every elementwise function, called by its name and written in mpmath: what ``test_digits`` compares.

A row is one function of one, two or three numbers. Where it has a kink, or where a convention and not
mathematics decides, its slopes are not compared; where it has no value it is not called.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import mpmath as mp

from . import jets as j

TINY = 5e-324

WIDE = (
    *(0.0, TINY, 2e-310, 1e-300, 1e-200, 1e-160, 1e-100, 1e-45, 1e-38, 1e-25, 1e-20, 1e-9, 1e-5, 1e-3, 0.01),
    *(0.1, 0.25, 0.4, 0.5, 0.7, 0.9, 1 - 2**-24, 1 - 2**-53, 1.0, 1 + 2**-52, 1 + 2**-23, 1.25, 1.5, 1.75),
    *(2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.5, 8.0, 9.5, 10.0, 13.0, 15.3, 17.0, 18.5, 20.0, 26.5, 30.5, 37.5),
    *(40.0, 50.0, 88.0, 89.5, 100.0, 104.0, 127.5, 128.0, 300.0, 354.9, 355.5, 700.0, 709.5, 710.4, 745.0),
    *(1000.0, 1023.5, 1024.0, 1e6, 1e10, 1e18, 1e19, 2e19, 1e25, 1e38, 3e38, 1e100, 1e154, 2e154, 1e200),
    *(1e300, 1.7e308, math.inf),
)
"""Numbers at which formulas break: about 0, about 1, where exponentials end, where squares overflow."""
LINE = tuple(sign * x for x in WIDE for sign in (1.0, -1.0))
FEW = (*(0.0, 1e-300, 1e-25, 1e-9, 0.3, 1.0, 2.5, 20.0, 100.0, 800.0, 1e25, 1e200, math.inf),)
PAIR = tuple(sign * x for x in FEW for sign in (1.0, -1.0))
UNIT = tuple(x for x in LINE if abs(x) <= 1)
PROBABILITY = (*(x for x in WIDE if x <= 1), 1 - 1e-9, 1 - 1e-5, 0.99, 0.75)


class Row(NamedTuple):
    """One function."""

    name: str
    call: Callable[..., Any]
    """``call(library, *operands)``, where ``library`` is this one or PyTorch."""
    truth: Callable[..., Any]
    """The same of jets."""
    grids: tuple[tuple[float, ...], ...] = (LINE,)
    domain: Callable[..., bool] = lambda *x: True
    """Where it has a value."""
    smooth: Callable[..., bool] = lambda *x: True
    """Where mathematics says what its slopes are."""
    twice: Callable[..., bool] = lambda *x: True
    """Where second slopes are compared: not beside their roots, nor where what lies between overflows."""
    ulps: tuple[float, float, float] = (4, 4, 64)
    """How far values, first and second slopes may be off where PyTorch is not further off."""
    flat: float = 0.0
    """Up to this distance from 0 the second slope is a small difference of numbers about 1: it is compared
    in their units."""
    live: tuple[int, ...] = ()
    """Which operands get slopes; all, if none is named."""
    digits: int = 400
    """With so many digits mpmath calculates."""
    order: int = 2
    """Up to which slope it is compared: 0 for a function that has none."""

    def __str__(self) -> str:
        return self.name


def named(name: str) -> Callable[..., Any]:
    """A function of the library, of ``special`` or of ``nn.functional``, by its name."""

    def call(m: Any, *operands: Any) -> Any:
        for place in (m, m.special, m.nn.functional):
            if hasattr(place, name):
                return getattr(place, name)(*operands)
        raise AttributeError(name)

    return call


def functional(name: str, *arguments: Any, **options: Any) -> Callable[..., Any]:
    """A function of ``nn.functional`` with fixed further arguments."""
    return lambda m, *operands: getattr(m.nn.functional, name)(*operands, *arguments, **options)


# pieces

ROOT_HALF = mp.sqrt(mp.mpf(1) / 2)


def sigmoid(x: Any) -> Any:
    return 1 / (1 + j.exp(-j.jet(x)))


def softplus(x: Any) -> Any:
    x = j.jet(x)
    return j.log1p(j.exp(x)) if x.value < 0 else x + j.log1p(j.exp(-x))


def ndtr(x: Any) -> Any:
    return j.erfc(-j.jet(x) / mp.sqrt(2)) / 2


def sinc(x: Any) -> Any:
    v = x.value
    if abs(v) < 1e-40:
        return x.through(1, -(mp.pi**2) / 3 * v, -(mp.pi**2) / 3)
    value, slope = mp.sinpi(v) / (mp.pi * v), (mp.cospi(v) - mp.sinpi(v) / (mp.pi * v)) / v
    return x.through(value, slope, (-mp.pi * mp.sinpi(v) - 2 * slope) / v)


def elu(x: Any, alpha: Any = 1, scale: Any = 1, rate: Any = 1) -> Any:
    return x * scale if x.value > 0 else j.expm1(x * rate) * alpha * scale


def logit(x: Any) -> Any:
    return j.log(x / (1 - x))


def entr(x: Any) -> Any:
    return -x * j.log(x) if x.value else j.Jet(0)


def erfcx(x: Any) -> Any:
    v = x.value
    value = mp.exp(v * v) * mp.erfc(v)
    slope = 2 * v * value - 2 / mp.sqrt(mp.pi)
    return x.through(value, slope, 2 * value + 2 * v * slope)


def log_ndtr(x: Any) -> Any:
    v = x.value
    area = mp.erfc(-v / mp.sqrt(2)) / 2
    ratio = mp.npdf(v) / area
    return x.through(mp.log(area), ratio, -ratio * (v + ratio))


def gelu_tanh(x: Any) -> Any:
    inner = (x + x * x * x * mp.mpf("0.044715")) * mp.sqrt(2 / mp.pi)
    return x / (1 + j.exp(-2 * inner))


def mish(x: Any) -> Any:
    e = 1 + j.exp(x if x.value < 0 else -x)
    rest = (e * e - 1) / (e * e + 1) if x.value < 0 else None
    if rest is None:
        t = j.exp(-x)  # tanh(log(1 + 1/t)) = (1 + 2t) / (1 + 2t + 2t^2)
        rest = (1 + 2 * t) / (1 + 2 * t + 2 * t * t)
    return x * rest


def xlogy(x: Any, y: Any, log: Any = j.log) -> Any:
    return x * log(y)


def power(x: Any, y: Any) -> Any:
    """x to the y, along a line."""
    if not y.first and not y.second:
        return x**y.value
    return j.exp(y * j.log(x))


def log_of_sum(x: Any, y: Any, base: Any = mp.e) -> Any:
    gap = (y - x) * mp.log(base)
    if gap.value > 0:
        return y + softplus(-gap) / mp.log(base)
    return x + softplus(gap) / mp.log(base)


def remainder(x: Any, y: Any, whole: Callable[[Any], Any] = mp.floor) -> Any:
    return x - y * whole(x.value / y.value)


def towards_zero(x: Any) -> Any:
    return mp.floor(x) if x >= 0 else mp.ceil(x)


def hypot(x: Any, y: Any) -> Any:
    return j.sqrt(x * x + y * y)


def angle_of(x: Any, y: Any) -> Any:
    """The angle whose height is x: its slopes are those of the arcus tangent of the quotient."""
    square = x.value**2 + y.value**2
    first = (y.value * x.first - x.value * y.first) / square
    top = y.value * x.first - x.value * y.first
    slope_of_top = y.value * x.second - x.value * y.second
    slope_of_square = 2 * (x.value * x.first + y.value * y.first)
    return j.Jet(mp.atan2(x.value, y.value), first, slope_of_top / square - top * slope_of_square / square**2)


def igammac(a: Any, x: Any) -> Any:
    k = a.value
    if not x.value:
        return x.through(1, 0 if k > 1 else -mp.inf, 0)
    slope = -mp.exp((k - 1) * mp.log(x.value) - x.value - mp.loggamma(k))
    return x.through(
        mp.gammainc(k, x.value, mp.inf, regularized=True), slope, slope * ((k - 1) / x.value - 1)
    )


def igamma(a: Any, x: Any) -> Any:
    upper = igammac(a, x)
    return j.Jet(mp.gammainc(a.value, 0, x.value, regularized=True), -upper.first, -upper.second)


def mvlgamma(x: Any, p: int) -> Any:
    return sum((j.lgamma(x - mp.mpf(i) / 2) for i in range(p)), mp.mpf(p * (p - 1)) / 4 * mp.log(mp.pi))


def finite(*x: float) -> bool:
    """Oscillating functions have no limit, and powers of infinity are convention."""
    return all(math.isfinite(v) for v in x)


def apart(x: float, y: float) -> bool:
    """Far enough that a difference of both is not all rounding."""
    return abs(x - y) > 0.1 * max(abs(x), abs(y), 1e-300)


def below_infinity(x: float) -> bool:
    """x times a gate has no slope at the infinities: infinity times 0, as in PyTorch."""
    return math.isfinite(x)


def positive(x: float) -> bool:
    return x > 0


def not_whole(x: float) -> bool:
    """Where the gamma function has no pole."""
    return x > 0 or (x != int(x) if math.isfinite(x) else False)


def moderate(x: float) -> bool:
    return abs(x) <= 1e15 and not_whole(x)


SELU_ALPHA = mp.mpf("1.6732632423543772848170429916717")
SELU_SCALE = mp.mpf("1.0507009873554804934193349852946")

UNARY = [
    Row("exp", named("exp"), j.exp),
    Row("exp2", named("exp2"), lambda x: j.exp(x * mp.log(2))),
    Row("expm1", named("expm1"), j.expm1),
    Row("log", named("log"), j.log, domain=positive),
    Row("log2", named("log2"), lambda x: j.log(x) / mp.log(2), domain=positive),
    Row("log10", named("log10"), lambda x: j.log(x) / mp.log(10), domain=positive),
    Row("log1p", named("log1p"), j.log1p, domain=lambda x: x > -1),
    Row("sqrt", named("sqrt"), j.sqrt, domain=positive),
    Row("rsqrt", named("rsqrt"), lambda x: 1 / j.sqrt(x), domain=positive),
    Row("reciprocal", named("reciprocal"), lambda x: 1 / x, domain=lambda x: x != 0),
    Row("square", named("square"), lambda x: x * x),
    Row("abs", named("abs"), abs, smooth=lambda x: x != 0),
    Row("neg", named("neg"), lambda x: -x),
    Row("positive", named("positive"), lambda x: x),
    Row("deg2rad", named("deg2rad"), lambda x: x * mp.pi / 180),
    Row("rad2deg", named("rad2deg"), lambda x: x * 180 / mp.pi),
    Row("sigmoid", named("sigmoid"), sigmoid, flat=0.1, ulps=(4, 8, 64)),
    Row("logit", named("logit"), logit, (PROBABILITY,), domain=lambda x: 0 < x < 1),
    Row(
        "logit(eps)", lambda m, x: m.logit(x, 1e-6), logit, (PROBABILITY,), domain=lambda x: 1e-5 < x < 0.999
    ),
    Row("sin", named("sin"), j.sin, domain=finite),
    Row("cos", named("cos"), j.cos, domain=finite),
    Row("tan", named("tan"), j.tan, domain=finite),
    Row("asin", named("asin"), j.asin, (UNIT,), smooth=lambda x: abs(x) < 1),
    Row("acos", named("acos"), j.acos, (UNIT,), smooth=lambda x: abs(x) < 1),
    Row("atan", named("atan"), j.atan),
    Row("sinh", named("sinh"), j.sinh),
    Row("cosh", named("cosh"), j.cosh),
    Row("tanh", named("tanh"), j.tanh),
    Row("asinh", named("asinh"), j.asinh),
    Row("acosh", named("acosh"), j.acosh, domain=lambda x: x >= 1, smooth=lambda x: x > 1),
    Row("atanh", named("atanh"), j.atanh, (UNIT,), domain=lambda x: abs(x) < 1),
    Row("sinc", named("sinc"), sinc, domain=finite),
    Row("erf", named("erf"), j.erf),
    Row("erfc", named("erfc"), j.erfc),
    Row("erfinv", named("erfinv"), j.erfinv, (UNIT,), domain=lambda x: abs(x) < 1, ulps=(4, 32, 64)),
    Row("lgamma", named("lgamma"), j.lgamma, domain=moderate, digits=60, ulps=(11, 6, 64)),
    Row("digamma", named("digamma"), j.polygamma(0), domain=moderate, digits=60, ulps=(6, 4, 64)),
    Row("polygamma(1)", lambda m, x: m.polygamma(1, x), j.polygamma(1), domain=moderate, digits=60),
    Row(
        "polygamma(3)",
        lambda m, x: m.polygamma(3, x),
        j.polygamma(3),
        domain=moderate,
        digits=60,
        ulps=(4, 6, 64),
    ),
    Row(
        "mvlgamma",
        lambda m, x: m.mvlgamma(x, 3),
        lambda x: mvlgamma(x, 3),
        domain=lambda x: 1 < x < 1e15,
        digits=60,
    ),
    Row("i0", named("i0"), j.i0, digits=60),
    Row("i1", named("i1"), j.i1, digits=60),
    Row(
        "i0e",
        named("i0e"),
        lambda x: j.exp(-abs(x)) * j.i0(x),
        domain=lambda x: abs(x) <= 1e4,
        smooth=lambda x: x != 0,
        digits=60,
        ulps=(5, 3300, 3.4e6),
    ),
    Row(
        "i1e",
        named("i1e"),
        lambda x: j.exp(-abs(x)) * j.i1(x),
        domain=lambda x: abs(x) <= 1e4,
        smooth=lambda x: x != 0,
        digits=60,
        ulps=(4, 3400, 3.2e6),
    ),
    Row("entr", named("entr"), entr, domain=lambda x: x >= 0, smooth=positive),
    Row("erfcx", named("erfcx"), erfcx, domain=lambda x: abs(x) <= 1e6, ulps=(4, 8, 64)),
    Row("ndtr", named("ndtr"), ndtr),
    Row("log_ndtr", named("log_ndtr"), log_ndtr, domain=lambda x: abs(x) <= 1e6),
    Row(
        "ndtri",
        named("ndtri"),
        j.ndtri,
        (PROBABILITY,),
        domain=lambda x: 0 < x < 1,
        digits=60,
        ulps=(4, 600, 600),
    ),
    Row("relu", named("relu"), lambda x: x if x.value > 0 else x * 0, smooth=lambda x: x != 0),
    Row(
        "frac", named("frac"), lambda x: x - towards_zero(x.value), domain=finite, smooth=lambda x: x % 1 != 0
    ),
    Row("x ** 2", lambda m, x: x**2, lambda x: x * x),
    Row("x ** 3", lambda m, x: x**3, lambda x: x * x * x),
    Row("x ** 0.5", lambda m, x: x**0.5, j.sqrt, domain=positive),
    Row("x ** -1", lambda m, x: x**-1, lambda x: 1 / x, domain=lambda x: x != 0),
    Row("x ** -2", lambda m, x: x**-2, lambda x: 1 / (x * x), domain=lambda x: x != 0),
    Row("x ** 2.5", lambda m, x: x**2.5, lambda x: x**2.5, domain=positive),
    Row("2 ** x", lambda m, x: 2**x, lambda x: j.exp(x * mp.log(2))),
    Row("float_power", lambda m, x: m.float_power(x, 2.5).to(x.dtype), lambda x: x**2.5, domain=positive),
]

ACTIVATIONS = [
    Row("elu", functional("elu"), elu, smooth=lambda x: x != 0),
    Row("elu(2)", functional("elu", 2.0), lambda x: elu(x, 2), smooth=lambda x: x != 0),
    Row("celu", functional("celu"), elu, smooth=lambda x: x != 0),
    Row("celu(2)", functional("celu", 2.0), lambda x: elu(x, 2, 1, mp.mpf(1) / 2), smooth=lambda x: x != 0),
    Row("selu", functional("selu"), lambda x: elu(x, SELU_ALPHA, SELU_SCALE), smooth=lambda x: x != 0),
    Row("gelu", functional("gelu"), lambda x: x * ndtr(x), smooth=below_infinity, ulps=(4, 33, 64)),
    Row(
        "gelu(tanh)",
        functional("gelu", approximate="tanh"),
        gelu_tanh,
        smooth=below_infinity,
        ulps=(300, 250, 300),
    ),
    Row("silu", functional("silu"), lambda x: x * sigmoid(x), smooth=below_infinity, ulps=(320, 320, 320)),
    Row(
        "mish",
        functional("mish"),
        mish,
        smooth=below_infinity,
        ulps=(320, 320, 320),
        twice=lambda x: x < 1e30,
    ),
    Row("softplus", functional("softplus"), lambda x: x if x.value > 20 else softplus(x)),
    Row(
        "softplus(2, 30)",
        functional("softplus", 2.0, 30.0),
        lambda x: x if x.value > 15 else softplus(2 * x) / 2,
    ),
    Row("logsigmoid", functional("logsigmoid"), lambda x: -softplus(-x)),
    Row("softsign", functional("softsign"), lambda x: x / (1 + abs(x)), smooth=lambda x: x != 0),
    Row("tanhshrink", functional("tanhshrink"), lambda x: x - j.tanh(x)),
    Row(
        "leaky_relu",
        functional("leaky_relu"),
        lambda x: x if x.value > 0 else x * mp.mpf("0.01"),
        smooth=lambda x: x != 0,
    ),
    Row(
        "rrelu",
        functional("rrelu", 0.125, 0.25),
        lambda x: x if x.value > 0 else x * mp.mpf("0.1875"),
        smooth=lambda x: x != 0,
    ),
    Row(
        "hardtanh",
        functional("hardtanh"),
        lambda x: x if abs(x.value) < 1 else j.Jet(mp.sign(x.value)),
        smooth=lambda x: abs(x) != 1,
    ),
    Row(
        "relu6",
        functional("relu6"),
        lambda x: x if 0 < x.value < 6 else j.Jet(6 if x.value > 0 else 0),
        smooth=lambda x: x not in (0, 6),
    ),
    Row(
        "hardsigmoid",
        functional("hardsigmoid"),
        lambda x: (x + 3) / 6 if -3 < x.value < 3 else j.Jet(1 if x.value > 0 else 0),
        smooth=lambda x: abs(x) != 3,
    ),
    Row(
        "hardswish",
        functional("hardswish"),
        lambda x: x * (x + 3) / 6 if -3 < x.value < 3 else x if x.value > 0 else j.Jet(0),
        smooth=lambda x: abs(x) != 3,
    ),
    Row(
        "hardshrink",
        functional("hardshrink"),
        lambda x: x if abs(x.value) > 0.5 else j.Jet(0),
        smooth=lambda x: abs(x) != 0.5,
    ),
    Row(
        "softshrink",
        functional("softshrink"),
        lambda x: x - mp.sign(x.value) / 2 if abs(x.value) > 0.5 else j.Jet(0),
        smooth=lambda x: abs(x) != 0.5,
    ),
    Row(
        "threshold",
        functional("threshold", 0.25, -2.0),
        lambda x: x if x.value > 0.25 else j.Jet(-2),
        smooth=lambda x: x != 0.25,
    ),
    Row(
        "prelu",
        lambda m, x, a: (
            m.nn.functional.prelu(x.reshape(-1, 1), a.reshape(-1)[:1]).reshape(-1)
            if a.ndim == 0 or a.shape[0] == 1
            else m.where(x > 0, x, a * x)
        ),
        lambda x, a: x if x.value > 0 else x * a,
        (LINE, (0.25,)),
        smooth=lambda x, a: x != 0,
        live=(0,),
    ),
    Row(
        "glu",
        lambda m, x, y: m.nn.functional.glu(m.stack([x, y], -1), -1).reshape(x.shape),
        lambda x, y: x * sigmoid(y),
        (PAIR, PAIR),
        domain=lambda x, y: finite(x, y) and abs(y) < 80,
        ulps=(4, 16, 64),
        twice=lambda x, y: abs(y) > 0.1,
    ),
]

BINARY = [
    Row("add", named("add"), lambda x, y: x + y, (PAIR, PAIR), domain=finite),
    Row("sub", named("sub"), lambda x, y: x - y, (PAIR, PAIR), domain=finite),
    Row("mul", named("mul"), lambda x, y: x * y, (PAIR, PAIR), domain=finite),
    Row("div", named("div"), lambda x, y: x / y, (PAIR, PAIR), domain=lambda x, y: finite(x, y) and y != 0),
    Row(
        "pow",
        named("pow"),
        power,
        (PAIR, (*PAIR, -1.0, 0.5, 2.0, 3.0, 3.5)),
        domain=lambda x, y: finite(x, y) and x > 0,
        ulps=(4, 420, 70),
        twice=lambda x, y: x >= 1e-9 and 1e-9 <= abs(y) <= 200,
    ),
    Row(
        "atan2",
        named("atan2"),
        angle_of,
        (PAIR, PAIR),
        domain=lambda x, y: finite(x, y) and (x != 0 or y > 0),
        smooth=lambda x, y: x != 0 or y > 0,
        twice=lambda x, y: 1e-9 <= math.hypot(x, y) <= 1e25,
    ),
    Row(
        "hypot", named("hypot"), hypot, (PAIR, PAIR), domain=lambda x, y: finite(x, y) and (x != 0 or y != 0)
    ),
    Row("logaddexp", named("logaddexp"), log_of_sum, (PAIR, PAIR), domain=finite, ulps=(4, 30, 64)),
    Row(
        "logaddexp2",
        named("logaddexp2"),
        lambda x, y: log_of_sum(x, y, mp.mpf(2)),
        (PAIR, PAIR),
        domain=lambda x, y: finite(x, y) and (x, y) != (-1, -1),
        ulps=(6, 240, 250),
    ),
    Row("xlogy", named("xlogy"), xlogy, (PAIR, PAIR), domain=lambda x, y: finite(x, y) and y > 0),
    Row(
        "xlog1py",
        named("xlog1py"),
        lambda x, y: xlogy(x, y, j.log1p),
        (PAIR, PAIR),
        domain=lambda x, y: finite(x, y) and y > -1,
    ),
    Row(
        "remainder",
        named("remainder"),
        remainder,
        (PAIR, PAIR),
        domain=lambda x, y: finite(x, y) and y != 0 and abs(x / y) < 1e15,
        smooth=lambda x, y: math.fmod(x, y) != 0,
    ),
    Row(
        "fmod",
        named("fmod"),
        lambda x, y: remainder(x, y, towards_zero),
        (PAIR, PAIR),
        domain=lambda x, y: finite(x, y) and y != 0 and abs(x / y) < 1e15,
        smooth=lambda x, y: math.fmod(x, y) != 0,
    ),
    Row(
        "copysign",
        named("copysign"),
        lambda x, y: abs(x) * (-1 if y.value < 0 else 1),
        (PAIR, PAIR),
        domain=lambda x, y: y != 0,
        smooth=lambda x, y: x != 0 and y != 0,
    ),
    *(
        Row(
            name,
            named(name),
            lambda x, y, larger=larger: x if (x.value > y.value) == larger else y,
            (PAIR, PAIR),
            domain=lambda x, y: x != y,
        )
        for name, larger in (("maximum", True), ("minimum", False), ("fmax", True), ("fmin", False))
    ),
    *(
        Row(
            name,
            named(name),
            truth,
            ((0.1, 0.5, 1.0, 2.5, 10.0, 100.0), (1e-20, 1e-5, 0.1, 0.5, 1.0, 2.5, 10.0, 50.0, 200.0)),
            twice=lambda a, x: x > 1e-20,
            ulps=(620, 300, 280),
            live=(1,),
            digits=60,
        )
        for name, truth in (("gammainc", igamma), ("gammaincc", igammac))
    ),
    Row("ldexp", named("ldexp"), lambda x, y: x * j.exp(y * mp.log(2)), (PAIR, (-3.0, 0.0, 0.5, 9.0))),
    Row("rsub", named("rsub"), lambda x, y: y - x, (PAIR, PAIR), domain=finite),
]

THREE = (0.0, 1e-9, 0.3, -0.7, 1.0, 2.5, -20.0, 1e10)

TERNARY = [
    *(
        Row(
            name,
            named(name),
            lambda x, y, sign=sign: y if (y.value - x.value) * sign > 0 else x,
            (LINE, (0.3,)),
            domain=lambda x, y: x != y,
        )
        for name, sign in (("clamp_min", 1), ("clamp_max", -1))
    ),
    Row(
        "true_divide",
        named("true_divide"),
        lambda x, y: x / y,
        (PAIR, PAIR),
        domain=lambda x, y: finite(x, y) and y != 0,
    ),
    Row(
        "lerp",
        named("lerp"),
        lambda x, y, w: x + w * (y - x),
        (THREE, THREE, (0.0, 1e-9, 0.3, 0.5, 0.9, 1.0)),
        domain=lambda x, y, w: abs(x + w * (y - x)) > 1e-12 or x == y,
    ),
    Row("addcmul", named("addcmul"), lambda x, y, z: x + y * z, (THREE, THREE, THREE), ulps=(8, 4, 64)),
    Row("addcdiv", named("addcdiv"), lambda x, y, z: x + y / z, (THREE, THREE, THREE[1:]), ulps=(8, 4, 64)),
    Row(
        "clamp",
        named("clamp"),
        lambda x, a, b: a if x.value < a.value else b if x.value > b.value else x,
        (LINE, (-2.1,), (3.3,)),
    ),
]


def loss(name: str, *arguments: Any, **options: Any) -> Callable[..., Any]:
    """A loss, element by element."""
    return functional(name, *arguments, reduction="none", **options)


def huber(x: Any, y: Any, delta: Any = 1, scale: Any = 1) -> Any:
    away = abs(x - y)
    near = away * away / 2 if away.value <= delta else delta * (away - mp.mpf(delta) / 2)
    return near / scale


LEAST_EPS = mp.mpf(1e-8)


def poisson(x: Any, t: Any, log_input: bool = True, full: bool = False) -> Any:
    value = j.exp(x) - t * x if log_input else x - t * j.log(x + LEAST_EPS)
    if full and t.value > 1:
        value = value + t * j.log(t) - t + j.log(t * 2 * mp.pi) / 2
    return value


LABELS = (0.0, 0.25, 1.0)

LOSSES = [
    Row("mse_loss", loss("mse_loss"), lambda x, y: (x - y) * (x - y), (LINE, (0.0, 1.5)), domain=finite),
    Row("l1_loss", loss("l1_loss"), lambda x, y: abs(x - y), (LINE, (0.0, 1.5)), smooth=lambda x, y: x != y),
    Row(
        "smooth_l1_loss",
        loss("smooth_l1_loss"),
        huber,
        (LINE, (0.0, 1.5)),
        smooth=lambda x, y: abs(x - y) != 1,
    ),
    Row(
        "smooth_l1_loss(0.5)",
        loss("smooth_l1_loss", beta=0.5),
        lambda x, y: huber(x, y, mp.mpf(0.5), mp.mpf(0.5)),
        (LINE, (0.0, 1.5)),
        smooth=lambda x, y: abs(x - y) != 0.5,
    ),
    Row("huber_loss", loss("huber_loss"), huber, (LINE, (0.0, 1.5)), smooth=lambda x, y: abs(x - y) != 1),
    Row(
        "binary_cross_entropy",
        loss("binary_cross_entropy"),
        lambda x, t: -t * j.log(x) - (1 - t) * j.log(1 - x),
        (PROBABILITY, LABELS),
        domain=lambda x, t: 1e-11 < x < 1 - 1e-11,
        live=(0,),
    ),
    Row(
        "binary_cross_entropy_with_logits",
        loss("binary_cross_entropy_with_logits"),
        lambda x, t: t * softplus(-x) + (1 - t) * softplus(x),
        (LINE, LABELS),
        domain=finite,
        live=(0,),
        ulps=(4, 16, 64),
    ),
    Row(
        "kl_div",
        loss("kl_div"),
        lambda x, t: t * (j.log(t) - x),
        (LINE, (1e-9, 0.25, 1.0, 3.0)),
        domain=finite,
        ulps=(17, 40, 64),
    ),
    Row(
        "kl_div(log_target)",
        loss("kl_div", log_target=True),
        lambda x, t: j.exp(t) * (t - x),
        (LINE, (-80.0, -1.0, 0.0, 2.0)),
        domain=lambda x, t: finite(x) and apart(t - x, 0),
        smooth=lambda x, t: apart(t - x, -1) and apart(t - x, -2),
    ),
    Row(
        "poisson_nll_loss",
        loss("poisson_nll_loss"),
        poisson,
        (LINE, (0.0, 1.0, 7.0)),
        domain=lambda x, t: x < 700,
        smooth=lambda x, t: apart(math.exp(x), t),
        ulps=(8, 16, 64),
    ),
    Row(
        "poisson_nll_loss(full)",
        loss("poisson_nll_loss", full=True),
        lambda x, t: poisson(x, t, full=True),
        (LINE, (0.0, 1.5, 7.0)),
        domain=lambda x, t: x < 700,
        smooth=lambda x, t: apart(math.exp(x), t),
        ulps=(16, 30, 64),
    ),
    Row(
        "poisson_nll_loss(log_input=False)",
        loss("poisson_nll_loss", log_input=False),
        lambda x, t: poisson(x, t, log_input=False),
        (WIDE, (0.0, 1.0, 7.0)),
        domain=finite,
        smooth=lambda x, t: apart(x, t) and apart(x, 1),
        ulps=(20, 9, 64),
    ),
    Row(
        "gaussian_nll_loss",
        loss("gaussian_nll_loss"),
        lambda x, y, v: (j.log(v) + (x - y) * (x - y) / v) / 2,
        (THREE, THREE, (1e-3, 0.5, 2.0, 1e9)),
        smooth=lambda x, y, v: apart((x - y) ** 2, v) and apart(2 * (x - y) ** 2, v),
    ),
    Row(
        "soft_margin_loss",
        loss("soft_margin_loss"),
        lambda x, t: softplus(-t * x),
        (LINE, (1.0, -1.0)),
        domain=finite,
        live=(0,),
    ),
    Row(
        "multilabel_soft_margin_loss",
        lambda m, x, t: m.nn.functional.multilabel_soft_margin_loss(
            x.reshape(-1, 1), t.reshape(-1, 1), reduction="none"
        ).reshape(x.shape),
        lambda x, t: t * softplus(-x) + (1 - t) * softplus(x),
        (LINE, LABELS),
        domain=finite,
        live=(0,),
        ulps=(4, 16, 64),
    ),
    Row(
        "hinge_embedding_loss",
        loss("hinge_embedding_loss"),
        lambda x, t: x if t.value > 0 else (1 - x if x.value < 1 else j.Jet(0)),
        (LINE, (1.0, -1.0)),
        smooth=lambda x, t: x != 1,
        live=(0,),
    ),
    Row(
        "margin_ranking_loss",
        loss("margin_ranking_loss", margin=0.5),
        lambda x, y, t: (max(j.mp.mpf(0), (-t * (x - y)).value + 0.5) and -t * (x - y) + 0.5) or j.Jet(0),
        (THREE, THREE, (1.0, -1.0)),
        smooth=lambda x, y, t: -t * (x - y) + 0.5 != 0,
        live=(0, 1),
    ),
]

ELEMENTWISE = [*UNARY, *ACTIVATIONS, *BINARY, *TERNARY, *LOSSES]
