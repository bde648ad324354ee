"""Images of another size: each pixel a weighted mean of those under it, rows and columns in turn, as Pillow
resamples.

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
    NEAREST_EXACT = "nearest-exact"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    BOX = "box"
    HAMMING = "hamming"
    LANCZOS = "lanczos"

    @property
    def of_pillow(self) -> str:
        """What Pillow calls it: its nearest pixel is the exact one."""
        return "NEAREST" if self is InterpolationMode.NEAREST_EXACT else self.name


_PILLOWS_NUMBERS = {
    0: InterpolationMode.NEAREST,
    1: InterpolationMode.LANCZOS,
    2: InterpolationMode.BILINEAR,
    3: InterpolationMode.BICUBIC,
    4: InterpolationMode.BOX,
    5: InterpolationMode.HAMMING,
}


def interpolation_of(given: Any) -> InterpolationMode:
    """The mode that is meant: one itself, its name, or Pillow's number for it (``Image.BICUBIC`` is 3)."""
    try:
        return _PILLOWS_NUMBERS.get(given) or InterpolationMode(given)
    except (TypeError, ValueError):
        raise TypeError(
            "Argument interpolation should be a InterpolationMode or a corresponding Pillow integer "
            f"constant, not {given!r}"
        ) from None


def _triangle(x: Array) -> Array:
    return np.maximum(0.0, 1.0 - np.abs(x))


def _cubic(x: Array) -> Array:
    """Keys's cubic convolution kernel with a = -1/2."""
    x = np.abs(x)
    near, far = (1.5 * x - 2.5) * x * x + 1.0, ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    return np.where(x < 1, near, np.where(x < 2, far, 0.0))


def _box(x: Array) -> Array:
    return np.where((x > -0.5) & (x <= 0.5), 1.0, 0.0)


def _hamming(x: Array) -> Array:
    return np.where(np.abs(x) < 1, np.sinc(x) * (0.54 + 0.46 * np.cos(np.pi * x)), 0.0)


def _lanczos(x: Array) -> Array:
    return np.where((x >= -3) & (x < 3), np.sinc(x) * np.sinc(x / 3), 0.0)


_FILTERS: dict[InterpolationMode, tuple[Callable[[Array], Array], float]] = {
    InterpolationMode.BILINEAR: (_triangle, 1.0),
    InterpolationMode.BICUBIC: (_cubic, 2.0),
    InterpolationMode.BOX: (_box, 0.5),
    InterpolationMode.HAMMING: (_hamming, 1.0),
    InterpolationMode.LANCZOS: (_lanczos, 3.0),
}


_ONE = 2.0**22
"""What stands for 1 where weights are rounded to whole numbers: Pillow's precision for bytes."""


def weights(before: int, after: int, mode: InterpolationMode) -> Array:
    """The matrix (after, before) that resamples one axis; each row's weights add up to 1."""
    scale = before / after
    if mode.of_pillow == "NEAREST":
        steps = np.full(after, scale)
        steps[0] /= 2
        return np.equal(np.cumsum(steps).astype(int)[:, None], np.arange(before)).astype(
            np.float64
        )  # added up as in Pillow
    centres = (np.arange(after) + 0.5) * scale
    kernel, support = _FILTERS[mode]
    wide = max(scale, 1.0)
    places = np.arange(before) + 0.5
    first, last = np.floor(centres - support * wide + 0.5), np.floor(centres + support * wide + 0.5)
    within = (np.arange(before) >= first[:, None]) & (np.arange(before) < last[:, None])
    found = np.where(within, kernel((places - centres[:, None]) / wide), 0.0)
    return np.asarray(found / found.sum(1, keepdims=True))


def resample(image: Array, size: tuple[int, int], axes: tuple[int, int], mode: InterpolationMode) -> Array:
    """``image`` with ``size`` along ``axes`` (rows, columns); bytes are rounded after each of the two, as
    Pillow does."""
    for axis, after in ((axes[1], size[1]), (axes[0], size[0])):
        if image.shape[axis] != after:
            image = _along(image, axis, weights(image.shape[axis], after, mode))
    return image


def _along(image: Array, axis: int, matrix: Array) -> Array:
    moved = np.moveaxis(image, axis, -1)
    if image.dtype.kind == "f":
        found = moved @ matrix.T.astype(image.dtype)
    else:
        # Whole numbers, which float64 adds up exactly in any order.
        whole = np.trunc(matrix * _ONE + np.copysign(0.5, matrix))
        limits = np.iinfo(image.dtype)
        found = np.clip(np.floor((moved @ whole.T) / _ONE + 0.5), limits.min, limits.max).astype(image.dtype)
    return np.ascontiguousarray(np.moveaxis(found, -1, axis))


def rotated(image: Array, angle: float, axes: tuple[int, int], fill: Any) -> Array:
    """``image`` turned counter-clockwise by ``angle`` degrees about its centre: each pixel is the one it
    lands on, or ``fill``."""
    height, width = image.shape[axes[0]], image.shape[axes[1]]
    turn = np.deg2rad(-(angle % 360.0))
    cos, sin = round(float(np.cos(turn)), 15), round(float(np.sin(turn)), 15)
    a, b = cos, sin
    across = a * (0.5 - width / 2) + b * (0.5 - height / 2) + width / 2
    down = -b * (0.5 - width / 2) + a * (0.5 - height / 2) + height / 2
    # In units of 1 / 65536, as Pillow: which pixel is the nearest is then decided alike.
    a, b, across, down = (int(np.floor(number * 65536 + 0.5)) for number in (a, b, across, down))
    minus_b = int(np.floor(-sin * 65536 + 0.5))
    y, x = np.mgrid[:height, :width]
    column, row = (across + a * x + b * y) >> 16, (down + minus_b * x + a * y) >> 16
    inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    planes = np.moveaxis(image, axes, (0, 1))
    found = np.full_like(planes, fill)
    found[inside] = planes[row[inside], column[inside]]
    return np.ascontiguousarray(np.moveaxis(found, (0, 1), axes))
