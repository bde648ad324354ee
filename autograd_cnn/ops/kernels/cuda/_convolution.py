"""Convolution of channels-last images: by cuDNN where it is installed, else as products with columns, a tile
of images at a time.

The columns of one tile are all that is ever unfolded, so the workspace is bounded. Pointwise convolutions are
plain products.
"""

import math

from . import _cudnn
from ._elementwise import add_bias
from ._launch import cupy
from ._windows import fold_rows, unfold

WORKSPACE = 2**27
"""Bytes of columns that are unfolded at a time, or those of one image where that is more."""


def _tiles(images, positions, width, itemsize):
    """Slices of images whose columns, ``width`` numbers per position, fit into the workspace; and their
    rows."""
    pixels = positions[0] * positions[1]
    step = max(1, WORKSPACE // (pixels * width * itemsize))
    for begin in range(0, images, step):
        end = min(begin + step, images)
        yield slice(begin, end), slice(begin * pixels, end * pixels)


def _columns(x, positions, geometry):
    """The rows of each tile of ``x``, and its columns (positions, kernel C), which all tiles write into the
    same memory."""
    width = math.prod(geometry.kernel) * x.shape[3]
    if geometry.pointwise:
        yield slice(None), x.reshape(-1, width)
        return
    workspace = None
    for images, rows in _tiles(len(x), positions, width, x.itemsize):
        count = rows.stop - rows.start
        if workspace is None:
            workspace = cupy().empty((count, width), x.dtype)
        unfold(x[images], workspace[:count], positions, geometry)
        yield rows, workspace[:count]


def _kernels_last(weight):
    """(O, C, kh, kw) -> a contiguous (O, kh, kw, C)."""
    return cupy().ascontiguousarray(weight.transpose(0, 2, 3, 1))


def serves(axes, groups):
    """Whether images of so many axes are served in so many groups."""
    return axes == 2 and groups == 1


def forward(x, weight, bias, geometry, positions, groups, exact):
    """(N, H, W, C) and (O, C, kh, kw) -> (N, *positions, O)."""
    shape, weight = (len(x), *positions, len(weight)), _kernels_last(weight)
    out = _cudnn.run("conv_fprop", {"image": x, "weight": weight}, shape, geometry, exact)
    if out is None:
        out = cupy().empty(shape, x.dtype)
        rows_of_out, matrix = out.reshape(-1, shape[-1]), weight.reshape(shape[-1], -1).transpose()
        for rows, columns in _columns(x, positions, geometry):
            cupy().dot(columns, matrix, out=rows_of_out[rows])
    if bias is not None:
        add_bias(out, bias.astype(x.dtype, copy=False))
    return out


def input_gradient(g, weight, bias, size, geometry, groups, exact):
    """(N, OH, OW, O) and (O, C, kh, kw) -> (N, *size, C), plus ``bias``, which may be None."""
    out = _without_bias(g, weight, size, geometry, exact)
    if bias is not None:
        add_bias(out, bias.astype(g.dtype, copy=False))
    return out


def _without_bias(g, weight, size, geometry, exact):
    """The signal times the weights makes columns, which are folded."""
    images, *positions, outputs = g.shape
    shape, weight = (images, *size, weight.shape[1]), _kernels_last(weight)
    out = _cudnn.run("conv_dgrad", {"loss": g, "filter": weight}, shape, geometry, exact)
    if out is not None:
        return out
    rows_of_g, matrix = g.reshape(-1, outputs), weight.reshape(outputs, -1)
    if geometry.pointwise:
        return cupy().dot(rows_of_g, matrix).reshape(shape)
    out, workspace = cupy().empty(shape, g.dtype), None
    for some, rows in _tiles(images, positions, matrix.shape[1], g.itemsize):
        count = rows.stop - rows.start
        if workspace is None:
            workspace = cupy().empty((count, matrix.shape[1]), g.dtype)
        fold_rows(cupy().dot(rows_of_g[rows], matrix, out=workspace[:count]), out[some], positions, geometry)
    return out


def weight_gradient(x, g, shape, geometry, groups, exact):
    """(N, H, W, C) and (N, OH, OW, O) -> (O, C, kh, kw): the signal times the columns, summed over the
    tiles."""
    outputs, channels, *kernel = shape
    total = _cudnn.run("conv_wgrad", {"image": x, "loss": g}, (outputs, *kernel, channels), geometry, exact)
    if total is None:
        rows_of_g = g.reshape(-1, outputs)
        for rows, columns in _columns(x, g.shape[1:3], geometry):
            part = cupy().dot(rows_of_g[rows].transpose(), columns)
            total = part if total is None else cupy().add(total, part, out=total)
        total = total.reshape(outputs, *kernel, channels)
    return cupy().ascontiguousarray(total.transpose(0, 3, 1, 2))
