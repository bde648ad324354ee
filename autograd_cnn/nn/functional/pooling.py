"""Pooling over windows, for one to three spatial axes.

Max-pooling finds the winner of each window (the mask), reads there, and its gradient adds back there.
Average-pooling sums each window and divides. With ``ceil_mode`` the number of windows is rounded up, as Caffe
does, except that a last window which would start beyond the image and its padding in front is dropped.
"""

import functools
import math
from types import NotImplementedType
from typing import Any, Literal, overload

import numpy as np

from ... import ops
from ..._tensor import Tensor
from ...ops import Geometry, array_module
from .._composition import composition, fusible
from ._arguments import (
    Sizes,
    batched,
    floating,
    only_batches_empty,
    padded,
    per_axis,
    unbatched,
)

__all__ = [
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
]


WHOLE = ("uint8", "int8", "int16", "int32", "int64")
"""Dtypes of integers, which have maxima too."""


def _geometry(
    function: str, axes: int, kernel_size: Sizes, stride: Sizes | None, padding: Sizes, dilation: Sizes = 1
) -> Geometry:
    kernel = per_axis("kernel_size", kernel_size, axes, least=None)
    if stride is None or (isinstance(stride, (tuple, list)) and not stride):
        stride = kernel
    steps = per_axis("stride", stride, axes, least=None)
    apart = per_axis("dilation", dilation, axes, least=None)
    for name, numbers in (("stride", steps), ("kernel size", kernel), ("dilation", apart)):
        if min(numbers) < 1:
            rule = "not be zero" if name == "stride" and 0 in numbers else "be greater than zero"
            raise RuntimeError(f"{function}: {name} should {rule}, but got {list(numbers)}")
    return _checked(
        function, Geometry.even(kernel, steps, per_axis("padding", padding, axes, least=0), apart)
    )


def _checked(function: str, plan: Geometry) -> Geometry:
    """``plan``, unless its padding is too wide: the rule is that of the kernel without its dilation."""
    pads, kernel = plan.before, plan.kernel
    if any(2 * p > k for p, k in zip(pads, kernel, strict=True)):
        beyond = any(2 * p > r for p, r in zip(pads, plan.reach((1,) * len(kernel)), strict=True))
        rule = "at most half of effective" if beyond else "smaller than or equal to half of"
        raise RuntimeError(
            f"{function}: pad should be {rule} kernel size, but got pad={list(pads)}, "
            f"kernel_size={list(kernel)} and dilation={list(plan.dilation)}"
        )
    return plan


def _check_positions(function: str, input: Tensor, plan: Geometry, ceil_mode: bool) -> None:
    positions = plan.positions(input.array.shape[2:], ceil=ceil_mode)
    if min(positions) < 1:
        size, made = "x".join(map(str, input.shape[1:])), "x".join(map(str, (input.shape[1], *positions)))
        raise RuntimeError(
            f"{function}: Given input size: ({size}). Calculated output size: ({made}). Output size "
            "is too small"
        )


def _is_image(input: Tensor) -> bool:
    """Whether it is (N, C, H, W), of floats and not empty: what one operator pools."""
    x = input.array
    return x.ndim == 4 and x.dtype.kind == "f" and x.size > 0


def _max_pool(
    function: str,
    axes: int,
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None,
    padding: Sizes,
    dilation: Sizes,
    ceil_mode: bool,
    return_indices: bool,
) -> Any:
    function += "_with_indices" if return_indices else ""
    x, was_batched = batched(function, input, axes)
    floating(function, x, *WHOLE)
    plan = _geometry(function, axes, kernel_size, stride, padding, dilation)
    _check_positions(function, x, plan, ceil_mode)
    only_batches_empty(input, axes)
    if not return_indices:
        return unbatched(largest(x, plan, ceil_mode), was_batched)
    index = _winners(x, plan, ceil_mode)
    return unbatched(_maxima(x, index, plan), was_batched), unbatched(index, was_batched)


def _winners(input: Tensor, plan: Geometry, ceil_mode: bool) -> Tensor:
    """Where the maximum of each window is, as a position in the flattened plane."""
    return ops.max_pool_index(
        input,
        kernel=plan.kernel,
        stride=plan.stride,
        padding=plan.before,
        dilation=plan.dilation,
        ceil_mode=ceil_mode,
    )


def at_places(input: Tensor, index: Tensor) -> Tensor:
    """The elements of ``input`` (N, C, *spatial) at ``index`` (N, C, *positions), numbered in the flattened
    plane."""
    n, c, *spatial = input.array.shape
    flat = ops.reshape(index, shape=(n, c, math.prod(index.array.shape[2:])))
    return ops.reshape(
        ops.take_along(ops.reshape(input, shape=(n, c, math.prod(spatial))), flat, axis=2),
        shape=index.array.shape,
    )


def _maxima(input: Tensor, index: Tensor, plan: Geometry) -> Tensor:
    """The maxima that stand at ``index``: -inf, or the least integer, for a window that lies in the padding
    with all its taps."""
    spatial, positions = input.array.shape[2:], index.array.shape[2:]
    if plan.sees_everywhere(spatial, positions):
        return at_places(input, index)
    xp, dtype = array_module(input.array), input.array.dtype
    seen = functools.reduce(np.logical_and.outer, map(np.asarray, plan.seen(spatial, positions)))
    inside = input._lift(np.minimum(index.array, math.prod(spatial) - 1), None)
    return ops.where(xp.asarray(seen), at_places(input, inside), dtype.type(ops.least(dtype)))


@fusible
def largest(input: Tensor, plan: Geometry, ceil_mode: bool) -> Tensor:
    """The maximum of each window of (N, C, *spatial)."""
    return _maxima(input, _winners(input, plan, ceil_mode), plan)


