"""Elements repeated: broadcasting, which repeats without copying, and ``repeat`` and its kin, which copy."""

from collections.abc import Sequence
from typing import Any, SupportsIndex, overload

import numpy as np

from .. import ops
from .._engine.handle import Handle, Operand, T
from .._engine.recording import of_constants
from .._engine.size import Size
from ..ops import _broadcasting as primitives
from ._arguments import names_arguments
from ._dims import Shape, listed, sizes, wrap_dim
from .conversion import in_own_memory
from .movement import ravel

__all__ = ["broadcast_shapes", "broadcast_tensors", "broadcast_to", "repeat_interleave", "tile"]


@names_arguments
def expand(input: Handle[T], *shape: Shape, size: Shape = (), implicit: bool = False) -> T:
    """Repeated along dimensions of size 1 without copying; -1 keeps a size. ``implicit`` is accepted: PyTorch
    notes it for its tracers."""
    return _expanded(input, sizes(shape[0], shape[1:]) if shape else sizes(size, ()))


def _expanded(input: Handle[T], size: tuple[int, ...]) -> T:
    target = list(size)
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
            f"The expanded size of the tensor ({min(target)}) isn't allowed in a leading, "
            f"non-existing dimension of {target}"
        )
    return primitives.broadcast_to(input, shape=tuple(target))


@names_arguments
def expand_as(input: Handle[T], other: Operand) -> T:
    """``input`` expanded to the shape of ``other``."""
    return _expanded(input, other.shape)


@names_arguments
def broadcast_to(input: Handle[T], size: Sequence[SupportsIndex]) -> T:
    """``input`` expanded to ``size``."""
    return _expanded(input, sizes(tuple(size), ()))


def sum_to_size(input: Handle[T], *size: Shape) -> T:
    """Summed over the dimensions that a broadcast from ``size`` repeats."""
    return primitives.sum_to(input, shape=sizes(size[0], size[1:]) if size else ())


def broadcast_shapes(*shapes: Shape) -> Size:
    """The shape that ``shapes`` broadcast to."""
    try:
        return Size(np.broadcast_shapes(*[listed(shape) for shape in shapes]))
    except ValueError:
        raise RuntimeError(
            "Shape mismatch: objects cannot be broadcast to a single shape: "
            f"{[tuple(listed(s)) for s in shapes]}"
        ) from None


@overload
def broadcast_tensors(*tensors: Handle[T]) -> tuple[T, ...]: ...
@overload
def broadcast_tensors(tensors: Sequence[Handle[T]], /) -> tuple[T, ...]: ...
@names_arguments
def broadcast_tensors(*tensors: Any) -> Any:
    """The tensors expanded to the shape they broadcast to together."""
    several = tuple(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
    shape = broadcast_shapes(*[tuple(x.shape) for x in several])
    return tuple(primitives.broadcast_to(x, shape=shape) for x in several)


def repeat(input: Handle[T], *given: Shape, repeats: Shape = ()) -> T:
    """``input`` copied ``repeats`` times along each dimension; more repeats than dimensions give new leading
    ones."""
    return _repeated(input, sizes(given[0], given[1:]) if given else sizes(repeats, ()))


def _repeated(input: Handle[T], times: tuple[int, ...]) -> T:
    lead = len(times) - input.ndim
    if lead < 0:
        raise RuntimeError(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor"
        )
    if any(n < 0 for n in times):
        raise RuntimeError(f"Trying to create tensor with negative dimension: repeats are {times}")
    shape = (1,) * lead + tuple(input.shape)
    apart = ops.reshape(input, shape=tuple(n for size in shape for n in (1, size)))
    spread = primitives.broadcast_to(
        apart, shape=tuple(n for pair in zip(times, shape, strict=True) for n in pair)
    )
    out = ops.reshape(spread, shape=tuple(a * b for a, b in zip(times, shape, strict=True)))
    return in_own_memory(out, input)  # also where nothing was repeated


@names_arguments
def tile(input: Handle[T], dims: Shape) -> T:
    """:func:`repeat`, where missing leading repeats count as 1."""
    times = sizes(dims, ())
    return _repeated(input, (1,) * (input.ndim - len(times)) + times)


@names_arguments
def repeat_interleave(
    input: Handle[T],
    repeats: SupportsIndex | Sequence[SupportsIndex] | Operand | None = None,
    dim: SupportsIndex | None = None,
    *,
    output_size: int | None = None,
) -> T:
    """Each element (or slice along ``dim``) ``repeats`` times in a row; given counts alone, each index that
    often."""
    if repeats is None:
        if input.ndim != 1:
            raise RuntimeError(
                f"repeat_interleave only accepts a vector of repeats, not {input.ndim} dimensions"
            )
        if input.array.dtype.name not in ("int64", "int32"):
            raise RuntimeError(f"repeats has to be Long or Int tensor, not {input.dtype!r}")
        if np.min(input.array, initial=0) < 0:
            raise RuntimeError("repeats can not be negative")
        return input._lift(np.repeat(np.arange(len(input.array)), input.array), None)
    counts: Any = repeats.array if isinstance(repeats, Handle) else repeats
    if type(counts) is not int and not isinstance(repeats, (Handle, np.ndarray)):
        counts = np.asarray(listed(repeats, "repeats"))
    x, axis = (ravel(input), 0) if dim is None else (input, wrap_dim(dim, input.ndim))
    x = ops.reshape(x, shape=(1,)) if x.ndim == 0 else x
    n = x.shape[axis]
    if np.ndim(counts) > 1 or np.size(counts) not in (1, n):
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
    repeated: Any = ops.getitem(x, index=(*[slice(None)] * axis, index))
    return repeated if isinstance(repeats, Handle) else of_constants(repeated, input)
