"""Elements added around a tensor: constants, reflections, the edge repeated, or the other end."""

from collections.abc import Sequence
from operator import index
from typing import Any, SupportsIndex

import numpy as np

from .. import ops
from .._engine.handle import Handle, Operand, T
from ..ops import _padding as primitives

__all__ = ["pad"]


def pad(
    input: Handle[T], pad: Sequence[SupportsIndex], mode: str = "constant", value: float | None = None
) -> T:
    """``input`` with elements added around its last dimensions (``nn.functional.pad``).

    Args:
        pad: (before, after) of the last dimension, then of the one before it, and so on; negative numbers
            crop.
        mode: ``"constant"``, ``"reflect"`` (without the edge), ``"replicate"`` (the edge) or ``"circular"``.
        value: what ``"constant"`` fills with, 0 by default.
    """
    widths = list(map(index, pad))
    if len(widths) % 2:
        raise RuntimeError(f"Padding length must be divisible by 2, but got {len(widths)}")
    if len(widths) > 2 * input.ndim:
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input dimension but got "
            f"padding length {len(widths)} and input of dimension {input.ndim}"
        )
    pairs = [(0, 0)] * (input.ndim - len(widths) // 2) + [
        (widths[i], widths[i + 1]) for i in range(len(widths) - 2, -1, -2)
    ]
    if mode == "constant":
        return _pad_constant(input, pairs, 0.0 if value is None else value)
    if mode not in ("reflect", "replicate", "circular"):
        raise NotImplementedError(
            f"Unrecognised padding mode {mode}; choose constant, reflect, replicate or circular"
        )
    if value not in (None, 0):
        raise RuntimeError(f'Padding mode "{mode}" doesn\'t take in value argument')
    if len(widths) // 2 not in (input.ndim - 1, input.ndim - 2):
        raise NotImplementedError(
            "Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now: padding of "
            f"{len(widths) // 2} dimensions of {input.ndim}"
        )
    if mode != "circular" and 0 in input.shape[1 if input.ndim > len(widths) // 2 + 1 else 0 :]:
        raise RuntimeError(
            f"{mode} padding: Expected {len(widths) // 2 + 1}D or {len(widths) // 2 + 2}D (batch mode) "
            f"tensor with possibly 0 batch size and other non-zero "
            f"dimensions for input, but got: {list(input.shape)}"
        )
    out: Any = input
    for axis, (before, after) in enumerate(pairs):
        if (before, after) != (0, 0):
            places = ops.array_module(input.array).asarray(_border(input.shape[axis], before, after, mode))
            out = ops.getitem(out, index=(*[slice(None)] * axis, places))
    return out if out is not input else ops.cast(input, dtype=input.array.dtype)


def _pad_constant(input: Operand, pairs: list[tuple[int, int]], value: float) -> Any:
    if any(n + a + b < 0 for n, (a, b) in zip(input.shape, pairs, strict=True)):
        raise RuntimeError(
            f"The input size {list(input.shape)}, plus negative padding {pairs} resulted in a "
            "negative output size"
        )
    inner = tuple((max(-a, 0), max(-b, 0)) for a, b in pairs)
    outer = tuple((max(a, 0), max(b, 0)) for a, b in pairs)
    out = primitives.crop(input, widths=inner) if any(map(any, inner)) else input
    return primitives.pad(out, widths=outer, value=value)


def _border(size: int, before: int, after: int, mode: str) -> Any:
    """Which element stands at each place of a padded dimension."""
    if mode == "reflect" and max(before, after) >= size:
        raise RuntimeError(
            "Padding size should be less than the corresponding input dimension, but got: padding "
            f"({before}, {after}) at a dimension of size {size}"
        )
    if mode == "circular":
        return _wrapped(size, before, after)
    if size == 0 or size + before + after < 1:
        raise RuntimeError(f"padding ({before}, {after}) does not fit a dimension of size {size}")
    place = np.arange(-before, size + after)
    if mode == "reflect":
        return size - 1 - np.abs(size - 1 - np.abs(place))
    return np.clip(place, 0, size - 1)


def _wrapped(size: int, before: int, after: int) -> Any:
    """Which element stands at each place of a dimension that goes round. What negative numbers cut off is
    gone: the ends of the rest meet."""
    first, kept = max(-before, 0), size + min(before, 0) + min(after, 0)
    if kept < 0 or size == 0:
        raise RuntimeError(f"padding ({before}, {after}) does not fit a dimension of size {size}")
    if max(before, after) > kept:
        raise RuntimeError(
            f"Padding value causes wrapping around more than once: padding ({before}, {after}) at a "
            f"dimension of size {size}"
        )
    return first + np.arange(-max(before, 0), kept + max(after, 0)) % max(kept, 1)
