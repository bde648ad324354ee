"""The columns of a convolution (im2col), and their adjoint (col2im)."""

import functools
import math

from ..._geometry import Geometry
from ._launch import Family, cupy, struct, u32

_kernels = Family("windows")


@functools.lru_cache(maxsize=256)
def _windows(steps, image, positions, geometry):
    """The struct Windows: ``steps`` of memory, and ``image`` (channels, height, width)."""
    return struct(*image, *positions, *geometry.plane, first=steps)


def unfold(x, out, positions, geometry):
    """Write the windows of ``x`` (N, H, W, C) into ``out``, rows (N positions, kernel C)."""
    _, height, width, channels = x.shape
    _kernels.each(
        "unfold",
        out.size,
        x,
        out,
        u32(out.size),
        _windows((0,) * 6, (channels, height, width), tuple(positions), geometry),
        like=x,
    )


def fold_rows(rows, out, positions, geometry):
    """Add rows (N positions, kernel C) up into the pixels of ``out`` (N, H, W, C), which is overwritten."""
    _, height, width, channels = out.shape
    q, (_, kernel_w) = channels * math.prod(geometry.kernel), geometry.kernel
    steps = (positions[0] * positions[1] * q, 1, kernel_w * channels, channels, positions[1] * q, q)
    shape = _windows(steps, (channels, height, width), tuple(positions), geometry)
    _kernels.each("fold_channels_last", out.size, rows, out, u32(out.size), shape, like=out)


def serves(x):
    """Whether ``fold`` takes these windows: one or two spatial axes."""
    return x.ndim in (4, 6)


def fold(x, size, stride, dilation):
    """(N, C, *kernel, *positions) -> (N, C, *size), overlapping entries added."""
    if x.ndim == 4:  # one spatial axis is an image of one line
        return fold(x[:, :, None, :, None], (1, *size), (1, *stride), (1, *dilation)).reshape(
            *x.shape[:2], *size
        )
    out = cupy().empty((*x.shape[:2], *size), x.dtype)
    steps = tuple(s // x.itemsize for s in x.strides)
    geometry = Geometry.even(x.shape[2:4], stride, (0, 0), dilation)
    shape = _windows(steps, (x.shape[1], *size), x.shape[4:], geometry)
    _kernels.each("fold_channels_first", out.size, x, out, u32(out.size), shape, like=x)
    return out
