"""Batch normalisation as one operator (Ioffe and Szegedy 2015), and its gradients, which are an operator with
gradients again.

x̂ = (x - mean) / sqrt(variance + ε) over all axes but the second, y = w x̂ + b. With C(g) = g - mean(g) -
x̂ mean(g x̂), the part of g that changes neither mean nor variance, the gradient of x is w C(g) /
sqrt(variance + ε).
"""

import math

import numpy as np

from ._broadcasting import broadcast_to
from ._errors import ShapeError
from ._exponential import sqrt
from ._fused_convolution import channel_sum
from ._movement import reshape
from ._primitive import primitive
from ._reduction import mean
from ._summation import total
from .kernels import compiled


def per_channel(v, x):
    """(C,) against the axes of x: (1, C, 1, ...)."""
    return reshape(v, shape=(1, -1, *(1,) * (x.ndim - 2)))


def channel_mean(x):
    """The mean over all axes but the second, kept."""
    return mean(x, axis=(0, *range(2, x.ndim)), keepdims=True)


def inverse_deviation(variance, epsilon):
    """1 / sqrt(variance + ε)."""
    return 1.0 / sqrt(variance + epsilon)


def normalized(x, average, variance, epsilon):
    """x̂."""
    return (x - per_channel(average, x)) * per_channel(inverse_deviation(variance, epsilon), x)


def centered(g, x_hat):
    """C(g) = g - mean(g) - x̂ mean(g x̂)."""
    return g - channel_mean(g) - x_hat * channel_mean(g * x_hat)


def known(*terms):
    """The sum of the terms whose upstream signal came."""
    total = None
    for term in terms:
        total = term if total is None else total if term is None else total + term
    return total


def _check(name, x, *vectors):
    if x.ndim < 2 or any(v.shape != x.shape[1:2] for v in vectors):
        raise ShapeError(
            f"{name}: expected x (N, C, ...) and vectors (C,), got shapes {x.shape} and "
            f"{', '.join(str(v.shape) for v in vectors)}"
        )


