"""Order: sort, topk, unique, searchsorted. Values carry gradients, to the elements they came from; indices do
not."""

from collections.abc import Sequence
from typing import Any, Literal, SupportsIndex, overload

import numpy as np

from .. import ops
from .._devices.device import CPU, device_of
from .._devices.transfer import move
from .._engine.handle import Handle, Number, Operand, T
from ..ops import _sorting as primitives
from ._arguments import array_in, names_arguments
from ._dims import Shape, integer, wrap_dim
from ._return_types import return_type
from .reduction import ValuesIndices

__all__ = [
    "argsort",
    "argwhere",
    "bucketize",
    "isin",
    "kthvalue",
    "msort",
    "nonzero",
    "searchsorted",
    "sort",
    "topk",
    "unique",
    "unique_consecutive",
    "unravel_index",
]


_SORT, _TOPK, _KTHVALUE = (return_type(name, ValuesIndices) for name in ("sort", "topk", "kthvalue"))


def _picked(
    input: Operand, indices: Any, dim: int, kind: type[ValuesIndices[Any]] = _SORT
) -> ValuesIndices[Any]:
    return kind(ops.take_along(input, indices, axis=dim), indices)


@names_arguments
def sort(
    input: Handle[T], dim: SupportsIndex = -1, descending: bool = False, stable: bool = False
) -> ValuesIndices[T]:
    """The elements in order along ``dim``, and where each came from; equal elements keep their order."""
    axis = wrap_dim(dim, input.ndim)
    if input.ndim == 0:
        return _SORT(ops.cast(input, dtype=input.array.dtype), input._lift(np.zeros((), np.int64), None))
    return _picked(input, primitives.argsort(input, axis=axis, descending=bool(descending)), axis)


@names_arguments
def argsort(input: Handle[T], dim: SupportsIndex = -1, descending: bool = False, stable: bool = False) -> T:
    """The indices that sort ``input`` along ``dim``."""
    return sort(input, dim, descending).indices


def msort(input: Handle[T]) -> T:
    """The elements in order along the first dimension."""
    return sort(input, 0).values


@names_arguments
def topk(
    input: Handle[T],
    k: SupportsIndex,
    dim: SupportsIndex = -1,
    largest: bool = True,
    sorted: bool = True,
) -> ValuesIndices[T]:
    """The ``k`` largest (or smallest) elements along ``dim`` in order, and where they stand."""
    axis = wrap_dim(dim, input.ndim)
    count: Any = k
    if not 0 <= count <= (input.shape[axis] if input.ndim else 1):
        raise RuntimeError(f"selected index k out of range: k is {k}, dimension {dim} of {list(input.shape)}")
    count = k if type(k) is int else integer("k", k)
    if input.ndim == 0:
        return _TOPK(*sort(input))
    first = primitives.argsort(input, axis=axis, descending=bool(largest), count=count)
    return _picked(input, first, axis, _TOPK)


@names_arguments
def kthvalue(
    input: Handle[T], k: SupportsIndex, dim: SupportsIndex = -1, keepdim: bool = False
) -> ValuesIndices[T]:
    """The ``k``-th smallest element along ``dim`` (from 1), and where it stands."""
    axis = wrap_dim(dim, input.ndim)
    _not_empty("kthvalue", input, axis)
    place: Any = k
    if not 1 <= place <= (input.shape[axis] if input.ndim else 1):
        raise RuntimeError(
            f"kthvalue(): selected number k out of range for dimension {dim}: k is {k}, the shape "
            f"{list(input.shape)}"
        )
    place = k if type(k) is int else integer("k", k)
    if input.ndim == 0:
        return _KTHVALUE(*sort(input))
    order = primitives.argsort(input, axis=axis, count=place)
    chosen = ops.getitem(order, index=(*[slice(None)] * axis, slice(place - 1, place)))
    values, indices = _picked(input, chosen, axis)
    if keepdim:
        return _KTHVALUE(values, indices)
    shape = tuple(input.shape[:axis]) + tuple(input.shape[axis + 1 :])
    return _KTHVALUE(ops.reshape(values, shape=shape), ops.reshape(indices, shape=shape))


