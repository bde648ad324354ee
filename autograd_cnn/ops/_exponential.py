"""exp, log and the functions made of them. Integers become floats first, as in PyTorch."""

import math

import numpy as np

from ._comparison import isfinite, where
from ._primitive import primitive
from ._saturation import sigmoid_gradient, sigmoid_tail


@primitive(promotes="float")
def exp(x, /):
    return np.exp(x)


@exp.vjp("x")
def exp_x(g, out):
    return g * out


@primitive(promotes="float")
def log(x, /):
    """The natural logarithm; -inf at 0, NaN below."""
    return np.log(x)


@log.vjp("x")
def log_x(g, x):
    return g / x


@primitive(promotes="float")
def sqrt(x, /):
    """The square root; its gradient at 0 is inf."""
    return np.sqrt(x)


@sqrt.vjp("x")
def sqrt_x(g, out):
    return g / (2 * out)


@primitive(promotes="float")
def sigmoid(x, /):
    """1 / (1 + exp(-x)), exact in both tails; Caffe's gradient, from the output alone."""
    if type(x) is np.ndarray and x.size and x.flat[x.argmin()] > _LEAST:
        return 1 / (1 + np.exp(-x))
    return _sigmoid(x)


_LEAST = -80.0
"""From here on exp(-x) is a number of float32 too."""


def _sigmoid(x):
    z = np.exp(-np.absolute(x))
    return np.where(x >= 0, 1, z) / (1 + z)


sigmoid.keeps("tail")(sigmoid_tail)


@sigmoid.vjp("x", formula="g * out * (1 - out)")
def sigmoid_x(g, out, tail):
    return g * out * (1 - out) if tail is None else sigmoid_gradient(g, out, tail=tail)


@primitive(promotes="float")
def exp2(x, /):
    return np.exp2(x)


@exp2.vjp("x", formula="g * (out * math.log(2))")
def exp2_x(g, x):
    half = exp2(x * 0.5)  # at 1024 the slope is a number, and the value none
    return g * (half * math.log(2) * half)


@primitive(promotes="float")
def expm1(x, /):
    """exp(x) - 1, exact near 0."""
    return np.expm1(x)


@expm1.vjp("x")
def expm1_x(g, x):
    return g * exp(x)  # out + 1 has no digits left far below 0


@primitive(promotes="float")
def log2(x, /):
    return np.log2(x)


@log2.vjp("x")
def log2_x(g, x):
    return g * (1 / math.log(2)) / x


@primitive(promotes="float")
def log10(x, /):
    return np.log10(x)


@log10.vjp("x")
def log10_x(g, x):
    return g * (1 / math.log(10)) / x


@primitive(promotes="float")
def log1p(x, /):
    """log(1 + x), exact near 0."""
    return np.log1p(x)


@log1p.vjp("x")
def log1p_x(g, x):
    return g / (x + 1)


@primitive(promotes="float")
def rsqrt(x, /):
    """1 / sqrt(x)."""
    return 1 / np.sqrt(x)


@rsqrt.vjp("x")
def rsqrt_x(g, out):
    return -0.5 * g * (out * out * out)


@primitive(promotes="float")
def logit(x, /):
    """log(x / (1 - x)), the inverse of the sigmoid."""
    return _logit(x)


def _logit(x):
    """The same, exact also near 1/2, where the quotient is near 1."""
    return np.where(np.absolute(x - 0.5) < 0.25, np.log1p((2 * x - 1) / (1 - x)), np.log(x / (1 - x)))


@logit.vjp("x")
def logit_x(g, x):
    return where((x >= 0) & (x <= 1), g / x + g / (1 - x), math.nan)


@primitive(promotes="float")
def clamped_logit(x, /, *, eps):
    """The logit of x brought between eps and 1 - eps; beyond them the gradient is 0."""
    return _logit(np.where(x < eps, x.dtype.type(eps), np.minimum(x, 1 - eps)))  # eps may be above 1 - eps


