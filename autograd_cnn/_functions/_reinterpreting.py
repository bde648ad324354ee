"""The bytes of a tensor as numbers of another dtype: what ``view(dtype)`` shows."""

from typing import Any

import numpy as np

from .._engine.handle import Handle, T
from .._engine.layout import lay_in_rows
from .._engine.modes import left
from ..ops import array_module
from ..ops._errors import scalar_type
from .description import storage_offset, stride


def reinterpreted(input: Handle[T], kind: np.dtype[Any]) -> T:
    """The bytes of ``input`` as numbers of another ``kind``; RuntimeError where they don't lie so."""
    if kind.itemsize != input.array.itemsize:
        lay_in_rows(input)
        _check(input, kind)
    array = input.array
    if array.size:
        shown = array.view(kind)
    else:
        last = array.shape[-1] * array.itemsize // kind.itemsize
        shown = array_module(array).empty((*array.shape[:-1], last), kind)
    out: Any = input._lift(shown, None)
    left(input, "view(dtype)", out)
    return out


def _check(input: Handle[T], kind: np.dtype[Any]) -> None:
    """RuntimeError unless the elements stand side by side along the last dimension, and where several are
    one of ``kind``, so many of them stand between any two places where a number would begin."""
    had = input.array.dtype
    said = f"to view {scalar_type(had)} as {scalar_type(kind)} (different element sizes)"
    if not input.ndim:
        raise RuntimeError(f"self.dim() cannot be 0 {said}")
    steps, times = stride(input), kind.itemsize // had.itemsize
    if steps[-1] != 1:
        raise RuntimeError(f"self.stride(-1) must be 1 {said}, but got {steps[-1]}")
    if not times:
        return
    places = [("size(-1)", input.shape[-1]), ("storage_offset()", storage_offset(input))]
    places += [(f"stride({axis})", step) for axis, step in enumerate(steps[:-1])]
    for name, number in places:
        if number % times:
            raise RuntimeError(f"self.{name} must be divisible by {times} {said}, but got {number}")
