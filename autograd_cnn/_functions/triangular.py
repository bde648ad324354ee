"""Triangles and diagonals of matrices, and views with strides of one's own."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import ops
from .._engine.handle import Unrecorded
from .._engine.memory import owner
from ._arguments import names_arguments
from ._dims import wrap_dim


@names_arguments
def tril(input: Any, diagonal: int = 0) -> Any:
    """The lower triangle of the last two dimensions, zeros above it; ``diagonal`` 0 is the main one, 1 the
    one above."""
    return ops.tril(input, k=int(diagonal))


@names_arguments
def triu(input: Any, diagonal: int = 0) -> Any:
    """The upper triangle of the last two dimensions, zeros below it."""
    return ops.triu(input, k=int(diagonal))


@names_arguments
def diagonal(input: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    """A view of the diagonal of two dimensions, as a new last dimension."""
    a, b = wrap_dim(dim1, input.ndim), wrap_dim(dim2, input.ndim)
    if a == b:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return ops.diagonal(input, offset=int(offset), axis1=a, axis2=b)


@names_arguments
def diag_embed(input: Any, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    """The last dimension as the diagonal of two new ones, zeros beside it."""
    if input.ndim == 0:
        raise IndexError("Dimension out of range: diag_embed needs a dimension to put on the diagonal")
    ndim = input.ndim + 1
    a, b = wrap_dim(dim1, ndim), wrap_dim(dim2, ndim)
    if a == b:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    if a > b:
        a, b, offset = b, a, -offset
    size = input.shape[-1] + abs(offset)
    shape = list(input.shape[:-1])
    shape.insert(a, size)
    shape.insert(b, size)
    return ops.put_diagonal(input, shape=tuple(shape), offset=int(offset), axis1=a, axis2=b)


@names_arguments
def diag(input: Any, diagonal: int = 0) -> Any:
    """A matrix with the vector ``input`` on a diagonal; of a matrix, a copy of that diagonal."""
    if input.ndim not in (1, 2):
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input.ndim}D")
    if input.ndim == 1:
        return diag_embed(input, diagonal)
    return ops.cast(ops.diagonal(input, offset=int(diagonal)), dtype=input.array.dtype)


def diagflat(input: Any, offset: int = 0) -> Any:
    """A matrix with all elements of ``input`` on a diagonal."""
    return diag_embed(ops.reshape(input, shape=(-1,)), offset)


@names_arguments
def diagonal_scatter(input: Any, src: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    """A copy of ``input`` with ``src`` on a diagonal."""
    a, b = wrap_dim(dim1, input.ndim), wrap_dim(dim2, input.ndim)
    place = {"offset": int(offset), "axis1": a, "axis2": b}
    shape = ops.diagonal(input.array, **place).shape
    if tuple(src.shape) != shape:
        raise RuntimeError(
            f"expected src to have a size equal to the slice of self. src size = {list(src.shape)}, "
            f"slice size = {list(shape)}"
        )
    return ops.put_view(input, src, path=(None, ops.diagonal, place))


@names_arguments
def trace(input: Any) -> Any:
    """The sum of a matrix's diagonal."""
    if input.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {input.ndim}")
    entries = ops.diagonal(input)
    return ops.sum(
        entries if entries.array.dtype.kind == "f" else ops.cast(entries, dtype=np.dtype(np.int64))
    )


@names_arguments
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """The powers of the last dimension's elements along a new one: descending, as ``torch.vander``."""
    if x.ndim < 1:
        raise RuntimeError("x must be a one-dimensional tensor.")
    count = x.shape[-1] if N is None else N
    if count < 0:
        raise RuntimeError("N must be non-negative.")
    if x.array.dtype.kind != "f":
        x = ops.cast(x, dtype=np.dtype(np.int64))
    column = ops.reshape(x, shape=(*x.shape, 1))
    powers = ops.array_module(x.array).arange(count)[:: 1 if increasing else -1]
    return ops.power(column, powers.astype(x.array.dtype))


@names_arguments
def unfold(input: Any, dimension: int, size: int, step: int) -> Any:
    """A view of the pieces of ``size`` that start every ``step`` along a dimension; each runs along a new
    last one."""
    axis = wrap_dim(dimension, input.ndim)
    x = ops.reshape(input, shape=(1,)) if input.ndim == 0 else input
    if size > x.shape[axis]:
        raise RuntimeError(
            f"maximum size for tensor at dimension {dimension} is {x.shape[axis]} but size is {size}"
        )
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    out = ops.unfold(x, axis=axis, size=int(size), step=int(step))
    return ops.reshape(out, shape=(size,)) if input.ndim == 0 else out


@names_arguments
def as_strided(
    input: Any, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None
) -> Any:
    """A view of the memory of ``input`` with any sizes, strides and offset, counted in elements."""
    if len(size) != len(stride):
        raise RuntimeError(f"mismatch in length of strides and shape: {len(stride)} and {len(size)}")
    root = input if input._view is None or isinstance(input._view.root, Unrecorded) else input._view.root
    x = input
    if not input.array.flags.c_contiguous or (root is not input and owner(input.array) is owner(root.array)):
        x = _in_memory_order(root)
    start = (
        input.array.__array_interface__["data"][0] - x.array.__array_interface__["data"][0]
    ) // x.array.itemsize
    offset = start if storage_offset is None else int(storage_offset)
    return ops.as_strided(x, size=tuple(map(int, size)), stride=tuple(map(int, stride)), offset=offset)


@names_arguments
def as_strided_scatter(
    input: Any, src: Any, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None
) -> Any:
    """A copy of ``input`` with ``src`` where :func:`as_strided` would read."""
    place = {
        "size": tuple(map(int, size)),
        "stride": tuple(map(int, stride)),
        "offset": int(storage_offset or 0),
    }
    if tuple(src.shape) != place["size"]:
        raise RuntimeError(
            f"expected src to have a size equal to the slice of self. src size = {list(src.shape)}, "
            f"slice size = {list(size)}"
        )
    x = input if input.array.flags.c_contiguous else input.contiguous()
    return ops.put_view(x, src, path=(None, ops.as_strided, place))


def _in_memory_order(x: Any) -> Any:
    """A view of x, its axes ordered as they lie in memory."""
    order = sorted(range(x.ndim), key=lambda i: -x.array.strides[i])
    out = ops.transpose(x, axes=tuple(order)) if order != list(range(x.ndim)) else x
    if not out.array.flags.c_contiguous:
        raise RuntimeError(
            f"as_strided: the memory of this tensor (shape {list(x.shape)}) has gaps that belong to "
            "no tensor here; call contiguous() first"
        )
    return out
