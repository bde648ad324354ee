"""What the transforms do to one image, under the names of ``torchvision.transforms.functional``."""

import functools
from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeVar, get_args

import numpy as np

from .._creation.creation import from_numpy, tensor
from .._engine.dtypes import get_default_dtype, uint8
from .._tensor import Tensor, tensor_of
from ..nn.functional import interpolate
from ._resampling import Array, InterpolationMode, resample, rotated

__all__ = [
    "PaddingMode",
    "center_crop",
    "crop",
    "get_image_size",
    "hflip",
    "normalize",
    "pad",
    "pil_to_tensor",
    "resize",
    "resized_crop",
    "rgb_to_grayscale",
    "rotate",
    "to_pil_image",
    "to_tensor",
    "vflip",
]

Kind = TypeVar("Kind")
"""The kind of an image: what comes in goes out."""

PaddingMode = Literal["constant", "edge", "reflect", "symmetric"]
"""What stands around an image: a number, its edge, or what a mirror at the edge shows, without the edge or
with it."""

_PILLOW_MODES = {"I": np.int32, "I;16": np.uint16, "F": np.float32}


def is_pillow(image: Any) -> bool:
    """Whether it is a Pillow image; asked without importing Pillow."""
    return not isinstance(image, (np.ndarray, Tensor)) and any(
        cls.__module__ == "PIL.Image" and cls.__name__ == "Image" for cls in type(image).__mro__
    )


def _checked(name: str, image: Any) -> Any:
    if is_pillow(image):
        return image
    least, most = (2, 64) if isinstance(image, Tensor) else (2, 3)
    if not isinstance(image, (Tensor, np.ndarray)) or not least <= image.ndim <= most:
        shape = f" of shape {tuple(image.shape)}" if hasattr(image, "shape") else ""
        raise TypeError(
            f"{name}: an image is a NumPy array (H, W) or (H, W, C), a Pillow image or a tensor (..., "
            f"H, W), not {type(image).__name__}{shape}"
        )
    return image


def _with_array(name: str, image: Any, change: Callable[[Array, tuple[int, int]], Array]) -> Any:
    """The image changed by ``change(array, axes of rows and columns)``, as the same kind of image in memory
    of its own."""
    image = _checked(name, image)
    if isinstance(image, np.ndarray):
        return _apart(change(image, (0, 1)), image)
    if isinstance(image, Tensor):
        array = image.detach().array
        return tensor_of(_apart(change(array, (array.ndim - 2, array.ndim - 1)), array))
    from PIL import Image

    found = Image.fromarray(np.ascontiguousarray(change(np.asarray(image), (0, 1))))
    if image.mode == "P":
        found.putpalette(image.getpalette())
    return found


def _apart(found: Array, image: Array) -> Array:
    """``found`` in C order, copied where it is still the memory of ``image``."""
    return found.copy() if np.may_share_memory(found, image) else np.ascontiguousarray(found)


def get_image_size(img: Any) -> list[int]:
    """Width and height."""
    img = _checked("get_image_size", img)
    if is_pillow(img):
        return list(img.size)
    height, width = img.shape[-2:] if isinstance(img, Tensor) else img.shape[:2]
    return [int(width), int(height)]


def _planes(pic: Any) -> Array:
    """A Pillow image or an array (H, W) or (H, W, C) as an array (C, H, W), which may be a view."""
    if isinstance(pic, Tensor) or (not isinstance(pic, np.ndarray) and not is_pillow(pic)):
        raise TypeError(f"pic should be PIL Image or ndarray. Got {type(pic).__name__}")
    if isinstance(pic, np.ndarray):
        array = _checked("to_tensor", pic)
    else:
        array = (
            255 * np.array(pic, np.uint8)
            if pic.mode == "1"
            else np.array(pic, _PILLOW_MODES.get(pic.mode, np.uint8))
        )
    return array[None] if array.ndim == 2 else array.transpose(2, 0, 1)


