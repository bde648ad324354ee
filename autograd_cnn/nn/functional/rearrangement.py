"""Elements in another order: windows as columns, channels as pixels, channels shuffled."""

import math
from typing import Any

from ... import ops
from ..._functions._arguments import floating
from ..._functions.conversion import in_own_memory
from ..._tensor import Tensor
from .._composition import composition
from ._arguments import Sizes, batched, only_batches_empty, padded, per_axis, unbatched

__all__ = [
    "channel_shuffle",
    "fold",
    "pixel_shuffle",
    "pixel_unshuffle",
    "unfold",
]


@composition(half="same")
def unfold(
    input: Tensor, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1
) -> Tensor:
    """Every window of (N, C, H, W) or (C, H, W) as a column: (N, C kh kw, windows), also called im2col."""
    if input.ndim < 3:
        raise IndexError(
            "unfold: only unbatched (3D) or batched (4D) inputs are supported, but got "
            f"{input.ndim}D: {list(input.shape)}"
        )
    x, was_batched = batched("unfold", input, 2)
    floating("unfold", x, "bool")
    only_batches_empty(input, 2)
    kernel, steps, apart = (
        per_axis(name, n, 2)
        for name, n in (("kernel_size", kernel_size), ("stride", stride), ("dilation", dilation))
    )
    pads = per_axis("padding", padding, 2, least=0)
    full = [m + 2 * p for m, p in zip(x.array.shape[2:], pads, strict=True)]
    positions = [ops.output_size(*numbers) for numbers in zip(full, kernel, steps, apart, strict=True)]
    if min(positions) < 1:
        raise RuntimeError(
            f"Given input with spatial size {tuple(x.array.shape[2:])}, kernel_size={kernel}, "
            f"dilation={apart}, padding={pads}, calculated shape of the array of sliding blocks as "
            f"{tuple(positions)}, but its components must be at least one."
        )
    seen = ops.windows(padded(x, [(p, p) for p in pads]), kernel=kernel, stride=steps, dilation=apart)
    n, c, *_ = seen.array.shape
    columns = ops.reshape(seen, shape=(n, c * math.prod(kernel), math.prod(seen.array.shape[4:])))
    return in_own_memory(unbatched(columns, was_batched), input)


@composition(half="same")
def fold(
    input: Tensor,
    output_size: Sizes,
    kernel_size: Sizes,
    dilation: Sizes = 1,
    padding: Sizes = 0,
    stride: Sizes = 1,
) -> Tensor:
    """The adjoint of :func:`unfold`: columns (N, C kh kw, windows) added up to images (N, C, *output_size),
    also called col2im."""
    if input.ndim not in (2, 3):
        raise RuntimeError(
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero "
            f"dimensions for input, but got: {list(input.shape)}"
        )
    floating("fold", input, "bool")
    if 0 in input.array.shape[-2:]:
        raise RuntimeError(
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero "
            f"dimensions for input, but got: {list(input.shape)}"
        )
    was_batched = input.ndim == 3
    n, rows, places = input.array.shape if was_batched else (1, *input.array.shape)
    size = per_axis("output_size", output_size, 2)
    kernel, steps, apart = (
        per_axis(name, k, 2)
        for name, k in (("kernel_size", kernel_size), ("stride", stride), ("dilation", dilation))
    )
    pads = per_axis("padding", padding, 2, least=0)
    if rows % math.prod(kernel):
        raise RuntimeError(
            "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but "
            f"got input.size(1)={rows} and kernel_size={kernel}."
        )
    full = [m + 2 * p for m, p in zip(size, pads, strict=True)]
    positions = [ops.output_size(*numbers) for numbers in zip(full, kernel, steps, apart, strict=True)]
    if min(positions) < 1:
        raise RuntimeError(
            f"Given output_size={size}, kernel_size={kernel}, dilation={apart}, padding={pads}, "
            f"stride={steps}, calculated shape of the array of sliding blocks as {tuple(positions)}, which "
            f"is too small (non-positive)"
        )
    if math.prod(positions) != places:
        raise RuntimeError(
            f"Given output_size={size}, kernel_size={kernel}, dilation={apart}, padding={pads}, "
            f"stride={steps}, expected size of input's dimension 2 to "
            f"match the calculated number of sliding blocks {' * '.join(map(str, positions))} = "
            f"{math.prod(positions)}, but got input.size(2)={places}."
        )
    columns = ops.reshape(input, shape=(n, rows // math.prod(kernel), *kernel, *positions))
    images = ops.fold(columns, size=tuple(full), kernel=kernel, stride=steps, dilation=apart)
    if any(pads):
        images = ops.crop(images, widths=((0, 0), (0, 0), *((p, p) for p in pads)))
    return unbatched(images, was_batched)


def _image_shape(function: str, input: Tensor, factor: int) -> tuple[Any, ...]:
    if input.ndim < 3:
        raise RuntimeError(
            f"{function} expects input to have at least 3 dimensions, but got input with {input.ndim} "
            "dimension(s)"
        )
    if factor <= 0:
        raise RuntimeError(f"{function} expects a positive factor, but got {factor}")
    *lead, c, h, w = input.array.shape
    return lead, c, h, w


@composition(half="same")
def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """(*, C r², H, W) to (*, C, H r, W r): channels become pixels (Shi et al. 2016)."""
    lead, c, h, w = _image_shape("pixel_shuffle", input, upscale_factor)
    r, k = upscale_factor, len(lead)
    if c % (r * r):
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of "
            f"upscale_factor, but input.size(-3)={c} is not divisible by {r * r}"
        )
    apart = ops.reshape(input, shape=(*lead, c // (r * r), r, r, h, w))
    order = (*range(k), k, k + 3, k + 1, k + 4, k + 2)
    out: Tensor = ops.reshape(ops.transpose(apart, axes=order), shape=(*lead, c // (r * r), h * r, w * r))
    return in_own_memory(out, input)


@composition(half="same")
def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """(*, C, H r, W r) to (*, C r², H, W): the inverse of :func:`pixel_shuffle`."""
    lead, c, h, w = _image_shape("pixel_unshuffle", input, downscale_factor)
    r, k = downscale_factor, len(lead)
    if h % r or w % r:
        raise RuntimeError(
            "pixel_unshuffle expects height and width to be divisible by downscale_factor, but input "
            f"of size {list(input.shape)} is not divisible by {r}"
        )
    apart = ops.reshape(input, shape=(*lead, c, h // r, r, w // r, r))
    order = (*range(k), k, k + 2, k + 4, k + 1, k + 3)
    out: Tensor = ops.reshape(ops.transpose(apart, axes=order), shape=(*lead, c * r * r, h // r, w // r))
    return in_own_memory(out, input)


@composition(half="same")
def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """Channels (N, C, *) dealt out in turn from ``groups`` blocks (Zhang et al. 2018)."""
    if input.ndim < 3:
        raise RuntimeError(
            f"channel_shuffle expects input with > 2 dims, but got input with sizes {list(input.shape)}"
        )
    n, c, *rest = input.array.shape
    if groups <= 0 or c % groups:
        raise RuntimeError(
            f"Number of channels must be divisible by groups. Got {c} channels and {groups} groups."
        )
    apart = ops.reshape(input, shape=(n, groups, c // groups, *rest))
    dealt = ops.transpose(apart, axes=(0, 2, 1, *range(3, apart.ndim)))
    return in_own_memory(ops.reshape(dealt, shape=(n, c, *rest)), input)
