"""Max- and average-pooling over channels-last memory of one to three axes: (N, D, H, W, C)."""

import numpy as np
from numba import prange, types

from ._direct import spatial
from ._launch import PLACE, inner, kernel, read, written
from ._taps import add_taps, put_at_winner, spread_over_taps, take_maximum
from ._vectors import address_of
from ._views import corner, in_space

SPACE = (PLACE, PLACE, PLACE, PLACE)
"""Kernel, stride, padding and dilation."""


def _space(geometry):
    return (
        in_space(geometry.kernel, 1),
        in_space(geometry.stride, 1),
        in_space(geometry.before, 0),
        in_space(geometry.dilation, 1),
    )


@inner
def _find_taps(start, shape, taps, dilation, offsets, numbers):
    """The taps of a window that lie in the image: how far from its corner, their numbers, and how many. Of
    none the first is named, so that a winner is told all the same."""
    _, deep, high, wide, channels = shape
    kd, kh, kw = taps
    dd, dh, dw = dilation
    count = 0
    numbers[0] = 0
    for t in range(kd * kh * kw):
        z, y, x = t // kw // kh * dd, t // kw % kh * dh, t % kw * dw
        if 0 <= start[0] + z < deep and 0 <= start[1] + y < high and 0 <= start[2] + x < wide:
            offsets[count] = ((z * high + y) * wide + x) * channels
            numbers[count] = t
            count += 1
    return count


@inner
def _is_inside(start, shape, taps, dilation):
    for axis in range(3):
        last = start[axis] + (taps[axis] - 1) * dilation[axis]
        if start[axis] < 0 or last >= shape[axis + 1]:
            return False
    return True


@inner
def _new_tables(taps):
    """Of the taps of a window: how far from its corner, and their numbers."""
    count = taps[0] * taps[1] * taps[2]
    return np.empty(count, np.int64), np.empty(count, np.int32)


@inner
def _seen(start, shape, taps, dilation, tables, before):
    """How many taps of the window at ``start`` lie in the image, for which ``tables`` are made; and whether
    all do: then they hold for the next such window too. ``before`` is what this said of the window before."""
    inside = _is_inside(start, shape, taps, dilation)
    if inside and before[1]:
        return before
    return _find_taps(start, shape, taps, dilation, tables[0], tables[1]), inside


@inner
def _corner_of(image, start):
    """The address of a pixel, which may lie before the image (N of it is taken)."""
    _, high, wide, channels = image.shape
    return address_of(image) + 4 * ((start[0] * high + start[1]) * wide + start[2]) * channels


@inner
def _tiles(shape, positions, extent, stride, before, dilation):
    """Whether windows do not overlap, and whether they also leave no pixel out."""
    apart, covered = True, True
    for axis in range(3):
        k, s, n = extent[axis], stride[axis], shape[axis + 1]
        apart = apart and s >= k and dilation[axis] == 1
        covered = covered and s == k and before[axis] == 0 and positions[axis + 1] * s == n
    return apart, apart and covered


@kernel(read(5), written(5), written(5, types.uint8), *SPACE)
def _max_pool(x, out, index, extent, stride, before, dilation):
    number, depth, height, width, channels = out.shape
    for line in prange(number * depth * height):
        n, z, y = line // height // depth, line // height % depth, line % height
        tables, seen = _new_tables(extent), (0, False)
        for q in range(width):
            start = corner((z, y, q), stride, before)
            seen = _seen(start, x.shape, extent, dilation, tables, seen)
            take_maximum(
                _corner_of(x[n], start),
                address_of(tables[0]),
                address_of(tables[1]),
                seen[0],
                channels,
                address_of(out[n, z, y, q]),
                address_of(index[n, z, y, q]),
            )


def serves(axes):
    """Whether images of so many axes are served: here all are."""
    return True


