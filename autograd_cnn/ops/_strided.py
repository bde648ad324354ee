"""Views of memory with other strides: diagonals, overlapping pieces of an axis, any strides at all; and their
adjoints."""

import math

import numpy as np

from ._arrays import array_module
from ._errors import ShapeError
from ._movement import reshape
from ._primitive import primitive
from ._scattering import additem


@primitive(view=True, linear=True)
def diagonal(x, /, *, offset=0, axis1=0, axis2=1):
    """The diagonal of the matrices in two axes, as a new last axis; ``offset`` counts to the right of the
    main one."""
    out = x.diagonal(offset, axis1, axis2)
    if isinstance(out, np.ndarray) and x.flags.writeable:
        out.flags.writeable = True  # NumPy hands it out read-only; a view may be written here
    return out


@diagonal.vjp("x")
def diagonal_x(g, x_shape, offset, axis1, axis2):
    return put_diagonal(g, shape=x_shape, offset=offset, axis1=axis1, axis2=axis2)


@primitive(linear=True, half="same")
def put_diagonal(x, /, *, shape, offset=0, axis1=0, axis2=1):
    """Zeros of ``shape`` with x on the diagonal that ``diagonal`` reads."""
    out = array_module(x).zeros(shape, x.dtype)
    place = diagonal(out, offset=offset, axis1=axis1, axis2=axis2)
    if place.shape != x.shape:
        raise ShapeError(
            f"put_diagonal: diagonal {offset} of shape {tuple(shape)} has shape {place.shape}, but "
            f"got {x.shape}"
        )
    place[...] = x
    return out


@put_diagonal.vjp("x")
def put_diagonal_x(g, offset, axis1, axis2):
    return diagonal(g, offset=offset, axis1=axis1, axis2=axis2)


diagonal.samples(
    lambda draw: [
        draw(3, 4),
        draw.call(draw(3, 2, 4), offset=-1, axis1=0, axis2=2),
        draw.call(draw(2, 3), offset=5),
        draw(0, 3),
    ]
)
put_diagonal.samples(
    lambda draw: [
        draw.call(draw(3), shape=(3, 4)),
        draw.call(draw(2, 2), shape=(3, 2, 4), offset=-1, axis1=0, axis2=2),
    ]
)


def windows_along(x, axis: int, size: int, step: int):
    """NumPy's sliding windows along one axis, every ``step``-th; a view whose last axis runs inside a
    window."""
    xp = array_module(x)
    n = x.shape[axis]
    if not 0 <= size <= n or step < 1:
        raise ShapeError(
            f"unfold: pieces of {size} with step {step} don't fit axis {axis} of shape {x.shape}; the "
            f"size is at most {n}, the step at least 1"
        )
    count = (n - size) // step + 1
    strides = (*x.strides[:axis], x.strides[axis] * step, *x.strides[axis + 1 :], x.strides[axis])
    return xp.lib.stride_tricks.as_strided(x, (*x.shape[:axis], count, *x.shape[axis + 1 :], size), strides)


@primitive(view=True, linear=True)
def unfold(x, /, *, axis, size, step):
    """The pieces of ``size`` elements that start every ``step`` along ``axis``, each in a new last axis
    (``Tensor.unfold``)."""
    out = windows_along(x, axis, size, step)
    overlapping = size > step and out.shape[axis] > 1
    if isinstance(out, np.ndarray) and (overlapping or not x.flags.writeable):
        out.flags.writeable = False
    return out


@unfold.vjp("x")
def unfold_x(g, x_shape, axis, size, step):
    return overlap_add(g, axis=axis, size=size, step=step, length=x_shape[axis])


@primitive(linear=True, half="kernels")
def overlap_add(x, /, *, axis, size, step, length):
    """The adjoint of ``unfold``: each piece is added where it was cut out, into an axis of ``length``."""
    axis %= x.ndim - 1
    if x.shape[-1] != size or x.shape[axis] != max((length - size) // step + 1, 0):
        raise ShapeError(
            f"overlap_add: pieces of {size} every {step} elements of {length} do not make shape "
            f"{x.shape} along axis {axis}"
        )
    out = array_module(x).zeros((*x.shape[:axis], length, *x.shape[axis + 1 : -1]), x.dtype)
    pieces = windows_along(out, axis, size, step)
    for offset in range(size):
        pieces[..., offset] += x[..., offset]
    return out


@overlap_add.vjp("x")
def overlap_add_x(g, axis, size, step):
    return unfold(g, axis=axis, size=size, step=step)


unfold.samples(
    lambda draw: [
        draw.call(draw(2, 7), axis=1, size=3, step=2),
        draw.call(draw(5, 2), axis=0, size=2, step=1),
        draw.call(draw(4), axis=0, size=2, step=3),
        draw.call(draw(0, 4), axis=1, size=2, step=2),
    ]
)
overlap_add.samples(
    lambda draw: [
        draw.call(draw(2, 3, 3), axis=1, size=3, step=2, length=7),
        draw.call(draw(4, 2, 2), axis=0, size=2, step=1, length=5),
    ]
)


def strided_positions(size: tuple[int, ...], stride: tuple[int, ...], offset: int):
    """Which elements of the memory an array of ``size`` and ``stride`` (in elements) shows."""
    positions = np.full(size, offset, np.intp)
    for axis, (n, s) in enumerate(zip(size, stride, strict=True)):
        positions += (np.arange(n) * s).reshape((n,) + (1,) * (len(size) - axis - 1))
    return positions


@primitive(view=True, linear=True)
def as_strided(x, /, *, size, stride, offset=0):
    """The elements of x, in order, with any shape, strides and offset (in elements); a view where x is
    contiguous."""
    last = offset + sum((n - 1) * s for n, s in zip(size, stride, strict=True))
    if min(size, default=1) > 0 and (offset < 0 or last >= x.size or min(stride, default=0) < 0):
        raise ShapeError(
            f"as_strided: size {tuple(size)}, stride {tuple(stride)} and offset {offset} need "
            f"{last + 1} elements, but the memory has {x.size}"
        )
    xp = array_module(x)
    flat = xp.ascontiguousarray(x).reshape(-1)[min(offset, x.size) :]
    out = xp.lib.stride_tricks.as_strided(flat, size, tuple(s * x.itemsize for s in stride))
    if isinstance(out, np.ndarray) and (not x.flags.writeable or _overlaps(size, stride)):
        out.flags.writeable = False
    return out


def _overlaps(size, stride) -> bool:
    """Whether two positions may show one element: a sufficient test, that of dense or gapped layouts."""
    reach = 1
    for s, n in sorted((s, n) for n, s in zip(size, stride, strict=True) if n > 1):
        if s < reach:
            return True
        reach = s * (n - 1) + reach
    return False


@as_strided.vjp(
    "x",
    formula="reshape(additem(g, index=strided_positions(size, stride, offset), "
    "shape=(prod(x_shape),)), shape=x_shape)",
)
def as_strided_x(g, x_shape, size, stride, offset):
    positions = strided_positions(size, stride, offset)
    return reshape(additem(g, index=positions, shape=(math.prod(x_shape),)), shape=x_shape)


prod = math.prod

as_strided.samples(
    lambda draw: [
        draw.call(draw(3, 4), size=(2, 3), stride=(4, 1), offset=1),
        draw.call(draw(6), size=(4, 3), stride=(1, 1)),
        draw.call(draw(2, 3), size=(), stride=(), offset=2),
    ]
)
