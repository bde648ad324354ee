"""Masks in the shape of what they select from, and the numbers that change nothing in a reduction."""

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from .._engine.dtypes import bool_ as truth
from .._functions.broadcasting import broadcast_to
from .._functions.comparison import where
from .._tensor import Tensor, tensor_of

Dims: TypeAlias = int | Sequence[int] | None
Mask: TypeAlias = Tensor | None

_LEAST = {"amax", "argmax", "logaddexp", "logsumexp"}
"""What the least number of a dtype changes nothing of; of the others in ``_MOST`` the greatest."""
_MOST = {"amin", "argmin"}
_NUMBERS = {"sum": 0, "cumsum": 0, "prod": 1, "cumprod": 1}


def _name_of(op: Any) -> str:
    return op if isinstance(op, str) else str(op.__name__)


def reduction_identity(op_name: Any, input: Tensor, *args: Any) -> Tensor | None:
    """The number that changes nothing in a reduction, as a tensor of the input's dtype; None where there is
    none."""
    name, kind = _name_of(op_name).rpartition(".")[2], input.array.dtype.kind
    if name in ("mean", "var", "std"):
        return None
    value: Any = None
    if name == "median":
        return tensor_of(np.asarray(np.nan, input.array.dtype if kind == "f" else np.float32))
    if name == "norm":
        value = math.inf if args and args[0] == -math.inf else 0
    elif name in _NUMBERS:
        value = _NUMBERS[name]
    elif name in _LEAST | _MOST and kind in "fiu":
        ends = (-math.inf, math.inf)
        if kind != "f":
            limits = np.iinfo(input.array.dtype)
            ends = (limits.min, limits.max)
        value = ends[name in _MOST]
    if value is None:
        raise NotImplementedError(f"identity of {name} on {input.dtype} input")
    return tensor_of(np.asarray(value, input.array.dtype))


def canonical_dim(dim: Dims, ndim: int) -> tuple[int, ...]:
    """The dimensions as sorted numbers from 0 on; all, where none is named."""
    if dim is None or (not isinstance(dim, int) and len(dim) == 0):
        return tuple(range(ndim))
    count, found = max(ndim, 1), []
    for d in (dim,) if isinstance(dim, int) else dim:
        if d in found:
            raise RuntimeError(f"dim={d} appears multiple times in the list of dims")
        if not -count <= d < count:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [{-count}, {count - 1}], but got {d})"
            )
        found.append(d % count)
    return tuple(sorted(found))


def input_mask(input: Any, *args: Any, mask: Mask = None, **options: Any) -> Tensor:
    """The mask in the shape of ``input``, as truth values."""
    if mask is None:
        raise ValueError("_input_mask requires explicit mask")
    if mask.ndim > input.ndim:
        raise IndexError(
            "_input_mask expected broadcastable mask (got mask dimensionality higher than of the input)"
        )
    return broadcast_to(mask, tuple(input.shape)).to(truth)


def output_mask(op: Any, input: Any, *args: Any, **options: Any) -> Tensor:
    """Which elements of ``op(input, ...)`` some selected element has entered."""
    name = _name_of(op)
    selected = input_mask(input, mask=options.get("mask"))
    if name in ("softmax", "log_softmax", "softmin", "normalize", "cumsum", "cumprod"):
        return selected
    if name == "norm":
        args = args[1:]
    dims = canonical_dim(args[0] if args else options.get("dim"), input.ndim)
    for d in reversed(dims if input.ndim else ()):
        selected = selected.any(d, keepdim=bool(options.get("keepdim", False)))
    return selected


def combine_input_and_mask(op: Any, input: Any, mask: Mask, *args: Any) -> Tensor:
    """``input`` with the number that changes nothing in ``op`` where the mask is False."""
    if mask is None:
        whole: Tensor = input
        return whole
    nothing: Any = reduction_identity(op, input, *args)
    return where(input_mask(input, mask=mask), input, nothing)