def pil_to_tensor(pic: Any) -> Tensor:
    """A Pillow image (or an array (H, W) or (H, W, C)) as a tensor (C, H, W) of the same numbers."""
    return from_numpy(np.ascontiguousarray(_planes(pic)))


def to_tensor(pic: Any) -> Tensor:
    """An array (H, W) or (H, W, C), or a Pillow image, as a tensor (C, H, W); bytes become numbers from 0 to
    1 of the default dtype."""
    planes = _planes(pic)
    if planes.dtype != np.uint8:
        return from_numpy(np.ascontiguousarray(planes))
    numbers = planes.astype(get_default_dtype().dtype, order="C")
    numbers /= 255
    return tensor_of(numbers)


def to_pil_image(pic: Any, mode: str | None = None) -> Any:
    """A tensor (C, H, W) or an array (H, W[, C]) as a Pillow image; floating point numbers from 0 to 1 become
    bytes."""
    from PIL import Image

    array = _checked("to_pil_image", pic)
    if isinstance(pic, Tensor):
        array = pic.detach().array
        array = array.transpose(1, 2, 0) if array.ndim == 3 else array
        if array.dtype.kind == "f" and mode != "F":
            array = (array * 255).astype(np.uint8)
    array = array[..., 0] if array.ndim == 3 and array.shape[2] == 1 else array
    return (
        Image.fromarray(np.ascontiguousarray(array))
        if mode is None
        else Image.fromarray(np.ascontiguousarray(array)).convert(mode)
    )


def normalize(tensor: Tensor, mean: Sequence[float], std: Sequence[float], inplace: bool = False) -> Tensor:
    """(x - mean) / std channel by channel of a floating point tensor (..., C, H, W)."""
    if not isinstance(tensor, Tensor):
        raise TypeError(
            f"img should be Tensor Image. Got {type(tensor).__name__}; put ToTensor() before Normalize"
        )
    if not tensor.is_floating_point():
        raise TypeError(f"Input tensor should be a float tensor. Got {tensor.dtype}.")
    if tensor.ndim < 3:
        raise ValueError(
            "Expected tensor to be a tensor image of size (..., C, H, W). Got tensor.size() = "
            f"{tensor.size()}"
        )
    centre, spread = (
        _per_channel(tuple(map(float, numbers)), tensor.dtype, tensor.device) for numbers in (mean, std)
    )
    if not spread.array.all():
        raise ValueError(
            f"std evaluated to zero after conversion to {tensor.dtype}, leading to division by zero."
        )
    return tensor.sub_(centre).div_(spread) if inplace else (tensor - centre) / spread


@functools.lru_cache
def _per_channel(numbers: tuple[float, ...], dtype: Any, device: Any) -> Tensor:
    return tensor(numbers, dtype=dtype, device=device).reshape(-1, 1, 1)


def crop(img: Kind, top: int, left: int, height: int, width: int) -> Kind:
    """The rectangle of ``height`` and ``width`` whose upper left corner is at (top, left); zeros where it
    leaves the image."""

    def change(array: Array, axes: tuple[int, int]) -> Array:
        index: list[Any] = [slice(None)] * array.ndim
        around = [(0, 0)] * array.ndim
        for axis, begin, length in ((axes[0], top, height), (axes[1], left, width)):
            size = array.shape[axis]
            index[axis] = slice(min(max(begin, 0), size), max(min(begin + length, size), 0))
            around[axis] = (min(max(-begin, 0), length), min(max(begin + length - size, 0), length))
        return _padded(array[tuple(index)], around) if any(map(any, around)) else array[tuple(index)]

    return _with_array("crop", img, change)


