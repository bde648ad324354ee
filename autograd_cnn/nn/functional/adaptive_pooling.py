"""Pooling to a wanted size, by powers, and its inverse: windows that fit the output, and the places where
maxima stood."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Literal, overload

import numpy as np

from ... import ops
from ..._devices.settings import alert_not_deterministic
from ..._functions._arguments import floating
from ..._tensor import Tensor
from ...ops import array_module
from .._composition import composition, fusible
from ._arguments import Sizes, batched, per_axis, refuse_backward, unbatched
from .pooling import at_places, avg_pool1d, avg_pool2d, avg_pool3d

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "adaptive_max_pool3d",
    "lp_pool1d",
    "lp_pool2d",
    "lp_pool3d",
    "max_unpool1d",
    "max_unpool2d",
    "max_unpool3d",
]

Targets = int | None | Sequence[int | None] | Tensor


def _targets(function: str, output_size: Targets, spatial: Sequence[int]) -> list[int]:
    """One size for each axis; None keeps the input's."""
    if isinstance(output_size, Tensor):
        output_size = output_size.tolist()
    several = list(output_size) if isinstance(output_size, Sequence) else [output_size] * len(spatial)
    if len(several) == 1:
        several *= len(spatial)
    if len(several) != len(spatial):
        raise RuntimeError(
            f"{function}: output_size must have {len(spatial)} elements, but got {output_size}"
        )
    sizes = [n if target is None else int(target) for target, n in zip(several, spatial, strict=True)]
    if min(sizes) < 0:
        raise RuntimeError(
            f"{function}: elements of output_size must be greater than or equal to 0, but got {sizes}"
        )
    return sizes


def along_axis(input: Tensor, axis: int, matrix: Any) -> Tensor:
    """``matrix`` times ``input`` along ``axis``. An infinity or NaN reaches only the results whose weight for
    it is not 0."""
    xp = array_module(input.array)
    weights = xp.asarray(matrix, input.array.dtype)
    if xp is np and not np.isfinite(input.array).all():
        return _tap_by_tap(input, axis, weights)
    letters = "abcdef"[: input.ndim]
    return ops.einsum(
        weights, input, spec=f"z{letters[axis]},{letters}->{letters.replace(letters[axis], 'z')}"
    )


def _tap_by_tap(input: Tensor, axis: int, weights: Any) -> Tensor:
    """As :func:`along_axis`, without the products with 0: 0 times an infinity is NaN."""
    taps = int((weights != 0).sum(1).max(initial=1))
    places = np.argsort(weights == 0, axis=1, kind="stable")[:, :taps]
    part = np.take_along_axis(weights, places, 1).reshape(*places.shape, *(1,) * (input.ndim - axis - 1))
    seen = ops.getitem(input, index=(*(slice(None),) * axis, places))
    return ops.sum(ops.where(part != 0, seen * part, 0.0), axis=axis + 1)


def _averaged(input: Tensor, axis: int, target: int) -> Tensor:
    """``input`` averaged along ``axis`` over windows from floor(i n / m) to ceil((i + 1) n / m)."""
    shape = input.array.shape
    size = shape[axis]
    if target == size:
        return input
    if target and size % target == 0:
        return ops.mean(
            ops.reshape(input, shape=(*shape[:axis], target, size // target, *shape[axis + 1 :])),
            axis=axis + 1,
        )
    matrix = np.zeros((target, size))
    for i in range(target):
        window = slice(i * size // target, -(-(i + 1) * size // target))
        matrix[i, window] = 1 / (window.stop - window.start)
    return along_axis(input, axis, matrix)


def _check_not_empty(function: str, input: Tensor) -> None:
    if 0 in input.array.shape[1:]:
        raise RuntimeError(
            f"{function}(): Expected input to have non-zero size for non-batch dimensions, but input has "
            f"sizes {list(input.shape)}"
        )


def _of_something(function: str, output: Tensor) -> Tensor:
    """``output``, which has no gradient where a size of it that is not the batch's is 0."""
    if 0 in output.array.shape[1:] and output.grad_fn is not None:
        refuse_backward(
            output,
            f"{function}_backward(): Expected grad_output to have non-zero size for non-batch dimensions, "
            f"but grad_output has sizes {list(output.shape)}",
        )
    return output


@fusible
def adaptive_average(input: Tensor, targets: Sequence[int]) -> Tensor:
    """The means of ``input`` (N, C, *spatial) over windows that make ``targets`` results along each axis."""
    output = input
    for axis, target in enumerate(targets, start=2):
        output = _averaged(output, axis, target)
    return ops.cast(output, dtype=output.array.dtype) if output is input else output


def _adaptive_avg_pool(function: str, axes: int, input: Tensor, output_size: Targets) -> Tensor:
    x, was_batched = batched(function, input, axes)
    targets = _targets(function, output_size, x.array.shape[2:])
    floating(function, x)
    result = unbatched(adaptive_average(x, targets), was_batched)
    if set(targets) == {1}:  # it is the mean, and that of nothing is NaN
        return result
    _check_not_empty(function, input)
    return _of_something(function, result)


@composition(half="kernels", piecewise_linear=True)
def adaptive_avg_pool1d(input: Tensor, output_size: Targets) -> Tensor:
    """As :func:`adaptive_avg_pool2d`, over one spatial axis."""
    return _adaptive_avg_pool("adaptive_avg_pool1d", 1, input, output_size)


@composition(half="kernels", piecewise_linear=True)
def adaptive_avg_pool2d(input: Tensor, output_size: Targets) -> Tensor:
    """The means of (N, C, H, W) or (C, H, W) over windows that make ``output_size`` of them; None keeps a
    size."""
    return _adaptive_avg_pool("adaptive_avg_pool2d", 2, input, output_size)


@composition(half="kernels", piecewise_linear=True)
def adaptive_avg_pool3d(input: Tensor, output_size: Targets) -> Tensor:
    """As :func:`adaptive_avg_pool2d`, over three spatial axes."""
    return _adaptive_avg_pool("adaptive_avg_pool3d", 3, input, output_size)


def _adaptive_max_pool(
    function: str, axes: int, input: Tensor, output_size: Targets, return_indices: bool
) -> Any:
    x, was_batched = batched(function, input, axes)
    targets = _targets(function, output_size, x.array.shape[2:])
    floating(function, x)
    _check_not_empty(function, input)
    index = ops.adaptive_max_pool_index(x, size=tuple(targets))
    values = _of_something(function, unbatched(at_places(x, index), was_batched))
    return (values, unbatched(index, was_batched)) if return_indices else values


@overload
def adaptive_max_pool1d(
    input: Tensor, output_size: Targets, return_indices: Literal[False] = False
) -> Tensor: ...
@overload
def adaptive_max_pool1d(
    input: Tensor, output_size: Targets, *, return_indices: Literal[True]
) -> tuple[Tensor, Tensor]: ...
@composition(half="same", piecewise_linear=True)
def adaptive_max_pool1d(input: Tensor, output_size: Targets, return_indices: bool = False) -> Any:
    """As :func:`adaptive_max_pool2d`, over one spatial axis."""
    return _adaptive_max_pool("adaptive_max_pool1d", 1, input, output_size, return_indices)


@overload
def adaptive_max_pool2d(
    input: Tensor, output_size: Targets, return_indices: Literal[False] = False
) -> Tensor: ...
@overload
def adaptive_max_pool2d(
    input: Tensor, output_size: Targets, *, return_indices: Literal[True]
) -> tuple[Tensor, Tensor]: ...
@composition(half="same", piecewise_linear=True)
def adaptive_max_pool2d(input: Tensor, output_size: Targets, return_indices: bool = False) -> Any:
    """The maxima of (N, C, H, W) or (C, H, W) over windows that make ``output_size`` of them, and where they
    stood if asked."""
    return _adaptive_max_pool("adaptive_max_pool2d", 2, input, output_size, return_indices)


@overload
def adaptive_max_pool3d(
    input: Tensor, output_size: Targets, return_indices: Literal[False] = False
) -> Tensor: ...
@overload
def adaptive_max_pool3d(
    input: Tensor, output_size: Targets, *, return_indices: Literal[True]
) -> tuple[Tensor, Tensor]: ...
@composition(half="same", piecewise_linear=True)
def adaptive_max_pool3d(input: Tensor, output_size: Targets, return_indices: bool = False) -> Any:
    """As :func:`adaptive_max_pool2d`, over three spatial axes."""
    return _adaptive_max_pool("adaptive_max_pool3d", 3, input, output_size, return_indices)


# the mean of a power


def _lp_pool(
    pool: Callable[..., Tensor],
    axes: int,
    input: Tensor,
    norm_type: float,
    kernel_size: Sizes,
    stride: Sizes | None,
    ceil_mode: bool,
) -> Tensor:
    mean = pool(input**norm_type, kernel_size, stride, 0, ceil_mode)
    size = ops.relu(ops.absolute(mean))  # whose slope at 0 is 0, also times the root's infinite one
    return (ops.sign(mean) * size * math.prod(per_axis("kernel_size", kernel_size, axes))) ** (
        1.0 / norm_type
    )


@composition
def lp_pool1d(
    input: Tensor, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False
) -> Tensor:
    """As :func:`lp_pool2d`, over one spatial axis."""
    return _lp_pool(avg_pool1d, 1, input, norm_type, kernel_size, stride, ceil_mode)


@composition
def lp_pool2d(
    input: Tensor, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False
) -> Tensor:
    """The sum of x**p over each window, to the power 1 / p."""
    return _lp_pool(avg_pool2d, 2, input, norm_type, kernel_size, stride, ceil_mode)


@composition
def lp_pool3d(
    input: Tensor, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False
) -> Tensor:
    """As :func:`lp_pool2d`, over three spatial axes."""
    return _lp_pool(avg_pool3d, 3, input, norm_type, kernel_size, stride, ceil_mode)


# the inverse of max-pooling


def _unpooled_size(
    spatial: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    output_size: Sequence[int] | None,
) -> list[int]:
    """The size whose pooling gives ``spatial``; several do, and ``output_size`` may choose another of
    them."""
    default = [(n - 1) * s + k - 2 * p for n, k, s, p in zip(spatial, kernel, stride, padding, strict=True)]
    if output_size is None:
        return default
    chosen = list(output_size)
    chosen = chosen[2:] if len(chosen) == len(spatial) + 2 else chosen
    if len(chosen) != len(spatial):
        raise ValueError(
            f"output_size should be a sequence containing {len(spatial)} or {len(spatial) + 2} "
            f"elements, but it has a length of '{len(chosen)}'"
        )
    for d, (size, least, step) in enumerate(zip(chosen, default, stride, strict=True)):
        if not least - step < size < least + step:
            raise ValueError(
                f'invalid output_size "{chosen}" (dim {d} must be between {least - step} and {least + step})'
            )
    return chosen


def _max_unpool(
    function: str,
    axes: int,
    input: Tensor,
    indices: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None,
    padding: Sizes,
    output_size: Sequence[int] | None,
) -> Tensor:
    alert_not_deterministic(f"max_unpooling{max(axes, 2)}d_forward_out")
    x, was_batched = batched(function, input, axes)
    _check_not_empty(function, input)
    kernel = per_axis("kernel_size", kernel_size, axes)
    steps = kernel if stride is None or stride in ((), []) else per_axis("stride", stride, axes)
    n, c, *spatial = x.array.shape
    size = _unpooled_size(spatial, kernel, steps, per_axis("padding", padding, axes, least=0), output_size)
    index = indices.array
    if index.dtype != np.int64:
        raise RuntimeError(f"elements in indices should be type int64 but got: {indices.dtype!r}")
    if index.shape != input.array.shape:
        raise RuntimeError(
            f"Expected shape of indices to be same as that of the input tensor ({list(input.shape)}) "
            f"but got indices tensor with shape: {list(index.shape)}"
        )
    plane, places = math.prod(size), math.prod(spatial)
    if index.size and not (index.min() >= 0 and index.max() < plane):
        raise RuntimeError(
            f"Found an invalid max index: {int(index.max())} (output volumes are of size "
            f"{'x'.join(map(str, size))})"
        )
    empty = array_module(index).zeros((n, c, plane), x.array.dtype)
    values = ops.write_along(empty, ops.reshape(x, shape=(n, c, places)), index.reshape(n, c, places), axis=2)
    return unbatched(ops.reshape(values, shape=(n, c, *size)), was_batched)


@composition(half="same")
def max_unpool1d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """As :func:`max_unpool2d`, over one spatial axis."""
    return _max_unpool("max_unpool1d", 1, input, indices, kernel_size, stride, padding, output_size)


@composition(half="same")
def max_unpool2d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Zeros with the maxima of a pooling back where they stood: (N, C, H, W) or (C, H, W), with max-pooling's
    indices."""
    return _max_unpool("max_unpool2d", 2, input, indices, kernel_size, stride, padding, output_size)


@composition(half="same")
def max_unpool3d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """As :func:`max_unpool2d`, over three spatial axes."""
    return _max_unpool("max_unpool3d", 3, input, indices, kernel_size, stride, padding, output_size)
