"""Activations: the ReLU family and the softmax family."""

import numpy as np

from ._comparison import where
from ._exponential import exp
from ._primitive import primitive
from ._reduction import sum


@primitive
def relu(x, /):
    """max(x, 0); the gradient at 0 is 0. NaN stays NaN, and passes the gradient on."""
    return np.maximum(x, 0)


@relu.vjp("x")
def relu_x(g, out):
    return where(out <= 0, 0.0, g)


@primitive
def leaky_relu(x, /, *, negative_slope=0.01):
    """max(x, 0) + s min(x, 0): Caffe's ReLU with slope s; at 0 the gradient is that of the slope."""
    return np.where(x > 0, x, x * negative_slope)


@leaky_relu.vjp("x")
def leaky_relu_x(g, x, negative_slope):
    return where(x > 0, g, g * negative_slope)


for function in (relu, leaky_relu):
    function.samples(lambda draw: [draw.away_from_zero(2, 3), draw.away_from_zero(()), draw(0, 3)])


def _shifted(x, axis):
    return x - np.maximum.reduce(x, axis=axis, keepdims=True, initial=-np.inf)


@primitive
def softmax(x, /, *, axis=-1):
    """exp(x) / sum exp(x) along ``axis``, with the maximum taken out first."""
    e = np.exp(_shifted(x, axis))
    return e / np.add.reduce(e, axis=axis, keepdims=True)


@softmax.vjp("x")
def softmax_x(g, out, axis):
    return out * (g - sum(g * out, axis=axis, keepdims=True))


@primitive
def log_softmax(x, /, *, axis=-1):
    """x - log sum exp(x) along ``axis``, with the maximum taken out first."""
    shifted = _shifted(x, axis)
    return shifted - np.log(np.add.reduce(np.exp(shifted), axis=axis, keepdims=True))


@log_softmax.vjp("x")
def log_softmax_x(g, out, axis):
    return g - exp(out) * sum(g, axis=axis, keepdims=True)


for function in (softmax, log_softmax):
    function.samples(lambda draw: [draw(2, 3), draw.call(draw(2, 3, 4), axis=1), draw.call(draw(0, 3), axis=-1), draw(3)])
