"""Regions of feature maps at one size: means of interpolated points (He et al. 2017, arXiv 1703.06870), or
maxima (Girshick 2015, arXiv 1504.08083)."""

import math
from typing import Any

import numpy as np

from ... import nn
from ..._creation.creation import tensor
from ..._functions.joining import cat, stack
from ..._tensor import Tensor
from ...nn.modules.utils import _pair

__all__ = ["RoIAlign", "RoIPool", "roi_align", "roi_pool"]


def regions_of(boxes: Any) -> np.ndarray[Any, Any]:
    """(K, 5): the number of the image, and the corners; of such a tensor, or of a list with one for each."""
    if isinstance(boxes, Tensor):
        if boxes.shape[1] != 5:
            raise AssertionError("The boxes tensor shape is not correct as Tensor[K, 5]")
        return np.asarray(boxes.detach().cpu().array, np.float64)
    if not isinstance(boxes, (list, tuple)):
        raise AssertionError(
            f"boxes is expected to be a Tensor[L, 5] or a List[Tensor[K, 4]], not {type(boxes).__name__}"
        )
    if any(b.shape[1] != 4 for b in boxes):
        raise AssertionError("The shape of the tensor in the boxes list is not correct as List[Tensor[L, 4]]")
    parts = [
        np.concatenate([np.full((len(b), 1), i), b.detach().cpu().array], 1) for i, b in enumerate(boxes)
    ]
    return np.asarray(np.concatenate([np.zeros((0, 5)), *parts]), np.float64)


def _axis(begin: float, length: float, bins: int, samples: int, limit: int) -> Any:
    """Along one axis: the two neighbours of each point and their weights, (bins * samples,) each."""
    points = begin + (np.arange(bins * samples) + 0.5) * (length / max(bins * samples, 1))
    inside = (points >= -1.0) & (points <= limit)
    points = np.clip(points, 0, None)
    low = np.floor(points).astype(int)
    at_end = low >= limit - 1
    low = np.where(at_end, limit - 1, low)
    high = np.where(at_end, limit - 1, low + 1)
    part = np.where(at_end, 0.0, points - low)
    return low, high, (1 - part) * inside, part * inside


def roi_align(
    input: Tensor,
    boxes: Any,
    output_size: Any,
    spatial_scale: float = 1.0,
    sampling_ratio: int = -1,
    aligned: bool = False,
) -> Tensor:
    """(N, C, H, W) and K regions to (K, C, *output_size): the means of points of each bin, interpolated.

    ``boxes``: (K, 5), the image's number before the corners, or a list of (L, 4) for each image, in units of
    1 / ``spatial_scale``. ``sampling_ratio``: points along each side of a bin; below 1 as many as it has
    pixels. ``aligned`` takes half a pixel off, as pixels have their middle there.
    """
    high, wide = _pair(output_size)
    limit_y, limit_x = input.shape[-2:]
    found = []
    for number, *corners in regions_of(boxes):
        shift = 0.5 if aligned else 0.0
        x1, y1, x2, y2 = (corner * spatial_scale - shift for corner in corners)
        width, height = (x2 - x1, y2 - y1) if aligned else (max(x2 - x1, 1.0), max(y2 - y1, 1.0))
        ny = sampling_ratio if sampling_ratio > 0 else max(math.ceil(height / high), 0)
        nx = sampling_ratio if sampling_ratio > 0 else max(math.ceil(width / wide), 0)
        rows = _mixing(_axis(y1, height, high, ny, limit_y), limit_y, high, ny)
        columns = _mixing(_axis(x1, width, wide, nx, limit_x), limit_x, wide, nx)
        left, right = (tensor(m, dtype=input.dtype).to(input.device) for m in (rows, columns))
        found.append(left @ input[int(number)] @ right.t())
    empty: Tensor = input.new_zeros((0, input.shape[1], high, wide))
    return stack(found) if found else empty


def _mixing(neighbours: Any, limit: int, bins: int, samples: int) -> np.ndarray[Any, Any]:
    """(bins, limit): how much of each row of the map is in each bin. A mean over points of both axes is one
    of the rows' mean and the columns', so that two products make it."""
    low, high, at_low, at_high = neighbours
    if not samples:  # of a region without extent
        return np.zeros((bins, limit))
    matrix = np.zeros((bins * samples, limit))
    steps = np.arange(bins * samples)
    np.add.at(matrix, (steps, low), at_low)
    np.add.at(matrix, (steps, high), at_high)
    return np.asarray(matrix.reshape(bins, samples, limit).mean(1))


def roi_pool(input: Tensor, boxes: Any, output_size: Any, spatial_scale: float = 1.0) -> Tensor:
    """(N, C, H, W) and K regions to (K, C, *output_size): the largest number of each bin, 0 of an empty
    one."""
    high, wide = _pair(output_size)
    limit_y, limit_x = input.shape[-2:]
    found = []
    for number, *corners in regions_of(boxes):
        x1, y1, x2, y2 = (math.floor(corner * spatial_scale + 0.5) for corner in corners)
        rows = bins_along(y1, max(y2 - y1 + 1, 1), high, limit_y)
        columns = bins_along(x1, max(x2 - x1 + 1, 1), wide, limit_x)
        image = input[int(number)]
        cells = [
            image[:, top:bottom, left:right].amax((1, 2))
            if bottom > top and right > left
            else image.new_zeros(image.shape[0])
            for top, bottom in rows
            for left, right in columns
        ]
        found.append(stack(cells, 1).reshape(1, -1, high, wide))
    empty: Tensor = input.new_zeros((0, input.shape[1], high, wide))
    return cat(found) if found else empty


def bins_along(begin: int, length: int, count: int, limit: int) -> list[tuple[int, int]]:
    size = length / count
    return [
        (
            min(max(math.floor(i * size) + begin, 0), limit),
            min(max(math.ceil((i + 1) * size) + begin, 0), limit),
        )
        for i in range(count)
    ]


class RoIAlign(nn.Module):
    """See :func:`roi_align`."""

    def __init__(
        self, output_size: Any, spatial_scale: float, sampling_ratio: int, aligned: bool = False
    ) -> None:
        super().__init__()
        self.output_size = output_size
        self.spatial_scale = spatial_scale
        self.sampling_ratio = sampling_ratio
        self.aligned = aligned

    def forward(self, input: Tensor, rois: Any) -> Tensor:
        return roi_align(input, rois, self.output_size, self.spatial_scale, self.sampling_ratio, self.aligned)


class RoIPool(nn.Module):
    """See :func:`roi_pool`."""

    def __init__(self, output_size: Any, spatial_scale: float) -> None:
        super().__init__()
        self.output_size = output_size
        self.spatial_scale = spatial_scale

    def forward(self, input: Tensor, rois: Any) -> Tensor:
        return roi_pool(input, rois, self.output_size, self.spatial_scale)