@largest.fused
def largest_by_one_operator(input: Tensor, plan: Geometry, ceil_mode: bool) -> Tensor | NotImplementedType:
    """Of images, in windows whose taps a byte can count."""
    if ceil_mode or not _is_image(input) or math.prod(plan.kernel) > ops.MOST_TAPS:
        return NotImplemented
    return ops.max_pool(
        input, kernel=plan.kernel, stride=plan.stride, padding=plan.before, dilation=plan.dilation
    )


@overload
def max_pool1d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: Literal[False] = False,
) -> Tensor: ...
@overload
def max_pool1d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    *,
    return_indices: Literal[True],
) -> tuple[Tensor, Tensor]: ...
@composition(half="same", piecewise_linear=True)
def max_pool1d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """As :func:`max_pool2d`, over one spatial axis."""
    return _max_pool(
        "max_pool1d", 1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices
    )


@overload
def max_pool2d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: Literal[False] = False,
) -> Tensor: ...
@overload
def max_pool2d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    *,
    return_indices: Literal[True],
) -> tuple[Tensor, Tensor]: ...
@composition(half="same", piecewise_linear=True)
def max_pool2d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The maximum of each window: (N, C, H, W) or (C, H, W). ``stride`` is ``kernel_size`` unless given.

    With ``return_indices`` also where each maximum was, as a position in the flattened plane. The first of
    equal maxima receives the gradient, or the last NaN. Padding never wins, and is at most half the kernel; a
    window whose taps all lie in it, as dilation allows, is -inf. Raises RuntimeError where sizes do not fit.
    """
    return _max_pool(
        "max_pool2d", 2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices
    )


@overload
def max_pool3d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: Literal[False] = False,
) -> Tensor: ...
@overload
def max_pool3d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    *,
    return_indices: Literal[True],
) -> tuple[Tensor, Tensor]: ...
@composition(half="same", piecewise_linear=True)
def max_pool3d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """As :func:`max_pool2d`, over three spatial axes."""
    return _max_pool(
        "max_pool3d", 3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices
    )


def _window_sizes(
    size: int, positions: int, kernel: int, stride: int, padding: int, count_include_pad: bool
) -> list[int]:
    """How many elements of one axis count in each window: those of the image, or of the image and its
    padding."""
    starts = [i * stride - padding for i in range(positions)]
    if count_include_pad:
        return [min(start + kernel, size + padding) - start for start in starts]
    return [min(start + kernel, size) - max(start, 0) for start in starts]


def _avg_pool(
    function: str,
    axes: int,
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None,
    padding: Sizes,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None = None,
) -> Tensor:
    x, was_batched = batched(function, input, axes)
    floating(function, x, "int64")
    plan = _geometry(function, axes, kernel_size, stride, padding)
    if divisor_override == 0:
        raise RuntimeError(f"{function}: divisor must be not zero")
    _check_positions(function, x, plan, ceil_mode)
    only_batches_empty(input, axes)
    means = average(x, plan, ceil_mode, count_include_pad, divisor_override)
    if x.array.dtype.kind == "i":  # the quotient of integers, as in PyTorch
        means = ops.cast(ops.trunc(means), dtype=x.array.dtype)
    return unbatched(means, was_batched)


@fusible
def average(
    input: Tensor, plan: Geometry, ceil_mode: bool, count_include_pad: bool, divisor: int | None
) -> Tensor:
    """The sum of each window of (N, C, *spatial), over ``divisor`` or the number of its elements that
    count."""
    kernel, stride, _, dilation = plan
    spatial = input.array.shape[2:]
    positions = plan.positions(spatial, ceil=ceil_mode)
    image = padded(input, plan.covering(spatial, positions).padding)
    seen = ops.windows(image, kernel=kernel, stride=stride, dilation=dilation)
    total = ops.sum(seen, axis=tuple(range(2, 2 + len(kernel))))
    if divisor is not None:
        return total / divisor
    counts = [
        _window_sizes(*numbers, count_include_pad)
        for numbers in zip(spatial, positions, kernel, stride, plan.before, strict=True)
    ]
    if all(set(count) == {k} for count, k in zip(counts, kernel, strict=True)):
        return total / math.prod(kernel)
    sizes = functools.reduce(np.multiply.outer, map(np.asarray, counts))
    return total / array_module(input.array).asarray(sizes, input.array.dtype)


@average.fused
def average_by_one_operator(
    input: Tensor, plan: Geometry, ceil_mode: bool, count_include_pad: bool, divisor: int | None
) -> Tensor | NotImplementedType:
    """Of images, over windows that count all their taps."""
    if ceil_mode or divisor is not None or not _is_image(input) or (plan.around and not count_include_pad):
        return NotImplemented
    return ops.average_pool(input, kernel=plan.kernel, stride=plan.stride, padding=plan.before)


@composition(half="kernels", piecewise_linear=True)
def avg_pool1d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """As :func:`avg_pool2d`, over one spatial axis."""
    return _avg_pool("avg_pool1d", 1, input, kernel_size, stride, padding, ceil_mode, count_include_pad)


@composition(half="kernels", piecewise_linear=True)
def avg_pool2d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of each window: (N, C, H, W) or (C, H, W). ``stride`` is ``kernel_size`` unless given.

    The divisor is the size of the window, cut off where it leaves the padded image; without
    ``count_include_pad`` it counts pixels of the image only; ``divisor_override`` replaces it. Raises
    RuntimeError where sizes do not fit.
    """
    return _avg_pool(
        "avg_pool2d", 2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


@composition(half="kernels", piecewise_linear=True)
def avg_pool3d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """As :func:`avg_pool2d`, over three spatial axes."""
    return _avg_pool(
        "avg_pool3d", 3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )
