"""Elements repeated: broadcasting, which repeats without copying, and ``repeat`` and its kin, which copy."""

import builtins
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import ops
from .._engine.memory import owner
from ._arguments import names_arguments
from ._dims import listed, numpy_names, sizes, wrap_dim
from .movement import ravel


@names_arguments
def expand(input: Any, *shape: Any) -> Any:
    """Repeated along dimensions of size 1 without copying; -1 keeps a size."""
    target = list(sizes(shape[0], shape[1:])) if shape else []
    lead = len(target) - input.ndim
    if lead < 0:
        raise RuntimeError(
            f"expand: the number of sizes provided ({len(target)}) must be greater or equal to the "
            f"number of dimensions in the tensor ({input.ndim})"
        )
    for i, n in enumerate(input.shape):
        if target[i + lead] == -1:
            target[i + lead] = n
        elif n not in (1, target[i + lead]):
            raise RuntimeError(
                f"The expanded size of the tensor ({target[i + lead]}) must match the existing size "
                f"({n}) at non-singleton dimension {i + lead}. "
                f"Target sizes: {target}. Tensor sizes: {list(input.shape)}"
            )
    if any(n < 0 for n in target):
        raise RuntimeError(
            f"The expanded size of the tensor ({builtins.min(target)}) isn't allowed in a leading, "
            f"non-existing dimension of {target}"
        )
    return ops.broadcast_to(input, shape=tuple(target))


@names_arguments
def expand_as(input: Any, other: Any) -> Any:
    """``input`` expanded to the shape of ``other``."""
    return expand(input, tuple(other.shape))


@names_arguments
def broadcast_to(input: Any, size: Sequence[int]) -> Any:
    """``input`` expanded to ``size``."""
    return expand(input, tuple(size))


def broadcast_shapes(*shapes: Any) -> tuple[int, ...]:
    """The shape that ``shapes`` broadcast to."""
    try:
        return np.broadcast_shapes(*[listed(shape) for shape in shapes])
    except ValueError:
        raise RuntimeError(
            "Shape mismatch: objects cannot be broadcast to a single shape: "
            f"{[tuple(listed(s)) for s in shapes]}"
        ) from None


@names_arguments
def broadcast_tensors(*tensors: Any) -> tuple[Any, ...]:
    """The tensors expanded to the shape they broadcast to together."""
    several = tuple(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
    shape = broadcast_shapes(*[tuple(x.shape) for x in several])
    return tuple(ops.broadcast_to(x, shape=shape) for x in several)


def repeat(input: Any, *repeats: Any) -> Any:
    """``input`` copied ``repeats`` times along each dimension; more repeats than dimensions give new leading
    ones."""
    times = sizes(repeats[0], repeats[1:]) if repeats else ()
    lead = len(times) - input.ndim
    if lead < 0:
        raise RuntimeError(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor"
        )
    if any(n < 0 for n in times):
        raise RuntimeError(f"Trying to create tensor with negative dimension: repeats are {times}")
    shape = (1,) * lead + tuple(input.shape)
    apart = ops.reshape(input, shape=tuple(n for size in shape for n in (1, size)))
    spread = ops.broadcast_to(apart, shape=tuple(n for pair in zip(times, shape, strict=True) for n in pair))
    out = ops.reshape(spread, shape=tuple(a * b for a, b in zip(times, shape, strict=True)))
    return _fresh(out, input)


@names_arguments
def tile(input: Any, dims: Any) -> Any:
    """:func:`repeat`, where missing leading repeats count as 1."""
    times = sizes(dims, ())
    return repeat(input, (1,) * (input.ndim - len(times)) + times)


def _fresh(out: Any, input: Any) -> Any:
    """``out`` in memory of its own where it still is a view of ``input``."""
    return ops.cast(out, dtype=out.array.dtype) if owner(out.array) is owner(input.array) else out


@numpy_names
def repeat_interleave(
    input: Any, repeats: Any = None, dim: int | None = None, *, output_size: int | None = None
) -> Any:
    """Each element (or slice along ``dim``) ``repeats`` times in a row; given counts alone, each index that
    often."""
    if repeats is None:
        counts = input.array
        return input._lift(np.repeat(np.arange(len(counts)), counts), None)
    counts = (
        repeats
        if isinstance(repeats, int)
        else repeats.array
        if hasattr(repeats, "array")
        else np.asarray(repeats)
    )
    x, axis = (ravel(input), 0) if dim is None else (input, wrap_dim(dim, input.ndim))
    x = ops.reshape(x, shape=(1,)) if x.ndim == 0 else x
    n = x.shape[axis]
    if np.size(counts) not in (1, n):
        raise RuntimeError(
            f"repeats must be 0-dim or 1-dim of the size of dim {axis} ({n}), got {np.size(counts)} of them"
        )
    if np.min(counts, initial=0) < 0:
        raise RuntimeError("repeats can not be negative")
    index = np.repeat(np.arange(n), counts)
    if output_size is not None and output_size != len(index):
        raise RuntimeError(
            f"repeat_interleave: output_size is {output_size}, but the repeats make {len(index)}"
        )
    return ops.getitem(x, index=(*[slice(None)] * axis, index))