def _padded(array: Array, around: Sequence[tuple[int, int]], fill: float = 0) -> Array:
    """``np.pad`` with one number, which takes less time than the general function for images as small as
    MNIST's."""
    whole = np.full(
        [before + n + after for n, (before, after) in zip(array.shape, around, strict=True)],
        fill,
        array.dtype,
    )
    whole[tuple(slice(before, before + n) for n, (before, _) in zip(array.shape, around, strict=True))] = (
        array
    )
    return whole


def center_crop(img: Kind, output_size: int | Sequence[int]) -> Kind:
    """The middle of the image, with zeros around where it is larger than the image."""
    height, width = _pair(output_size)
    image_width, image_height = get_image_size(img)
    if width > image_width or height > image_height:
        wide, high = max(width - image_width, 0), max(height - image_height, 0)
        img = pad(img, [wide // 2, high // 2, (wide + 1) // 2, (high + 1) // 2])
        image_width, image_height = get_image_size(img)
    return crop(img, round((image_height - height) / 2.0), round((image_width - width) / 2.0), height, width)


def pad(
    img: Kind, padding: int | Sequence[int], fill: float = 0, padding_mode: PaddingMode = "constant"
) -> Kind:
    """Pixels around the image: one number, (left and right, top and bottom), or (left, top, right,
    bottom)."""
    sides = [padding] if isinstance(padding, int) else list(padding)
    if len(sides) not in (1, 2, 4):
        raise ValueError(
            f"Padding must be an int or a 1, 2, or 4 element tuple, not a {len(sides)} element tuple"
        )
    left, top, right, bottom = (sides * 4)[:4]
    if padding_mode not in get_args(PaddingMode):
        raise ValueError("Padding mode should be either constant, edge, reflect or symmetric")

    def change(array: Array, axes: tuple[int, int]) -> Array:
        around = [(0, 0)] * array.ndim
        around[axes[0]], around[axes[1]] = (top, bottom), (left, right)
        return (
            _padded(array, around, fill)
            if padding_mode == "constant"
            else np.pad(array, around, padding_mode)
        )

    return _with_array("pad", img, change)


def hflip(img: Kind) -> Kind:
    """Left and right exchanged."""
    return _with_array("hflip", img, lambda array, axes: np.flip(array, axes[1]))


def vflip(img: Kind) -> Kind:
    """Top and bottom exchanged."""
    return _with_array("vflip", img, lambda array, axes: np.flip(array, axes[0]))


def rotate(img: Kind, angle: float, fill: float = 0) -> Kind:
    """Turned counter-clockwise by ``angle`` degrees about the centre, to the nearest pixel; ``fill`` where
    nothing was."""
    return _with_array("rotate", img, lambda array, axes: rotated(array, angle, axes, fill))


def resize(
    img: Kind,
    size: int | Sequence[int],
    interpolation: Any = InterpolationMode.BILINEAR,
    max_size: int | None = None,
    antialias: bool | None = True,
) -> Kind:
    """The image at ``size`` (height, width), or with ``size`` pixels along its shorter side.

    Arrays are resampled as Pillow resamples its images; tensors by ``interpolate``, as torchvision's are, and
    differentiably: whole numbers are rounded once, NEAREST takes the pixel above and left, and
    ``antialias=False`` leaves pixels out that Pillow would smooth.
    """
    image: Any = img
    mode = InterpolationMode(interpolation)
    new_height, new_width = _target_size(get_image_size(image), size, max_size)
    if isinstance(image, Tensor):
        found: Any = _interpolated(image, (new_height, new_width), mode, antialias is not False)
        return found
    if antialias is False:
        raise ValueError(
            "antialias=False is for tensors: Pillow's images, and arrays like them, are always "
            "smoothed; put ToTensor() before"
        )
    if is_pillow(image):
        from PIL import Image

        return image.resize((new_width, new_height), getattr(Image.Resampling, mode.name))
    return _with_array(
        "resize", image, lambda array, axes: resample(array, (new_height, new_width), axes, mode)
    )


def _target_size(before: list[int], size: int | Sequence[int], max_size: int | None) -> tuple[int, int]:
    """Height and width at the ``size`` asked for, of an image of width and height ``before``."""
    width, height = before
    if isinstance(size, str) or not isinstance(size, (int, Sequence)):
        raise TypeError(f"resize: size should be an int or a sequence of ints, not {type(size).__name__}")
    if not width or not height:
        raise ValueError(f"resize: the image has no pixels: its height is {height}, its width {width}")
    if not isinstance(size, int) and len(size) != 1:
        return _pair(size)
    short = size if isinstance(size, int) else size[0]
    new_height, new_width = (
        (short, int(short * width / height)) if height <= width else (int(short * height / width), short)
    )
    longest = max(new_height, new_width)
    if max_size is None or longest <= max_size:
        return new_height, new_width
    if max_size <= short:
        raise ValueError(
            f"max_size = {max_size} must be strictly greater than the requested size for the smaller "
            f"edge size = {size}"
        )
    return (
        (max_size, int(max_size * new_width / longest))
        if new_height > new_width
        else (int(max_size * new_height / longest), max_size)
    )


def _interpolated(img: Tensor, size: tuple[int, int], mode: InterpolationMode, antialias: bool) -> Tensor:
    """A tensor (..., H, W) at ``size``, by way of float32 where it holds whole numbers."""
    if tuple(img.shape[-2:]) == size:
        return img.clone()
    planes = img.reshape(1, -1, *img.shape[-2:])
    whole = not img.is_floating_point()
    antialias = antialias and mode is not InterpolationMode.NEAREST
    found = interpolate(planes.float() if whole else planes, size, mode=mode.value, antialias=antialias)
    if img.dtype == uint8 and mode is InterpolationMode.BICUBIC:
        found = found.clamp(0, 255)
    return (found.round().to(img.dtype) if whole else found).reshape(*img.shape[:-2], *size)


def resized_crop(
    img: Kind,
    top: int,
    left: int,
    height: int,
    width: int,
    size: int | Sequence[int],
    interpolation: Any = InterpolationMode.BILINEAR,
    antialias: bool | None = True,
) -> Kind:
    """:func:`crop`, then :func:`resize`."""
    return resize(crop(img, top, left, height, width), size, interpolation, antialias=antialias)


def rgb_to_grayscale(img: Kind, num_output_channels: int = 1) -> Kind:
    """Luma 0.299 R + 0.587 G + 0.114 B (ITU-R 601), in one channel or three equal ones. An image of one
    channel stays as it is."""
    if num_output_channels not in (1, 3):
        raise ValueError("num_output_channels should be either 1 or 3")
    image: Any = img
    if is_pillow(image):
        grey = image.convert("L")
        return grey if num_output_channels == 1 else grey.convert("RGB")

    def change(array: Array, axes: tuple[int, int]) -> Array:
        channel = axes[0] - 1 if isinstance(img, Tensor) else 2
        if not 0 <= channel < array.ndim:
            return array if num_output_channels == 1 else np.stack([array] * 3, channel)
        if array.shape[channel] not in (1, 3):
            raise ValueError(f"an image has 1 or 3 channels, not {array.shape[channel]}")
        if array.shape[channel] == 3:
            luma = np.tensordot(array, np.array([0.2989, 0.587, 0.114], np.float32), ([channel], [0]))
            array = np.expand_dims(luma.astype(array.dtype), channel)
        return np.repeat(array, num_output_channels, channel)

    return _with_array("rgb_to_grayscale", img, change)


def _pair(size: int | Sequence[int]) -> tuple[int, int]:
    """(height, width) of one number or two."""
    sizes = (
        (size, size) if isinstance(size, int) else tuple(size) * (2 // len(size) if 0 < len(size) < 3 else 1)
    )
    if len(sizes) != 2:
        raise ValueError("Please provide only two dimensions (h, w) for size.")
    return int(sizes[0]), int(sizes[1])