@clamped_logit.vjp("x")
def clamped_logit_x(g, x, eps):
    return where((x < eps) | (x > 1 - eps), 0.0, g / x + g / (1 - x))


@primitive(broadcasts=True, promotes="float")
def logaddexp(x, y, /):
    """log(exp(x) + exp(y)) without overflow."""
    return np.logaddexp(x, y)


def gap(x, y):
    """x - y, and 0 between equal infinities, of which each has half of the sum."""
    if isinstance(x, float) or isinstance(y, float):  # as in log(1 + exp(x)), which is logaddexp(0.0, x)
        return x - y
    return where(isfinite(x) | (x != y), x - y, 0.0)


@logaddexp.vjp("x", formula="g * sigmoid(x - y)")
def logaddexp_x(g, x, y):
    return g * logistic(gap(x, y))


@logaddexp.vjp("y", formula="g * sigmoid(y - x)")
def logaddexp_y(g, x, y):
    return g * logistic(gap(y, x))


@primitive(broadcasts=True, promotes="float")
def logaddexp2(x, y, /):
    """log2(2**x + 2**y) without overflow."""
    return np.logaddexp2(x, y)


@primitive(promotes="float")
def logistic(x, /):
    """The sigmoid, whose slope out (1 - out) keeps its digits at any order: it has x for it."""
    return sigmoid.forward(x)


@logistic.vjp("x")
def logistic_x(g, x, out):
    return g * (out * logistic(-x))


@primitive(promotes="float")
def logistic2(x, /):
    """2**x / (1 + 2**x): the same to base 2."""
    z = np.exp2(-np.absolute(x))
    return np.where(x >= 0, 1, z) / (1 + z)


@logistic2.vjp("x")
def logistic2_x(g, x, out):
    return g * math.log(2) * (out * logistic2(-x))


@logaddexp2.vjp("x", formula="g * logistic2(x - y)")
def logaddexp2_x(g, x, y):
    return g * logistic2(gap(x, y))


@logaddexp2.vjp("y", formula="g * logistic2(y - x)")
def logaddexp2_y(g, x, y):
    return g * logistic2(gap(y, x))


@primitive(broadcasts=True, promotes="float")
def xlogy(x, y, /):
    """x log(y), and 0 where x is 0; NaN where y is NaN."""
    log_y = (
        np.log(y) if hasattr(y, "dtype") else float(np.log(y))
    )  # a Python number must not widen the result
    return np.where(np.equal(x, 0) & ~np.isnan(y), 0.0, x * log_y)


@xlogy.vjp("x")
def xlogy_x(g, x, y):
    return where((x == 0) & (y <= 0), 0.0, xlogy(g, y))


@xlogy.vjp("y")
def xlogy_y(g, x, y):
    return g * x / y


for function in (exp, sigmoid, logistic, logistic2, exp2, expm1):
    function.samples(lambda draw: [draw(2, 3), draw(()), draw(0, 3)])
for function in (log, sqrt, log2, log10, log1p, rsqrt):
    function.samples(lambda draw: [draw.positive(2, 3), draw.positive(()), draw(0, 3)])
logit.samples(
    lambda draw: [draw.uniform(2, 3, low=0.1, high=0.9), draw.uniform((), low=0.1, high=0.9), draw(0, 3)]
)
clamped_logit.samples(
    lambda draw: [
        draw.call(draw.uniform(2, 3, low=0.25, high=0.7), eps=0.2),
        draw.call(draw.uniform((), low=0.8, high=0.9), eps=0.25),
    ]
)
for function in (logaddexp, logaddexp2):
    function.samples(lambda draw: [(draw(2, 3), draw(3)), (draw(()), draw(2)), (draw(0, 3), draw(3))])
xlogy.samples(
    lambda draw: [
        (draw(2, 3), draw.positive(3)),
        (draw(()), draw.positive(2)),
        (draw(0, 3), draw.positive(3)),
    ]
)
