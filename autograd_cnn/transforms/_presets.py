"""The transform that the images of a trained model need."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._engine.dtypes import float32
from .._tensor import Tensor
from ..nn import Module
from . import functional as F
from ._pillow import is_pillow
from ._resampling import InterpolationMode


class ImageClassification(Module):
    """An image resized, its middle as numbers from 0 to 1, and ImageNet's mean and deviation taken out."""

    def __init__(
        self,
        *,
        crop_size: int,
        resize_size: int = 256,
        mean: Sequence[float] = (0.485, 0.456, 0.406),
        std: Sequence[float] = (0.229, 0.224, 0.225),
        interpolation: InterpolationMode = InterpolationMode.BILINEAR,
        antialias: bool | None = True,
    ) -> None:
        super().__init__()
        self.crop_size: list[int] = [crop_size]
        self.resize_size: list[int] = [resize_size]
        self.mean: list[float] = list(mean)
        self.std: list[float] = list(std)
        self.interpolation = interpolation
        self.antialias = antialias

    def forward(self, img: Any) -> Tensor:
        found = F.center_crop(
            F.resize(img, self.resize_size, self.interpolation, antialias=self.antialias), self.crop_size
        )
        if is_pillow(found) or isinstance(found, np.ndarray):
            found = F.pil_to_tensor(found)
        numbers = found.to(float32) if found.is_floating_point() else found.to(float32) / 255
        return F.normalize(numbers, self.mean, self.std)

    def __repr__(self) -> str:
        names = ("crop_size", "resize_size", "mean", "std", "interpolation")
        return "\n".join(["ImageClassification(", *(f"    {n}={getattr(self, n)}" for n in names), ")"])