def _moments(x):
    """The mean and the variance, and the distances from the mean: of its rounded sum, corrected by what these
    come to."""
    axes = (0, *range(2, x.ndim))
    count = x.dtype.type(x.size // max(x.shape[1], 1))
    average = total(x, axes, keepdims=True) / count
    away = x - average
    lost = total(away, axes, keepdims=True) / count
    away -= lost
    return (average + lost).reshape(-1), total(away * away, axes) / count, away


def _inverse(x, average, variance, epsilon):
    """1 / sqrt(variance + ε), the variance taken again in float64 where a square is more than float32
    holds."""
    if type(x) is np.ndarray and np.isinf(variance).any():
        away = x.astype(np.float64) - _spread(average, x)
        variance = np.square(away).mean((0, *range(2, x.ndim)))
    return (1 / np.sqrt(variance + variance.dtype.type(epsilon))).astype(x.dtype, copy=False)


def _spread(v, x):
    return v.reshape(1, -1, *(1,) * (x.ndim - 2))


@primitive(outputs=("y", "average", "variance"))
def batch_norm(x, weight, bias, /, *, epsilon):
    """w x̂ + b by the batch's own moments; and these, for running averages."""
    _check("batch_norm", x, weight, bias)
    if x.ndim == 4 and (k := compiled(x, weight, bias, work=x.size)) is not None:
        y, average, variance = k.normalization.batch_norm(k.layout.channels_last(x), weight, bias, epsilon)
        return k.layout.channels_first(y), average, variance
    average, variance, away = _moments(x)
    factor = weight * _inverse(x, average, variance, epsilon)
    return away * _spread(factor, x) + _spread(bias, x), average, variance


@primitive(outputs=("dx", "dweight", "dbias"))
def batch_norm_gradients(dy, x, weight, average, variance, /, *, epsilon):
    """The gradients of image, weight and bias; ``average`` and ``variance`` are the moments of x, handed on
    to be read again."""
    if x.ndim == 4 and (k := compiled(x, dy, weight, average, variance, work=x.size)) is not None:
        last = k.layout.channels_last
        dx, dweight, dbias = k.normalization.gradients(last(dy), last(x), weight, average, variance, epsilon)
        return k.layout.channels_first(dx), dweight, dbias
    inverse = _inverse(x, average, variance, epsilon)
    axes, count = (0, *range(2, x.ndim)), x.dtype.type(x.size // max(x.shape[1], 1))
    x_hat = (x - _spread(average, x)) * _spread(inverse, x)
    dbias, dweight = total(dy, axes), total(dy * x_hat, axes)
    dx = _spread(weight * inverse, x) * (dy - _spread(dbias / count, x) - x_hat * _spread(dweight / count, x))
    return dx, dweight, dbias


@batch_norm.vjp(
    "x",
    "weight",
    "bias",
    formula="(per_channel(weight * inverse_deviation(variance, epsilon), x) * centered(g_y, normalized(x, "
    "average, variance, epsilon))"
    " + per_channel(g_average * x.shape[1] / x.size, x) + per_channel(g_variance * 2.0 * "
    "x.shape[1] / x.size, x) * (x - per_channel(average, x)),"
    " channel_sum(g_y * normalized(x, average, variance, epsilon)), channel_sum(g_y))",
)
def batch_norm_parameters(g_y, g_average, g_variance, x, weight, average, variance, epsilon):
    share = x.shape[1] / math.prod(x.shape)
    if g_y is None:
        dx, dweight = None, weight * 0.0
        dbias = dweight
    else:
        dx, dweight, dbias = batch_norm_gradients(g_y, x, weight, average, variance, epsilon=epsilon)
    if g_average is not None:
        dx = known(dx, broadcast_to(per_channel(g_average * share, x), shape=x.shape))
    if g_variance is not None:
        dx = known(dx, per_channel(g_variance * (2 * share), x) * (x - per_channel(average, x)))
    return dx, dweight, dbias


def back_to_signal(u, p, q, x, weight, average, variance, epsilon):
    """w C(u) / sqrt(variance + ε) + p x̂ + q, for upstream signals u, p, q of the gradients of image,
    weight and bias."""
    x_hat = normalized(x, average, variance, epsilon)
    factor = per_channel(weight * inverse_deviation(variance, epsilon), x)
    return known(
        None if u is None else factor * centered(u, x_hat),
        None if p is None else per_channel(p, x) * x_hat,
        None if q is None else broadcast_to(per_channel(q, x), shape=x.shape),
    )


def back_to_normalized(u, p, dy, x, weight, average, variance, epsilon):
    """The gradient for x̂: -w (u mean(dy x̂) + dy mean(u x̂)) / sqrt(variance + ε) + p dy."""
    x_hat = normalized(x, average, variance, epsilon)
    factor = per_channel(weight * inverse_deviation(variance, epsilon), x)
    return known(
        None if u is None else -factor * (u * channel_mean(dy * x_hat) + dy * channel_mean(u * x_hat)),
        dy * 0.0 if p is None else per_channel(p, x) * dy,
    )


def back_to_inverse(u, p, dy, x, weight, average, variance, epsilon):
    """The gradient for 1 / sqrt(variance + ε), where it stands before C and where it stands in x̂."""
    in_x_hat = channel_sum(
        (x - per_channel(average, x)) * back_to_normalized(u, p, dy, x, weight, average, variance, epsilon)
    )
    return known(
        None
        if u is None
        else weight * channel_sum(u * centered(dy, normalized(x, average, variance, epsilon))),
        in_x_hat,
    )


@batch_norm_gradients.vjp("dy")
def batch_norm_gradients_dy(g_dx, g_dweight, g_dbias, x, weight, average, variance, epsilon):
    return back_to_signal(g_dx, g_dweight, g_dbias, x, weight, average, variance, epsilon)


@batch_norm_gradients.vjp("x")
def batch_norm_gradients_x(g_dx, g_dweight, g_dbias, dy, x, weight, average, variance, epsilon):
    return per_channel(inverse_deviation(variance, epsilon), x) * back_to_normalized(
        g_dx, g_dweight, dy, x, weight, average, variance, epsilon
    )


@batch_norm_gradients.vjp(
    "weight",
    formula="inverse_deviation(variance, epsilon) * channel_sum(g_dx * centered(dy, normalized(x, "
    "average, variance, epsilon)))",
)
def batch_norm_gradients_weight(g_dx, g_dweight, g_dbias, dy, x, average, variance, epsilon):
    if g_dx is None:
        return average * 0.0
    return inverse_deviation(variance, epsilon) * channel_sum(
        g_dx * centered(dy, normalized(x, average, variance, epsilon))
    )


@batch_norm_gradients.vjp("average")
def batch_norm_gradients_average(g_dx, g_dweight, g_dbias, dy, x, weight, average, variance, epsilon):
    return -inverse_deviation(variance, epsilon) * channel_sum(
        back_to_normalized(g_dx, g_dweight, dy, x, weight, average, variance, epsilon)
    )


@batch_norm_gradients.vjp(
    "variance",
    formula="-0.5 * inverse_deviation(variance, epsilon) ** 3 * back_to_inverse(g_dx, g_dweight, dy, x, "
    "weight, average, variance, epsilon)",
)
def batch_norm_gradients_variance(g_dx, g_dweight, g_dbias, dy, x, weight, average, variance, epsilon):
    inverse = inverse_deviation(variance, epsilon)
    return (
        -0.5
        * inverse
        * inverse
        * inverse
        * back_to_inverse(g_dx, g_dweight, dy, x, weight, average, variance, epsilon)
    )


batch_norm.samples(
    lambda draw: [
        draw.call(draw(3, 2, 2, 3), draw(2), draw(2), epsilon=1e-5),
        draw.call(draw(5, 3), draw(3), draw(3), epsilon=0.1),
    ]
)
batch_norm_gradients.samples(
    lambda draw: [
        draw.call(draw(3, 2, 2, 3), draw(3, 2, 2, 3), draw(2), draw(2), draw.positive(2), epsilon=1e-5),
        draw.call(draw(5, 3), draw(5, 3), draw(3), draw(3), draw.positive(3), epsilon=0.1),
    ]
)
