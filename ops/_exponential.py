"""exp, log and the functions made of them. Integers become floats first, as in PyTorch."""

import numpy as np

from ._primitive import primitive


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
def tanh(x, /):
    return np.tanh(x)


@tanh.vjp("x")
def tanh_x(g, out):
    return g * (1 - out * out)


@primitive(promotes="float")
def sigmoid(x, /):
    """1 / (1 + exp(-x)), written so that neither tail overflows; Caffe's gradient, from the output alone."""
    z = np.exp(-np.absolute(x))
    return np.where(x >= 0, 1, z) / (1 + z)


@sigmoid.vjp("x")
def sigmoid_x(g, out):
    return g * out * (1 - out)


for function in (exp, tanh, sigmoid):
    function.samples(lambda draw: [draw(2, 3), draw(()), draw(0, 3)])
for function in (log, sqrt):
    function.samples(lambda draw: [draw.positive(2, 3), draw.positive(()), draw(0, 3)])
