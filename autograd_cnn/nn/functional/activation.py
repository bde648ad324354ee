"""Activations. ``inplace=True`` writes the result into the input, as in PyTorch."""

import warnings
from typing import Any

from ... import ops
from ..._functions import reduction
from ..._tensor import Tensor
from .._composition import composition


def _placed(input: Tensor, output: Tensor, inplace: bool) -> Tensor:
    return input._overwrite(output) if inplace else output


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(x, 0); the gradient at 0 is 0."""
    return _placed(input, ops.relu(input), inplace)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """max(x, 0) + s min(x, 0): Caffe's ReLU with slope s; at 0 the gradient is s."""
    return _placed(input, ops.leaky_relu(input, negative_slope=negative_slope), inplace)


@composition
def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """max(x, 0) + a min(x, 0) with learnt slopes a: one, or one for each channel (the second dimension).

    The gradient of a slope is the sum of dy x over x <= 0. Raises RuntimeError where the slopes do not fit.
    """
    slopes = weight
    if weight.ndim and weight.array.size > 1:
        channels = input.array.shape[1] if input.ndim > 1 else 1
        if weight.ndim != 1 or weight.array.size != channels:
            raise RuntimeError(
                f"Mismatch of parameter numbers and input channel size. Found parameter numbers = {weight.array.size} and channel size = {channels}."
            )
        slopes = ops.reshape(weight, shape=(-1, *(1,) * (input.ndim - 2)))
    return ops.where(ops.greater(input, 0), input, input * slopes)


def sigmoid(input: Tensor) -> Tensor:
    """1 / (1 + exp(-x)); the gradient y (1 - y) needs the output alone."""
    return ops.sigmoid(input)


def tanh(input: Tensor) -> Tensor:
    """The hyperbolic tangent."""
    return ops.tanh(input)


def _softmax_dim(name: str, ndim: int, stacklevel: int) -> int:
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        UserWarning,
        stacklevel=stacklevel + 1,
    )
    return 0 if ndim in (0, 1, 3) else 1


def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """exp(x) / sum exp(x) along ``dim``."""
    dim = _softmax_dim("softmax", input.ndim, _stacklevel) if dim is None else dim
    return reduction.softmax(input, dim, dtype=dtype)


def log_softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """x - log sum exp(x) along ``dim``."""
    dim = _softmax_dim("log_softmax", input.ndim, _stacklevel) if dim is None else dim
    return reduction.log_softmax(input, dim, dtype=dtype)