def max_pool(x, positions, geometry):
    """The maximum of each window and the number of its tap (uint8)."""
    x = spatial(x)
    out = np.empty((len(x), *in_space(positions, 1), x.shape[-1]), np.float32)
    index = np.empty(out.shape, np.uint8)
    _max_pool.sized(x.size, x, out, index, *_space(geometry))
    shape = (len(x), *positions, x.shape[-1])
    return out.reshape(shape), index.reshape(shape)


@kernel(read(5), read(5, types.uint8), written(5), *SPACE)
def _max_unpool(g, index, out, extent, stride, before, dilation):
    number, depth, height, width, channels = g.shape
    apart, covered = _tiles(out.shape, g.shape, extent, stride, before, dilation)
    for n in prange(number):
        if not covered:
            out[n].reshape(-1)[:] = 0
        tables, seen = _new_tables(extent), (0, False)
        for p in range(depth * height * width):
            z, y, q = p // width // height, p // width % height, p % width
            start = corner((z, y, q), stride, before)
            seen = _seen(start, out.shape, extent, dilation, tables, seen)
            put_at_winner(
                address_of(g[n, z, y, q]),
                address_of(index[n, z, y, q]),
                _corner_of(out[n], start),
                address_of(tables[0]),
                address_of(tables[1]),
                seen[0],
                channels,
                0 if apart else 1,
            )


def max_unpool(g, index, size, geometry):
    """Each value of ``g`` added at the winner of its window."""
    shape = (len(g), *size, g.shape[-1])
    out = np.empty((len(g), *in_space(size, 1), g.shape[-1]), np.float32)
    index = spatial(index.astype(np.uint8, copy=False))
    _max_unpool.sized(out.size, spatial(g), index, out, *_space(geometry))
    return out.reshape(shape)


@kernel(read(5), written(5), read(1), *SPACE)
def _window_sum(x, out, scale, extent, stride, before, dilation):
    number, depth, height, width, channels = out.shape
    for line in prange(number * depth * height):
        n, z, y = line // height // depth, line // height % depth, line % height
        tables, seen = _new_tables(extent), (0, False)
        for q in range(width):
            start = corner((z, y, q), stride, before)
            seen = _seen(start, x.shape, extent, dilation, tables, seen)
            add_taps(
                _corner_of(x[n], start),
                address_of(tables[0]),
                seen[0],
                channels,
                address_of(scale),
                address_of(out[n, z, y, q]),
            )


def window_sum(x, scale, positions, geometry):
    """The sum of each window times ``scale``."""
    x = spatial(x)
    out = np.empty((len(x), *in_space(positions, 1), x.shape[-1]), np.float32)
    _window_sum.sized(x.size, x, out, np.full(1, scale, np.float32), *_space(geometry))
    return out.reshape(len(x), *positions, x.shape[-1])


@kernel(read(5), written(5), read(1), *SPACE)
def _window_spread(g, out, scale, extent, stride, before, dilation):
    number, depth, height, width, channels = g.shape
    apart, covered = _tiles(out.shape, g.shape, extent, stride, before, dilation)
    for n in prange(number):
        if not covered:
            out[n].reshape(-1)[:] = 0
        tables, seen = _new_tables(extent), (0, False)
        for p in range(depth * height * width):
            z, y, q = p // width // height, p // width % height, p % width
            start = corner((z, y, q), stride, before)
            seen = _seen(start, out.shape, extent, dilation, tables, seen)
            spread_over_taps(
                address_of(g[n, z, y, q]),
                _corner_of(out[n], start),
                address_of(tables[0]),
                seen[0],
                channels,
                address_of(scale),
                0 if apart else 1,
            )


def window_spread(g, scale, size, geometry):
    """The adjoint of ``window_sum``."""
    out = np.empty((len(g), *in_space(size, 1), g.shape[-1]), np.float32)
    _window_spread.sized(out.size, spatial(g), out, np.full(1, scale, np.float32), *_space(geometry))
    return out.reshape(len(g), *size, g.shape[-1])
