"""Pooling over windows, for one to three spatial axes.

Max-pooling finds the winner of each window (the mask), reads there, and its gradient adds back there.
Average-pooling sums each window and divides. With ``ceil_mode`` the number of windows is rounded up, as Caffe
does, except that a last window which would start beyond the image and its padding in front is dropped.
"""

import functools
import math
from typing import Any

import numpy as np

from ... import ops
from ..._tensor import Tensor
from ...ops import array_module, output_size
from .._composition import composition
from ._arguments import Sizes, batched, padded, per_axis, unbatched


def _pooling_sizes(
    function: str, axes: int, kernel_size: Sizes, stride: Sizes | None, padding: Sizes
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    kernel = per_axis("kernel_size", kernel_size, axes)
    if stride is None or (isinstance(stride, (tuple, list)) and not stride):
        stride = kernel
    steps = per_axis("stride", stride, axes)
    pads = per_axis("padding", padding, axes, least=0)
    if any(2 * p > k for p, k in zip(pads, kernel, strict=True)):
        raise RuntimeError(
            f"{function}: pad should be at most half of effective kernel size, but got "
            f"pad={list(pads)}, kernel_size={list(kernel)}"
        )
    return kernel, steps, pads


def _check_positions(function: str, input: Tensor, positions: list[int]) -> None:
    if any(n < 1 for n in positions):
        size, made = "x".join(map(str, input.shape[1:])), "x".join(map(str, (input.shape[1], *positions)))
        raise RuntimeError(
            f"{function}: Given input size: ({size}). Calculated output size: ({made}). Output size "
            "is too small"
        )


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
    x, was_batched = batched(function, input, axes)
    kernel, steps, pads = _pooling_sizes(function, axes, kernel_size, stride, padding)
    apart = per_axis("dilation", dilation, axes)
    n, c, *spatial = x.array.shape
    positions = [
        output_size(size, k, s, d, p, p, ceil=ceil_mode)
        for size, k, s, d, p in zip(spatial, kernel, steps, apart, pads, strict=True)
    ]
    _check_positions(function, x, positions)
    index = ops.max_pool_index(
        x, kernel=kernel, stride=steps, padding=pads, dilation=apart, ceil_mode=ceil_mode
    )
    plane, places = math.prod(spatial), math.prod(positions)
    values = ops.take_along(
        ops.reshape(x, shape=(n, c, plane)), ops.reshape(index, shape=(n, c, places)), axis=2
    )
    values = unbatched(ops.reshape(values, shape=(n, c, *positions)), was_batched)
    return (values, unbatched(index, was_batched)) if return_indices else values


@composition
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


@composition
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
    equal maxima receives the gradient, or the last NaN. Padding never wins, and is at most half the kernel.
    Raises RuntimeError where sizes do not fit.
    """
    return _max_pool(
        "max_pool2d", 2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices
    )


@composition
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
) -> Any:
    x, was_batched = batched(function, input, axes)
    kernel, steps, pads = _pooling_sizes(function, axes, kernel_size, stride, padding)
    if divisor_override == 0:
        raise RuntimeError(f"{function}: divisor must be not zero")
    spatial = x.array.shape[2:]
    positions = [
        output_size(n, k, s, 1, p, p, ceil=ceil_mode)
        for n, k, s, p in zip(spatial, kernel, steps, pads, strict=True)
    ]
    _check_positions(function, x, positions)
    reach = [(m - 1) * s + k for m, s, k in zip(positions, steps, kernel, strict=True)]
    x = padded(x, [(p, max(r - p - n, 0)) for p, r, n in zip(pads, reach, spatial, strict=True)])
    seen = ops.windows(x, kernel=kernel, stride=steps, dilation=(1,) * axes)
    total = ops.sum(seen, axis=tuple(range(2, 2 + axes)))
    if divisor_override is not None:
        return unbatched(total / divisor_override, was_batched)
    counts = [
        _window_sizes(*numbers, count_include_pad)
        for numbers in zip(spatial, positions, kernel, steps, pads, strict=True)
    ]
    if all(set(count) == {k} for count, k in zip(counts, kernel, strict=True)):
        return unbatched(total / math.prod(kernel), was_batched)
    divisor = array_module(x.array).asarray(
        functools.reduce(np.multiply.outer, map(np.asarray, counts)), x.array.dtype
    )
    return unbatched(total / divisor, was_batched)


@composition
def avg_pool1d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Any:
    """As :func:`avg_pool2d`, over one spatial axis."""
    return _avg_pool("avg_pool1d", 1, input, kernel_size, stride, padding, ceil_mode, count_include_pad)


@composition
def avg_pool2d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    """The mean of each window: (N, C, H, W) or (C, H, W). ``stride`` is ``kernel_size`` unless given.

    The divisor is the size of the window, cut off where it leaves the padded image; without
    ``count_include_pad`` it counts pixels of the image only; ``divisor_override`` replaces it. Raises
    RuntimeError where sizes do not fit.
    """
    return _avg_pool(
        "avg_pool2d", 2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


@composition
def avg_pool3d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    """As :func:`avg_pool2d`, over three spatial axes."""
    return _avg_pool(
        "avg_pool3d", 3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )
