"""Transforms that always do the same."""

from collections.abc import Callable, Sequence
from typing import Any

from .._tensor import Tensor
from ..nn import Module
from . import functional as F
from ._base import ImageTransform
from ._resampling import InterpolationMode, interpolation_of
from ._sizes import pair, whole_numbers

__all__ = [
    "CenterCrop",
    "Compose",
    "ConvertImageDtype",
    "FiveCrop",
    "Grayscale",
    "Lambda",
    "Normalize",
    "PILToTensor",
    "Pad",
    "Resize",
    "TenCrop",
    "ToPILImage",
    "ToTensor",
]


class Compose(Module):
    """One transform after the other."""

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]) -> None:
        super().__init__()
        self.transforms = transforms

    def forward(self, img: Any) -> Any:
        for transform in self.transforms:
            img = transform(img)
        return img

    def __repr__(self) -> str:
        return "\n".join(["Compose(", *(f"    {transform}" for transform in self.transforms), ")"])


class ToTensor(Module):
    """:func:`~functional.to_tensor`: bytes (H, W, C) to numbers from 0 to 1 (C, H, W)."""

    def forward(self, pic: Any) -> Tensor:
        return F.to_tensor(pic)

    def __repr__(self) -> str:
        return "ToTensor()"


class PILToTensor(Module):
    """:func:`~functional.pil_to_tensor`: the same numbers, (C, H, W)."""

    def forward(self, pic: Any) -> Tensor:
        return F.pil_to_tensor(pic)

    def __repr__(self) -> str:
        return "PILToTensor()"


class ToPILImage(Module):
    """A tensor or an array as a Pillow image."""

    def __init__(self, mode: str | None = None) -> None:
        super().__init__()
        self.mode = mode

    def forward(self, pic: Any) -> Any:
        return F.to_pil_image(pic, self.mode)

    def __repr__(self) -> str:
        return f"ToPILImage(mode={self.mode})" if self.mode else "ToPILImage()"


class Lambda(Module):
    """Any function. One written as ``lambda`` can't be sent to a DataLoader's workers; a function of a module
    can."""

    def __init__(self, lambd: Callable[[Any], Any]) -> None:
        super().__init__()
        if not callable(lambd):
            raise TypeError(f"Argument lambd should be callable, got {type(lambd).__name__!r}")
        self.lambd = lambd

    def forward(self, img: Any) -> Any:
        return self.lambd(img)

    def __repr__(self) -> str:
        return "Lambda()"


class Normalize(ImageTransform):
    """(x - mean) / std of each channel of a tensor (..., C, H, W)."""

    def __init__(self, mean: Sequence[float], std: Sequence[float], inplace: bool = False) -> None:
        super().__init__()
        self.mean = mean
        self.std = std
        self.inplace = inplace

    def _change(self, img: Any, **drawn: Any) -> Any:
        return F.normalize(img, self.mean, self.std, self.inplace)

    def __repr__(self) -> str:
        return f"Normalize(mean={self.mean}, std={self.std})"

    def forward(self, tensor: Any) -> Any:
        return super().forward(tensor)


class Resize(ImageTransform):
    """The image at ``size`` (height, width), or with ``size`` pixels along its shorter side."""

    def __init__(
        self,
        size: int | Sequence[int],
        interpolation: Any = InterpolationMode.BILINEAR,
        max_size: int | None = None,
        antialias: bool | None = True,
    ) -> None:
        super().__init__()
        if len(whole_numbers(size)) not in (1, 2):
            raise ValueError("If size is a sequence, it should have 1 or 2 values")
        self.size = size
        self.interpolation: InterpolationMode = interpolation_of(interpolation)
        self.max_size = max_size
        self.antialias = antialias

    def _change(self, img: Any, **drawn: Any) -> Any:
        return F.resize(img, self.size, self.interpolation, self.max_size, self.antialias)

    def __repr__(self) -> str:
        return (
            f"Resize(size={self.size}, interpolation={self.interpolation.value}, "
            f"max_size={self.max_size}, antialias={self.antialias})"
        )


class CenterCrop(ImageTransform):
    """The middle of the image."""

    def __init__(self, size: int | Sequence[int]) -> None:
        super().__init__()
        self.size: tuple[int, int] = pair(size)

    def _change(self, img: Any, **drawn: Any) -> Any:
        return F.center_crop(img, self.size)

    def __repr__(self) -> str:
        return f"CenterCrop(size={self.size})"


class Pad(ImageTransform):
    """Pixels around the image; see :func:`~functional.pad`."""

    def __init__(
        self,
        padding: int | Sequence[int],
        fill: float | Sequence[float] = 0,
        padding_mode: F.PaddingMode = "constant",
    ) -> None:
        super().__init__()
        F.sides_of(padding, padding_mode)
        self.padding = padding
        self.fill: Any = self._kept_fill(fill)
        self.padding_mode = padding_mode

    def _change(self, img: Any, **drawn: Any) -> Any:
        return F.pad(img, self.padding, self._fill_for(img), self.padding_mode)

    def __repr__(self) -> str:
        return f"Pad(padding={self.padding}, fill={self.fill}, padding_mode={self.padding_mode})"


class Grayscale(ImageTransform):
    """Luma, in one channel or three equal ones."""

    def __init__(self, num_output_channels: int = 1) -> None:
        super().__init__()
        self.num_output_channels = num_output_channels

    def _change(self, img: Any, **drawn: Any) -> Any:
        return F.rgb_to_grayscale(img, self.num_output_channels)

    def __repr__(self) -> str:
        return f"Grayscale(num_output_channels={self.num_output_channels})"


class ConvertImageDtype(ImageTransform):
    """:func:`~functional.convert_image_dtype`."""

    def __init__(self, dtype: Any) -> None:
        super().__init__()
        self.dtype = dtype

    def _change(self, img: Any, **drawn: Any) -> Any:
        return F.convert_image_dtype(img, self.dtype)

    def __repr__(self) -> str:
        return "ConvertImageDtype()"

    def forward(self, image: Any) -> Any:
        return super().forward(image)


class FiveCrop(ImageTransform):
    """The four corners and the middle, a tuple of images."""

    def __init__(self, size: int | Sequence[int]) -> None:
        super().__init__()
        self.size: tuple[int, int] = pair(size)

    def _change(self, img: Any, **drawn: Any) -> Any:
        return F.five_crop(img, self.size)

    def __repr__(self) -> str:
        return f"FiveCrop(size={self.size})"


class TenCrop(ImageTransform):
    """:class:`FiveCrop` of the image and of its mirror image."""

    def __init__(self, size: int | Sequence[int], vertical_flip: bool = False) -> None:
        super().__init__()
        self.size: tuple[int, int] = pair(size)
        self.vertical_flip = vertical_flip

    def _change(self, img: Any, **drawn: Any) -> Any:
        return F.ten_crop(img, self.size, self.vertical_flip)

    def __repr__(self) -> str:
        return f"TenCrop(size={self.size}, vertical_flip={self.vertical_flip})"
