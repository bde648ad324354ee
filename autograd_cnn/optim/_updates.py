"""What updates share: the checks of their options, the gradient they go down, running means, and the
numbers and arrays of their states."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from .._engine.dtypes import float64, get_default_dtype
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


def check_tensors(lr: Any, betas: tuple[Any, Any], foreach: bool | None, capturable: bool) -> None:
    """Raise ValueError, in PyTorch's words, for tensors as options of Adam where numbers are wanted."""
    if isinstance(betas[0], Tensor) != isinstance(betas[1], Tensor):
        raise ValueError("betas must be either both floats or both Tensors")
    for name, value in (("lr", lr), ("betas[0]", betas[0]), ("betas[1]", betas[1])):
        if not isinstance(value, Tensor):
            continue
        if foreach and not capturable:
            raise ValueError(f"{name} as a Tensor is not supported for capturable=False and foreach=True")
        if value.numel() != 1:
            raise ValueError(f"Tensor {name} must be 1-element")


def below_one(betas: tuple[float, float]) -> None:
    """Raise ValueError, in PyTorch's words, for the first decay rate that is not in [0, 1)."""
    for i, beta in enumerate(betas):
        if not 0.0 <= beta < 1.0:
            raise ValueError(f"Invalid beta parameter at index {i}: {beta}")


def choose_one(fused: bool | None, foreach: bool | None, differentiable: bool) -> None:
    """Raise RuntimeError, in PyTorch's words, for switches that exclude each other."""
    if fused and differentiable:
        raise RuntimeError("`fused` does not support `differentiable`")
    if fused and foreach:
        raise RuntimeError("`fused` and `foreach` cannot be `True` together.")


def gpu_kernels(*written: Any, gradient: Any) -> Any:
    """The kernels of a GPU where they take these arrays and this gradient: one dtype, and what is written in
    C order; else None."""
    return on_device(*written, gradient) if all(array.flags.c_contiguous for array in written) else None


def new_state(parameter: Any, fill: float = 0.0) -> Tensor:
    """A tensor of the state, of the parameter's shape, dtype and device, filled with one number."""
    array = parameter.array if isinstance(parameter, Tensor) else parameter
    return tensor_of(np.full_like(array, fill) if fill else np.zeros_like(array))


def held(parameter: Any, entry: Tensor) -> Any:
    """What an update reads and writes of a state's ``entry``: its array, or itself where the update is
    recorded, and the parameter is a tensor."""
    return entry if isinstance(parameter, Tensor) else entry.array


def number(parameter: Any, entry: Tensor) -> Any:
    """The number in a state's ``entry``; the tensor where the update is recorded."""
    return entry if isinstance(parameter, Tensor) else float(entry.array)


def write(entry: Any, value: Any) -> None:
    """Write ``value`` into an array, or into a tensor as its next history."""
    if isinstance(entry, Tensor):
        entry._overwrite(value)
    else:
        entry[...] = value


def plain(group: Group) -> Group:
    """The group with numbers for the options that are tensors of one element."""
    if all(_plain(value) is value for name, value in group.items() if name != "params"):
        return group
    return {name: value if name == "params" else _plain(value) for name, value in group.items()}


def _plain(option: Any) -> Any:
    if isinstance(option, (Tensor, np.generic)):
        return option.item()
    if isinstance(option, (tuple, list)) and any(isinstance(part, Tensor) for part in option):
        return tuple(_plain(part) for part in option)
    return option


def state_dtype(parameter: Tensor) -> Any:
    """The dtype of what is remembered of a parameter: its own, and float32 for halves."""
    return np.float32 if parameter.array.dtype == HALF else parameter.dtype


def descent(parameter: Any, gradient: Any, group: Group) -> Any:
    """The gradient to go down: negated under ``maximize``, with the weight decay in it; decoupled, the decay
    is written at once."""
    g = -gradient if group["maximize"] else gradient
    decay = group["weight_decay"]
    if decay and group.get("decoupled_weight_decay"):
        parameter *= 1 - group["lr"] * decay
    elif decay:
        g = g + decay * parameter
    return g


def running_means(state: Mapping[str, Any], g: Any, betas: tuple[float, float]) -> tuple[Any, Any]:
    """Adam's, one step on: m ← β₁ m + (1 - β₁) g and v ← β₂ v + (1 - β₂) g², in the state's
    arrays."""
    beta1, beta2 = betas
    mean, square = (held(g, state[name]) for name in ("exp_avg", "exp_avg_sq"))
    mean += (1 - beta1) * (g - mean)
    square *= beta2
    square += (1 - beta2) * (g * g)
    return mean, square


def count(start: float = 0) -> Tensor:
    """A number of the state, such as the count of steps: kept on the host, wherever the parameters are; in
    float32, or in float64 where that is the default dtype."""
    return tensor_of(np.asarray(start, np.float64 if get_default_dtype() is float64 else np.float32))


def counted(state: dict[str, Any]) -> int:
    """Count one step more in ``state["step"]``, which may be an integer in an old file; the number of steps
    so far."""
    step = state["step"]
    if not isinstance(step, Tensor):
        state["step"] = step = count(step)
    step.array += 1
    return math.floor(step.array)
