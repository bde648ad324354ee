"""Pooling over one to three axes as one operator, and its adjoints. Max-pooling keeps the number of each
winner's tap: one byte."""

import math

import numpy as np

from ._arrays import array_module
from ._errors import ShapeError
from ._geometry import Geometry
from ._pooling import winners
from ._primitive import primitive
from ._windows import fold_padded, padded_windows
from .kernels import compiled

MOST_TAPS = 256


def _positions(name, size, geometry):
    kernel, dilation = geometry.kernel, geometry.dilation
    positions = geometry.positions(size)
    if min(positions) < 1 or any(2 * p > k for p, k in zip(geometry.before, kernel, strict=True)):
        raise ShapeError(
            f"{name}: kernel {kernel}, padding {geometry.before} (at most half the kernel) and dilation "
            f"{dilation} do not fit an image of {size}"
        )
    return positions


def _seen(x, geometry, fill):
    """Windows of the padded image with the taps in one axis in front: (taps, N, C, *positions)."""
    seen, axes = padded_windows(x, geometry, fill), len(geometry.kernel)
    order = (*range(2, 2 + axes), 0, 1, *range(2 + axes, 2 + 2 * axes))
    return seen.transpose(order).reshape(-1, *seen.shape[:2], *seen.shape[2 + axes :])


def _spread(values, taps, size, geometry):
    """The adjoint of reading one tap of every window: ``values`` where ``taps`` is true, added up per
    pixel."""
    cells = np.where(taps, values, values.dtype.type(0))
    axes = len(geometry.kernel)
    cells = cells.reshape(*geometry.kernel, *values.shape)
    cells = cells.transpose(axes, axes + 1, *range(axes), *range(axes + 2, 2 * axes + 2))
    return fold_padded(cells, size, geometry)


def _taps(kernel, x):
    return array_module(x).arange(math.prod(kernel), dtype=np.uint8).reshape(-1, *(1,) * x.ndim)


def _compiled(x):
    """The kernels, where they serve images of so many axes."""
    k = compiled(x, work=x.size)
    return k if k is not None and k.pooling.serves(x.ndim - 2) else None


@primitive(aux=("index",), half="same")
def max_pool(x, /, *, kernel, stride, padding=(0, 0), dilation=(1, 1)):
    """The maximum of each window, (N, C, *spatial) -> (N, C, *positions), and the number of its tap. The
    first of equal maxima, or the last NaN, wins."""
    geometry = Geometry.even(kernel, stride, padding, dilation)
    positions = _positions("max_pool", x.shape[2:], geometry)
    if math.prod(kernel) > MOST_TAPS:
        raise ShapeError(
            f"max_pool: a byte counts at most {MOST_TAPS} taps, got kernel {kernel}; use max_pool_index"
        )
    if (k := _compiled(x)) is not None:
        out, index = k.pooling.max_pool(k.layout.channels_last(x), positions, geometry)
        return k.layout.channels_first(out), k.layout.channels_first(index)
    seen = _seen(x, geometry, -np.inf)
    index = winners(seen, 0)
    out = np.take_along_axis(seen, index[None], 0)[0]
    if any(padding):  # of pixels that are all -inf the first one wins, not the padding before it
        pixels = _seen(np.ones_like(x[:1, :1]), geometry, 0).argmax(0)
        index = np.where(out == -np.inf, pixels, index)
    return out, index.astype(np.uint8)


@primitive(linear=True, half="kernels")
def max_unpool(dy, index, /, *, size, kernel, stride, padding=(0, 0), dilation=(1, 1)):
    """Each value of ``dy`` added at the winner of its window: (N, C, *positions) -> (N, C, *size)."""
    geometry = Geometry.even(kernel, stride, padding, dilation)
    if (k := _compiled(dy)) is not None:
        index = k.layout.contiguous(index.transpose(0, *range(2, index.ndim), 1))
        return k.layout.channels_first(
            k.pooling.max_unpool(k.layout.channels_last(dy), index, size, geometry)
        )
    return _spread(dy, index == _taps(kernel, dy), size, geometry)


@primitive(linear=True, half="same")
def pool_at(x, index, /, *, kernel, stride, padding=(0, 0), dilation=(1, 1)):
    """The element of each window that ``index`` names: the adjoint of ``max_unpool``."""
    seen = _seen(x, Geometry.even(kernel, stride, padding, dilation), 0)
    return np.where(index == _taps(kernel, x), seen, seen.dtype.type(0)).sum(axis=0)


