"""Transforms that the second version alone has, and conversions."""

import math
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import numpy as np

from ..._creation.creation import tensor
from ..._creation.random import randn_like
from ..._engine.dtypes import dtype as Dtype
from ..._engine.dtypes import float32, int16, uint8
from ..._random import stream
from ..._tensor import Tensor
from .. import functional as F
from .._pillow import is_pillow
from .._random_transforms import _below, _uniform, _unit
from .._resampling import InterpolationMode, interpolation_of
from .._transforms import ToTensor as ToTensor
from ._transform import PerhapsTransform, Transform, query_chw, query_size, refuse_pillow

__all__ = [
    "JPEG",
    "RGB",
    "GaussianNoise",
    "Identity",
    "Lambda",
    "PILToTensor",
    "RandomChannelPermutation",
    "RandomPhotometricDistort",
    "RandomResize",
    "RandomShortestSize",
    "RandomZoomOut",
    "ScaleJitter",
    "ToDtype",
    "ToImage",
    "ToPILImage",
    "ToPureTensor",
    "ToTensor",
    "UniformTemporalSubsample",
]


class Identity(Transform):
    """What comes in goes out."""

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return inpt


class Lambda(Transform):
    """Any function of each image, or of each value of one of ``types``."""

    def __init__(self, lambd: Callable[[Any], Any], *types: type) -> None:
        super().__init__()
        self.lambd = lambd
        self.types: tuple[type, ...] = types or (object,)

    def forward(self, *inputs: Any) -> Any:
        from ...utils._pytree import tree_map

        sample = inputs if len(inputs) > 1 else inputs[0]
        return tree_map(lambda each: self.transform(each, {}), sample)

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self.lambd(inpt) if isinstance(inpt, self.types) else inpt

    def extra_repr(self) -> str:
        """The name of the function, and the types."""
        name = getattr(self.lambd, "__name__", "")
        return ", ".join([*([name] if name else []), f"types={[kind.__name__ for kind in self.types]}"])


class ToImage(Transform):
    """Pillow's images and arrays (H, W[, C]) as tensors (C, H, W) of the same numbers; tensors as they
    are."""

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return F.pil_to_tensor(inpt) if is_pillow(inpt) or isinstance(inpt, np.ndarray) else inpt


class PILToTensor(Transform):
    """Pillow's images as tensors (C, H, W) of the same numbers."""

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return inpt if isinstance(inpt, Tensor) else F.pil_to_tensor(inpt)


class ToPILImage(Transform):
    """Tensors and arrays as Pillow's images."""

    def __init__(self, mode: str | None = None) -> None:
        super().__init__()
        self.mode = mode

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return inpt if is_pillow(inpt) else F.to_pil_image(inpt, self.mode)


class ToPureTensor(Identity):
    """Tensors are tensors already."""


class ToDtype(Transform):
    """Tensors in another dtype; with ``scale`` white stays white. Of a dict of dtypes by types the tensor's
    own, or that of "others"; None leaves it."""

    def __init__(self, dtype: Any, scale: bool = False) -> None:
        super().__init__()
        if not isinstance(dtype, (dict, Dtype)):
            raise ValueError(f"dtype must be a dict or a torch.dtype, got {type(dtype)} instead")
        self.dtype = dtype
        self.scale = scale

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        if not isinstance(inpt, Tensor):
            return inpt
        chosen: Any = self.dtype
        if isinstance(chosen, dict):
            if type(inpt) not in chosen and "others" not in chosen:
                raise ValueError(
                    f'No dtype was specified for type {type(inpt)}; "others" stands for the rest'
                )
            chosen = chosen.get(type(inpt), chosen.get("others"))
        if chosen is None:
            return inpt
        return F.convert_image_dtype(inpt, chosen) if self.scale else inpt.to(chosen)

    def extra_repr(self) -> str:
        """Whether it scales."""
        return f"scale={self.scale}"


