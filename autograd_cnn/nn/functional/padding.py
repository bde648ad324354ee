"""Padding: constants around a tensor, or its own elements repeated beyond its borders."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ... import ops
from ..._tensor import Tensor
from ...ops import array_module
from .._composition import composition

_MODES = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


@composition
def pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """``input`` with ``pad`` = (before, after) elements around the last dimension, then the one before, and so on.

    ``mode`` is "constant" (``value``, 0 unless given; negative numbers cut off), "reflect", "replicate" or "circular".
    Raises RuntimeError where the numbers do not fit, NotImplementedError for another mode.
    """
    if len(pad) % 2:
        raise RuntimeError(f"Padding length must be divisible by 2, but got pad={list(pad)}")
    if len(pad) // 2 > input.ndim:
        raise RuntimeError(f"Padding length should be less than or equal to two times the input dimension but got padding length {len(pad)}")
    pairs = [(int(pad[i]), int(pad[i + 1])) for i in range(0, len(pad), 2)]
    widths = [(0, 0)] * (input.ndim - len(pairs)) + pairs[::-1]
    if mode == "constant":
        return _constant(input, widths, 0.0 if value is None else value)
    if mode not in _MODES:
        raise NotImplementedError(f"Unrecognised padding mode {mode}; use 'constant', 'reflect', 'replicate' or 'circular'")
    if value is not None:
        raise ValueError(f'Padding mode "{mode}" doesn\'t take in value argument')
    for axis, (before, after) in enumerate(widths):
        if before or after:
            input = _repeated(input, axis, before, after, mode)
    return input


def _constant(input: Tensor, widths: Sequence[tuple[int, int]], value: Any) -> Tensor:
    if any(a + b + n < 0 for (a, b), n in zip(widths, input.array.shape, strict=True)):
        raise RuntimeError(f"negative padding {list(widths)} cuts off more than the input of shape {list(input.shape)} has")
    output = ops.pad(input, widths=tuple((max(a, 0), max(b, 0)) for a, b in widths), value=value)
    if min(map(min, widths), default=0) >= 0:
        return output
    return ops.crop(output, widths=tuple((max(-a, 0), max(-b, 0)) for a, b in widths))


def _repeated(input: Tensor, axis: int, before: int, after: int, mode: str) -> Tensor:
    """``input`` read along ``axis`` at the places that stand beyond its borders in ``mode``."""
    size = input.array.shape[axis]
    room = {"reflect": size - 1, "circular": size}.get(mode, before + after)
    if max(before, after) > room or size == 0:
        raise RuntimeError(
            f"Padding size should be less than the corresponding input dimension, but got: padding ({before}, {after}) at "
            f"dimension {axis} of input {list(input.shape)} in mode {mode!r}"
        )
    places = np.pad(np.arange(size), (max(before, 0), max(after, 0)), mode=_MODES[mode])  # type: ignore[call-overload]  # a mode by name
    places = places[max(-before, 0) : len(places) - max(-after, 0)]
    return ops.getitem(input, index=(*(slice(None),) * axis, array_module(input.array).asarray(places)))
