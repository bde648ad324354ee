"""Regions of maps that have a channel for each bin: R-FCN (Dai et al. 2016, arXiv 1605.06409)."""

import math
from typing import Any

from ... import nn
from ..._functions.joining import cat, stack
from ..._functions.strided import diagonal
from ..._tensor import Tensor
from ...nn.modules.utils import _pair
from .regions import bins_along, regions_of, roi_align

__all__ = ["PSRoIAlign", "PSRoIPool", "ps_roi_align", "ps_roi_pool"]


def _channels(input: Tensor, output_size: Any) -> tuple[int, int, int]:
    high, wide = _pair(output_size)
    if input.shape[1] % (high * wide):
        raise RuntimeError(
            "input channels must be a multiple of pooling height * pooling width, but got "
            f"{input.shape[1]} channels and bins of {high} by {wide}"
        )
    return input.shape[1] // (high * wide), high, wide


def ps_roi_align(
    input: Tensor, boxes: Any, output_size: Any, spatial_scale: float = 1.0, sampling_ratio: int = -1
) -> Tensor:
    """(N, C * h * w, H, W) and K regions to (K, C, h, w): each bin is that of :func:`roi_align` (``aligned``)
    in a channel of its own."""
    channels, high, wide = _channels(input, output_size)
    found = roi_align(input, boxes, (high, wide), spatial_scale, sampling_ratio, aligned=True)
    every = found.reshape(-1, channels, high * wide, high * wide)
    return diagonal(every, 0, 2, 3).reshape(-1, channels, high, wide)


def ps_roi_pool(input: Tensor, boxes: Any, output_size: Any, spatial_scale: float = 1.0) -> Tensor:
    """(N, C * h * w, H, W) and K regions to (K, C, h, w): the mean of each bin in a channel of its own, 0 of
    an empty one. The last row and the last column of the map belong to no bin, as in torchvision."""
    channels, high, wide = _channels(input, output_size)
    found = []
    for number, *corners in regions_of(boxes):
        x1, y1, x2, y2 = (_rounded(corner * spatial_scale) for corner in corners)
        rows = bins_along(y1, max(y2 - y1, 1), high, input.shape[2] - 1)
        columns = bins_along(x1, max(x2 - x1, 1), wide, input.shape[3] - 1)
        image = input[int(number)].reshape(channels, high * wide, *input.shape[2:])
        cells = [
            image[:, i, top:bottom, left:right].mean((1, 2))
            if bottom > top and right > left
            else image.new_zeros(channels)
            for i, ((top, bottom), (left, right)) in enumerate((r, c) for r in rows for c in columns)
        ]
        found.append(stack(cells, 1).reshape(1, channels, high, wide))
    empty: Tensor = input.new_zeros((0, channels, high, wide))
    return cat(found) if found else empty


def _rounded(x: float) -> int:
    """The nearest integer, halves away from 0."""
    return int(math.copysign(math.floor(abs(x) + 0.5), x))


class PSRoIAlign(nn.Module):
    """See :func:`ps_roi_align`."""

    def __init__(self, output_size: int, spatial_scale: float, sampling_ratio: int) -> None:
        super().__init__()
        self.output_size = output_size
        self.spatial_scale = spatial_scale
        self.sampling_ratio = sampling_ratio

    def forward(self, input: Tensor, rois: Any) -> Tensor:
        return ps_roi_align(input, rois, self.output_size, self.spatial_scale, self.sampling_ratio)

    def __repr__(self) -> str:
        told = f"output_size={self.output_size}, spatial_scale={self.spatial_scale}"
        return f"{type(self).__name__}({told}, sampling_ratio={self.sampling_ratio})"


class PSRoIPool(nn.Module):
    """See :func:`ps_roi_pool`."""

    def __init__(self, output_size: int, spatial_scale: float) -> None:
        super().__init__()
        self.output_size = output_size
        self.spatial_scale = spatial_scale

    def forward(self, input: Tensor, rois: Any) -> Tensor:
        return ps_roi_pool(input, rois, self.output_size, self.spatial_scale)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(output_size={self.output_size}, spatial_scale={self.spatial_scale})"
