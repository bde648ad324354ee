"""What is written into a tensor, brought to its dtype and shape, and how several that come to one place are
combined there."""

from typing import Any

import numpy as np

from .. import ops
from .._devices.device import CPU, device_of
from .._devices.transfer import move
from .._engine.handle import Handle, Operand
from .._engine.operands import wrapped
from ._arguments import array_in
from .indexing import at_least_1d


def like(value: Any, input: Operand) -> Any:
    """``value`` in the dtype of ``input``: writing never promotes what is written into."""
    dtype = input.array.dtype
    if isinstance(value, Handle):
        return value if value.array.dtype == dtype else ops.cast(value, dtype=dtype)
    number = value if isinstance(value, (int, float)) else array_in(value)
    try:
        return np.asarray(wrapped(number, dtype), dtype)
    except OverflowError as error:
        raise RuntimeError(f"value cannot be converted to type {dtype} without overflow: {value}") from error


def corner(src: Any, shape: tuple[int, ...]) -> Any:
    """The first elements of ``src`` along each dimension, as many as the index has."""
    src = at_least_1d(src)
    if tuple(src.shape) == shape:
        return src
    if src.ndim != len(shape) or any(n < m for n, m in zip(src.shape, shape, strict=True)):
        raise RuntimeError(
            f"Expected index {list(shape)} to be no larger than src {list(src.shape)} in every dimension"
        )
    return ops.getitem(src, index=tuple(slice(n) for n in shape))


def shaped(out: Any, input: Operand) -> Any:
    """``out`` in the shape of ``input``, which was taken as a vector where it is a number."""
    return out if out.ndim == input.ndim else ops.reshape(out, shape=tuple(input.shape))


def extreme(
    x: Operand, source: Operand, index: Any, into: dict[str, Any], reduce: str, takes_part: Any
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


def product(x: Operand, source: Operand, index: Any, axis: int) -> Any:
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


def check_source(input: Operand, index: Any, value: Operand, accumulate: bool = False) -> None:
    """RuntimeError where a tensor of another dtype is written at index tensors; one number may fill a
    mask."""
    parts = index if isinstance(index, tuple) else (index,)
    kinds = [part.dtype for part in parts if hasattr(part, "dtype")]
    if not kinds:  # True, False
        return
    is_mask = not accumulate and len(kinds) == 1 and kinds[0] == np.bool_
    if not (is_mask and value.array.size == 1):
        _check_broadcasts(input, index, value)
        raise RuntimeError(
            "Index put requires the source and destination dtypes match, got "
            f"{input.dtype!r} for the destination and {value.dtype!r} for the source; convert it with .to()"
        )


def _check_broadcasts(input: Operand, index: Any, value: Operand) -> None:
    """RuntimeError where the ``value`` does not fit the place."""
    shape = input.array[index].shape
    try:
        fits = np.broadcast_shapes(value.array.shape, shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(value.array.shape)} cannot be broadcast to "
            f"indexing result of shape {list(shape)}"
        )


def number_of(value: Any, name: str) -> Any:
    """``value``, a number or a tensor without axes; RuntimeError for another one."""
    if getattr(value, "ndim", 0) != 0:
        raise RuntimeError(
            f"{name} only supports a 0-dimensional value tensor, but got tensor with {value.ndim} "
            "dimension(s)."
        )
    return value


def mask_of(mask: Any, name: str) -> Any:
    """A copy of the array of ``mask``; RuntimeError where it is not boolean."""
    return _mask_in(mask, name).copy()


def mask_operand(mask: Any, name: str) -> Any:
    """A copy of ``mask``: of a tensor a tensor, by which an exporter knows what it is computed of."""
    array = _mask_in(mask, name)
    return ops.cast(mask if isinstance(mask, Handle) else array, dtype=array.dtype)


def _mask_in(mask: Any, name: str) -> Any:
    array = array_in(mask)
    if array.dtype != np.bool_:
        raise RuntimeError(f"{name} only supports boolean masks, but got mask with dtype {array.dtype}")
    return array
