"""The gradients of convolutions with respect to their input and their weight, asked for by name."""

from typing import Any

from .._creation.creation import zeros
from .._engine.differentiate import grad as differentiated
from .._engine.modes import enable_grad
from .._tensor import Tensor
from . import functional as F

__all__ = [
    "conv1d_input",
    "conv1d_weight",
    "conv2d_input",
    "conv2d_weight",
    "conv3d_input",
    "conv3d_weight",
]


def _input(convolve: Any, input_size: Any, weight: Tensor, grad_output: Tensor, *geometry: Any) -> Tensor:
    """A convolution is linear in its input: the gradient is that at 0."""
    with enable_grad():
        at = zeros(tuple(input_size), dtype=weight.dtype, device=weight.device, requires_grad=True)
        output = convolve(at, weight, None, *geometry)
    (found,) = differentiated(output, [at], grad_output)
    return found


def _weight(convolve: Any, input: Tensor, weight_size: Any, grad_output: Tensor, *geometry: Any) -> Tensor:
    """A convolution is linear in its weight: the gradient is that at 0."""
    with enable_grad():
        at = zeros(tuple(weight_size), dtype=input.dtype, device=input.device, requires_grad=True)
        output = convolve(input, at, None, *geometry)
    (found,) = differentiated(output, [at], grad_output)
    return found


def conv1d_input(
    input_size: Any,
    weight: Tensor,
    grad_output: Tensor,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of ``conv1d`` with respect to an input of this size."""
    return _input(F.conv1d, input_size, weight, grad_output, stride, padding, dilation, groups)


def conv1d_weight(
    input: Tensor,
    weight_size: Any,
    grad_output: Tensor,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of ``conv1d`` with respect to a weight of this size."""
    return _weight(F.conv1d, input, weight_size, grad_output, stride, padding, dilation, groups)


def conv2d_input(
    input_size: Any,
    weight: Tensor,
    grad_output: Tensor,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of ``conv2d`` with respect to an input of this size."""
    return _input(F.conv2d, input_size, weight, grad_output, stride, padding, dilation, groups)


def conv2d_weight(
    input: Tensor,
    weight_size: Any,
    grad_output: Tensor,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of ``conv2d`` with respect to a weight of this size."""
    return _weight(F.conv2d, input, weight_size, grad_output, stride, padding, dilation, groups)


def conv3d_input(
    input_size: Any,
    weight: Tensor,
    grad_output: Tensor,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of ``conv3d`` with respect to an input of this size."""
    return _input(F.conv3d, input_size, weight, grad_output, stride, padding, dilation, groups)


def conv3d_weight(
    input: Tensor,
    weight_size: Any,
    grad_output: Tensor,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of ``conv3d`` with respect to a weight of this size."""
    return _weight(F.conv3d, input, weight_size, grad_output, stride, padding, dilation, groups)
