"""Writing by index, out of place: scatter, index_add, put. The forms with ``_`` write into the
memory."""

import math
from collections.abc import Sequence
from typing import Any, Final, SupportsIndex

import numpy as np

from .. import ops
from .._devices.settings import alert_not_deterministic
from .._engine.handle import Handle, Number, Operand, T
from .._engine.single import in_single
from ._arguments import names_arguments
from ._combining import check_source, corner, extreme, like, number_of, product, shaped
from ._dims import integer, wrap_dim
from ._in_place import in_place
from .indexing import (
    Index,
    along,
    at_least_1d,
    check_bounds,
    getitem,
    index_array,
    operand_of,
    outside,
    plain_index,
    two_steps,
)

__all__ = [
    "index_add",
    "index_copy",
    "index_fill",
    "index_put",
    "index_put_",
    "index_reduce",
    "put",
    "scatter",
    "scatter_add",
    "scatter_reduce",
    "select_scatter",
    "slice_scatter",
]


def setitem(input: Operand, index: Index, value: Any) -> None:
    """``input[index] = value``, written into the memory of ``input``; nothing for an ``index`` of False,
    whatever the value, as in PyTorch."""
    if index is False:
        return
    try:
        basic, advanced = two_steps(plain_index(index), input.array.ndim)
        if advanced is None:
            input._write_at(basic, value)
            return
        if isinstance(value, Handle) and value.array.dtype != input.array.dtype:
            check_source(input, advanced, value)
        if basic is None:
            input._write_at(advanced, value)
        else:
            getitem(input, basic)._write_at(advanced, value)
    except IndexError as error:
        raise outside(error, input) from None


@names_arguments
def scatter(
    input: Handle[T],
    dim: SupportsIndex,
    index: Operand,
    src: Operand | Number | None = None,
    *,
    value: Number | Operand | None = None,
    reduce: str | None = None,
) -> T:
    """A copy of ``input`` with ``src`` (a tensor or a number) written where ``gather`` would read.
    ``value`` is a number, or a tensor without axes that stands for one.

    ``reduce`` "add" or "multiply" combines with what is there, as PyTorch's older form of ``scatter_reduce``.
    """
    given = src
    if src is None:
        given = value.array.item() if isinstance(value, Handle) and not value.ndim else value
        if isinstance(given, Handle):
            raise TypeError(f"scatter(): argument 'value' must be Number, not {type(given).__name__}")
    axis, x = wrap_dim(dim, input.ndim), at_least_1d(input)
    if math.prod(index.shape) == 0:
        return ops.cast(input, dtype=input.array.dtype)
    array = along(index, x, axis, "scatter")
    source = like(given, input)
    if isinstance(given, Handle):
        source = corner(source, array.shape)
    if reduce is None:
        return shaped(ops.write_along(x, source, operand_of(index, array), axis=axis), input)
    if reduce not in ("add", "multiply"):
        raise RuntimeError("reduce argument must be either add or multiply.")
    if not isinstance(given, Handle):
        source = input._lift(np.broadcast_to(source, array.shape), None)
    return scatter_reduce(input, axis, array, source, {"add": "sum", "multiply": "prod"}[reduce])


scatter_: Final = in_place(scatter)


@names_arguments
def scatter_add(input: Handle[T], dim: SupportsIndex, index: Operand, src: Operand) -> T:
    """A copy of ``input`` to which ``src`` is added where ``gather`` would read; equal indices add up."""
    return scatter_reduce(input, dim, index, src, "sum")


scatter_add_: Final = in_place(scatter_add)


