"""The larger and the smaller of two, and what keeps elements within bounds."""

from typing import Any

from .. import ops
from ._arguments import names_arguments


def _tensors(name: str, other: Any) -> None:
    if not hasattr(other, "array"):
        raise TypeError(
            f"{name}(): argument 'other' (position 2) must be Tensor, not {type(other).__name__}; "
            "clamp takes numbers"
        )


def maximum(input: Any, other: Any) -> Any:
    """The larger of both; equal ones get half of the gradient each; NaN wins."""
    _tensors("maximum", other)
    return ops.maximum(input, other)


def minimum(input: Any, other: Any) -> Any:
    """The smaller of both; equal ones get half of the gradient each; NaN wins."""
    _tensors("minimum", other)
    return ops.minimum(input, other)


def fmax(input: Any, other: Any) -> Any:
    """The larger of both; of equal ones input gets the gradient; NaN loses."""
    _tensors("fmax", other)
    return ops.fmax(input, other)


def fmin(input: Any, other: Any) -> Any:
    """The smaller of both; of equal ones input gets the gradient; NaN loses."""
    _tensors("fmin", other)
    return ops.fmin(input, other)


def clamp(input: Any, min: Any = None, max: Any = None) -> Any:
    """input between ``min`` and ``max``, numbers or tensors; at a bound input gets the gradient."""
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    if min is None:
        return ops.clamp_max(input, max)
    return ops.clamp_min(input, min) if max is None else ops.clamp(input, min, max)


def clamp_min(input: Any, min: Any) -> Any:
    """input, but at least ``min``."""
    return ops.clamp_min(input, min)


def clamp_max(input: Any, max: Any) -> Any:
    """input, but at most ``max``."""
    return ops.clamp_max(input, max)


@names_arguments
def relu(input: Any) -> Any:
    """max(input, 0); gradient 0 at 0."""
    if input.array.dtype.kind == "b":
        raise RuntimeError("Boolean inputs not supported for relu")
    return ops.relu(input)


clip = clamp
