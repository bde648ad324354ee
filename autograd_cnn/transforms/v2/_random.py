"""Random changes that the second version alone has."""

import math
from collections.abc import Sequence
from typing import Any

from ..._creation.creation import tensor
from ..._random import stream
from .. import functional as F
from .._random_transforms import _below, _uniform, _unit
from .._resampling import InterpolationMode, interpolation_of
from . import _changes as changes
from ._transform import PerhapsTransform, Transform, query_chw, query_size

__all__ = [
    "JPEG",
    "GaussianNoise",
    "RandomChannelPermutation",
    "RandomPhotometricDistort",
    "RandomResize",
    "RandomShortestSize",
    "RandomZoomOut",
    "ScaleJitter",
    "UniformTemporalSubsample",
]


class GaussianNoise(Transform):
    """Gaussian noise added to tensors and arrays, ``mean`` and ``sigma`` as parts of white; ``clip`` keeps
    the result between black and white."""

    def __init__(self, mean: float = 0.0, sigma: float = 0.1, clip: bool = True) -> None:
        super().__init__()
        self.mean = mean
        self.sigma = sigma
        self.clip = clip

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return changes.gaussian_noise(inpt, self.mean, self.sigma, self.clip)


class RandomChannelPermutation(Transform):
    """The channels in a random order."""

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        return {"permutation": tensor(stream.randperm(query_chw(flat_inputs)[0]))}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return changes.permute_channels(inpt, params["permutation"].tolist())


class RandomPhotometricDistort(Transform):
    """Brightness, contrast, saturation, hue and the order of channels, each changed with probability ``p``
    (Liu et al. 2016, arXiv 1512.02325)."""

    def __init__(
        self,
        brightness: tuple[float, float] = (0.875, 1.125),
        contrast: tuple[float, float] = (0.5, 1.5),
        saturation: tuple[float, float] = (0.5, 1.5),
        hue: tuple[float, float] = (-0.05, 0.05),
        p: float = 0.5,
    ) -> None:
        super().__init__()
        self.brightness = brightness
        self.contrast = contrast
        self.hue = hue
        self.saturation = saturation
        self.p = p

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        channels = query_chw(flat_inputs)[0]
        names = ("brightness", "contrast", "saturation", "hue")
        found: dict[str, Any] = {
            f"{name}_factor": _uniform(*getattr(self, name)) if _unit() < self.p else None for name in names
        }
        found["contrast_before"] = _unit() < 0.5
        found["channel_permutation"] = tensor(stream.randperm(channels)) if _unit() < self.p else None
        return found

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        middle = ["saturation", "hue"]
        order = ["contrast", *middle] if params["contrast_before"] else [*middle, "contrast"]
        for name in ["brightness", *order]:
            if params[f"{name}_factor"] is not None:
                inpt = getattr(F, f"adjust_{name}")(inpt, params[f"{name}_factor"])
        order_of = params["channel_permutation"]
        return inpt if order_of is None else changes.permute_channels(inpt, order_of.tolist())


class RandomZoomOut(PerhapsTransform):
    """On a canvas some times as large, ``side_range``, at a random place, with probability ``p``."""

    def __init__(self, fill: Any = 0, side_range: Sequence[float] = (1.0, 4.0), p: float = 0.5) -> None:
        super().__init__(p)
        if not 1.0 <= side_range[0] <= side_range[1]:
            raise ValueError(f"Invalid side range provided {side_range}.")
        self.fill = self._kept_fill(fill)
        self.side_range = side_range

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        height, width = query_size(flat_inputs)
        times = self.side_range[0] + _unit() * (self.side_range[1] - self.side_range[0])
        wide, high = int(width * times), int(height * times)
        left, top = int((wide - width) * _unit()), int((high - height) * _unit())
        return {"padding": [left, top, wide - left - width, high - top - height]}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return F.pad(inpt, params["padding"], self._fill_for(inpt))


class _Resizing(Transform):
    """A size drawn for each sample."""

    def __init__(self, interpolation: Any, antialias: bool | None) -> None:
        super().__init__()
        self.interpolation: InterpolationMode = interpolation_of(interpolation)
        self.antialias = antialias

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return F.resize(inpt, params["size"], self.interpolation, antialias=self.antialias)


class ScaleJitter(_Resizing):
    """The images made to fit ``target_size`` times a random factor of ``scale_range``."""

    def __init__(
        self,
        target_size: tuple[int, int],
        scale_range: tuple[float, float] = (0.1, 2.0),
        interpolation: Any = InterpolationMode.BILINEAR,
        antialias: bool | None = True,
    ) -> None:
        super().__init__(interpolation, antialias)
        self.target_size = target_size
        self.scale_range = scale_range

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        height, width = query_size(flat_inputs)
        scale = self.scale_range[0] + _unit() * (self.scale_range[1] - self.scale_range[0])
        times = min(self.target_size[1] / height, self.target_size[0] / width) * scale
        return {"size": (int(height * times), int(width * times))}


class RandomShortestSize(_Resizing):
    """The shorter side one of ``min_size``, the longer at most ``max_size``."""

    def __init__(
        self,
        min_size: int | Sequence[int],
        max_size: int | None = None,
        interpolation: Any = InterpolationMode.BILINEAR,
        antialias: bool | None = True,
    ) -> None:
        super().__init__(interpolation, antialias)
        self.min_size: list[int] = [min_size] if isinstance(min_size, int) else list(min_size)
        self.max_size = max_size

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        height, width = query_size(flat_inputs)
        times = self.min_size[_below(len(self.min_size))] / min(height, width)
        most = math.inf if self.max_size is None else self.max_size / max(height, width)
        times = min(times, most)
        return {"size": (int(height * times), int(width * times))}


class RandomResize(_Resizing):
    """The shorter side of a random size, from ``min_size`` to below ``max_size``."""

    def __init__(
        self,
        min_size: int,
        max_size: int,
        interpolation: Any = InterpolationMode.BILINEAR,
        antialias: bool | None = True,
    ) -> None:
        super().__init__(interpolation, antialias)
        self.min_size = min_size
        self.max_size = max_size

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        return {"size": [self.min_size + _below(self.max_size - self.min_size)]}


class JPEG(Transform):
    """What JPEG makes of bytes at a ``quality`` from 1 to 100, or drawn between two; by Pillow."""

    def __init__(self, quality: int | Sequence[int]) -> None:
        super().__init__()
        if isinstance(quality, bool):
            raise TypeError("quality can't be bool")
        ends = [quality, quality] if isinstance(quality, int) else list(quality)
        if len(ends) != 2 or not 1 <= ends[0] <= ends[1] <= 100:
            raise ValueError(f"quality must be an integer from 1 to 100, got {quality=}")
        self.quality: list[int] = ends

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        return {"quality": self.quality[0] + _below(self.quality[1] + 1 - self.quality[0])}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return changes.jpeg(inpt, params["quality"])


class UniformTemporalSubsample(Transform):
    """``num_samples`` evenly spaced frames of a tensor (..., T, C, H, W)."""

    def __init__(self, num_samples: int) -> None:
        super().__init__()
        self.num_samples = num_samples

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return changes.uniform_temporal_subsample(inpt, self.num_samples)
