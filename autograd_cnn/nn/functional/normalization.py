"""Normalisation by the moments of a batch."""

import math
from typing import Any

import numpy as np

from ... import ops
from ..._engine import memory
from ..._tensor import Tensor
from ...ops.kernels import on_device
from .._composition import composition


def check_channels(
    input: Tensor, *, running_mean: Tensor | None, running_var: Tensor | None, **vectors: Tensor | None
) -> None:
    """Refuse vectors that are not one number for each channel of ``input`` (N, C, ...), and one running
    moment without the other."""
    if (running_mean is None) != (running_var is None):
        raise ValueError("running_mean and running_var must either both be None or neither be None")
    shape = input.array.shape
    for name, vector in (("running_mean", running_mean), ("running_var", running_var), *vectors.items()):
        if vector is not None and vector.array.shape != shape[1:2]:
            raise RuntimeError(
                f"{name} should contain {shape[1]} elements not {vector.array.size}: one for each "
                f"channel of input {list(shape)}"
            )


def _check_batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None,
    bias: Tensor | None,
    training: bool,
) -> None:
    shape = input.array.shape
    if len(shape) < 2:
        raise RuntimeError(f"batch_norm: expected input (N, C, ...), got shape {list(shape)}")
    check_channels(input, running_mean=running_mean, running_var=running_var, weight=weight, bias=bias)
    if training and math.prod(shape[:1] + shape[2:]) == 1:
        raise ValueError(
            f"Expected more than 1 value per channel when training, got input size {input.shape}"
        )
    if not training and (running_mean is None or running_var is None):
        raise RuntimeError(
            "Expected running_mean and running_var to be defined when training=False; pass both, or "
            "training=True"
        )


def _against(vector: Any, input: Tensor) -> Any:
    """(C,) as (1, C, 1, ...)."""
    return ops.reshape(vector, shape=(1, -1, *(1,) * (input.ndim - 2)))


def _follow(running: Tensor | None, value: Any, momentum: float, scale: float = 1.0) -> None:
    """Move a running average towards ``scale`` times ``value``, in place and outside the graph."""
    if running is not None:
        array = running.array
        if (
            type(array) is not np.ndarray
            and array.flags.c_contiguous
            and (k := on_device(array, value)) is not None
        ):
            k.elementwise.follow(array, value, 1 - momentum, momentum * scale)
            memory.wrote(array)
            return
        value = value if scale == 1.0 else value * value.dtype.type(scale)
        array *= array.dtype.type(1 - momentum)
        array += array.dtype.type(momentum) * value.astype(array.dtype, copy=False)
        memory.wrote(array)


def _unbiased(input: Tensor) -> float:
    """n / (n - 1) for n values per channel: what makes their variance unbiased."""
    count = input.array.size // input.array.shape[1]
    return count / max(count - 1, 1)


@composition
def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """w (x - mean) / sqrt(variance + eps) + b per channel of ``input`` (N, C, ...); the vectors are (C,).

    In training the moments are those of the batch, and the running ones move towards them by ``momentum``
    (the variance unbiased), unless it is empty; else the running ones are used. Raises ValueError where there
    is one value per channel, RuntimeError where sizes do not fit.
    """
    _check_batch_norm(input, running_mean, running_var, weight, bias, training)
    if training:
        axes = (0, *range(2, input.ndim))
        average = ops.mean(input, axis=axes)
        away = input - _against(average, input)
        variance = ops.mean(away * away, axis=axes)
    else:
        assert running_mean is not None
        assert running_var is not None
        away, variance = input - _against(running_mean, input), running_var
    output = away / _against(ops.sqrt(variance + eps), input)
    if weight is not None:
        output = output * _against(weight, input)
    if bias is not None:
        output = output + _against(bias, input)
    if training and input.array.size:  # last: a failing call changes nothing
        _follow(running_mean, average.array, momentum)
        _follow(running_var, variance.array, momentum, _unbiased(input))
    return output


def _batch_norm_serves(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> bool:
    kind = input.array.dtype
    return (
        training
        and kind.kind == "f"
        and input.array.size > 0
        and all(v is None or v.array.dtype is kind for v in (weight, bias))
    )


@batch_norm.fused(serves=_batch_norm_serves)
def _batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    _check_batch_norm(input, running_mean, running_var, weight, bias, training)
    xp, channels, kind = ops.array_module(input.array), input.array.shape[1], input.array.dtype
    scale = xp.ones(channels, kind) if weight is None else weight
    shift = xp.zeros(channels, kind) if bias is None else bias
    output, average, variance = ops.batch_norm(input, scale, shift, epsilon=eps)
    _follow(running_mean, average.array, momentum)
    _follow(running_var, variance.array, momentum, _unbiased(input))
    return output
