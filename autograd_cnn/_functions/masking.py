"""Writing where a mask holds, out of place and in place."""

import warnings
from typing import Final

import numpy as np

from .. import ops
from .._engine.handle import Handle, Number, Operand, T
from ._arguments import names_arguments
from ._combining import like, mask_of, mask_operand, number_of
from ._in_place import S, in_place
from .broadcasting import broadcast_shapes
from .conversion import each_once

__all__ = ["masked_fill", "masked_scatter"]


@names_arguments
def masked_fill(input: Handle[T], mask: Operand, value: Number | Operand) -> T:
    """``input`` with a number in place of the elements where ``mask`` holds."""
    where = mask_operand(mask, "masked_fill")
    return ops.where(where, like(number_of(value, "masked_fill_"), input), input)


_fill_masked: Final = in_place(masked_fill)


def masked_fill_(input: S, mask: Operand, value: Number | Operand) -> S:
    """In place, see :func:`masked_fill`. Of an expanded tensor an element is written where the mask holds in
    one of the places that show it."""
    part, repeated = each_once(input)
    if not repeated:
        return _fill_masked(input, mask, value)
    warnings.warn(
        "Use of masked_fill_ on expanded tensors is deprecated. Please clone() the tensor before performing "
        "this operation. This also applies to advanced indexing e.g. tensor[mask] = scalar",
        UserWarning,
        stacklevel=2,
    )
    places = np.broadcast_to(mask_of(mask, "masked_fill_"), input.array.shape)
    _fill_masked(part, input._lift(places.any(repeated, keepdims=True), None), value)
    return input


def fill_diagonal_(input: S, fill_value: Number, wrap: bool = False) -> S:
    """Write a number on the main diagonal of a matrix (with ``wrap``, again below a square); returns this
    tensor."""
    shape = input.array.shape
    if len(shape) < 2 or (len(shape) > 2 and len(set(shape)) > 1):
        raise RuntimeError(
            f"fill_diagonal_: expected a matrix, or all dimensions of one size, got shape {list(shape)}"
        )
    places = np.zeros(shape, np.bool_)
    np.fill_diagonal(places, True, wrap=wrap)
    return masked_fill_(input, input._lift(places, None), fill_value)


@names_arguments
def masked_scatter(input: Handle[T], mask: Operand, source: Operand) -> T:
    """``input`` with the elements of ``source``, in order, in place of those where ``mask`` holds."""
    where = mask_of(mask, "masked_scatter")
    shape = broadcast_shapes(tuple(input.shape), where.shape)
    where = np.broadcast_to(where, shape).copy()
    count = int(where.sum())
    if source.array.size < count:
        raise RuntimeError(
            "masked_scatter: expected self and source to have same dtypes and number of elements in "
            f"source >= number of ones in mask ({count}), got {source.array.size}"
        )
    values = ops.getitem(ops.reshape(like(source, input), shape=(-1,)), index=slice(count))
    return ops.setitem(ops.broadcast_to(input, shape=shape), values, index=where)


masked_scatter_: Final = in_place(masked_scatter)
