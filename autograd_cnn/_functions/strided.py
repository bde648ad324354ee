"""Diagonals, overlapping pieces of a dimension, and views with strides of one's own."""

from collections.abc import Sequence
from operator import index
from typing import Final, SupportsIndex

from .. import ops
from .._engine import layout
from .._engine.handle import Handle, Operand, T, Unrecorded
from .._engine.memory import owner
from ..ops import _strided as primitives
from ._arguments import names_arguments
from ._dims import integer, wrap_dim
from ._in_place import becomes
from .conversion import contiguous

__all__ = [
    "as_strided",
    "as_strided_",
    "as_strided_scatter",
    "diag",
    "diag_embed",
    "diagflat",
    "diagonal",
    "diagonal_scatter",
]


@names_arguments
def diagonal(
    input: Handle[T], offset: SupportsIndex = 0, dim1: SupportsIndex = 0, dim2: SupportsIndex = 1
) -> T:
    """A view of the diagonal of two dimensions, as a new last dimension."""
    a, b = wrap_dim(dim1, input.ndim), wrap_dim(dim2, input.ndim)
    if a == b:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    place = offset if type(offset) is int else integer("offset", offset)
    return primitives.diagonal(input, offset=place, axis1=a, axis2=b)


@names_arguments
def linalg_diagonal(
    A: Handle[T], *, offset: SupportsIndex = 0, dim1: SupportsIndex = -2, dim2: SupportsIndex = -1
) -> T:
    """A view of the diagonal of the last two dimensions (``linalg.diagonal``)."""
    return diagonal(A, offset, dim1, dim2)


@names_arguments
def diag_embed(
    input: Handle[T], offset: SupportsIndex = 0, dim1: SupportsIndex = -2, dim2: SupportsIndex = -1
) -> T:
    """The last dimension as the diagonal of two new ones, zeros beside it."""
    if input.ndim == 0:
        raise IndexError("Dimension out of range: diag_embed needs a dimension to put on the diagonal")
    ndim = input.ndim + 1
    a, b = wrap_dim(dim1, ndim), wrap_dim(dim2, ndim)
    if a == b:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    place = offset if type(offset) is int else integer("offset", offset)
    if a > b:
        a, b, place = b, a, -place
    size = input.shape[-1] + abs(place)
    shape = list(input.shape[:-1])
    shape.insert(a, size)
    shape.insert(b, size)
    return primitives.put_diagonal(input, shape=tuple(shape), offset=place, axis1=a, axis2=b)


@names_arguments
def diag(input: Handle[T], diagonal: SupportsIndex = 0) -> T:
    """A matrix with the vector ``input`` on a diagonal; of a matrix, a copy of that diagonal."""
    if input.ndim not in (1, 2):
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input.ndim}D")
    if input.ndim == 1:
        return diag_embed(input, diagonal)
    place = diagonal if type(diagonal) is int else integer("diagonal", diagonal)
    return ops.cast(primitives.diagonal(input, offset=place), dtype=input.array.dtype)


@names_arguments
def diagflat(input: Handle[T], offset: SupportsIndex = 0) -> T:
    """A matrix with all elements of ``input`` on a diagonal."""
    return diag_embed(ops.reshape(input, shape=(-1,)), offset)


@names_arguments
def diagonal_scatter(
    input: Handle[T],
    src: Operand,
    offset: SupportsIndex = 0,
    dim1: SupportsIndex = 0,
    dim2: SupportsIndex = 1,
) -> T:
    """A copy of ``input`` with ``src`` on a diagonal."""
    a, b = wrap_dim(dim1, input.ndim), wrap_dim(dim2, input.ndim)
    if a == b:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    place = {"offset": integer("offset", offset), "axis1": a, "axis2": b}
    shape = primitives.diagonal(input.array, **place).shape
    if tuple(src.shape) != shape:
        raise RuntimeError(
            f"expected src to have a size equal to the slice of self. src size = {list(src.shape)}, "
            f"slice size = {list(shape)}"
        )
    return ops.put_view(input, src, path=(None, primitives.diagonal, place))


