"""Transforms that draw random numbers, in torchvision's order: the same seed gives the same crops, flips and
turns."""

import math
import warnings
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from .._random import stream
from . import functional as F
from ._base import ImageTransform
from ._resampling import InterpolationMode, interpolation_of
from ._sizes import pair

__all__ = [
    "RandomCrop",
    "RandomHorizontalFlip",
    "RandomResizedCrop",
    "RandomRotation",
    "RandomVerticalFlip",
]


def _uniform(low: float, high: float) -> float:
    """``torch.empty(1).uniform_(low, high).item()``."""
    return float(stream.uniform((1,), low, high)[0])


def _unit() -> float:
    """``torch.rand(1).item()``."""
    return (stream.default_stream.word() % 2**24) / 2**24


def _below(n: int) -> int:
    """``torch.randint(0, n, (1,)).item()``."""
    return stream.default_stream.word() % n


def _sized(value: Any, name: str, *sizes: int) -> list[float]:
    """The numbers given, so many of them."""
    said = f"{name} should be a sequence of length {' or '.join(map(str, sizes))}."
    if not isinstance(value, Sequence):
        raise TypeError(said)
    if len(value) not in sizes:
        raise ValueError(said)
    return [float(number) for number in value]


def _ends(value: Any, name: str) -> Sequence[float]:
    """``value``, the smallest and the largest of what is drawn."""
    if not isinstance(value, Sequence):
        raise TypeError(f"{name} should be a sequence")
    if value[0] > value[1]:
        warnings.warn("Scale and ratio should be of kind (min, max)", UserWarning, stacklevel=3)
    return value


def _both_ways(value: Any, name: str, *sizes: int) -> list[float]:
    """-x and x of one number, or the numbers given, two unless it is said otherwise."""
    if isinstance(value, (int, float, np.number)):
        if value < 0:
            raise ValueError(f"If {name} is a single number, it must be positive.")
        return [-float(value), float(value)]
    return _sized(value, name, *(sizes or (2,)))


class Perhaps(ImageTransform):
    """A change with probability ``p``."""

    _shown: ClassVar[Sequence[str]] = ("p",)
    """What its text tells."""

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = p

    def forward(self, img: Any) -> Any:
        return super().forward(img) if _unit() < self.p else img

    def __repr__(self) -> str:
        return f"{type(self).__name__}({','.join(f'{name}={getattr(self, name)}' for name in self._shown)})"


class RandomHorizontalFlip(Perhaps):
    """Left and right exchanged with probability ``p``."""

    def _change(self, img: Any, **drawn: Any) -> Any:
        return F.hflip(img)


class RandomVerticalFlip(Perhaps):
    """Top and bottom exchanged with probability ``p``."""

    def _change(self, img: Any, **drawn: Any) -> Any:
        return F.vflip(img)


class RandomCrop(ImageTransform):
    """A part of ``size`` (height, width) at a random place, after ``padding``; ``pad_if_needed`` also pads an
    image that is too small."""

    def __init__(
        self,
        size: int | Sequence[int],
        padding: int | Sequence[int] | None = None,
        pad_if_needed: bool = False,
        fill: float | Sequence[float] = 0,
        padding_mode: F.PaddingMode = "constant",
    ) -> None:
        super().__init__()
        self.size: tuple[int, int] = pair(size)
        self.padding = padding
        self.pad_if_needed = pad_if_needed
        self.fill: Any = self._kept_fill(fill)
        self.padding_mode = padding_mode

    @staticmethod
    def get_params(img: Any, output_size: tuple[int, int]) -> tuple[int, int, int, int]:
        """Top, left, height and width of a random part; nothing is drawn where the image has that size
        already."""
        width, height = F.get_image_size(img)
        high, wide = output_size
        if height < high or width < wide:
            raise ValueError(
                f"Required crop size {(high, wide)} is larger than input image size {(height, width)}"
            )
        if (width, height) == (wide, high):
            return 0, 0, height, width
        return _below(height - high + 1), _below(width - wide + 1), high, wide

    def _padded(self, img: Any) -> Any:
        fill = self._fill_for(img)
        if self.padding is not None:
            img = F.pad(img, self.padding, fill, self.padding_mode)
        width, height = F.get_image_size(img)
        if self.pad_if_needed and width < self.size[1]:
            img = F.pad(img, [self.size[1] - width, 0], fill, self.padding_mode)
        if self.pad_if_needed and height < self.size[0]:
            img = F.pad(img, [0, self.size[0] - height], fill, self.padding_mode)
        return img

    def _draw(self, img: Any) -> dict[str, Any]:
        return {"place": self.get_params(self._padded(img), self.size)}

    def _change(self, img: Any, **drawn: Any) -> Any:
        return F.crop(self._padded(img), *drawn["place"])

    def forward(self, img: Any) -> Any:
        padded = self._padded(img)  # once for both
        return F.crop(padded, *self.get_params(padded, self.size))

    def __repr__(self) -> str:
        return f"RandomCrop(size={self.size}, padding={self.padding})"


class RandomResizedCrop(ImageTransform):
    """A random part of ``scale`` of the area and ``ratio`` of width to height, resized to ``size``:
    ImageNet's training crop."""

    def __init__(
        self,
        size: int | Sequence[int],
        scale: Sequence[float] = (0.08, 1.0),
        ratio: Sequence[float] = (3.0 / 4.0, 4.0 / 3.0),
        interpolation: Any = InterpolationMode.BILINEAR,
        antialias: bool | None = True,
    ) -> None:
        super().__init__()
        self.size: tuple[int, int] = pair(size)
        self.scale: Sequence[float] = _ends(scale, "Scale")
        self.ratio: Sequence[float] = _ends(ratio, "Ratio")
        self.interpolation: InterpolationMode = interpolation_of(interpolation)
        self.antialias = antialias

    @staticmethod
    def get_params(img: Any, scale: Sequence[float], ratio: Sequence[float]) -> tuple[int, int, int, int]:
        """Top, left, height and width; the middle of the image where ten draws did not fit into it."""
        width, height = F.get_image_size(img)
        for _ in range(10):
            area = height * width * _uniform(scale[0], scale[1])
            aspect = math.exp(_uniform(math.log(ratio[0]), math.log(ratio[1])))
            wide, high = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
            if 0 < wide <= width and 0 < high <= height:
                return _below(height - high + 1), _below(width - wide + 1), high, wide
        wide, high = width, height
        if width / height < min(ratio):
            high = round(width / min(ratio))
        elif width / height > max(ratio):
            wide = round(height * max(ratio))
        return (height - high) // 2, (width - wide) // 2, high, wide

    def _draw(self, img: Any) -> dict[str, Any]:
        return {"place": self.get_params(img, self.scale, self.ratio)}

    def _change(self, img: Any, **drawn: Any) -> Any:
        top, left, height, width = drawn["place"]
        return F.resized_crop(img, top, left, height, width, self.size, self.interpolation, self.antialias)

    def __repr__(self) -> str:
        scale, ratio = (tuple(round(x, 4) for x in ends) for ends in (self.scale, self.ratio))
        return (
            f"RandomResizedCrop(size={self.size}, scale={scale}, ratio={ratio}, "
            f"interpolation={self.interpolation.value}, antialias={self.antialias})"
        )


class RandomRotation(ImageTransform):
    """Turned by a random angle between -``degrees`` and ``degrees``, or between the two given; see
    :func:`~functional.rotate`."""

    def __init__(
        self,
        degrees: float | Sequence[float],
        interpolation: Any = InterpolationMode.NEAREST,
        expand: bool = False,
        center: Sequence[int] | None = None,
        fill: float | Sequence[float] | None = 0,
    ) -> None:
        super().__init__()
        self.degrees: list[float] = _both_ways(degrees, "degrees")
        self.interpolation: InterpolationMode = interpolation_of(interpolation)
        self.expand = expand
        self.center = center
        self.fill: Any = self._kept_fill(fill)

    @staticmethod
    def get_params(degrees: Sequence[float]) -> float:
        """The angle."""
        return _uniform(float(degrees[0]), float(degrees[1]))

    def _draw(self, img: Any) -> dict[str, Any]:
        return {"angle": self.get_params(self.degrees)}

    def _change(self, img: Any, **drawn: Any) -> Any:
        fill = self._fill_for(img)
        return F.rotate(img, drawn["angle"], self.interpolation, self.expand, self.center, fill)

    def __repr__(self) -> str:
        center = "" if self.center is None else f", center={self.center}"
        return (
            f"RandomRotation(degrees={self.degrees}, "
            f"interpolation={self.interpolation.value}, expand={self.expand}{center}, fill={self.fill})"
        )
