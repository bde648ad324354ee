"""The fused forms that stand in for compositions where they serve; each is one primitive, tested against the
definition.

A form checks its arguments as the definition does. What it does not serve (groups, other dtypes, rarer
options) the definition computes.
"""

from typing import Any

import numpy as np

from ... import ops
from ..._engine.modes import state
from ..._tensor import Tensor
from ._arguments import Sizes, per_axis
from .convolution import conv2d, geometry
from .linear import linear
from .loss import Normalization, cross_entropy
from .pooling import _check_positions, _pooling_sizes, avg_pool2d, max_pool2d


def _real(tensor: Any, ndim: int) -> bool:
    """Whether it is a tensor of floats with ``ndim`` axes, none of them empty."""
    return (
        isinstance(tensor, Tensor)
        and tensor.array.ndim == ndim
        and tensor.array.dtype.kind == "f"
        and tensor.array.size > 0
    )


def _conv2d_serves(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> bool:
    return (
        groups == 1
        and not isinstance(padding, str)
        and _real(input, 4)
        and _real(weight, 4)
        and (bias is None or _real(bias, 1))
    )


@conv2d.fused(serves=_conv2d_serves)
def _conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    plan = geometry("conv2d", input, weight, bias, stride, padding, dilation, groups)
    pads = tuple(before for before, _ in plan.padding)
    mode = state.get()
    exact = not mode.winograd or mode.observer is not None
    if bias is None:
        return ops.convolution(
            input, weight, stride=plan.stride, padding=pads, dilation=plan.dilation, exact=exact
        )
    return ops.biased_convolution(
        input, weight, bias, stride=plan.stride, padding=pads, dilation=plan.dilation, exact=exact
    )


def _max_pool2d_serves(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> bool:
    return (
        not ceil_mode
        and not return_indices
        and _real(input, 4)
        and max(per_axis("kernel_size", kernel_size, 2)) < 16
    )


@max_pool2d.fused(serves=_max_pool2d_serves)
def _max_pool2d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    kernel, steps, pads = _pooling_sizes("max_pool2d", 2, kernel_size, stride, padding)
    apart = per_axis("dilation", dilation, 2)
    _check_positions(
        "max_pool2d",
        input,
        [
            ops.output_size(*n)
            for n in zip(input.array.shape[2:], kernel, steps, apart, pads, pads, strict=True)
        ],
    )
    return ops.max_pool(input, kernel=kernel, stride=steps, padding=pads, dilation=apart)


def _avg_pool2d_serves(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> bool:
    return (
        not ceil_mode
        and divisor_override is None
        and (count_include_pad or padding in (0, (0, 0)))
        and _real(input, 4)
    )


@avg_pool2d.fused(serves=_avg_pool2d_serves)
def _avg_pool2d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    kernel, steps, pads = _pooling_sizes("avg_pool2d", 2, kernel_size, stride, padding)
    _check_positions(
        "avg_pool2d",
        input,
        [
            ops.output_size(n, k, s, 1, p, p)
            for n, k, s, p in zip(input.array.shape[2:], kernel, steps, pads, strict=True)
        ],
    )
    return ops.average_pool(input, kernel=kernel, stride=steps, padding=pads)


def _linear_serves(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> bool:
    return (
        bias is not None
        and _real(input, 2)
        and _real(weight, 2)
        and input.array.dtype is weight.array.dtype is bias.array.dtype
        and input.array.shape[1] == weight.array.shape[1]
        and bias.array.shape == weight.array.shape[:1]
    )


@linear.fused(serves=_linear_serves)
def _linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    return ops.affine(input, weight, bias)


def _cross_entropy_serves(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
    *,
    normalization: Normalization | None = None,
    loss_weight: float = 1.0,
) -> bool:
    return (
        all(option is None for option in (weight, size_average, reduce, normalization))
        and reduction == "mean"
        and label_smoothing == 0.0
        and loss_weight == 1.0
        and _real(input, 2)
        and target.array.dtype == np.int64
        and target.array.shape == input.array.shape[:1]
        and target._node is None
    )


@cross_entropy.fused(serves=_cross_entropy_serves)
def _cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
    *,
    normalization: Normalization | None = None,
    loss_weight: float = 1.0,
) -> Tensor:
    return ops.softmax_cross_entropy(input, target, ignore_index=ignore_index)
