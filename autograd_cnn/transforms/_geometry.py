"""Images turned, moved, scaled and sheared."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .._creation.creation import tensor
from .._tensor import Tensor
from ..nn.functional import grid_sample
from ._colour import by_pillow
from ._resampling import InterpolationMode, interpolation_of

__all__ = ["affine"]


def affine(
    img: Any,
    angle: float,
    translate: Sequence[int],
    scale: float,
    shear: Any,
    interpolation: Any = InterpolationMode.NEAREST,
    fill: Any = None,
    center: Sequence[int] | None = None,
) -> Any:
    """Turned clockwise by ``angle`` degrees, scaled and sheared about ``center`` (the middle, if it is None),
    and moved by ``translate`` (x, y)."""
    if scale <= 0.0:
        raise ValueError("Argument scale should be positive")
    shears = [float(shear), 0.0] if isinstance(shear, (int, float)) else [float(s) for s in shear]
    shears = shears * 2 if len(shears) == 1 else shears
    if len(shears) != 2:
        raise ValueError(f"Shear should be a sequence containing two values. Got {shear}")
    mode = interpolation_of(interpolation)
    if isinstance(img, Tensor):
        return _sampled(img, _inverse(_offset(img, center), angle, translate, scale, shears), mode, fill)

    def change(image: Any) -> Any:
        from PIL import Image

        middle = [image.width * 0.5, image.height * 0.5] if center is None else list(center)
        matrix = _inverse(middle, angle, translate, scale, shears)
        colour = None if fill is None else tuple(fill) if isinstance(fill, Sequence) else fill
        if isinstance(colour, (int, float)) and len(image.getbands()) > 1:
            colour = (int(colour),) * len(image.getbands())
        elif isinstance(colour, tuple) and len(colour) == 1:
            colour = colour * len(image.getbands()) if len(image.getbands()) > 1 else colour[0]
        way = getattr(Image.Resampling, mode.name)
        return image.transform(image.size, Image.Transform.AFFINE, matrix, way, fillcolor=colour)

    return by_pillow("affine", img, change)


def turned(
    img: Tensor, angle: float, mode: InterpolationMode, expand: bool, center: Any, fill: Any
) -> Tensor:
    """A tensor turned counter-clockwise by ``angle`` degrees; ``expand`` makes room for its corners."""
    matrix = _inverse(_offset(img, center), -angle, [0, 0], 1.0, [0.0, 0.0])
    return _sampled(img, matrix, mode, fill, expand)


def _offset(img: Tensor, center: Sequence[int] | None) -> list[float]:
    """How far ``center`` is from the middle of the image, to the right and down."""
    height, width = img.shape[-2:]
    middle = (width * 0.5, height * 0.5)
    return [0.0, 0.0] if center is None else [c - m for c, m in zip(center, middle, strict=True)]


def _size_for_corners(matrix: Sequence[float], height: int, width: int) -> tuple[int, int]:
    """The height and width within which the corners of the turned image lie, whole pixels but for 1e-4."""
    corners = [(x * width / 2, y * height / 2, 1.0) for x in (-1, 1) for y in (-1, 1)]
    moved = np.array(corners, np.float32) @ np.array(matrix, np.float32).reshape(2, 3).T
    places = moved + np.array([width / 2, height / 2], np.float32)
    least, most = (np.trunc(ends / 1e-4) * 1e-4 for ends in (places.min(0), places.max(0)))
    wide, high = (np.ceil(most) - np.floor(least)).tolist()
    return int(high), int(wide)


def _inverse(
    center: Sequence[float], angle: float, translate: Sequence[float], scale: float, shear: Sequence[float]
) -> list[float]:
    """The six numbers by which a pixel of the result finds its place in the image: the inverse of moving the
    centre to 0, shear, scale, turn, and back with ``translate``."""
    rot, sx, sy = (math.radians(number) for number in (angle, shear[0], shear[1]))
    cx, cy = center
    tx, ty = translate
    a = math.cos(rot - sy) / math.cos(sy)
    b = -math.cos(rot - sy) * math.tan(sx) / math.cos(sy) - math.sin(rot)
    c = math.sin(rot - sy) / math.cos(sy)
    d = -math.sin(rot - sy) * math.tan(sx) / math.cos(sy) + math.cos(rot)
    m = [x / scale for x in (d, -b, 0.0, -c, a, 0.0)]
    m[2] += m[0] * (-cx - tx) + m[1] * (-cy - ty) + cx
    m[5] += m[3] * (-cx - tx) + m[4] * (-cy - ty) + cy
    return m


def _sampled(
    img: Tensor, matrix: Sequence[float], mode: InterpolationMode, fill: Any, expand: bool = False
) -> Tensor:
    """A tensor (..., H, W) read where the matrix says, in pixels from its middle."""
    height, width = img.shape[-2:]
    high, wide = _size_for_corners(matrix, height, width) if expand else (height, width)
    x, y = np.meshgrid(np.arange(wide) + 0.5 - wide / 2, np.arange(high) + 0.5 - high / 2)
    a, b, c, d, e, f = matrix
    grid = np.stack([(a * x + b * y + c) / (0.5 * width), (d * x + e * y + f) / (0.5 * height)], -1)
    planes = img.reshape(1, -1, height, width)
    numbers = planes if img.is_floating_point() else planes.float()
    where = tensor(grid[None], dtype=numbers.dtype)
    found = grid_sample(numbers, where, mode=mode.value, padding_mode="zeros", align_corners=False)
    if fill is not None:
        inside = grid_sample(
            numbers.new_ones(1, 1, height, width),
            where,
            mode=mode.value,
            padding_mode="zeros",
            align_corners=False,
        )
        colour = tensor(fill, dtype=numbers.dtype).reshape(1, -1, 1, 1)
        if mode is InterpolationMode.NEAREST:
            found = colour.where(inside < 0.5, found)
        else:
            found = found * inside + (1.0 - inside) * colour
    if not img.is_floating_point():
        found = found.round()
    return found.to(img.dtype).reshape(*img.shape[:-2], high, wide)
