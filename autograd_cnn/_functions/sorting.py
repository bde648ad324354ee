"""Order: sort, topk, unique, searchsorted. Values carry gradients, to the elements they came from; indices do
not."""

import builtins
from typing import Any, NamedTuple

import numpy as np

from .. import ops
from .._devices.device import CPU, device_of
from .._devices.transfer import move
from .._engine.handle import Handle
from ._arguments import names_arguments
from ._dims import numpy_names, wrap_dim
from .reduction import ValuesIndices


class UniqueResult(NamedTuple):
    """What ``unique`` returns where more than the values is asked for."""

    output: Any
    inverse_indices: Any
    counts: Any


def _picked(input: Any, indices: Any, dim: int) -> ValuesIndices:
    return ValuesIndices(ops.take_along(input, indices, axis=dim), indices)


@numpy_names
def sort(input: Any, dim: int = -1, descending: bool = False, stable: bool = False) -> ValuesIndices:
    """The elements in order along ``dim``, and where each came from; equal elements keep their order."""
    axis = wrap_dim(dim, input.ndim)
    if input.ndim == 0:
        return ValuesIndices(ops.reshape(input, shape=()), input._lift(np.zeros((), np.int64), None))
    return _picked(input, ops.argsort(input, axis=axis, descending=bool(descending)), axis)


@numpy_names
def argsort(input: Any, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    """The indices that sort ``input`` along ``dim``."""
    return sort(input, dim, descending).indices


def msort(input: Any) -> Any:
    """The elements in order along the first dimension."""
    return sort(input, 0).values


@numpy_names
def topk(input: Any, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> ValuesIndices:
    """The ``k`` largest (or smallest) elements along ``dim`` in order, and where they stand."""
    axis = wrap_dim(dim, input.ndim)
    if not 0 <= k <= (input.shape[axis] if input.ndim else 1):
        raise RuntimeError(f"selected index k out of range: k is {k}, dimension {dim} of {list(input.shape)}")
    if input.ndim == 0:
        return sort(input)
    order = ops.argsort(input, axis=axis, descending=bool(largest))
    return _picked(input, ops.getitem(order, index=(*[slice(None)] * axis, slice(0, int(k)))), axis)


@numpy_names
def kthvalue(input: Any, k: int, dim: int = -1, keepdim: bool = False) -> ValuesIndices:
    """The ``k``-th smallest element along ``dim`` (from 1), and where it stands."""
    axis = wrap_dim(dim, input.ndim)
    if not 1 <= k <= (input.shape[axis] if input.ndim else 1):
        raise RuntimeError(
            f"kthvalue(): selected number k out of range for dimension {dim}: k is {k}, the shape "
            f"{list(input.shape)}"
        )
    if input.ndim == 0:
        return sort(input)
    order = ops.argsort(input, axis=axis)
    place = (*[slice(None)] * axis, slice(k - 1, k))
    values, indices = _picked(input, ops.getitem(order, index=place), axis)
    if keepdim:
        return ValuesIndices(values, indices)
    shape = tuple(input.shape[:axis]) + tuple(input.shape[axis + 1 :])
    return ValuesIndices(ops.reshape(values, shape=shape), ops.reshape(indices, shape=shape))


def _unique_parts(input: Any, parts: dict[str, Any], **wanted: bool) -> Any:
    """The values, and what else is wanted, as PyTorch returns them: alone, or in a tuple."""
    out = tuple(
        input._lift(parts[name].astype(np.int64, copy=False), None) for name, want in wanted.items() if want
    )
    values = input._lift(parts["values"], None)
    return (values, *out) if out else values


@numpy_names
def unique(
    input: Any,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
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


@names_arguments
def unique_consecutive(
    input: Any, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The elements (or slices along ``dim``) without those equal to the one before; on request places and
    lengths of runs."""
    array, place = move(input.array, CPU), device_of(input.array)
    x = array.reshape(-1) if dim is None else np.moveaxis(array, wrap_dim(dim, input.ndim), 0)
    n = x.shape[0]
    differs = (x[1:] != x[:-1]).any(axis=tuple(range(1, x.ndim)))
    starts = np.flatnonzero(np.concatenate([np.ones(builtins.min(n, 1), np.bool_), differs]))
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
    sorted_sequence: Any,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Any = None,
) -> Any:
    """Where each element of ``input`` would be inserted in ``sorted_sequence``: before equal ones, with
    ``right`` after them."""
    if side not in (None, "left", "right"):
        raise RuntimeError(f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
    if side == "left" and right:
        raise RuntimeError(
            "torch.searchsorted(): side and right can't be set to opposites, got side of left while "
            "right was True"
        )
    edges = sorted_sequence
    if sorter is not None:
        edges = ops.take_along(edges, sorter, axis=edges.ndim - 1)
    values = input if isinstance(input, Handle) else edges._lift(np.asarray(input), None)
    out = ops.searchsorted(edges, values, right=right or side == "right")
    return ops.cast(out, dtype=np.dtype(np.int32)) if out_int32 else out


@names_arguments
def bucketize(input: Any, boundaries: Any, *, out_int32: bool = False, right: bool = False) -> Any:
    """The bucket between ``boundaries`` (ascending) in which each element lies."""
    if boundaries.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries.ndim})")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)


@names_arguments
def unravel_index(indices: Any, shape: Any) -> tuple[Any, ...]:
    """The coordinates, in an array of ``shape``, of the elements that ``indices`` count in row-major
    order."""
    sizes = (int(shape),) if isinstance(shape, int) else tuple(int(n) for n in shape)
    array = indices.array
    if array.dtype.kind != "i":
        raise ValueError(f"expected 'indices' to be integer dtype, but got {indices.dtype!r}")
    return tuple(
        indices._lift(ops.array_module(array).asarray(part), None) for part in np.unravel_index(array, sizes)
    )


@names_arguments
def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> Any:
    """Whether each element of ``elements`` is among ``test_elements``."""
    known = elements if isinstance(elements, Handle) else test_elements
    xp = ops.array_module(known.array)
    a, b = (x.array if isinstance(x, Handle) else xp.asarray(x) for x in (elements, test_elements))
    return known._lift(xp.asarray(np.isin(a, b, assume_unique=assume_unique, invert=invert)), None)


@names_arguments
def argwhere(input: Any) -> Any:
    """The index of each element that is not zero: one row each."""
    return ops.argwhere(input)


@names_arguments
def nonzero(input: Any, *, as_tuple: bool = False) -> Any:
    """The indices of the elements that are not zero: one row each, or one vector per dimension."""
    if not as_tuple:
        return argwhere(input)
    x = input if input.ndim else ops.reshape(input, shape=(1,))
    rows = argwhere(x)
    return tuple(ops.getitem(rows, index=(slice(None), d)) for d in range(x.ndim))
