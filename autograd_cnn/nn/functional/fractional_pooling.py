"""Fractional max-pooling: windows that overlap and start at pseudo-random places (Graham, 2014)."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..._random import stream
from ..._tensor import Tensor
from ...ops import array_module
from .._composition import composition
from ._arguments import Sizes, per_axis
from .pooling import at_places

__all__ = [
    "fractional_max_pool2d",
    "fractional_max_pool3d",
]

NAMES = ("time", "height", "width")


def _starts(sample: Any, size: int, wanted: int, kernel: int) -> Any:
    """Where the windows of each plane start: ``wanted`` of them, ``(size - kernel) / (wanted - 1)`` apart on
    average, the last one at the end."""
    last = np.full((*sample.shape, 1), size - kernel)
    if wanted <= 1:
        return last[..., :wanted]
    apart = sample.dtype.type(size - kernel) / sample.dtype.type(wanted - 1)
    numbers = np.arange(wanted - 1, dtype=sample.dtype)
    first = (sample[..., None] * apart).astype(np.int64)
    return np.concatenate([((numbers + sample[..., None]) * apart).astype(np.int64) - first, last], axis=-1)


def _places(samples: Any, spatial: Sequence[int], wanted: Sequence[int], kernel: Sequence[int]) -> Any:
    """The elements of each window, (N, C, *wanted, taps), numbered in the flattened plane."""
    axes = len(spatial)
    order = (
        range(axes) if axes == 3 else (1, 0)
    )  # PyTorch's: the first sample is the width's, of three the time's
    flat: Any = 0
    for axis in range(axes):
        starts = _starts(samples[..., order[axis]], spatial[axis], wanted[axis], kernel[axis])
        along = starts[..., None] + np.arange(kernel[axis])
        shape = [1] * (2 * axes)
        shape[axis], shape[axes + axis] = wanted[axis], kernel[axis]
        flat = flat * spatial[axis] + along.reshape(*samples.shape[:2], *shape)
    return flat.reshape(*samples.shape[:2], *wanted, math.prod(kernel))


def _pooled(
    name: str,
    input: Tensor,
    axes: int,
    kernel_size: Sizes,
    output_size: Any,
    output_ratio: Any,
    samples: Tensor | None,
) -> tuple[Tensor, Tensor]:
    shape = input.array.shape
    if len(shape) not in (axes + 1, axes + 2):
        raise RuntimeError(f"{name}(): Expected {axes + 1}D or {axes + 2}D tensor, but got: {list(shape)}")
    if 0 in shape[-axes - 1 :]:
        raise RuntimeError(
            f"{name}(): Expected input to have non-zero size for non-batch dimensions, but got {list(shape)}"
        )
    if output_size is None and output_ratio is None:
        raise ValueError(f"{name} requires specifying either an output_size or an output_ratio")
    spatial = shape[-axes:]
    kernel = _numbers(name, "kernel_size", kernel_size, axes)
    if output_size is None:
        ratios = output_ratio if isinstance(output_ratio, (tuple, list)) else (output_ratio,) * axes
        if len(ratios) != axes:
            raise ValueError(f"{name} requires output_ratio to either be a single Int or tuple of Ints.")
        output_size = [int(size * ratio) for size, ratio in zip(spatial, ratios, strict=True)]
    wanted = _numbers(name, "output_size", output_size, axes)
    for what, size, k, n in zip(NAMES[-axes:], spatial, kernel, wanted, strict=True):
        if n + k - 1 > size:
            raise RuntimeError(f"{name}(): pool {what} {k} too large relative to input {what} {size}")
    planes = (1 if len(shape) == axes + 1 else shape[0], shape[-axes - 1])
    drawn = _samples(name, samples, planes, axes, input.array.dtype)
    index = _places(drawn, spatial, wanted, kernel)
    batch = input if len(shape) == axes + 2 else input.unsqueeze(0)
    xp = array_module(batch.array)
    at = xp.asarray(index.reshape(*planes, math.prod(index.shape[2:])))
    plane = batch.array.reshape(*planes, math.prod(spatial))
    values = xp.take_along_axis(plane, at, axis=2).reshape(index.shape)
    winner = values.argmax(-1)[..., None]
    places = input._lift(xp.take_along_axis(xp.asarray(index), winner, axis=-1)[..., 0], None)
    pooled = at_places(batch, places)
    return (pooled, places) if len(shape) == axes + 2 else (pooled.squeeze(0), places.squeeze(0))


def _numbers(function: str, name: str, value: Any, axes: int) -> tuple[int, ...]:
    """An integer for each axis: one for all, or exactly so many."""
    if isinstance(value, (tuple, list)) and len(value) != axes:
        raise RuntimeError(
            f"{function}: {name} must either be a single Int or tuple of Ints, one for each of {axes} axes; "
            f"got {tuple(value)}"
        )
    return per_axis(name, value, axes, least=0)


def _samples(name: str, samples: Tensor | None, planes: tuple[int, int], axes: int, dtype: Any) -> Any:
    """A number of [0, 1) for each plane and axis: those given, or drawn."""
    wanted = (*planes, axes)
    if samples is None:
        return stream.uniform(wanted, 0.0, 1.0, dtype=dtype)
    if samples.array.shape != wanted:
        raise RuntimeError(
            f"{name}(): Expect _random_samples to have shape {list(wanted)} (batch, channels, axes); got "
            f"{list(samples.shape)}"
        )
    return samples.detach().cpu().array


@composition
def fractional_max_pool2d(
    input: Tensor,
    kernel_size: Sizes,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any:
    """The maxima of windows at pseudo-random places, (N, C, H, W) or (C, H, W) to ``output_size``, or to
    ``output_ratio`` times its size.

    With ``return_indices`` also where they stand in the flattened plane. ``_random_samples`` (N, C, 2) in
    [0, 1) decide the places; by default they are drawn.
    """
    found = _pooled(
        "fractional_max_pool2d", input, 2, kernel_size, output_size, output_ratio, _random_samples
    )
    return found if return_indices else found[0]


@composition
def fractional_max_pool3d(
    input: Tensor,
    kernel_size: Sizes,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any:
    """The maxima of windows at pseudo-random places, (N, C, T, H, W) or (C, T, H, W) to ``output_size``, or
    to ``output_ratio`` times its size.

    With ``return_indices`` also where they stand in the flattened volume. ``_random_samples`` (N, C, 3) in
    [0, 1) decide the places; by default they are drawn.
    """
    found = _pooled(
        "fractional_max_pool3d", input, 3, kernel_size, output_size, output_ratio, _random_samples
    )
    return found if return_indices else found[0]