@names_arguments
@in_single
def scatter_reduce(
    input: Handle[T],
    dim: SupportsIndex,
    index: Operand,
    src: Operand,
    reduce: str,
    *,
    include_self: bool = True,
) -> T:
    """A copy of ``input`` where all of ``src`` that ``index`` sends to one place are combined there.

    Args:
        reduce: ``"sum"``, ``"prod"``, ``"mean"``, ``"amax"`` or ``"amin"``; equal extremes share the gradient
            evenly.
        include_self: whether what ``input`` has at that place takes part.
    """
    if type(include_self) is not bool:
        given = type(include_self).__name__
        raise TypeError(f"scatter_reduce(): argument 'include_self' must be bool, not {given}")
    axis, x = wrap_dim(dim, input.ndim), at_least_1d(input)
    if math.prod(index.shape) == 0:
        return ops.cast(input, dtype=input.array.dtype)
    array = along(index, x, axis, "scatter")
    places, source = operand_of(index, array), corner(like(src, input), array.shape)
    if reduce not in ("sum", "prod", "mean", "amax", "amin"):
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}.")
    into = {"axis": axis, "shape": tuple(x.shape)}
    if reduce == "sum" and include_self:
        out = x + ops.put_along(source, places, **into)
        return shaped(out if x.array.dtype.kind == "f" else ops.cast(out, dtype=x.array.dtype), input)
    counts = ops.put_along(ops.array_module(array).ones(array.shape, x.array.dtype), array, **into)
    if reduce in ("sum", "mean"):
        base = x if include_self else ops.where(counts > 0, 0, x)
        out = base + ops.put_along(source, places, **into)
        if reduce == "mean":
            parts = np.maximum(counts + include_self, 1)
            out = (
                out / parts
                if x.array.dtype.kind == "f"
                else input._lift(out.array // parts.astype(out.array.dtype), None)
            )
    elif reduce == "prod":
        out = product(x if include_self else ops.where(counts > 0, 1, x), source, array, axis)
    else:
        out = extreme(x, source, array, into, reduce, (counts == 0) | include_self)
    return shaped(ops.cast(out, dtype=x.array.dtype), input)  # truth values were counted


scatter_reduce_: Final = in_place(scatter_reduce)


def _slices(input: Operand, dim: SupportsIndex, index: Any, name: str) -> tuple[Any, tuple[Any, ...]]:
    """``input`` with a dimension at least, and the index of the slices along ``dim``."""
    axis, x = wrap_dim(dim, input.ndim), at_least_1d(input)
    kinds = ("int64",) if name in ("index_fill", "index_copy") else ()
    array = index_array(index, name, *kinds).reshape(-1).copy()
    check_bounds(array, x.shape[axis], name, -x.shape[axis] if name == "index_fill" else 0)
    return x, (*[slice(None)] * axis, array)


def _source_for(x: Operand, place: tuple[Any, ...], source: Operand, name: str) -> Any:
    axis = len(place) - 1
    shape = (*x.shape[:axis], len(place[-1]), *x.shape[axis + 1 :])
    src = like(source, x)
    src = ops.reshape(src, shape=(1,) * len(shape)) if src.ndim == 0 else src
    if tuple(src.shape) != shape:
        raise RuntimeError(
            f"{name}(): source of shape {list(source.shape)} doesn't fit, expected {list(shape)}: as "
            "many slices as the index has"
        )
    return src


@names_arguments
@in_single
def index_add(
    input: Handle[T], dim: SupportsIndex, index: Operand, source: Operand, *, alpha: Number = 1
) -> T:
    """A copy of ``input`` to whose slices ``index`` along ``dim`` those of ``source`` are added, times
    ``alpha``."""
    if input.array.size == 0:
        return ops.cast(input, dtype=input.array.dtype)
    x, place = _slices(input, dim, index, "index_add")
    src = _source_for(x, place, source, "index_add")
    alpha = {"f": alpha, "b": bool(alpha)}.get(x.array.dtype.kind, int(alpha))  # as in PyTorch
    values = src if alpha == 1 else like(src * alpha, x)
    return shaped(x + ops.additem(values, index=place, shape=tuple(x.shape)), input)


index_add_: Final = in_place(index_add)


@names_arguments
@in_single
def index_reduce(
    input: Handle[T],
    dim: SupportsIndex,
    index: Operand,
    source: Operand,
    reduce: str,
    *,
    include_self: bool = True,
) -> T:
    """A copy of ``input`` whose slices ``index`` along ``dim`` are combined with those of ``source``: see
    :func:`scatter_reduce`."""
    if reduce == "sum" or reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(
            f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}."
        )
    x, place = _slices(input, dim, index, "index_reduce")
    src = _source_for(x, place, source, "index_reduce")
    axis = len(place) - 1
    spread: Any = np.broadcast_to(place[-1].reshape((-1,) + (1,) * (x.ndim - axis - 1)), tuple(src.shape))
    return shaped(scatter_reduce(x, axis, spread, src, reduce, include_self=include_self), input)


index_reduce_: Final = in_place(index_reduce)


