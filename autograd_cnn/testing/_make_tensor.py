"""``make_tensor``: random tensors for tests."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .._creation.creation import as_tensor, empty
from .._engine.dtypes import dtype as Dtype
from .._random import stream
from .._tensor import Tensor, tensor_of

__all__ = ["make_tensor"]


def make_tensor(
    *shape: int | Sequence[int],
    dtype: Dtype,
    device: Any,
    low: float | None = None,
    high: float | None = None,
    requires_grad: bool = False,
    noncontiguous: bool = False,
    exclude_zero: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """A tensor of ``shape`` with numbers drawn evenly from ``low`` to ``high``, which is left out.

    Without them: from -9 to 9 for floats and signed integers, 0 to 9 for unsigned ones, False and True.
    ``noncontiguous``: every other element of a memory twice as large. ``exclude_zero``: zeros are replaced by
    the smallest number that is not. ValueError for a range that is empty, NaN or beyond the dtype.
    """
    sizes = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], Sequence) else shape
    dims = tuple(int(n) for n in sizes)  # type: ignore[arg-type]  # PyTorch takes both spellings
    if noncontiguous and memory_format is not None:
        raise ValueError(
            "The parameters `noncontiguous` and `memory_format` are mutually exclusive, but got "
            f"noncontiguous={noncontiguous} and memory_format={memory_format}"
        )
    numpys = np.dtype(dtype.dtype)
    if requires_grad and numpys.kind != "f":
        raise ValueError(
            f"`requires_grad=True` is not supported for boolean and integral dtypes, but got dtype={dtype}"
        )
    first, last = _interval(numpys, dtype, low, high)
    apart = noncontiguous and math.prod(dims) > 1 and bool(dims)
    drawn = _drawn((*dims[:-1], 2 * dims[-1]) if apart else dims, numpys, first, last)
    found: Any = drawn[..., 1::2] if apart else drawn
    if exclude_zero:
        found[found == 0] = np.finfo(numpys).tiny if numpys.kind == "f" else 1
    made = tensor_of(found)
    if memory_format is not None:
        made = empty(dims, dtype=dtype, memory_format=memory_format).copy_(made)
    made = as_tensor(made, device=device)
    return made.requires_grad_() if requires_grad else made


def _interval(numpys: Any, dtype: Dtype, low: float | None, high: float | None) -> tuple[float, float]:
    """The range that is drawn from, in whole numbers for integers."""
    if numpys.kind == "b":
        least, most, usual = 0.0, 2.0, (0, 2)
    elif numpys.kind == "f":
        least, most, usual = float(np.finfo(numpys).min), float(np.finfo(numpys).max), (-9, 9)
    else:
        least, most = float(np.iinfo(numpys).min), float(np.iinfo(numpys).max) + (numpys.itemsize < 8)
        usual = (0 if numpys.kind == "u" else -9, 10)
    first = usual[0] if low is None else low
    last = usual[1] if high is None else high
    if first != first or last != last:
        raise ValueError(f"`low` and `high` cannot be NaN, but got low={first} and high={last}")
    if first > last or (first == last and numpys.kind != "f"):
        raise ValueError(f"`low` must be less than `high`, but got {first} >= {last}")
    if high is None and low is None and numpys.kind == "f":
        return first, last
    if first >= most or last < least:
        raise ValueError(
            f"The value interval specified by `low` and `high` is [{first}, {last}), but {dtype} only "
            f"supports [{least:.17g}, {most:.17g})"
        )
    first, last = max(first, least), min(last, most)
    return (first, last) if numpys.kind == "f" else (math.ceil(first), math.ceil(last))


def _drawn(dims: tuple[int, ...], numpys: Any, first: float, last: float) -> Any:
    if numpys.kind != "f":
        return stream.randint(dims, int(first), int(last)).astype(numpys)
    if first == last:
        return np.full(dims, first, numpys)
    return stream.uniform(dims, first, last, dtype=numpys)
