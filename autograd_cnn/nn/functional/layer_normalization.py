"""Normalisation of each sample by moments of its own: over layers, groups of channels, single channels, or
neighbouring ones."""

import math
from collections.abc import Sequence
from typing import Any

from ... import ops
from ..._engine import memory
from ..._engine.dtypes import finfo
from ..._functions._arguments import floating
from ..._tensor import Tensor
from .._composition import composition
from . import _formulas as formulas
from ._arguments import in_floats
from .normalization import check_channels, check_followed, check_values, over_batch, unbiased

__all__ = [
    "group_norm",
    "instance_norm",
    "layer_norm",
    "local_response_norm",
    "rms_norm",
]


def _affine(
    input: Tensor, axes: tuple[int, ...], eps: float, weight: Tensor | None, bias: Tensor | None
) -> Tensor:
    """w (x - mean) / sqrt(variance + eps) + b, with the moments over ``axes``."""
    if weight is None or bias is None:
        return _scaled(formulas.standardized(input, axes=axes, eps=float(eps)), weight, bias)
    return formulas.normalized_affine(input, weight, bias, axes=axes, eps=float(eps))


def _scaled(output: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    output = output if weight is None else output * weight
    return output if bias is None else output + bias


def _trailing(
    function: str, input: Tensor, normalized_shape: Sequence[int], **vectors: Tensor | None
) -> tuple[int, ...]:
    """The axes that ``normalized_shape`` names: the last ones."""
    shape = tuple(normalized_shape)
    floating(function, input)
    if not shape:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one "
            "element, but got normalized_shape = []"
        )
    for name, vector in vectors.items():
        if vector is not None and vector.array.shape != shape:
            raise RuntimeError(
                f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape "
                f"{list(vector.shape)} and normalized_shape = {list(shape)}"
            )
    if input.array.shape[max(input.ndim - len(shape), 0) :] != shape:
        raise RuntimeError(
            f"Given normalized_shape={list(shape)}, expected input with shape [*, "
            f"{', '.join(map(str, shape))}], but got input of size{list(input.shape)}"
        )
    return tuple(range(input.ndim - len(shape), input.ndim))


@composition
def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """w (x - mean) / sqrt(variance + eps) + b, with the moments over the last dimensions,
    ``normalized_shape`` (Ba et al. 2016).

    ``weight`` and ``bias`` have that shape. RuntimeError where shapes do not fit.
    """
    axes = _trailing("layer_norm", input, normalized_shape, weight=weight, bias=bias)
    return _affine(input, axes, eps, weight, bias)


@composition
def rms_norm(
    input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, eps: float | None = None
) -> Tensor:
    """w x / sqrt(mean of squares + eps) over the last dimensions (Zhang and Sennrich 2019); eps is the
    dtype's own unless given."""
    axes = _trailing("rms_norm", input, normalized_shape, weight=weight)
    eps = finfo(input.dtype).eps if eps is None else eps
    if weight is None:
        return formulas.by_root_mean_square(input, axes=axes, eps=float(eps))
    return formulas.scaled_by_root_mean_square(input, weight, axes=axes, eps=float(eps))


