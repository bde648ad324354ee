"""Normalisation by the moments of a batch."""

import math
from types import NotImplementedType
from typing import Any

import numpy as np

from ... import ops
from ..._engine import memory
from ..._functions._arguments import floating
from ..._tensor import Tensor
from ...ops.kernels import on_device
from .._composition import composition, fusible

__all__ = [
    "batch_norm",
]


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
                f"channel of input {list(shape)}, got shape {list(vector.shape)}"
            )


def check_followed(**running: Tensor | None) -> None:
    """Refuse running moments that can't be written, before anything is."""
    for name, moments in running.items():
        if moments is not None and not getattr(moments.array.flags, "writeable", True):
            raise RuntimeError(
                f"{name} can't be written in place: its memory is read-only, or several of its elements "
                "share one memory location (an expanded tensor); clone() it first"
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
    floating("batch_norm", input)
    if shape == (0,):  # an empty batch whose channels nobody said
        return
    if len(shape) < 2:
        raise RuntimeError(f"batch_norm: expected input (N, C, ...), got shape {list(shape)}")
    check_channels(input, running_mean=running_mean, running_var=running_var, weight=weight, bias=bias)
    if training:
        check_followed(running_mean=running_mean, running_var=running_var)
    if not training and (running_mean is None or running_var is None):
        raise RuntimeError(
            "Expected running_mean and running_var to be defined when training=False; pass both, or "
            "training=True"
        )


def _against(vector: Tensor, input: Tensor) -> Tensor:
    """(C,) as (1, C, 1, ...)."""
    return ops.reshape(vector, shape=(1, -1, *(1,) * (input.ndim - 2)))


def _follow(running: Tensor | None, value: Any, momentum: float, scale: float = 1.0) -> None:
    """Move a running average towards ``scale`` times ``value``, in place and outside the graph."""
    if running is not None:
        array = running.array
        memory.settle(array)
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


def unbiased(count: int) -> float:
    """n / (n - 1) for n values: what makes their variance unbiased. NaN for one, which has none."""
    return count / (count - 1) if count > 1 else math.nan


def check_values(input: Tensor, count: int) -> None:
    """Refuse moments of ``count`` values that are one: it would come out as 0, whatever it is."""
    if count == 1:
        raise ValueError(
            f"Expected more than 1 value per channel when training, got input size {list(input.shape)}"
        )


@composition(writes=("running_mean", "running_var"))
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
    if training:
        check_values(input, math.prod(input.shape[:1] + input.shape[2:]) if input.ndim > 1 else 0)
    return over_batch(input, running_mean, running_var, weight, bias, training, momentum, eps)


def over_batch(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None,
    bias: Tensor | None,
    training: bool,
    momentum: float,
    eps: float,
) -> Tensor:
    """:func:`batch_norm`, of one value per channel too."""
    _check_batch_norm(input, running_mean, running_var, weight, bias, training)
    if input.array.shape == (0,):
        return input.clone()
    if not training:
        assert running_mean is not None
        assert running_var is not None
        return normalize_by(input, running_mean, running_var, weight, bias, eps)
    output, mean, variance = normalize(input, weight, bias, eps)
    if input.array.size:  # last: a failing call changes nothing
        _follow(running_mean, mean.array, momentum)
        _follow(running_var, variance.array, momentum, unbiased(input.array.size // input.array.shape[1]))
    return output


def _scaled(away: Tensor, variance: Tensor, weight: Tensor | None, bias: Tensor | None, eps: float) -> Tensor:
    """w d / sqrt(variance + eps) + b for the distances d from the mean."""
    output = away / _against(ops.sqrt(variance + eps), away)
    if weight is not None:
        output = output * _against(weight, away)
    return output if bias is None else output + _against(bias, away)


@fusible
def normalize_by(
    input: Tensor, mean: Tensor, variance: Tensor, weight: Tensor | None, bias: Tensor | None, eps: float
) -> Tensor:
    """``input`` (N, C, ...) normalised by given moments."""
    return _scaled(input - _against(mean, input), variance, weight, bias, eps)


@fusible
def normalize(
    input: Tensor, weight: Tensor | None, bias: Tensor | None, eps: float
) -> tuple[Tensor, Tensor, Tensor]:
    """``input`` (N, C, ...) normalised by its own moments; and these."""
    axes = (0, *range(2, input.ndim))
    mean = ops.mean(input, axis=axes)
    away = input - _against(mean, input)
    variance = ops.mean(away * away, axis=axes)
    return _scaled(away, variance, weight, bias, eps), mean, variance


@normalize.fused
def as_one_operator(
    input: Tensor, weight: Tensor | None, bias: Tensor | None, eps: float
) -> tuple[Tensor, Tensor, Tensor] | NotImplementedType:
    """Of floats that are not empty, with vectors of the same dtype."""
    x = input.array
    kind = x.dtype
    if (
        kind.kind != "f"
        or not x.size
        or any(v is not None and v.array.dtype is not kind for v in (weight, bias))
    ):
        return NotImplemented
    xp, channels = ops.array_module(x), x.shape[1]
    scale = xp.ones(channels, kind) if weight is None else weight
    shift = xp.zeros(channels, kind) if bias is None else bias
    return ops.batch_norm(input, scale, shift, epsilon=eps)