class RGB(Transform):
    """A grey image in three equal channels."""

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        if is_pillow(inpt):
            return inpt.convert("RGB")
        return F.rgb_to_grayscale(inpt, 3) if F.get_image_num_channels(inpt) == 1 else inpt


class GaussianNoise(Transform):
    """Gaussian noise added to tensors, ``mean`` and ``sigma`` as parts of white; ``clip`` keeps the result
    between black and white."""

    def __init__(self, mean: float = 0.0, sigma: float = 0.1, clip: bool = True) -> None:
        super().__init__()
        self.mean = mean
        self.sigma = sigma
        self.clip = clip

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        refuse_pillow("GaussianNoise", [inpt])
        if self.sigma < 0:
            raise ValueError(f"sigma shouldn't be negative. Got {self.sigma}")
        if inpt.is_floating_point():
            noisy = inpt + self.mean + randn_like(inpt) * self.sigma
            return noisy.clamp(0, 1) if self.clip else noisy
        if inpt.dtype != uint8:
            raise ValueError(
                f"Input tensor is expected to be in uint8 or float dtype, got dtype={inpt.dtype}"
            )
        noisy = inpt + (self.mean * 255 + randn_like(inpt, dtype=float32) * (self.sigma * 255)).to(int16)
        return (noisy.clamp(0, 255) if self.clip else noisy).to(uint8)


def _permuted(img: Any, order: Sequence[int]) -> Any:
    """The channels in another order."""
    if isinstance(img, Tensor):
        return img.index_select(-3, tensor(list(order)))
    numbers = np.asarray(img)[..., list(order)]
    return F.to_pil_image(numbers) if is_pillow(img) else numbers


class RandomChannelPermutation(Transform):
    """The channels in a random order."""

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        return {"permutation": tensor(stream.randperm(query_chw(flat_inputs)[0]))}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return _permuted(inpt, params["permutation"].tolist())


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
        return inpt if order_of is None else _permuted(inpt, order_of.tolist())


class RandomZoomOut(PerhapsTransform):
    """On a canvas some times as large, ``side_range``, at a random place, with probability ``p``."""

    def __init__(self, fill: Any = 0, side_range: Sequence[float] = (1.0, 4.0), p: float = 0.5) -> None:
        super().__init__(p)
        if not 1.0 <= side_range[0] <= side_range[1]:
            raise ValueError(f"Invalid side range provided {side_range}.")
        self.fill = fill
        self.side_range = side_range

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        height, width = query_size(flat_inputs)
        times = self.side_range[0] + _unit() * (self.side_range[1] - self.side_range[0])
        wide, high = int(width * times), int(height * times)
        left, top = int((wide - width) * _unit()), int((high - height) * _unit())
        return {"padding": [left, top, wide - left - width, high - top - height]}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return F.pad(inpt, params["padding"], self.fill)


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
        return jpeg(inpt, params["quality"])


def jpeg(image: Any, quality: int) -> Any:
    """``image``, of bytes, written as JPEG and read again; by Pillow."""
    from PIL import Image

    if isinstance(image, Tensor):
        planes = image.reshape(-1, *image.shape[-3:])
        found = [F.pil_to_tensor(jpeg(F.to_pil_image(each), quality)) for each in planes]
        return tensor(np.stack([each.array for each in found])).reshape(image.shape)
    if isinstance(image, np.ndarray):
        return np.asarray(jpeg(F.to_pil_image(image), quality)).reshape(image.shape)
    file = BytesIO()
    image.save(file, format="JPEG", quality=quality)
    with Image.open(BytesIO(file.getvalue())) as read:
        return read.convert(image.mode)


class UniformTemporalSubsample(Transform):
    """``num_samples`` evenly spaced frames of a tensor (..., T, C, H, W)."""

    def __init__(self, num_samples: int) -> None:
        super().__init__()
        self.num_samples = num_samples

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        places = np.linspace(0, inpt.shape[-4] - 1, self.num_samples, dtype=np.float32)
        return inpt.index_select(-4, tensor(places.astype(np.int64)))
