"""What updates share: the checks of their options, the gradient they go down, running means, and the
numbers and arrays of their states."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from .._tensor import Tensor, tensor_of
from ..ops._half import HALF
from ..ops.kernels import on_device

Group = dict[str, Any]
"""A group of parameters and its options."""


def at_least_zero(numbers: Mapping[str, Any]) -> None:
    """Raise ValueError for the first option that is negative; the keys are PyTorch's words for them."""
    for name, value in numbers.items():
        if isinstance(value, Tensor) and value.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
        if not float(value) >= 0.0:
            raise ValueError(f"Invalid {name}: {value}")


def below_one(betas: tuple[float, float]) -> None:
    """Raise ValueError, in PyTorch's words, for the first decay rate that is not in [0, 1)."""
    for i, beta in enumerate(betas):
        if not 0.0 <= beta < 1.0:
            raise ValueError(f"Invalid beta parameter at index {i}: {beta}")


def refuse_differentiable(differentiable: bool) -> None:
    """Steps are written in place, outside the graph."""
    if differentiable:
        raise NotImplementedError(
            "differentiable=True is not supported: write the update with tensors, or use autograd_cnn.func"
        )


def gpu_kernels(*written: Any, gradient: Any) -> Any:
    """The kernels of a GPU where they take these arrays and this gradient: one dtype, and what is written in
    C order; else None."""
    return on_device(*written, gradient) if all(array.flags.c_contiguous for array in written) else None


def new_state(array: Any) -> Tensor:
    """Zeros of the parameter's shape, dtype and device, as a tensor of the state."""
    return tensor_of(np.zeros_like(array))


def state_dtype(parameter: Tensor) -> Any:
    """The dtype of what is remembered of a parameter: its own, and float32 for halves."""
    return np.float32 if parameter.array.dtype == HALF else parameter.dtype


def descent(parameter: Any, gradient: Any, group: Group) -> Any:
    """The gradient to go down: negated under ``maximize``, with the weight decay in it; decoupled, the decay
    is written at once."""
    g = -gradient if group["maximize"] else gradient
    decay = group["weight_decay"]
    if decay and group.get("decoupled_weight_decay"):
        parameter *= 1 - float(group["lr"]) * decay
    elif decay:
        g = g + decay * parameter
    return g


def running_means(state: Mapping[str, Any], g: Any, betas: tuple[float, float]) -> tuple[Any, Any]:
    """Adam's, one step on: m ← β₁ m + (1 - β₁) g and v ← β₂ v + (1 - β₂) g², in the state's
    arrays."""
    beta1, beta2 = betas
    mean, square = state["exp_avg"].array, state["exp_avg_sq"].array
    mean += (1 - beta1) * (g - mean)
    square *= beta2
    square += (1 - beta2) * (g * g)
    return mean, square


def count(start: float = 0) -> Tensor:
    """A number of the state, such as the count of steps: kept on the host, wherever the parameters are."""
    return tensor_of(np.asarray(start, np.float32))


def counted(state: dict[str, Any]) -> int:
    """Count one step more in ``state["step"]``, which may be an integer in an old file; the number of steps
    so far."""
    step = state["step"]
    if not isinstance(step, Tensor):
        state["step"] = step = tensor_of(np.asarray(step, np.float32))
    step.array += 1
    return math.floor(step.array)
