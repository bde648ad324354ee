"""The larger and the smaller of two, and what keeps elements within bounds."""

from typing import Any, Final

from .._engine.handle import Handle, Number, Operand, T
from ..ops import _bounds as primitives
from ._in_place import in_place

__all__ = [
    "clamp",
    "clamp_",
    "clamp_max",
    "clamp_max_",
    "clamp_min",
    "clamp_min_",
    "clip",
    "clip_",
    "fmax",
    "fmin",
    "maximum",
    "minimum",
]


def _tensors(name: str, other: Any) -> None:
    if not hasattr(other, "__primitive__"):
        raise TypeError(
            f"{name}(): argument 'other' (position 2) must be Tensor, not {type(other).__name__}; "
            "clamp takes numbers"
        )


def maximum(input: Handle[T], other: Operand) -> T:
    """The larger of both; equal ones get half of the gradient each; NaN wins."""
    _tensors("maximum", other)
    return primitives.maximum(input, other)


def minimum(input: Handle[T], other: Operand) -> T:
    """The smaller of both; equal ones get half of the gradient each; NaN wins."""
    _tensors("minimum", other)
    return primitives.minimum(input, other)


def fmax(input: Handle[T], other: Operand) -> T:
    """The larger of both; of equal ones input gets the gradient; NaN loses."""
    _tensors("fmax", other)
    return primitives.fmax(input, other)


def fmin(input: Handle[T], other: Operand) -> T:
    """The smaller of both; of equal ones input gets the gradient; NaN loses."""
    _tensors("fmin", other)
    return primitives.fmin(input, other)


def clamp(input: Handle[T], min: Operand | Number | None = None, max: Operand | Number | None = None) -> T:
    """input between ``min`` and ``max``, numbers or tensors; at a bound input gets the gradient."""
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    if min is None:
        return primitives.clamp_max(input, max)
    return primitives.clamp_min(input, min) if max is None else primitives.clamp(input, min, max)


clamp_: Final = in_place(clamp)


def clamp_min(input: Handle[T], min: Operand | Number) -> T:
    """input, but at least ``min``."""
    return primitives.clamp_min(input, min)


clamp_min_: Final = in_place(clamp_min)


def clamp_max(input: Handle[T], max: Operand | Number) -> T:
    """input, but at most ``max``."""
    return primitives.clamp_max(input, max)


clamp_max_: Final = in_place(clamp_max)


clip = clamp
clip_ = clamp_
