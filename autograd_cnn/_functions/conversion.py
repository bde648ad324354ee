"""Changing the dtype or the device."""

from typing import Any

import numpy as np

from .. import ops
from .._dtype import as_dtype, device_of
from .._dtype import device as make_device
from .._transfer import move
from ..ops import primitive


def to_dtype(input: Any, dtype: Any) -> Any:
    """``input`` in ``dtype``; itself where it has it."""
    target = as_dtype(dtype).dtype
    return input if input.array.dtype == target else ops.cast(input, dtype=target)


def clone(input: Any) -> Any:
    """A copy in fresh memory, through which gradients flow."""
    return ops.cast(input, dtype=input.array.dtype)


@primitive(linear=True)
def contiguous(x, /):  # type: ignore[no-untyped-def]  # a primitive's operands are arrays of any library
    """A copy whose elements lie in the order of the indices."""
    return x.copy()


@contiguous.vjp("x")
def _contiguous_x(g):  # type: ignore[no-untyped-def]
    return g


contiguous.samples(lambda draw: [draw(2, 3), draw(())])


@primitive(view=True, linear=True)
def transfer(x, /, *, device):  # type: ignore[no-untyped-def]
    """x in the memory of another device."""
    return move(x, device)


def to(input: Any, dtype: Any = None, device: Any = None, copy: bool = False) -> Any:
    """``input`` in ``dtype`` on ``device``; itself where nothing changes and no copy is asked for."""
    out = input
    if device is not None:
        target = make_device(device)
        if target.type != device_of(input.array).type or (target.index is not None and target != device_of(input.array)):
            out = transfer(out, device=target)
    if dtype is not None:
        out = to_dtype(out, dtype)
    return clone(out) if copy and out is input else out


@transfer.vjp("x")
def _transfer_x(g, x):  # type: ignore[no-untyped-def]
    return transfer(g, device=device_of(x if isinstance(x, np.ndarray) else getattr(x, "array", x)))


transfer.samples(lambda draw: [draw.call(draw(2, 3), device=make_device("cpu"))])
