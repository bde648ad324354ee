"""Reading images at places between the pixels (Jaderberg et al. 2015). Places run from -1 to 1 along each
axis, x first."""

import itertools
import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from ... import ops
from ..._creation.creation import tensor
from ..._engine.recording import of_constants
from ..._engine.source import stacklevel
from ..._functions._arguments import floating
from ..._tensor import Tensor
from ...ops import array_module
from .._composition import composition
from .interpolation import cubic_weights

__all__ = [
    "GRID_SAMPLE_INTERPOLATION_MODES",
    "GRID_SAMPLE_PADDING_MODES",
    "affine_grid",
    "grid_sample",
]


def _told(function: str, align_corners: bool | None) -> bool:
    if align_corners is None:
        warnings.warn(
            f"Default {function} behavior has changed to align_corners=False since 1.3.0. Please "
            "specify align_corners=True if the old "
            f"behavior is desired. See the documentation of {function} for details.",
            UserWarning,
            stacklevel=stacklevel(),
        )
    return bool(align_corners)


GRID_SAMPLE_INTERPOLATION_MODES = {"bilinear": 0, "nearest": 1, "bicubic": 2}
GRID_SAMPLE_PADDING_MODES = {"zeros": 0, "border": 1, "reflection": 2}


@composition
def affine_grid(theta: Tensor, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """The places A (x, y, 1) for every pixel of an image of ``size`` (N, C, H, W): matrices (N, 2, 3) to a
    grid (N, H, W, 2).

    For (N, C, D, H, W) the matrices are (N, 3, 4) and the grid (N, D, H, W, 3).
    """
    aligned = _told("affine_grid", align_corners)
    if theta.array.dtype.kind != "f":
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype!r}")
    n, _, *spatial = size
    axes = len(spatial)
    if axes not in (2, 3):
        raise NotImplementedError(
            "affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got "
            f"size {tuple(size)}."
        )
    if theta.ndim != 3 or tuple(theta.array.shape[1:]) != (axes, axes + 1):
        raise ValueError(
            f"Expected a batch of {axes}D affine matrices of shape Nx{axes}x{axes + 1} for size "
            f"{tuple(size)}. Got {theta.shape!r}."
        )
    if min(size) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {list(size)}")
    if aligned and 1 in spatial:
        warnings.warn(
            "Since version 1.3.0, affine_grid behavior has changed for unit-size grids when "
            "align_corners=True. This is not an intended use case of affine_grid. See the documentation of "
            "affine_grid for details.",
            UserWarning,
            stacklevel=stacklevel(),
        )
    lines = [
        np.linspace(-1, 1, m) * (1 if aligned else (m - 1) / m) if m > 1 else np.zeros(1) for m in spatial
    ]
    places = np.stack([*reversed(np.meshgrid(*lines, indexing="ij")), np.ones(spatial)], -1).reshape(
        1, -1, axes + 1
    )
    base = array_module(theta.array).asarray(places, theta.array.dtype)
    grid = ops.matmul(tensor(base), ops.transpose(theta, axes=(0, 2, 1)))
    return of_constants(ops.reshape(grid, shape=(n, *spatial, axes)), theta)


def _pixel(place: Tensor, size: int, align_corners: bool) -> Tensor:
    """A place between -1 and 1 in pixels."""
    return (place + 1) * ((size - 1) / 2) if align_corners else ((place + 1) * size - 1) / 2


def _clipped(pixel: Tensor, size: int) -> Tensor:
    """``pixel`` within the image; beyond its borders the gradient is 0."""
    low, high = ops.less_equal(pixel, 0), ops.greater_equal(pixel, size - 1)
    return ops.where(low, 0.0, ops.where(high, float(size - 1), pixel))


def _reflected(pixel: Tensor, size: int, align_corners: bool) -> Tensor:
    """``pixel`` folded back at the borders: at the outer pixels' centres, or at their outer edges."""
    low, span = (0.0, float(size - 1)) if align_corners else (-0.5, float(size))
    if span <= 0:
        return pixel * 0.0
    away = ops.absolute(pixel - low)
    flips = ops.floor(away.detach() / span)
    rest = away - flips * span
    return ops.where(ops.equal(ops.remainder(flips, 2), 0), rest + low, span - rest + low)


def _padded(pixel: Tensor, size: int, padding_mode: str, align_corners: bool) -> Tensor:
    if padding_mode == "zeros":
        return pixel
    return _clipped(pixel if padding_mode == "border" else _reflected(pixel, size, align_corners), size)


def _read(flat: Tensor, spatial: Sequence[int], taps: Sequence[Any]) -> Tensor:
    """The pixels of ``flat`` (N, C, pixels) at whole coordinates, (N, places) for each axis; 0 outside the
    image."""
    xp = array_module(flat.array)
    inside = xp.ones(taps[0].shape, bool)
    index = xp.zeros(taps[0].shape, np.int64)
    for tap, size in zip(taps, spatial, strict=True):
        inside &= (tap >= 0) & (tap < size)
        index = index * size + xp.clip(xp.nan_to_num(tap), 0, size - 1).astype(np.int64)
    spread = xp.broadcast_to(index[:, None], (*flat.array.shape[:2], index.shape[1]))
    values = ops.take_along(flat, spread, axis=2)
    return values if inside.all() else ops.where(inside[:, None], values, 0.0)