def _not_empty(name: str, input: Operand, axis: int) -> None:
    """IndexError where there is nothing to choose from along ``axis``."""
    if input.ndim and input.array.shape[axis] == 0:
        raise IndexError(f"{name}(): Expected reduction dim {axis} to have non-zero size.")


def _unique_parts(input: Operand, parts: dict[str, Any], **wanted: bool) -> Any:
    """The values, and what else is wanted, as PyTorch returns them: alone, or in a tuple."""
    out = tuple(
        input._lift(parts[name].astype(np.int64, copy=False), None) for name, want in wanted.items() if want
    )
    values = input._lift(parts["values"], None)
    return (values, *out) if out else values


@overload
def unique(input: Handle[T], sorted: bool = True, *, dim: SupportsIndex | None = None) -> T: ...
@overload
def unique(
    input: Handle[T], sorted: bool = True, *, return_inverse: Literal[True], dim: SupportsIndex | None = None
) -> tuple[T, T]: ...
@overload
def unique(
    input: Handle[T], sorted: bool = True, *, return_counts: Literal[True], dim: SupportsIndex | None = None
) -> tuple[T, T]: ...
@overload
def unique(
    input: Handle[T],
    sorted: bool = True,
    *,
    return_inverse: Literal[True],
    return_counts: Literal[True],
    dim: SupportsIndex | None = None,
) -> tuple[T, T, T]: ...
@overload
def unique(
    input: Handle[T],
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: SupportsIndex | None = None,
) -> T | tuple[T, ...]: ...
@names_arguments
def unique(
    input: Any,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: SupportsIndex | None = None,
) -> Any:
    """The different elements (or slices along ``dim``) in order; on request each one's place among them, and
    their counts.

    The values carry no gradient: PyTorch defines none.
    """
    axis = None if dim is None else wrap_dim(dim, input.ndim)
    if axis is not None and input.ndim == 0:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    values, inverse, counts = np.unique(
        input.array, return_inverse=True, return_counts=True, axis=axis, equal_nan=False
    )
    inverse = inverse.reshape(input.shape if dim is None else -1)
    return _unique_parts(
        input,
        {"values": values, "inverse": inverse, "counts": counts},
        inverse=return_inverse,
        counts=return_counts,
    )


@overload
def unique_consecutive(input: Handle[T], *, dim: SupportsIndex | None = None) -> T: ...
@overload
def unique_consecutive(
    input: Handle[T], return_inverse: Literal[True], *, dim: SupportsIndex | None = None
) -> tuple[T, T]: ...
@overload
def unique_consecutive(
    input: Handle[T], *, return_counts: Literal[True], dim: SupportsIndex | None = None
) -> tuple[T, T]: ...
@overload
def unique_consecutive(
    input: Handle[T],
    return_inverse: Literal[True],
    return_counts: Literal[True],
    dim: SupportsIndex | None = None,
) -> tuple[T, T, T]: ...
@overload
def unique_consecutive(
    input: Handle[T],
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: SupportsIndex | None = None,
) -> T | tuple[T, ...]: ...
@names_arguments
def unique_consecutive(
    input: Any,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: SupportsIndex | None = None,
) -> Any:
    """The elements (or slices along ``dim``) without those equal to the one before; on request places and
    lengths of runs."""
    array, place = move(input.array, CPU), device_of(input.array)
    x = array.reshape(-1) if dim is None else np.moveaxis(array, wrap_dim(dim, input.ndim), 0)
    n = x.shape[0]
    differs = (x[1:] != x[:-1]).any(axis=tuple(range(1, x.ndim)))
    starts = np.flatnonzero(np.concatenate([np.ones(min(n, 1), np.bool_), differs]))
    runs = np.diff(np.append(starts, n))
    values = x[starts] if dim is None else np.moveaxis(x[starts], 0, wrap_dim(dim, input.ndim))
    inverse = np.repeat(np.arange(len(starts)), runs).reshape(input.shape if dim is None else -1)
    parts = {
        "values": move(values.copy(), place),
        "inverse": move(inverse, place),
        "counts": move(runs, place),
    }
    return _unique_parts(input, parts, inverse=return_inverse, counts=return_counts)


