"""Max- and average-pooling over channels-last memory: (N, H, W, C)."""

import functools

import numpy as np

from ._launch import Family, cupy, struct, total_type, u32

_kernels = Family("pooling")


@functools.lru_cache(maxsize=256)
def _pooling(image, positions, geometry):
    """The struct Pooling: ``image`` is (height, width, channels)."""
    return struct(*image, *positions, *geometry.plane)


def serves(axes):
    """Whether images of so many axes are served."""
    return axes == 2


def max_pool(x, positions, geometry):
    """The maximum of each window and the number of its tap (uint8)."""
    out = cupy().empty((x.shape[0], *positions, x.shape[3]), x.dtype)
    index = cupy().empty(out.shape, np.uint8)
    _kernels.each(
        "max_pool",
        out.size,
        x,
        out,
        index,
        u32(out.size),
        _pooling(x.shape[1:], tuple(positions), geometry),
        like=x,
    )
    return out, index


def max_unpool(g, index, size, geometry):
    """Each value of ``g`` added at the winner of its window."""
    out, index = cupy().empty((g.shape[0], *size, g.shape[3]), g.dtype), index.astype(np.uint8, copy=False)
    _kernels.each(
        "max_unpool",
        out.size,
        g,
        index,
        out,
        u32(out.size),
        _pooling(out.shape[1:], g.shape[1:3], geometry),
        like=g,
    )
    return out


def window_sum(x, scale, positions, geometry):
    """The sum of each window times ``scale``."""
    out = cupy().empty((x.shape[0], *positions, x.shape[3]), x.dtype)
    shape = _pooling(x.shape[1:], tuple(positions), geometry)
    _kernels.each("window_sum", out.size, x, out, total_type(x)(scale), u32(out.size), shape, like=x)
    return out


def window_spread(g, scale, size, geometry):
    """The adjoint of ``window_sum``."""
    out = cupy().empty((g.shape[0], *size, g.shape[3]), g.dtype)
    shape = _pooling(out.shape[1:], g.shape[1:3], geometry)
    _kernels.each("window_spread", out.size, g, out, total_type(g)(scale), u32(out.size), shape, like=g)
    return out