def _weighed(values: Tensor, weights: Sequence[Any]) -> Tensor:
    """``values`` (N, C, places) times the product of ``weights`` (N, places)."""
    product = math.prod(weights[1:], start=weights[0])
    return values * ops.reshape(product, shape=(product.array.shape[0], 1, product.array.shape[1]))


def _nearest(flat: Tensor, spatial: Sequence[int], pixels: Sequence[Tensor]) -> Tensor:
    values = _read(flat, spatial, [ops.round(pixel.detach()).array for pixel in pixels])
    if not pixels[0].requires_grad:
        return values
    ones = pixels[0]._lift(np.ones_like(pixels[0].array), None)  # the gradient of a place is zero, and there
    return _weighed(values, [ops.attached(ones, pixel) for pixel in pixels])


def _linear(flat: Tensor, spatial: Sequence[int], pixels: Sequence[Tensor]) -> Tensor:
    firsts = [ops.floor(pixel.detach()) for pixel in pixels]
    parts = [pixel - first for pixel, first in zip(pixels, firsts, strict=True)]
    total: Any = 0.0
    for corner in itertools.product((0, 1), repeat=len(spatial)):
        values = _read(flat, spatial, [first.array + k for first, k in zip(firsts, corner, strict=True)])
        total = total + _weighed(
            values, [part if k else 1 - part for part, k in zip(parts, corner, strict=True)]
        )
    return total


def _cubic(
    flat: Tensor, spatial: Sequence[int], pixels: Sequence[Tensor], padding_mode: str, align_corners: bool
) -> Tensor:
    firsts = [ops.floor(pixel.detach()) for pixel in pixels]
    weights = [cubic_weights(pixel - first) for pixel, first in zip(pixels, firsts, strict=True)]
    total: Any = 0.0
    for corner in itertools.product(range(4), repeat=2):
        taps = [
            ops.round(_padded(first + (k - 1), size, padding_mode, align_corners)).array
            for first, k, size in zip(firsts, corner, spatial, strict=True)
        ]
        total = total + _weighed(
            _read(flat, spatial, taps), [weight[k] for weight, k in zip(weights, corner, strict=True)]
        )
    return total


def _check_grid(input: Tensor, grid: Tensor, mode: str, padding_mode: str) -> None:
    if mode not in ("bilinear", "nearest", "bicubic"):
        raise ValueError(
            "nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', "
            f"but got: '{mode}'"
        )
    if padding_mode not in ("zeros", "border", "reflection"):
        raise ValueError(
            "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or "
            f"'reflection', but got: '{padding_mode}'"
        )
    axes = input.ndim - 2
    shapes = f"input with sizes {list(input.shape)} and grid with sizes {list(grid.shape)}"
    if grid.array.shape[0] != input.array.shape[0]:
        raise RuntimeError(
            f"grid_sampler(): expected grid and input to have same batch size, but got {shapes}"
        )
    if grid.array.shape[-1] != axes:
        raise RuntimeError(
            f"grid_sampler(): expected grid to have size {axes} in last dimension, but got {shapes}"
        )
    if axes not in (2, 3) or grid.ndim != input.ndim:
        raise RuntimeError(
            f"grid_sampler(): expected 4D or 5D input and grid with same number of dimensions, but got "
            f"{shapes}"
        )
    if 0 in input.array.shape[2:]:
        raise RuntimeError(
            f"grid_sampler(): expected input to have non-empty spatial dimensions, not {list(input.shape)}"
        )
    if mode == "bicubic" and axes != 2:
        raise RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input")
    floating("grid_sampler", input)
    if grid.array.dtype != input.array.dtype:
        raise RuntimeError(
            "grid_sampler(): expected input and grid to have same dtype, but input has "
            f"{input.dtype!r} and grid has {grid.dtype!r}"
        )


@composition
def grid_sample(
    input: Tensor,
    grid: Tensor,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    """``input`` (N, C, H, W) read at the places ``grid`` (N, H', W', 2): (N, C, H', W'); in three dimensions
    likewise.

    ``mode``: "bilinear", "nearest" or (for images) "bicubic". Outside the image ``padding_mode`` gives
    "zeros", the "border" or its "reflection". ValueError or RuntimeError where arguments do not fit.
    """
    _check_grid(input, grid, mode, padding_mode)
    aligned = _told("grid_sample", align_corners)
    n, c, *spatial = input.array.shape
    flat = ops.reshape(input, shape=(n, c, math.prod(spatial)))
    count = math.prod(grid.array.shape[1:-1])
    pixels = []
    for axis, size in enumerate(spatial):
        place = ops.reshape(ops.getitem(grid, index=(..., len(spatial) - 1 - axis)), shape=(n, count))
        pixel = _pixel(place, size, aligned)
        pixels.append(pixel if mode == "bicubic" else _padded(pixel, size, padding_mode, aligned))
    if mode == "bicubic":
        output = _cubic(flat, spatial, pixels, padding_mode, aligned)
    elif mode == "nearest":
        output = _nearest(flat, spatial, pixels)
    else:
        output = _linear(flat, spatial, pixels)
    return ops.reshape(output, shape=(n, c, *grid.array.shape[1:-1]))
