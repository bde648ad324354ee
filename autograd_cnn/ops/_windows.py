"""Sliding windows and their adjoint: im2col and col2im, for any number of spatial axes.

``windows`` shows an image once per position of the kernel, without copying; each pixel is seen in many
windows. ``fold`` adds every entry back to the pixel it came from. They are each other's gradient.
"""

import itertools

import numpy as np

from ._arrays import array_module
from ._errors import ShapeError
from ._geometry import output_size
from ._primitive import primitive
from .kernels import on_device


def _sizes(name, spatial, kernel, stride, dilation):
    if not len(spatial) == len(kernel) == len(stride) == len(dilation):
        raise ShapeError(
            f"{name}: kernel {kernel}, stride {stride} and dilation {dilation} need one number for "
            f"each of the spatial axes {spatial}"
        )
    if min(kernel) < 1 or min(stride) < 1 or min(dilation) < 1:
        raise ShapeError(
            f"{name}: kernel {kernel}, stride {stride} and dilation {dilation} must be at least 1"
        )
    sizes = tuple(map(output_size, spatial, kernel, stride, dilation))
    if min(sizes) < 1:
        raise ShapeError(
            f"{name}: a kernel of {kernel} with dilation {dilation} is larger than the (padded) image "
            f"{spatial}"
        )
    return sizes


@primitive(view=True, linear=True)
def windows(x, /, *, kernel, stride, dilation):
    """Every window of x: ``(N, C, *spatial) -> (N, C, *kernel, *positions)``, a read-only view (im2col
    without the copy)."""
    if x.ndim != len(kernel) + 2:
        raise ShapeError(
            f"windows: a kernel of {kernel} needs an array (N, C and {len(kernel)} spatial axes), got "
            f"shape {x.shape}"
        )
    positions = _sizes("windows", x.shape[2:], kernel, stride, dilation)
    strides = x.strides[2:]
    inner = tuple(s * d for s, d in zip(strides, dilation, strict=True))
    outer = tuple(s * d for s, d in zip(strides, stride, strict=True))
    shape, steps = (*x.shape[:2], *kernel, *positions), (*x.strides[:2], *inner, *outer)
    if type(x) is np.ndarray and x.flags.c_contiguous:  # as_strided takes 5 us more
        out = np.ndarray(shape, x.dtype, x, 0, steps)
    else:
        out = array_module(x).lib.stride_tricks.as_strided(x, shape, steps)
    if isinstance(out, np.ndarray):
        out.flags.writeable = False
    return out


@windows.vjp("x")
def windows_x(g, x_shape, kernel, stride, dilation):
    return fold(g, size=x_shape[2:], kernel=kernel, stride=stride, dilation=dilation)


@primitive(linear=True, half="kernels")
def fold(x, /, *, size, kernel, stride, dilation):
    """The adjoint of ``windows``: ``(N, C, *kernel, *positions) -> (N, C, *size)``, overlapping entries added
    (col2im)."""
    positions = _sizes("fold", size, kernel, stride, dilation)
    if x.shape[2:] != (*kernel, *positions):
        raise ShapeError(
            f"fold: a kernel of {tuple(kernel)} over an image of {tuple(size)} makes windows "
            f"{(*kernel, *positions)}, got {x.shape[2:]}"
        )
    if type(x) is not np.ndarray and (k := on_device(x)) is not None and k.windows.serves(x):
        return k.windows.fold(x, size, stride, dilation)
    out = array_module(x).zeros((*x.shape[:2], *size), x.dtype)
    for offset in itertools.product(*map(range, kernel)):
        place = tuple(
            slice(o * d, o * d + s * (n - 1) + 1, s)
            for o, d, s, n in zip(offset, dilation, stride, positions, strict=True)
        )
        out[(slice(None), slice(None), *place)] += x[(slice(None), slice(None), *offset)]
    return out


def padded_windows(x, geometry, fill=0):
    """The windows of an image (N, C, *spatial) with ``fill`` around it."""
    if geometry.around:
        x = np.pad(x, ((0, 0), (0, 0), *geometry.padding), constant_values=fill)
    return windows(x, kernel=geometry.kernel, stride=geometry.stride, dilation=geometry.dilation)


def fold_padded(x, size, geometry):
    """The adjoint of ``padded_windows``: (N, C, *kernel, *positions) -> (N, C, *size), the padding cut off
    again."""
    kernel, stride, padding, dilation = geometry
    reach = geometry.reach(x.shape[2 + len(kernel) :])
    whole = (*x.shape[:2], *(n + a + b for n, (a, b) in zip(size, padding, strict=True)))
    full, both = array_module(x).zeros(whole, x.dtype), (slice(None), slice(None))
    full[(*both, *map(slice, reach))] = fold(x, size=reach, kernel=kernel, stride=stride, dilation=dilation)
    return full[(*both, *(slice(a, a + n) for n, (a, _) in zip(size, padding, strict=True)))].copy()


@fold.vjp("x")
def fold_x(g, kernel, stride, dilation):
    return windows(g, kernel=kernel, stride=stride, dilation=dilation)


windows.samples(
    lambda draw: [
        draw.call(draw(2, 2, 5, 6), kernel=(3, 2), stride=(1, 1), dilation=(1, 1)),
        draw.call(draw(1, 2, 7, 6), kernel=(2, 2), stride=(2, 3), dilation=(3, 1)),
        draw.call(draw(2, 1, 5), kernel=(2,), stride=(2,), dilation=(1,)),
        draw.call(draw(0, 1, 5), kernel=(2,), stride=(1,), dilation=(1,)),
    ]
)
fold.samples(
    lambda draw: [
        draw.call(draw(2, 2, 3, 2, 3, 5), size=(5, 6), kernel=(3, 2), stride=(1, 1), dilation=(1, 1)),
        draw.call(draw(1, 2, 2, 2, 2, 2), size=(7, 6), kernel=(2, 2), stride=(2, 3), dilation=(3, 1)),
    ]
)
