"""Images of another size: each pixel a weighted mean of those under it, rows and columns in turn, as Pillow resamples.

Source: Pillow's Resample.c. Shrinking widens the filter, so that every pixel counts (antialiasing).
"""

import enum
from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


class InterpolationMode(enum.Enum):
    """Which filter weighs the pixels."""

    NEAREST = "nearest"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"


def _triangle(x: Array) -> Array:
    return np.maximum(0.0, 1.0 - np.abs(x))


def _cubic(x: Array) -> Array:
    """Keys's cubic convolution kernel with a = -1/2."""
    x = np.abs(x)
    near, far = (1.5 * x - 2.5) * x * x + 1.0, ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    return np.where(x < 1, near, np.where(x < 2, far, 0.0))


_FILTERS: dict[InterpolationMode, tuple[Callable[[Array], Array], float]] = {
    InterpolationMode.BILINEAR: (_triangle, 1.0),
    InterpolationMode.BICUBIC: (_cubic, 2.0),
}


def weights(before: int, after: int, mode: InterpolationMode) -> Array:
    """The matrix (after, before) that resamples one axis; each row's weights add up to 1."""
    scale = before / after
    centres = (np.arange(after) + 0.5) * scale
    if mode is InterpolationMode.NEAREST:
        return np.equal(np.floor(centres).astype(int)[:, None], np.arange(before)).astype(np.float64)
    kernel, support = _FILTERS[mode]
    wide = max(scale, 1.0)
    places = np.arange(before) + 0.5
    first, last = np.floor(centres - support * wide + 0.5), np.floor(centres + support * wide + 0.5)
    within = (np.arange(before) >= first[:, None]) & (np.arange(before) < last[:, None])
    found = np.where(within, kernel((places - centres[:, None]) / wide), 0.0)
    return np.asarray(found / found.sum(1, keepdims=True))


def resample(image: Array, size: tuple[int, int], axes: tuple[int, int], mode: InterpolationMode) -> Array:
    """``image`` with ``size`` along ``axes`` (rows, columns); bytes are rounded after each of the two, as Pillow does."""
    for axis, after in ((axes[1], size[1]), (axes[0], size[0])):
        if image.shape[axis] != after:
            image = _along(image, axis, weights(image.shape[axis], after, mode))
    return image


def _along(image: Array, axis: int, matrix: Array) -> Array:
    floating = image.dtype.kind == "f"
    moved = np.moveaxis(image, axis, -1)
    found = moved @ matrix.T.astype(image.dtype if floating else np.float64)
    if not floating:
        limits = np.iinfo(image.dtype)
        found = np.clip(np.floor(found + 0.5), limits.min, limits.max).astype(image.dtype)
    return np.ascontiguousarray(np.moveaxis(found, -1, axis))


def rotated(image: Array, angle: float, axes: tuple[int, int], fill: float) -> Array:
    """``image`` turned counter-clockwise by ``angle`` degrees about its centre: each pixel is the one it lands on, or ``fill``."""
    height, width = image.shape[axes[0]], image.shape[axes[1]]
    turn = np.deg2rad(-(angle % 360.0))
    cos, sin = round(float(np.cos(turn)), 15), round(float(np.sin(turn)), 15)
    y, x = np.mgrid[:height, :width] + 0.5
    x, y = x - width / 2, y - height / 2
    column = np.floor(cos * x + sin * y + width / 2).astype(int)
    row = np.floor(-sin * x + cos * y + height / 2).astype(int)
    inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    planes = np.moveaxis(image, axes, (0, 1))
    found = np.full_like(planes, fill)
    found[inside] = planes[row[inside], column[inside]]
    return np.ascontiguousarray(np.moveaxis(found, (0, 1), axes))
