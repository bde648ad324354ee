"""A number with its first and second derivative along one direction, in mpmath's arithmetic: what a table of
expected digits is written in, so that each function is written once and its slopes come with it."""

from collections.abc import Callable
from typing import Any

import mpmath as mp


class Jet:
    """The value of a function at a point, and its first and second derivative there."""

    __slots__ = ("first", "second", "value")

    def __init__(self, value: Any, first: Any = 0, second: Any = 0) -> None:
        self.value, self.first, self.second = mp.mpf(value), mp.mpf(first), mp.mpf(second)

    def through(self, value: Any, first: Any, second: Any) -> "Jet":
        """A function of this jet, given its value and derivatives at the jet's value: the chain rule."""
        return Jet(value, first * self.first, second * self.first**2 + first * self.second)

    def __add__(self, other: Any) -> "Jet":
        y = jet(other)
        return Jet(self.value + y.value, self.first + y.first, self.second + y.second)

    def __mul__(self, other: Any) -> "Jet":
        y = jet(other)
        return Jet(
            self.value * y.value,
            self.first * y.value + self.value * y.first,
            self.second * y.value + 2 * self.first * y.first + self.value * y.second,
        )

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> "Jet":
        return Jet(-self.value, -self.first, -self.second)

    def __sub__(self, other: Any) -> "Jet":
        return self + -jet(other)

    def __rsub__(self, other: Any) -> "Jet":
        return jet(other) - self

    def __truediv__(self, other: Any) -> "Jet":
        y = jet(other)
        return self * y.through(1 / y.value, -1 / y.value**2, 2 / y.value**3)

    def __rtruediv__(self, other: Any) -> "Jet":
        return jet(other) / self

    def __pow__(self, n: Any) -> "Jet":
        """To a constant power; of a negative number, to a whole one."""
        x, n = self.value, mp.mpf(n)
        rest = [mp.mpf(1), n, n * (n - 1)]
        parts = [c * x ** (n - i) if c else mp.mpf(0) for i, c in enumerate(rest)]
        return self.through(*parts)

    def __abs__(self) -> "Jet":
        return -self if self.value < 0 else self


def jet(x: Any) -> Jet:
    """``x`` as a jet; a number is a constant."""
    return x if isinstance(x, Jet) else Jet(x)


def _function(value: Callable[..., Any], first: Callable[..., Any], second: Callable[..., Any]) -> Any:
    def of(x: Any) -> Jet:
        at = jet(x)
        if not at.first and not at.second:  # a constant, which may stand where there is no slope
            return Jet(value(at.value))
        return at.through(value(at.value), first(at.value), second(at.value))

    return of


def _capped(function: Callable[..., Any], end: float) -> Callable[..., Any]:
    """``function``, which from ``end`` on is what it is there: 0, 1 or beyond all floats."""
    return lambda x: function(mp.mpf(min(max(x, -end), end)))


_exp, _sinh, _cosh, _tanh, _sech = (_capped(f, 2e4) for f in (mp.exp, mp.sinh, mp.cosh, mp.tanh, mp.sech))
_erf, _erfc = _capped(mp.erf, 200), _capped(mp.erfc, 200)

exp = _function(_exp, _exp, _exp)
log = _function(mp.log, lambda x: 1 / x, lambda x: -1 / x**2)
log1p = _function(mp.log1p, lambda x: 1 / (1 + x), lambda x: -1 / (1 + x) ** 2)
expm1 = _function(_capped(mp.expm1, 2e4), _exp, _exp)
sqrt = _function(mp.sqrt, lambda x: 1 / (2 * mp.sqrt(x)), lambda x: -1 / (4 * mp.sqrt(x) ** 3))
sin = _function(mp.sin, mp.cos, lambda x: -mp.sin(x))
cos = _function(mp.cos, lambda x: -mp.sin(x), lambda x: -mp.cos(x))
tan = _function(mp.tan, lambda x: 1 / mp.cos(x) ** 2, lambda x: 2 * mp.tan(x) / mp.cos(x) ** 2)
asin = _function(mp.asin, lambda x: 1 / mp.sqrt(1 - x * x), lambda x: x / mp.sqrt(1 - x * x) ** 3)
acos = _function(mp.acos, lambda x: -1 / mp.sqrt(1 - x * x), lambda x: -x / mp.sqrt(1 - x * x) ** 3)
atan = _function(mp.atan, lambda x: 1 / (1 + x * x), lambda x: -2 * x / (1 + x * x) ** 2)
sinh = _function(_sinh, _cosh, _sinh)
cosh = _function(_cosh, _sinh, _cosh)
tanh = _function(_tanh, lambda x: _sech(x) ** 2, lambda x: -2 * _tanh(x) * _sech(x) ** 2)
asinh = _function(mp.asinh, lambda x: 1 / mp.sqrt(x * x + 1), lambda x: -x / mp.sqrt(x * x + 1) ** 3)
acosh = _function(mp.acosh, lambda x: 1 / mp.sqrt(x * x - 1), lambda x: -x / mp.sqrt(x * x - 1) ** 3)
atanh = _function(mp.atanh, lambda x: 1 / (1 - x * x), lambda x: 2 * x / (1 - x * x) ** 2)


def _gauss(x: Any) -> Any:
    return 2 / mp.sqrt(mp.pi) * _exp(-x * x)


erf = _function(_erf, _gauss, lambda x: -2 * x * _gauss(x))
erfc = _function(_erfc, lambda x: -_gauss(x), lambda x: 2 * x * _gauss(x))
lgamma = _function(lambda x: mp.log(abs(mp.gamma(x))), mp.digamma, lambda x: mp.polygamma(1, x))


def polygamma(n: int) -> Any:
    """The derivative of digamma of order ``n``; of order 0 digamma itself."""
    return _function(*(lambda x, k=k: mp.polygamma(n + k, x) for k in range(3)))


i0 = _function(
    lambda x: mp.besseli(0, x),
    lambda x: mp.besseli(1, x),
    lambda x: (mp.besseli(0, x) + mp.besseli(2, x)) / 2,
)
i1 = _function(
    lambda x: mp.besseli(1, x),
    lambda x: (mp.besseli(0, x) + mp.besseli(2, x)) / 2,
    lambda x: (3 * mp.besseli(1, x) + mp.besseli(3, x)) / 4,
)


def erfinv(x: Any) -> Jet:
    """The inverse of erf."""
    at = jet(x)
    y = mp.erfinv(at.value)
    first = mp.sqrt(mp.pi) / 2 * mp.exp(y * y)
    return at.through(y, first, 2 * y * first**2)


def ndtri(p: Any) -> Jet:
    """The inverse of the normal distribution function: Newton's steps on its logarithm."""
    at = jet(p)
    if at.value == 0.5:
        return at.through(0, mp.sqrt(2 * mp.pi), 0)
    low = min(at.value, 1 - at.value)
    y = -mp.sqrt(-2 * mp.log(low))
    for _ in range(100):
        area = mp.erfc(-y / mp.sqrt(2)) / 2
        step = mp.log(area / low) * area / mp.npdf(y)
        y -= step
        if abs(step) < mp.mpf(10) ** -40:
            break
    y = y if at.value < 0.5 else -y
    first = 1 / mp.npdf(y)
    return at.through(y, first, y * first**2)