@composition
def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Each sample's channels, in ``num_groups`` groups, brought to mean 0 and variance 1 per group; then w x
    + b per channel.

    ``input`` (N, C, *), ``weight`` and ``bias`` (C,) (Wu and He 2018). RuntimeError or ValueError where sizes
    do not fit.
    """
    if input.ndim > 1 and num_groups > 0:
        n, c, *spatial = input.shape
        check_values(input, n * (c // num_groups) * math.prod(spatial))
    return over_groups(input, num_groups, weight, bias, eps)


def over_groups(
    input: Tensor, num_groups: int, weight: Tensor | None, bias: Tensor | None, eps: float
) -> Tensor:
    """:func:`group_norm`, of one value per group too."""
    if input.ndim < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {input.ndim}")
    floating("group_norm", input)
    shape = input.array.shape
    n, c, *spatial = shape
    if num_groups <= 0 or c % num_groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of "
            f"shape {list(shape)} and num_groups={num_groups}"
        )
    for name, vector in (("weight", weight), ("bias", bias)):
        if vector is not None and vector.array.shape != (c,):
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of channels in input, "
                f"but got {name} of shape {list(vector.shape)} and input of shape {list(shape)}"
            )
    groups = ops.reshape(input, shape=(n, num_groups, c // num_groups, *spatial))
    per_channel = (num_groups, c // num_groups, *(1,) * len(spatial))
    scale, shift = (v if v is None else ops.reshape(v, shape=per_channel) for v in (weight, bias))
    return ops.reshape(_affine(groups, tuple(range(2, groups.ndim)), eps, scale, shift), shape=shape)


def _per_channel(vector: Tensor, input: Tensor) -> Tensor:
    """(C,) as (C, 1, ...), to stand against (N, C, ...)."""
    return ops.reshape(vector, shape=(-1, *(1,) * (input.ndim - 2)))


def _follow(running: Tensor | None, moments: Any, momentum: float) -> None:
    """Move a running average towards the mean over the batch of ``moments`` (N, C), in place and outside the
    graph."""
    if running is not None:
        array = running.array
        memory.settle(array)
        array[...] = array * (1 - momentum) + moments.mean(0) * momentum
        memory.wrote(array)


@composition(writes=("running_mean", "running_var"))
def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Each channel of each sample brought to mean 0 and variance 1, then w x + b per channel: (N, C, *)
    (Ulyanov et al. 2016).

    Without ``use_input_stats`` the running moments (C,) are used; with it they move towards the mean over the
    batch. Raises ValueError where there is one value per channel, RuntimeError where sizes do not fit.
    """
    if use_input_stats and math.prod(input.shape[2:]) == 1 and input.ndim > 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {input.shape}")
    return over_instances(input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps)


def over_instances(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None,
    bias: Tensor | None,
    use_input_stats: bool,
    momentum: float,
    eps: float,
) -> Tensor:
    """:func:`instance_norm`, of one value per channel too."""
    floating("instance_norm", input)
    shape = input.array.shape
    axes = tuple(range(2, input.ndim))
    if not use_input_stats:
        return over_batch(input, running_mean, running_var, weight, bias, False, momentum, eps)
    if len(shape) < 2:
        raise RuntimeError(f"instance_norm: expected input (N, C, ...), got shape {list(shape)}")
    check_channels(input, running_mean=running_mean, running_var=running_var, weight=weight, bias=bias)
    check_followed(running_mean=running_mean, running_var=running_var)
    average = ops.mean(input, axis=axes, keepdims=True)
    away = input - average
    deviation = formulas.length(away, axes)
    output = _scaled(
        away / ops.hypot(deviation, math.sqrt(eps)),
        *(v if v is None else _per_channel(v, input) for v in (weight, bias)),
    )
    if input.array.size:  # last: a failing call changes nothing
        _follow(running_mean, average.array.reshape(shape[:2]), momentum)
        variance = ops.square(deviation.detach()).array.reshape(shape[:2])
        _follow(running_var, variance * unbiased(math.prod(shape[2:])), momentum)
    return output


@composition
def local_response_norm(
    input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Tensor:
    """x / (k + alpha mean of squares over ``size`` neighbouring channels)**beta: (N, C, *) (Krizhevsky et al.
    2012)."""
    if input.ndim < 3:
        raise ValueError(f"Expected 3D or higher dimensionality input (got {input.ndim} dimensions)")
    if input.array.size == 0:
        return input
    input = in_floats(input)
    widths = tuple((size // 2, (size - 1) // 2) if axis == 1 else (0, 0) for axis in range(input.ndim))
    neighbours = ops.unfold(ops.pad(input * input, widths=widths), axis=1, size=size, step=1)
    return input / (ops.mean(neighbours, axis=-1) * alpha + k) ** beta