@names_arguments
def unfold(input: Handle[T], dimension: SupportsIndex, size: SupportsIndex, step: SupportsIndex) -> T:
    """A view of the pieces of ``size`` that start every ``step`` along a dimension; each runs along a new
    last one."""
    axis = wrap_dim(dimension, input.ndim)
    length = size if type(size) is int else integer("size", size)
    every = step if type(step) is int else integer("step", step)
    x: Operand = ops.reshape(input, shape=(1,)) if input.ndim == 0 else input
    if length > x.shape[axis]:
        raise RuntimeError(
            f"maximum size for tensor at dimension {dimension} is {x.shape[axis]} but size is {size}"
        )
    if every <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    out = primitives.unfold(x, axis=axis, size=length, step=every)
    return ops.reshape(out, shape=(length,)) if input.ndim == 0 else out


@names_arguments
def as_strided(
    input: Handle[T],
    size: Sequence[SupportsIndex],
    stride: Sequence[SupportsIndex],
    storage_offset: SupportsIndex | None = None,
) -> T:
    """A view of the memory of ``input`` with any sizes, strides and offset, counted in elements."""
    if len(size) != len(stride):
        raise RuntimeError(f"mismatch in length of strides and shape: {len(stride)} and {len(size)}")
    layout.lay_in_rows(input)
    if layout.steps(input) != tuple(input.array.strides):
        raise RuntimeError(
            "as_strided: this tensor is a result that lies channels last, and cannot be laid in rows because "
            "somebody else holds its memory; call clone() first"
        )
    sizes, steps = tuple(map(index, size)), tuple(map(index, stride))
    reach = sum((n - 1) * step for n, step in zip(sizes, steps, strict=True))
    in_rows = input.array.flags.c_contiguous
    if storage_offset is None and in_rows and reach < input.array.size:
        x, offset = input, 0  # it shows a part of what the input shows
    else:
        x, start = _memory_of(input)
        offset = start if storage_offset is None else integer("storage_offset", storage_offset)
        if in_rows and 0 <= offset - start < input.array.size - reach:
            x, offset = input, offset - start
    out = primitives.as_strided(x, size=sizes, stride=steps, offset=offset)
    if out._view is not None and input._view is not None:
        out._view = out._view._replace(several=input._view.several)
    return out


def _memory_of(input: Operand) -> tuple[Operand, int]:
    """The tensor whose memory ``input`` looks into, its axes as they lie there, and at which element
    ``input`` begins."""
    root: Operand = input
    if input._view is not None and not isinstance(input._view.root, Unrecorded):
        root = input._view.root
    x = input
    if not input.array.flags.c_contiguous or (root is not input and owner(input.array) is owner(root.array)):
        x = _in_memory_order(root)
    first, begin = (t.array.__array_interface__["data"][0] for t in (x, input))
    return x, (begin - first) // x.array.itemsize


as_strided_: Final = becomes(as_strided)


@names_arguments
def as_strided_scatter(
    input: Handle[T],
    src: Operand,
    size: Sequence[SupportsIndex],
    stride: Sequence[SupportsIndex],
    storage_offset: SupportsIndex | None = None,
) -> T:
    """A copy of ``input`` with ``src`` where :func:`as_strided` would read."""
    place = {
        "size": tuple(map(index, size)),
        "stride": tuple(map(index, stride)),
        "offset": 0 if storage_offset is None else index(storage_offset),
    }
    if tuple(src.shape) != place["size"]:
        raise RuntimeError(
            f"expected src to have a size equal to the slice of self. src size = {list(src.shape)}, "
            f"slice size = {list(size)}"
        )
    x = input if input.array.flags.c_contiguous else contiguous(input)
    return ops.put_view(x, src, path=(None, primitives.as_strided, place))


def _in_memory_order(x: Operand) -> Operand:
    """A view of x, its axes ordered as they lie in memory."""
    order = sorted(range(x.ndim), key=lambda i: -x.array.strides[i])
    out = ops.transpose(x, axes=tuple(order)) if order != list(range(x.ndim)) else x
    if not out.array.flags.c_contiguous:
        raise RuntimeError(
            f"as_strided: the memory of this tensor (shape {list(x.shape)}) has gaps that belong to "
            "no tensor here; call contiguous() first"
        )
    return out
