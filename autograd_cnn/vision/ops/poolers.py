"""Regions at one size, each from the map of a pyramid that suits it (Lin et al. 2017, arXiv 1612.03144)."""

import math
from collections.abc import Sequence
from typing import Any

from ... import nn
from ..._functions.joining import cat
from ..._tensor import Tensor
from .boxes import box_area as box_area
from .regions import roi_align as roi_align

__all__ = ["MultiScaleRoIAlign"]


class LevelMapper:
    """Which level, from 0, each region belongs to: ``canonical_level`` for one as large as a square of
    ``canonical_scale``, the next one for half its side; between ``k_min`` and ``k_max``."""

    def __init__(
        self,
        k_min: int,
        k_max: int,
        canonical_scale: int = 224,
        canonical_level: int = 4,
        eps: float = 1e-6,
    ) -> None:
        self.k_min = k_min
        self.k_max = k_max
        self.s0 = canonical_scale
        self.lvl0 = canonical_level
        self.eps = eps

    def __call__(self, boxlists: Sequence[Tensor]) -> Tensor:
        sides = cat([box_area(boxes) for boxes in boxlists]).sqrt()
        level = (self.lvl0 + (sides / self.s0).log2() + self.eps).floor()
        return level.clamp(self.k_min, self.k_max).long() - self.k_min


def initLevelMapper(  # noqa: N802 - torchvision's name
    k_min: int, k_max: int, canonical_scale: int = 224, canonical_level: int = 4, eps: float = 1e-6
) -> LevelMapper:
    """A :class:`LevelMapper`."""
    return LevelMapper(k_min, k_max, canonical_scale, canonical_level, eps)


class MultiScaleRoIAlign(nn.Module):
    """:func:`roi_align` of the map that suits each region, of those that are named.

    ``forward(x, boxes, image_shapes)``: a dict of maps, a (L, 4) of regions for each image, and the images'
    heights and widths, from which the scales of the maps are guessed the first time.
    """

    def __init__(
        self,
        featmap_names: list[str],
        output_size: int | Sequence[int],
        sampling_ratio: int,
        *,
        canonical_scale: int = 224,
        canonical_level: int = 4,
    ) -> None:
        super().__init__()
        self.featmap_names = featmap_names
        self.sampling_ratio = sampling_ratio
        self.output_size: tuple[int, ...] = (
            (output_size,) * 2 if isinstance(output_size, int) else tuple(output_size)
        )
        self.scales: list[float] | None = None
        self.map_levels: LevelMapper | None = None
        self.canonical_scale = canonical_scale
        self.canonical_level = canonical_level

    def _levels(
        self, maps: list[Tensor], image_shapes: Sequence[tuple[int, int]]
    ) -> tuple[list[float], LevelMapper]:
        """The scales of the maps, powers of 2, and which map suits whom."""
        if not image_shapes:
            raise ValueError("images list should not be empty")
        height = max(shape[0] for shape in image_shapes)
        levels = [-round(math.log2(each.shape[-2] / height)) for each in maps]
        mapper = LevelMapper(levels[0], levels[-1], self.canonical_scale, self.canonical_level)
        return [2.0**-level for level in levels], mapper

    def forward(
        self, x: dict[str, Tensor], boxes: list[Tensor], image_shapes: list[tuple[int, int]]
    ) -> Tensor:
        maps = [value for name, value in x.items() if name in self.featmap_names]
        if self.scales is None or self.map_levels is None:
            self.scales, self.map_levels = self._levels(maps, image_shapes)
        numbers = [each.new_full((len(each), 1), float(i)) for i, each in enumerate(boxes)]
        regions = cat([cat([number, each], 1) for number, each in zip(numbers, boxes, strict=True)])
        options: dict[str, Any] = {"output_size": self.output_size, "sampling_ratio": self.sampling_ratio}
        if len(maps) == 1:
            return roi_align(maps[0], regions, spatial_scale=self.scales[0], **options)
        levels = self.map_levels(boxes)
        found: Tensor = maps[0].new_zeros((len(regions), maps[0].shape[1], *self.output_size))
        for level, (features, scale) in enumerate(zip(maps, self.scales, strict=True)):
            here = (levels == level).nonzero().squeeze(1)
            found[here] = roi_align(features, regions[here], spatial_scale=scale, **options).to(found.dtype)
        return found

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(featmap_names={self.featmap_names}, output_size={self.output_size}, "
            f"sampling_ratio={self.sampling_ratio})"
        )
