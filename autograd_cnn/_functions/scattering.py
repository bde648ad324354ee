"""Writing by index, out of place: scatter, index_add, masked_fill, put. The methods with ``_`` write into the
memory."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import ops
from .._devices.device import CPU, device_of
from .._devices.transfer import move
from .._engine.handle import Handle
from ._arguments import names_arguments
from ._dims import wrap_dim
from .indexing import along, at_least_1d, check_bounds, index_array, plain_index, two_steps
from .repetition import broadcast_shapes


def _like(value: Any, input: Any) -> Any:
    """``value`` in the dtype of ``input``: writing never promotes what is written into."""
    dtype = input.array.dtype
    if isinstance(value, Handle):
        return value if value.array.dtype == dtype else ops.cast(value, dtype=dtype)
    try:
        return np.asarray(value, dtype)
    except OverflowError as error:
        raise RuntimeError(f"value cannot be converted to type {dtype} without overflow: {value}") from error


def _corner(src: Any, shape: tuple[int, ...]) -> Any:
    """The first elements of ``src`` along each dimension, as many as the index has."""
    src = at_least_1d(src)
    if tuple(src.shape) == shape:
        return src
    if src.ndim != len(shape) or any(n < m for n, m in zip(src.shape, shape, strict=True)):
        raise RuntimeError(
            f"Expected index {list(shape)} to be no larger than src {list(src.shape)} in every dimension"
        )
    return ops.getitem(src, index=tuple(slice(n) for n in shape))


def _shaped(out: Any, input: Any) -> Any:
    return out if out.ndim == input.ndim else ops.reshape(out, shape=tuple(input.shape))


@names_arguments
def scatter(
    input: Any, dim: int, index: Any, src: Any = None, *, value: Any = None, reduce: str | None = None
) -> Any:
    """A copy of ``input`` with ``src`` (a tensor or a number) written where ``gather`` would read.

    ``reduce`` "add" or "multiply" combines with what is there, as PyTorch's older form of ``scatter_reduce``.
    """
    src = value if src is None else src
    axis, x = wrap_dim(dim, input.ndim), at_least_1d(input)
    array = along(index, x, axis, "scatter").copy()
    source = _like(src, input)
    if isinstance(src, Handle):
        source = _corner(source, array.shape)
    if reduce is None:
        return _shaped(ops.write_along(x, source, array, axis=axis), input)
    if reduce not in ("add", "multiply"):
        raise RuntimeError("reduce argument must be either add or multiply.")
    spread = source if isinstance(src, Handle) else np.broadcast_to(source, array.shape)
    return scatter_reduce(
        input,
        dim,
        array,
        input._lift(spread, None) if not isinstance(spread, Handle) else spread,
        {"add": "sum", "multiply": "prod"}[reduce],
    )


@names_arguments
def scatter_add(input: Any, dim: int, index: Any, src: Any) -> Any:
    """A copy of ``input`` to which ``src`` is added where ``gather`` would read; equal indices add up."""
    return scatter_reduce(input, dim, index, src, "sum")


@names_arguments
def scatter_reduce(
    input: Any, dim: int, index: Any, src: Any, reduce: str, *, include_self: bool = True
) -> Any:
    """A copy of ``input`` where all of ``src`` that ``index`` sends to one place are combined there.

    Args:
        reduce: ``"sum"``, ``"prod"``, ``"mean"``, ``"amax"`` or ``"amin"``; equal extremes share the gradient
            evenly.
        include_self: whether what ``input`` has at that place takes part.
    """
    axis, x = wrap_dim(dim, input.ndim), at_least_1d(input)
    array = along(index, x, axis, "scatter").copy()
    source = _corner(_like(src, input), array.shape)
    if array.size == 0:
        return ops.cast(input, dtype=input.array.dtype)
    if reduce not in ("sum", "prod", "mean", "amax", "amin"):
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}.")
    into = {"axis": axis, "shape": tuple(x.shape)}
    counts = ops.put_along(ops.array_module(array).ones(array.shape, x.array.dtype), array, **into)
    if reduce in ("sum", "mean"):
        base = x if include_self else ops.where(counts > 0, 0, x)
        out = base + ops.put_along(source, array, **into)
        if reduce == "mean":
            parts = np.maximum(counts + include_self, 1)
            out = (
                out / parts
                if x.array.dtype.kind == "f"
                else input._lift(out.array // parts.astype(out.array.dtype), None)
            )
    elif reduce == "prod":
        out = _scatter_product(x if include_self else ops.where(counts > 0, 1, x), source, array, axis)
    else:
        out = _scatter_extreme(x, source, array, into, reduce, (counts == 0) | include_self)
    return _shaped(out, input)


def _scatter_extreme(
    x: Any, source: Any, index: Any, into: dict[str, Any], reduce: str, takes_part: Any
) -> Any:
    """The mean of the elements that equal the extreme: the same value, and the gradient that is shared
    evenly."""
    ufunc, dtype = (np.maximum, np.minimum)[reduce == "amin"], x.array.dtype
    bounds = (
        (-np.inf, np.inf)
        if dtype.kind == "f"
        else (False, True)
        if dtype.kind == "b"
        else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    )
    extreme = np.where(move(takes_part, CPU), move(x.array, CPU), np.asarray(bounds[reduce == "amin"], dtype))
    grids = list(np.ogrid[tuple(slice(n) for n in index.shape)])
    grids[into["axis"]] = move(index, CPU)
    ufunc.at(extreme, tuple(grids), move(source.array, CPU))  # on the host: CuPy has it for few dtypes
    extreme = move(extreme, device_of(x.array))
    own = takes_part & (x.array == extreme)
    theirs = source.array == ops.take_along(extreme, index, axis=into["axis"])
    winners = own + ops.put_along(theirs.astype(dtype), index, **into)
    out = ops.where(own, x, 0) + ops.put_along(ops.where(theirs, source, 0), index, **into)
    return out / winners if dtype.kind == "f" else x._lift(extreme, None)


def _scatter_product(x: Any, source: Any, index: Any, axis: int) -> Any:
    """x times all that comes to each place, in rounds: each multiplies with the n-th that comes there. Right
    at zeros, too."""
    cells = np.arange(x.array.size).reshape(x.array.shape)
    target = ops.take_along(cells, move(index, CPU), axis=axis).reshape(-1)
    order = np.argsort(target, kind="stable")
    ordered = target[order]
    turn = np.empty_like(order)
    turn[order] = np.arange(len(order)) - np.searchsorted(ordered, ordered)
    flat, factors = ops.reshape(x, shape=(-1,)), ops.reshape(source, shape=(-1,))
    for n in range(int(turn.max(initial=-1)) + 1):
        now = np.flatnonzero(turn == n)
        ones = ops.array_module(x.array).ones(x.array.size, x.array.dtype)
        flat = flat * ops.setitem(ones, ops.getitem(factors, index=now), index=target[now])
    return ops.reshape(flat, shape=tuple(x.shape))


def _slices(input: Any, dim: int, index: Any, name: str) -> tuple[Any, tuple[Any, ...]]:
    """``input`` with a dimension at least, and the index of the slices along ``dim``."""
    axis, x = wrap_dim(dim, input.ndim), at_least_1d(input)
    array = index_array(index, name).reshape(-1).copy()
    check_bounds(array, x.shape[axis], name, -x.shape[axis] if name == "index_fill" else 0)
    return x, (*[slice(None)] * axis, array)


def _source_for(x: Any, place: tuple[Any, ...], source: Any, name: str) -> Any:
    axis = len(place) - 1
    shape = (*x.shape[:axis], len(place[-1]), *x.shape[axis + 1 :])
    src = _like(source, x)
    src = ops.reshape(src, shape=(1,) * len(shape)) if src.ndim == 0 else src
    if tuple(src.shape) != shape:
        raise RuntimeError(
            f"{name}(): source of shape {list(source.shape)} doesn't fit, expected {list(shape)}: as "
            "many slices as the index has"
        )
    return src


@names_arguments
def index_add(input: Any, dim: int, index: Any, source: Any, *, alpha: Any = 1) -> Any:
    """A copy of ``input`` to whose slices ``index`` along ``dim`` those of ``source`` are added, times
    ``alpha``."""
    x, place = _slices(input, dim, index, "index_add")
    src = _source_for(x, place, source, "index_add")
    added = ops.additem(src if alpha == 1 else _like(src * alpha, x), index=place, shape=tuple(x.shape))
    return _shaped(x + added, input)


@names_arguments
def index_reduce(
    input: Any, dim: int, index: Any, source: Any, reduce: str, *, include_self: bool = True
) -> Any:
    """A copy of ``input`` whose slices ``index`` along ``dim`` are combined with those of ``source``: see
    :func:`scatter_reduce`."""
    if reduce == "sum" or reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(
            f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}."
        )
    x, place = _slices(input, dim, index, "index_reduce")
    src = _source_for(x, place, source, "index_reduce")
    axis = len(place) - 1
    spread = np.broadcast_to(place[-1].reshape((-1,) + (1,) * (x.ndim - axis - 1)), tuple(src.shape))
    return _shaped(scatter_reduce(x, axis, spread, src, reduce, include_self=include_self), input)


@names_arguments
def index_copy(input: Any, dim: int, index: Any, source: Any) -> Any:
    """A copy of ``input`` whose slices ``index`` along ``dim`` are those of ``source``."""
    x, place = _slices(input, dim, index, "index_copy")
    return _shaped(ops.setitem(x, _source_for(x, place, source, "index_copy"), index=place), input)


@names_arguments
def index_fill(input: Any, dim: int, index: Any, value: Any) -> Any:
    """A copy of ``input`` whose slices ``index`` along ``dim`` are filled with a number."""
    x, place = _slices(input, dim, index, "index_fill")
    return _shaped(ops.setitem(x, _like(_number(value, "index_fill_"), input), index=place), input)


def _number(value: Any, name: str) -> Any:
    if getattr(value, "ndim", 0) != 0:
        raise RuntimeError(
            f"{name} only supports a 0-dimensional value tensor, but got tensor with {value.ndim} "
            "dimension(s)."
        )
    return value


@names_arguments
def index_put(input: Any, indices: Sequence[Any], values: Any, accumulate: bool = False) -> Any:
    """A copy of ``input`` with ``values`` written (or added) at ``indices``, a tuple of index tensors."""
    index = tuple(slice(None) if part is None else plain_index(part) for part in indices)
    values = _like(values, input)
    if not accumulate:
        return ops.setitem(input, values, index=index)
    basic, advanced = two_steps(index, input.ndim)
    place = basic if advanced is None else advanced if basic is None else index
    shape = input.array[place].shape
    return input + ops.additem(ops.broadcast_to(values, shape=shape), index=place, shape=tuple(input.shape))


@names_arguments
def masked_fill(input: Any, mask: Any, value: Any) -> Any:
    """``input`` with a number in place of the elements where ``mask`` holds."""
    where = _mask(mask, "masked_fill")
    return ops.where(where, _like(_number(value, "masked_fill_"), input), input)


def _mask(mask: Any, name: str) -> Any:
    array = mask.array if isinstance(mask, Handle) else np.asarray(mask)
    if array.dtype != np.bool_:
        raise RuntimeError(f"{name} only supports boolean masks, but got mask with dtype {array.dtype}")
    return array.copy()


@names_arguments
def masked_scatter(input: Any, mask: Any, source: Any) -> Any:
    """``input`` with the elements of ``source``, in order, in place of those where ``mask`` holds."""
    where = _mask(mask, "masked_scatter")
    shape = broadcast_shapes(tuple(input.shape), where.shape)
    where = np.broadcast_to(where, shape).copy()
    count = int(where.sum())
    if source.array.size < count:
        raise RuntimeError(
            "masked_scatter: expected self and source to have same dtypes and number of elements in "
            f"source >= number of ones in mask ({count}), got {source.array.size}"
        )
    values = ops.getitem(ops.reshape(_like(source, input), shape=(-1,)), index=slice(count))
    return ops.setitem(ops.broadcast_to(input, shape=shape), values, index=where)


@names_arguments
def put(input: Any, index: Any, source: Any, accumulate: bool = False) -> Any:
    """A copy of ``input`` with ``source`` written (or added) at ``index`` of its flattened form."""
    place = index_array(index, "put").reshape(-1).copy()
    size = input.array.size
    check_bounds(place, size, "put", -size)
    if source.array.size != place.size:
        raise RuntimeError(
            "put_(): Expected source and index to have the same number of elements, but got "
            f"source.numel() = {source.array.size}, index.numel() = {place.size}"
        )
    values = ops.reshape(_like(source, input), shape=(-1,))
    if accumulate:
        added = ops.additem(values, index=place, shape=(size,))
        return input + ops.reshape(added, shape=tuple(input.shape))
    out = ops.setitem(ops.reshape(input, shape=(-1,)), values, index=place)
    return ops.reshape(out, shape=tuple(input.shape))


@names_arguments
def select_scatter(input: Any, src: Any, dim: int, index: int) -> Any:
    """A copy of ``input`` with ``src`` as slice ``index`` along ``dim``."""
    axis = wrap_dim(dim, input.ndim)
    return _write_slice(input, src, (*[slice(None)] * axis, int(index)))


@names_arguments
def slice_scatter(
    input: Any, src: Any, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Any:
    """A copy of ``input`` with ``src`` as the slices from ``start`` to ``end`` along ``dim``."""
    axis = wrap_dim(dim, input.ndim)
    return _write_slice(input, src, (*[slice(None)] * axis, slice(start, end, step)))


def _write_slice(input: Any, src: Any, place: tuple[Any, ...]) -> Any:
    shape = input.array[place].shape
    if tuple(src.shape) != shape:
        raise RuntimeError(
            f"expected src to have a size equal to the slice of self. src size = {list(src.shape)}, "
            f"slice size = {list(shape)}"
        )
    return ops.setitem(input, _like(src, input), index=place)


@names_arguments
def one_hot(input: Any, num_classes: int = -1) -> Any:
    """A new last dimension with 1 at the place each integer names, 0 elsewhere
    (``nn.functional.one_hot``)."""
    array = index_array(input, "one_hot")
    if array.size == 0 and num_classes <= 0:
        raise RuntimeError("Can not infer total number of classes from empty tensor.")
    if array.size and array.min() < 0:
        raise RuntimeError("Class values must be non-negative.")
    classes = int(array.max()) + 1 if num_classes == -1 else int(num_classes)
    if array.size and array.max() >= classes:
        raise RuntimeError(
            f"Class values must be smaller than num_classes: the largest is {array.max()}, "
            f"num_classes {classes}."
        )
    return input._lift((array[..., None] == np.arange(classes)).astype(np.int64), None)
