"""Activations: the ReLU family and the softmax family."""

import math

import numpy as np

from ._arithmetic import absolute
from ._arrays import in_rows, largest
from ._comparison import where
from ._exponential import exp
from ._primitive import primitive
from ._reduction import sum
from ._special import _polynomial
from ._summation import total
from ._trigonometric import tanh
from .kernels import compiled, on_device

PER_ELEMENT = 4
"""So many elements of an elementwise operator count as one product where it is decided whether a kernel is
worth a launch."""


@primitive(half="same", piecewise_linear=True)
def relu(x, /):
    """max(x, 0); the gradient at 0 is 0. NaN stays NaN, and passes the gradient on."""
    if (k := compiled(x, work=x.size // PER_ELEMENT)) is not None and (
        out := k.elementwise.relu(x)
    ) is not None:
        return out
    return np.maximum(x, 0)


@primitive(half="same")
def relu_gradient(dy, y, /):
    """dy, and 0 where ``y``, the result of the ReLU, is not above 0."""
    if (k := compiled(dy, y, work=dy.size // PER_ELEMENT)) is not None and (
        result := k.elementwise.relu_gradient(dy, y)
    ) is not None:
        return result
    return np.where(y <= 0, dy.dtype.type(0), dy)


@relu.vjp("x", formula="where(out <= 0, 0.0, g)")
def relu_x(g, out):
    return relu_gradient(g, out)


@relu_gradient.vjp("dy")
def relu_gradient_dy(g, y):
    return relu_gradient(g, y)


relu_gradient.nondifferentiable("y")
relu_gradient.samples(lambda draw: [(draw(2, 3), draw.away_from_zero(2, 3)), (draw(0, 3), draw(0, 3))])


@primitive(piecewise_linear=True)
def leaky_relu(x, /, *, negative_slope=0.01):
    """max(x, 0) + s min(x, 0): Caffe's ReLU with slope s; at 0 the gradient is that of the slope."""
    return np.where(x > 0, x, x * negative_slope)


@leaky_relu.vjp("x")
def leaky_relu_x(g, x, negative_slope):
    return where(x > 0, g, g * negative_slope)


for function in (relu, leaky_relu):
    function.samples(lambda draw: [draw.away_from_zero(2, 3), draw.away_from_zero(()), draw(0, 3)])


@primitive(promotes="float")
def soft_sign(x, /):
    """x / (1 + |x|); 1 and -1 at the infinities."""
    return np.where(np.isinf(x), np.sign(x), x / (1 + np.absolute(x)))


@soft_sign.vjp("x", formula="g / square(1 + absolute(x))")
def soft_sign_x(g, x):
    d = 1 + absolute(x)
    return g / d / d


_SHRINK = tuple(2 * k / math.factorial(2 * k + 1) for k in range(10, 0, -1))


@primitive(promotes="float")
def tanh_shrink(x, /):
    """x - tanh(x); below 1, where this cancels, (x cosh(x) - sinh(x)) / cosh(x), the series of which has no
    minus."""
    small = np.clip(x, -1, 1)
    square = small * small
    near = small * square * _polynomial(_SHRINK, square) / np.cosh(small)
    return np.where(np.absolute(x) < 1, near, x - np.tanh(x))


@tanh_shrink.vjp("x", formula="g * square(tanh(x))")
def tanh_shrink_x(g, x):
    y = tanh(x)
    return g * (y * y)


for function in (soft_sign, tanh_shrink):
    function.samples(lambda draw: [draw.away_from_zero(2, 3), draw.away_from_zero(()), draw(0, 3)])


def _rows_on_device(x, axis):
    """The kernels of a GPU where they serve ``x`` along ``axis``; else None."""
    if type(x) is np.ndarray or not x.ndim or axis not in (-1, x.ndim - 1) or not x.flags.c_contiguous:
        return None
    return on_device(x)


def _shifted(x, axis):
    return x - largest(x, axis)


@primitive
@in_rows
def softmax(x, /, *, axis=-1):
    """exp(x) / sum exp(x) along ``axis``, with the maximum taken out first."""
    if (k := _rows_on_device(x, axis)) is not None:
        return k.loss.softmax(x)
    e = np.exp(_shifted(x, axis))
    return e / total(e, axis, keepdims=True)


@softmax.vjp("x")
def softmax_x(g, out, axis):
    return out * (g - sum(g * out, axis=axis, keepdims=True))


@primitive
@in_rows
def log_softmax(x, /, *, axis=-1):
    """x - log sum exp(x) along ``axis``, with the maximum taken out first."""
    if (k := _rows_on_device(x, axis)) is not None:
        return k.loss.log_softmax(x)
    shifted = _shifted(x, axis)
    return shifted - np.log(total(np.exp(shifted), axis, keepdims=True))


@log_softmax.vjp("x")
def log_softmax_x(g, out, axis):
    return g - exp(out) * sum(g, axis=axis, keepdims=True)


for function in (softmax, log_softmax):
    function.samples(
        lambda draw: [draw(2, 3), draw.call(draw(2, 3, 4), axis=1), draw.call(draw(0, 3), axis=-1), draw(3)]
    )
