"""The regularized incomplete gamma functions: their power series below a + 1 (below 1 for a < 1),
Legendre's continued fraction above.

DLMF 8.11.4 and 8.9.2; the fraction is evaluated by Lentz's method (Press et al., Numerical Recipes, 6.2). In
float64, then rounded to the operands' dtype. Only x gets a gradient, as in PyTorch.
"""

import numpy as np

from ._arithmetic import pairs
from ._exponential import exp, log
from ._gamma import lgamma
from ._primitive import primitive
from ._special import _in_double

_ROUNDS = 5000


def _series(a, x):
    """The sum of x**n / ((a + 1) ... (a + n))."""
    term = total = np.ones_like(x)
    for n in range(1, _ROUNDS):
        term = term * x / (a + n)
        total = total + term
        if not (term > 1e-17 * total).any():
            break
    return total


def _fraction(a, x):
    """1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - ...))."""
    tiny = 1e-300
    b = x + 1 - a
    c, d = np.full_like(x, 1 / tiny), 1 / np.where(b == 0, tiny, b)
    out = d
    for n in range(1, _ROUNDS):
        step = -n * (n - a)
        b = b + 2
        d = step * d + b
        d = 1 / np.where(np.absolute(d) < tiny, tiny, d)
        c = b + step / c
        c = np.where(np.absolute(c) < tiny, tiny, c)
        out = out * (c * d)
        if not (
            np.absolute(c * d - 1) > 5e-16
        ).any():  # a factor that rounds beside 1 would be taken for ever
            break
    return out


def _both(a, x):
    """The lower function, and the upper one."""
    inside = (a > 0) & (x > 0) & np.isfinite(a) & np.isfinite(x)
    low = x < np.where(a < 1, 1.0, a + 1)
    safe_a, safe_x = np.where(inside, a, 1.0), np.where(inside, x, 1.0)
    front = np.exp(safe_a * np.log(safe_x) - safe_x - lgamma(safe_a))
    near = front / safe_a * _series(np.where(low, safe_a, 1.0), np.where(low, safe_x, 1.0))
    far = front * _fraction(np.where(low, 1.0, safe_a), np.where(low, 3.0, safe_x))
    lower, upper = np.where(low, near, 1 - far), np.where(low, 1 - near, far)
    edge = _edge(a, x)
    return np.where(inside, lower, edge), np.where(inside, upper, 1 - edge)


def _edge(a, x):
    """The lower function where a or x is 0 or infinite, in PyTorch's order of cases; NaN outside the
    domain."""
    at = np.where(np.isinf(a), np.where(np.isinf(x), np.nan, 0.0), np.where(np.isinf(x), 1.0, np.nan))
    at = np.where(a == 0, np.where(x > 0, 1.0, np.nan), np.where(x == 0, 0.0, at))
    return np.where((a < 0) | (x < 0), np.nan, at)


@primitive(broadcasts=True, promotes="float")
@_in_double("gammainc")
def igamma(a, x, /):
    """The lower regularized incomplete gamma function; NaN for negative operands."""
    return _both(a, x)[0]


@igamma.vjp("x")
def igamma_x(g, a, x):
    return g * exp((a - 1.0) * log(x) - x - lgamma(a))


@primitive(broadcasts=True, promotes="float")
@_in_double("gammaincc")
def igammac(a, x, /):
    """The upper regularized incomplete gamma function, 1 - igamma; NaN for negative operands."""
    return _both(a, x)[1]


@igammac.vjp("x")
def igammac_x(g, a, x):
    return -g * exp((a - 1.0) * log(x) - x - lgamma(a))


for function in (igamma, igammac):
    function.nondifferentiable("a", promoted=True)
    function.samples(lambda draw: [(np.absolute(x) + 0.5, np.absolute(y) + 0.5) for x, y in pairs(draw)])