@max_pool.vjp("x")
def max_pool_x(g, index, x_shape, kernel, stride, padding, dilation):
    return max_unpool(
        g, index, size=x_shape[2:], kernel=kernel, stride=stride, padding=padding, dilation=dilation
    )


@max_unpool.vjp("dy")
def max_unpool_dy(g, index, kernel, stride, padding, dilation):
    return pool_at(g, index, kernel=kernel, stride=stride, padding=padding, dilation=dilation)


@pool_at.vjp("x")
def pool_at_x(g, index, x_shape, kernel, stride, padding, dilation):
    return max_unpool(
        g, index, size=x_shape[2:], kernel=kernel, stride=stride, padding=padding, dilation=dilation
    )


max_unpool.nondifferentiable("index")
pool_at.nondifferentiable("index")


@primitive(linear=True, half="kernels")
def average_pool(x, /, *, kernel, stride, padding=(0, 0)):
    """The mean of each window, zeros of the padding included: (N, C, *spatial) -> (N, C, *positions)."""
    geometry = Geometry.even(kernel, stride, padding, (1,) * len(kernel))
    positions = _positions("average_pool", x.shape[2:], geometry)
    scale = 1 / math.prod(kernel)
    if (k := _compiled(x)) is not None:
        return k.layout.channels_first(
            k.pooling.window_sum(k.layout.channels_last(x), scale, positions, geometry)
        )
    return _seen(x, geometry, 0).sum(axis=0) * x.dtype.type(scale)


@primitive(linear=True, half="kernels")
def average_unpool(dy, /, *, size, kernel, stride, padding=(0, 0)):
    """Each value of ``dy`` shared out over its window: the adjoint of ``average_pool``."""
    geometry = Geometry.even(kernel, stride, padding, (1,) * len(kernel))
    scale = 1 / math.prod(kernel)
    if (k := _compiled(dy)) is not None:
        return k.layout.channels_first(
            k.pooling.window_spread(k.layout.channels_last(dy), scale, size, geometry)
        )
    return _spread(dy * dy.dtype.type(scale), np.ones_like(_taps(kernel, dy), bool), size, geometry)


@average_pool.vjp("x")
def average_pool_x(g, x_shape, kernel, stride, padding):
    return average_unpool(g, size=x_shape[2:], kernel=kernel, stride=stride, padding=padding)


@average_unpool.vjp("dy")
def average_unpool_dy(g, kernel, stride, padding):
    return average_pool(g, kernel=kernel, stride=stride, padding=padding)


max_pool.samples(
    lambda draw: [
        draw.call(draw.distinct(2, 2, 4, 5), kernel=(2, 2), stride=(2, 2)),
        draw.call(draw.distinct(1, 2, 5, 6), kernel=(3, 2), stride=(2, 1), padding=(1, 1)),
        draw.call(draw.distinct(1, 1, 6, 6), kernel=(2, 2), stride=(1, 2), dilation=(2, 2)),
        draw.call(draw.distinct(2, 2, 7), kernel=(3,), stride=(2,), padding=(1,), dilation=(1,)),
        draw.call(
            draw.distinct(1, 2, 3, 4, 5),
            kernel=(2, 1, 3),
            stride=(1, 2, 2),
            padding=(1, 0, 1),
            dilation=(1, 1, 1),
        ),
    ]
)
max_unpool.samples(
    lambda draw: [
        draw.call(draw(1, 2, 2, 2), draw.index(4, (1, 2, 2, 2)), size=(5, 4), kernel=(2, 2), stride=(2, 2)),
        draw.call(draw(1, 2, 3, 3), draw.index(4, (1, 2, 3, 3)), size=(4, 4), kernel=(2, 2), stride=(1, 1)),
    ]
)
pool_at.samples(
    lambda draw: [draw.call(draw(1, 2, 5, 4), draw.index(4, (1, 2, 2, 2)), kernel=(2, 2), stride=(2, 2))]
)
average_pool.samples(
    lambda draw: [
        draw.call(draw(2, 2, 4, 5), kernel=(2, 2), stride=(2, 2)),
        draw.call(draw(1, 2, 5, 5), kernel=(3, 2), stride=(1, 2), padding=(1, 1)),
        draw.call(draw(2, 2, 7), kernel=(3,), stride=(2,), padding=(1,)),
        draw.call(draw(1, 2, 3, 4, 5), kernel=(2, 1, 3), stride=(1, 2, 2), padding=(1, 0, 1)),
    ]
)
average_unpool.samples(lambda draw: [draw.call(draw(1, 2, 3, 2), size=(5, 4), kernel=(3, 2), stride=(1, 2))])