@names_arguments
def searchsorted(
    sorted_sequence: Handle[T],
    input: Operand | Number,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Operand | None = None,
) -> T:
    """Where each element of ``input`` would be inserted in ``sorted_sequence``: before equal ones, with
    ``right`` after them."""
    if side not in (None, "left", "right"):
        raise RuntimeError(f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
    if side == "left" and right:
        raise RuntimeError(
            "torch.searchsorted(): side and right can't be set to opposites, got side of left while "
            "right was True"
        )
    edges: Operand = sorted_sequence
    if sorter is not None:
        edges = ops.take_along(edges, sorter, axis=edges.ndim - 1)
    values = input if isinstance(input, Handle) else edges._lift(array_in(input), None)
    out = primitives.searchsorted(edges, values, right=right or side == "right")
    return ops.cast(out, dtype=np.dtype(np.int32)) if out_int32 else out


@names_arguments
def bucketize(
    input: Operand | Number, boundaries: Handle[T], *, out_int32: bool = False, right: bool = False
) -> T:
    """The bucket between ``boundaries`` (ascending) in which each element lies."""
    if boundaries.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries.ndim})")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)


@names_arguments
def unravel_index(indices: Handle[T], shape: Shape) -> tuple[T, ...]:
    """The coordinates, in an array of ``shape``, of the elements that ``indices`` count in row-major
    order."""
    array = indices.array
    if array.dtype.kind not in "iu":
        raise TypeError(f"expected 'indices' to be integer dtype, but got {indices.dtype!r}")
    if not isinstance(shape, (int, np.integer, Sequence)):
        raise TypeError(f"expected 'shape' to be int or sequence of ints, but got {type(shape).__name__}")
    parts = shape if isinstance(shape, Sequence) else (shape,)
    if not all(isinstance(n, (int, np.integer)) for n in parts):
        raise TypeError(f"expected 'shape' sequence to only contain ints, but got {shape}")
    sizes = tuple(map(int, parts))
    if any(n < 0 for n in sizes):
        raise ValueError(f"'shape' cannot have negative values, but got {sizes}")
    array = array.astype(np.int64)
    xp, places, step = ops.array_module(array), list[Any](), 1
    for size in reversed(sizes):
        places.insert(0, xp.asarray(array // step % max(size, 1)))
        step *= max(size, 1)
    return tuple(indices._lift(place, None) for place in places)


@overload
def isin(
    elements: Handle[T], test_elements: Operand | Number, *, assume_unique: bool = False, invert: bool = False
) -> T: ...
@overload
def isin(
    elements: Number, test_elements: Handle[T], *, assume_unique: bool = False, invert: bool = False
) -> T: ...
@names_arguments
def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> Any:
    """Whether each element of ``elements`` is among ``test_elements``."""
    known = elements if isinstance(elements, Handle) else test_elements
    xp = ops.array_module(known.array)
    a, b = (x.array if isinstance(x, Handle) else xp.asarray(x) for x in (elements, test_elements))
    return known._lift(xp.asarray(np.isin(a, b, assume_unique=assume_unique, invert=invert)), None)


@names_arguments
def argwhere(input: Handle[T]) -> T:
    """The index of each element that is not zero: one row each."""
    return primitives.argwhere(input)


@overload
def nonzero(input: Handle[T], *, as_tuple: Literal[False] = False) -> T: ...
@overload
def nonzero(input: Handle[T], *, as_tuple: Literal[True]) -> tuple[T, ...]: ...
@overload
def nonzero(input: Handle[T], *, as_tuple: bool) -> T | tuple[T, ...]: ...
@names_arguments
def nonzero(input: Any, *, as_tuple: bool = False) -> Any:
    """The indices of the elements that are not zero: one row each, or one vector per dimension."""
    if not as_tuple:
        return primitives.argwhere(input)
    x = input if input.ndim else ops.reshape(input, shape=(1,))
    rows = primitives.argwhere(x)
    return tuple(ops.getitem(rows, index=(slice(None), d)) for d in range(x.ndim))