@names_arguments
def index_copy(input: Handle[T], dim: SupportsIndex, index: Operand, source: Operand) -> T:
    """A copy of ``input`` whose slices ``index`` along ``dim`` are those of ``source``."""
    x, place = _slices(input, dim, index, "index_copy")
    return shaped(ops.setitem(x, _source_for(x, place, source, "index_copy"), index=place), input)


index_copy_: Final = in_place(index_copy)


@names_arguments
def index_fill(input: Handle[T], dim: SupportsIndex, index: Operand, value: Number | Operand) -> T:
    """A copy of ``input`` whose slices ``index`` along ``dim`` are filled with a number."""
    if input.array.size == 0:
        return ops.cast(input, dtype=input.array.dtype)
    x, place = _slices(input, dim, index, "index_fill")
    size = max(x.shape[len(place) - 1], 1)
    place = (*place[:-1], ops.array_module(x.array).unique(place[-1] % size))  # the gradient counts each once
    return shaped(ops.setitem(x, like(number_of(value, "index_fill_"), input), index=place), input)


index_fill_: Final = in_place(index_fill)


@names_arguments
@in_single
def index_put(
    input: Handle[T], indices: Sequence[Operand | None], values: Operand, accumulate: bool = False
) -> T:
    """A copy of ``input`` with ``values`` written (or added) at ``indices``, a tuple of index tensors."""
    index = tuple(slice(None) if part is None else plain_index(part) for part in indices)
    if isinstance(values, Handle) and values.array.dtype != input.array.dtype:
        check_source(input, index, values, accumulate)
    given = like(values, input)
    if not accumulate:
        try:
            return ops.setitem(input, given, index=index)
        except ValueError:
            raise ops.ShapeError(
                f"shape mismatch: value tensor of shape {list(given.shape)} cannot be broadcast to indexing "
                f"result of shape {list(input.array[index].shape)}"
            ) from None
    basic, advanced = two_steps(index, input.ndim)
    place = basic if advanced is None else advanced if basic is None else index
    shape = input.array[place].shape
    spread = ops.broadcast_to(given, shape=shape)
    return input + ops.additem(spread, index=place, shape=tuple(input.shape))


index_put_: Final = in_place(index_put)


@names_arguments
@in_single
def put(input: Handle[T], index: Operand, source: Operand, accumulate: bool = False) -> T:
    """A copy of ``input`` with ``source`` written (or added) at ``index`` of its flattened form."""
    place = index_array(index, "put", "int64").reshape(-1).copy()
    size = input.array.size
    check_bounds(place, size, "put", -size)
    if source.array.size != place.size:
        raise RuntimeError(
            "put_(): Expected source and index to have the same number of elements, but got "
            f"source.numel() = {source.array.size}, index.numel() = {place.size}"
        )
    values = ops.reshape(like(source, input), shape=(-1,))
    if not accumulate:
        alert_not_deterministic("put_")
    if accumulate:
        added = ops.additem(values, index=place, shape=(size,))
        return input + ops.reshape(added, shape=tuple(input.shape))
    out = ops.setitem(ops.reshape(input, shape=(-1,)), values, index=place)
    return ops.reshape(out, shape=tuple(input.shape))


put_: Final = in_place(put)


@names_arguments
def select_scatter(input: Handle[T], src: Operand, dim: SupportsIndex, index: SupportsIndex) -> T:
    """A copy of ``input`` with ``src`` as slice ``index`` along ``dim``."""
    axis = wrap_dim(dim, input.ndim)
    place = index if type(index) is int else integer("index", index)
    return _write_slice(input, src, (*[slice(None)] * axis, place))


@names_arguments
def slice_scatter(
    input: Handle[T],
    src: Operand,
    dim: SupportsIndex = 0,
    start: SupportsIndex | None = None,
    end: SupportsIndex | None = None,
    step: SupportsIndex = 1,
) -> T:
    """A copy of ``input`` with ``src`` as the slices from ``start`` to ``end`` along ``dim``."""
    axis = wrap_dim(dim, input.ndim)
    return _write_slice(input, src, (*[slice(None)] * axis, slice(start, end, step)))


def _write_slice(input: Operand, src: Operand, place: tuple[Any, ...]) -> Any:
    shape = input.array[place].shape
    if tuple(src.shape) != shape:
        raise RuntimeError(
            f"expected src to have a size equal to the slice of self. src size = {list(src.shape)}, "
            f"slice size = {list(shape)}"
        )
    return ops.setitem(input, like(src, input), index=place)
