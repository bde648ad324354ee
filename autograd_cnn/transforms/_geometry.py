"""Images turned, moved, scaled and sheared."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .._creation.creation import tensor
from .._tensor import Tensor
from ..nn.functional import grid_sample
from ._colour import by_pillow
from ._conversion import by_tensor
from ._pillow import fill_of_bands
from ._resampling import InterpolationMode, interpolation_of

__all__ = ["affine", "elastic_transform", "perspective"]


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
        way = getattr(Image.Resampling, mode.of_pillow)
        colour = fill_of_bands(image, fill)
        return image.transform(image.size, Image.Transform.AFFINE, matrix, way, fillcolor=colour)

    return by_pillow("affine", img, change)


def perspective(
    img: Any,
    startpoints: Sequence[Sequence[int]],
    endpoints: Sequence[Sequence[int]],
    interpolation: Any = InterpolationMode.BILINEAR,
    fill: Any = None,
    coefficients: Sequence[float] | None = None,
) -> Any:
    """Seen from aside: so that the four ``startpoints`` (x, y) of the image come to be the ``endpoints``; or
    by the eight ``coefficients`` of where each pixel is found."""
    mode = interpolation_of(interpolation)
    if coefficients is not None and len(coefficients) != 8:
        raise ValueError("Argument coefficients should have 8 float values")
    numbers = coefficients or _perspective_coefficients(startpoints, endpoints)
    if isinstance(img, Tensor):
        height, width = img.shape[-2:]
        x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
        a, b, c, d, e, f, g, h = numbers
        depth = g * x + h * y + 1
        across, down = (a * x + b * y + c) / depth, (d * x + e * y + f) / depth
        return _read_at(
            img, np.stack([across / (0.5 * width) - 1, down / (0.5 * height) - 1], -1), mode, fill
        )

    def change(image: Any) -> Any:
        from PIL import Image

        way = getattr(Image.Resampling, mode.of_pillow)
        colour = fill_of_bands(image, fill)
        return image.transform(image.size, Image.Transform.PERSPECTIVE, numbers, way, fillcolor=colour)

    return by_pillow("perspective", img, change)


def _perspective_coefficients(
    startpoints: Sequence[Sequence[int]], endpoints: Sequence[Sequence[int]]
) -> list[float]:
    """a to h, by which (x, y) of the result finds ((ax + by + c) / (gx + hy + 1), (dx + ey + f) / (gx + hy +
    1)) of the image."""
    if len(startpoints) != 4 or len(endpoints) != 4:
        raise ValueError(
            f"Please provide exactly four corners, got {len(startpoints)} startpoints and {len(endpoints)} "
            "endpoints."
        )
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(endpoints, startpoints, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    wanted = np.array(startpoints, np.float64).reshape(8)
    found: list[float] = np.linalg.lstsq(np.array(rows), wanted, rcond=None)[0].astype(np.float32).tolist()
    return found


def elastic_transform(
    img: Any, displacement: Tensor, interpolation: Any = InterpolationMode.BILINEAR, fill: Any = None
) -> Any:
    """Each pixel is the one that stands ``displacement`` (1, H, W, 2) away, right and down, in halves of the
    image's sizes."""
    if not isinstance(displacement, Tensor):
        raise TypeError("Argument displacement should be a Tensor")
    if not isinstance(img, Tensor):
        return by_tensor(img, lambda t: elastic_transform(t, displacement, interpolation, fill))
    height, width = img.shape[-2:]
    if tuple(displacement.shape) != (1, height, width, 2):
        raise ValueError(
            f"Argument displacement shape should be {(1, height, width, 2)}, but given {displacement.shape}"
        )
    x, y = np.meshgrid(*((2 * np.arange(n) + 1) / n - 1 for n in (width, height)))
    grid = (np.stack([x, y], -1).astype(np.float32) + displacement.array)[0]
    return _read_at(img, grid, interpolation_of(interpolation), fill)


def rotated_between_pixels(
    img: Any, angle: float, mode: InterpolationMode, expand: bool, center: Any, fill: Any
) -> Any:
    """An image turned counter-clockwise by ``angle`` degrees about ``center``, each pixel read where it was
    by ``mode``; ``expand`` makes room for its corners."""
    if isinstance(img, Tensor):
        matrix = _inverse(_offset(img, center), -angle, [0, 0], 1.0, [0.0, 0.0])
        return _sampled(img, matrix, mode, fill, expand)

    def change(image: Any) -> Any:
        from PIL import Image

        way = getattr(Image.Resampling, mode.of_pillow)
        return image.rotate(angle, way, expand, center, fillcolor=fill_of_bands(image, fill))

    return by_pillow("rotate", img, change)


def _offset(img: Tensor, center: Sequence[int] | None) -> list[float]:
    """How far ``center`` is from the middle of the image, to the right and down."""
    height, width = img.shape[-2:]
    middle = (width * 0.5, height * 0.5)
    return [0.0, 0.0] if center is None else [c - m for c, m in zip(center, middle, strict=True)]


def _size_for_corners(matrix: Sequence[float], height: int, width: int) -> tuple[int, int]:
    """The height and width within which the corners of the turned image lie, whole pixels but for 1e-4."""
    corners = [(x * width / 2, y * height / 2, 1.0) for x in (-1, 1) for y in (-1, 1)]
    turn = np.array(matrix, np.float32).reshape(2, 3)
    places = np.array(corners, np.float32) @ turn.T + np.array([width / 2, height / 2], np.float32)
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
    return _read_at(img, grid, mode, fill)


def _of_planes(fill: Any, img: Tensor) -> list[float]:
    """``fill``, a number or one for each channel, for all planes of a tensor (..., C, H, W) or for each."""
    numbers = [float(number) for number in fill] if isinstance(fill, (list, tuple)) else [float(fill)]
    channels = img.shape[-3] if img.ndim > 2 else 1
    if len(numbers) not in (1, channels):
        raise ValueError(
            "The number of elements in 'fill' cannot broadcast to match the number of channels of the image "
            f"({len(numbers)} != {channels})"
        )
    return numbers if len(numbers) == 1 else numbers * math.prod(img.shape[:-3])


def _read_at(img: Tensor, grid: Any, mode: InterpolationMode, fill: Any) -> Tensor:
    """A tensor (..., H, W) read at the places of ``grid``; outside of it ``fill``."""
    height, width = img.shape[-2:]
    if not img.numel():
        return img.new_empty(*img.shape[:-2], *grid.shape[:2])
    planes = img.reshape(1, -1, height, width)  # all are read at the same places
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
        colour = tensor(_of_planes(fill, img), dtype=numbers.dtype, device=img.device).reshape(1, -1, 1, 1)
        if mode.of_pillow == "NEAREST":
            found = colour.where(inside < 0.5, found)
        else:
            found = found * inside + (1.0 - inside) * colour
    if not img.is_floating_point():
        found = found.round()
    return found.to(img.dtype).reshape(*img.shape[:-2], *grid.shape[:2])
