"""What the transforms do to one image, under the names of ``torchvision.transforms.functional``."""

import functools
from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeVar, get_args

import numpy as np

from .._creation.creation import tensor
from .._engine.dtypes import uint8
from .._tensor import Tensor, tensor_of
from ..nn.functional import interpolate
from ._colour import (
    adjust_brightness,
    adjust_contrast,
    adjust_gamma,
    adjust_hue,
    adjust_saturation,
    adjust_sharpness,
    autocontrast,
    equalize,
    erase,
    gaussian_blur,
    invert,
    posterize,
    solarize,
)
from ._conversion import convert_image_dtype, pil_to_tensor, to_pil_image, to_tensor
from ._geometry import affine, elastic_transform, perspective, rotated_between_pixels
from ._pillow import checked, image_like, is_pillow, numbers_of
from ._resampling import Array, InterpolationMode, interpolation_of, resample, rotated
from ._sizes import checked_fill, pair, target_size
from ._sizes import whole_numbers as whole_numbers

__all__ = [
    "InterpolationMode",
    "PaddingMode",
    "adjust_brightness",
    "adjust_contrast",
    "adjust_gamma",
    "adjust_hue",
    "adjust_saturation",
    "adjust_sharpness",
    "affine",
    "autocontrast",
    "center_crop",
    "convert_image_dtype",
    "crop",
    "elastic_transform",
    "equalize",
    "erase",
    "five_crop",
    "gaussian_blur",
    "get_dimensions",
    "get_image_num_channels",
    "get_image_size",
    "hflip",
    "invert",
    "normalize",
    "pad",
    "perspective",
    "pil_to_tensor",
    "posterize",
    "resize",
    "resized_crop",
    "rgb_to_grayscale",
    "rotate",
    "solarize",
    "ten_crop",
    "to_grayscale",
    "to_pil_image",
    "to_tensor",
    "vflip",
]

Kind = TypeVar("Kind")
"""The kind of an image: what comes in goes out."""

PaddingMode = Literal["constant", "edge", "reflect", "symmetric"]
"""What stands around an image: a number, its edge, or what a mirror at the edge shows, without the edge or
with it."""


def _with_array(name: str, image: Any, change: Callable[[Array, tuple[int, int]], Array]) -> Any:
    """The image changed by ``change(array, axes of rows and columns)``, as the same kind of image in memory
    of its own."""
    image = checked(name, image)
    if isinstance(image, np.ndarray):
        return _apart(change(image, (0, 1)), image)
    if isinstance(image, Tensor):
        array = image.detach().array
        return tensor_of(_apart(change(array, (array.ndim - 2, array.ndim - 1)), array))
    return image_like(image, change(numbers_of(image), (0, 1)))


def _apart(found: Array, image: Array) -> Array:
    """``found`` in C order, copied where it is still the memory of ``image``."""
    return found.copy() if np.may_share_memory(found, image) else np.ascontiguousarray(found)


def get_image_size(img: Any) -> list[int]:
    """Width and height."""
    img = checked("get_image_size", img)
    if is_pillow(img):
        return list(img.size)
    height, width = img.shape[-2:] if isinstance(img, Tensor) else img.shape[:2]
    return [int(width), int(height)]


def get_image_num_channels(img: Any) -> int:
    """How many numbers a pixel has."""
    return get_dimensions(img)[0]


def get_dimensions(img: Any) -> list[int]:
    """Channels, height and width."""
    width, height = get_image_size(img)
    if is_pillow(img):
        return [len(img.getbands()), height, width]
    channels = 1 if img.ndim == 2 else img.shape[-3 if isinstance(img, Tensor) else 2]
    return [int(channels), height, width]


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


def _padded(array: Array, around: Sequence[tuple[int, int]], fill: Any = 0) -> Array:
    """``np.pad`` with one number (or an array that fits), which takes less time than the general function for
    images as small as MNIST's."""
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
    height, width = pair(output_size)
    image_width, image_height = get_image_size(img)
    if width > image_width or height > image_height:
        wide, high = max(width - image_width, 0), max(height - image_height, 0)
        img = pad(img, [wide // 2, high // 2, (wide + 1) // 2, (high + 1) // 2])
        image_width, image_height = get_image_size(img)
    return crop(img, round((image_height - height) / 2.0), round((image_width - width) / 2.0), height, width)


def pad(
    img: Kind,
    padding: int | Sequence[int],
    fill: float | Sequence[float] | None = 0,
    padding_mode: PaddingMode = "constant",
) -> Kind:
    """Pixels around the image: one number, (left and right, top and bottom), or (left, top, right, bottom);
    where it is negative so many are cut off. ``fill`` may be a number for each channel, None is 0."""
    fill = 0 if fill is None else checked_fill(fill)
    left, top, right, bottom = sides_of(padding, padding_mode)

    def change(array: Array, axes: tuple[int, int]) -> Array:
        around = [(0, 0)] * array.ndim
        around[axes[0]], around[axes[1]] = (max(top, 0), max(bottom, 0)), (max(left, 0), max(right, 0))
        for axis, before, after in ((axes[0], top, bottom), (axes[1], left, right)):
            if before < 0 or after < 0:
                kept = slice(max(-before, 0), max(array.shape[axis] - max(-after, 0), 0))
                array = array[(slice(None),) * axis + (kept,)]
        if padding_mode == "constant":
            return _padded(array, around, _filling(array, axes, fill))
        return np.pad(array, around, padding_mode)

    return _with_array("pad", img, change)


def sides_of(padding: Any, padding_mode: Any) -> list[int]:
    """How many pixels are to stand left, above, right and below; an error where :func:`pad` can't take it."""
    if padding_mode not in get_args(PaddingMode):
        raise ValueError("Padding mode should be either constant, edge, reflect or symmetric")
    try:
        sides = whole_numbers(padding)
    except TypeError as error:
        raise TypeError(f"Got inappropriate padding arg: {error}") from None
    if len(sides) not in (1, 2, 4):
        raise ValueError(
            f"Padding must be an int or a 1, 2, or 4 element tuple, not a {len(sides)} element tuple"
        )
    return (sides * 4)[:4]


def _filling(array: Array, axes: tuple[int, int], fill: float | Sequence[float]) -> Any:
    """One number, or one for each channel of ``array``, that broadcasts against it."""
    if isinstance(fill, (int, float, np.number)):
        return fill
    channels = [n for axis, n in enumerate(array.shape) if axis not in axes][-1:] or [1]
    if len(fill) not in (1, *channels):
        raise ValueError(
            "The number of elements in 'fill' does not match the number of channels of the image "
            f"({len(fill)} != {channels[0]})"
        )
    if len(fill) == 1:
        return fill[0]
    return np.reshape(fill, (-1, 1, 1) if axes[1] == array.ndim - 1 else (-1,))


def hflip(img: Kind) -> Kind:
    """Left and right exchanged."""
    return _with_array("hflip", img, lambda array, axes: np.flip(array, axes[1]))


def vflip(img: Kind) -> Kind:
    """Top and bottom exchanged."""
    return _with_array("vflip", img, lambda array, axes: np.flip(array, axes[0]))


def five_crop(img: Any, size: int | Sequence[int]) -> tuple[Any, ...]:
    """The four corners (top left, top right, bottom left, bottom right) and the middle."""
    height, width = pair(size)
    wide, high = get_image_size(img)
    if width > wide or height > high:
        raise ValueError(f"Requested crop size {(height, width)} is bigger than input size {(high, wide)}")
    corners = [(top, left) for top in (0, high - height) for left in (0, wide - width)]
    return *(crop(img, top, left, height, width) for top, left in corners), center_crop(img, size)


def ten_crop(img: Any, size: int | Sequence[int], vertical_flip: bool = False) -> tuple[Any, ...]:
    """:func:`five_crop` of the image, and of its mirror image."""
    return five_crop(img, size) + five_crop(vflip(img) if vertical_flip else hflip(img), size)


def to_grayscale(img: Any, num_output_channels: int = 1) -> Any:
    """:func:`rgb_to_grayscale`."""
    return rgb_to_grayscale(img, num_output_channels)


def rotate(
    img: Kind,
    angle: float,
    interpolation: Any = InterpolationMode.NEAREST,
    expand: bool = False,
    center: Sequence[int] | None = None,
    fill: float | Sequence[float] | None = None,
) -> Kind:
    """Turned counter-clockwise by ``angle`` degrees about ``center`` (None: the middle); ``fill`` (maybe a
    number for each channel) where nothing was. ``expand`` keeps the corners."""
    mode = interpolation_of(interpolation)
    if mode.of_pillow != "NEAREST" or expand or center is not None:
        found: Any = rotated_between_pixels(img, angle, mode, expand, center, fill)
        return found
    fill = 0 if fill is None else fill

    def change(array: Array, axes: tuple[int, int]) -> Array:
        return rotated(array, angle, axes, np.ravel(_filling(array, axes, fill)))

    return _with_array("rotate", img, change)


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
    mode = interpolation_of(interpolation)
    new_height, new_width = target_size(get_image_size(image), size, max_size)
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

        return image.resize((new_width, new_height), getattr(Image.Resampling, mode.of_pillow))
    return _with_array(
        "resize", image, lambda array, axes: resample(array, (new_height, new_width), axes, mode)
    )


def _interpolated(img: Tensor, size: tuple[int, int], mode: InterpolationMode, antialias: bool) -> Tensor:
    """A tensor (..., H, W) at ``size``, by way of float32 where it holds whole numbers."""
    if mode.of_pillow not in ("NEAREST", "BILINEAR", "BICUBIC"):
        raise ValueError(
            f"This interpolation mode is unsupported with Tensor input: {mode.value}; use it on a Pillow "
            "image or an array"
        )
    if tuple(img.shape[-2:]) == size:
        return img.clone()
    planes = img.reshape(-1, 1, *img.shape[-2:])
    whole = not img.is_floating_point()
    antialias = antialias and mode.of_pillow != "NEAREST"
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
            raise TypeError(
                f"Input image tensor permitted channel values are [1, 3], but found {array.shape[channel]}"
            )
        if array.shape[channel] == 3:
            luma = np.tensordot(array, np.array([0.2989, 0.587, 0.114], np.float32), ([channel], [0]))
            array = np.expand_dims(luma.astype(array.dtype), channel)
        return np.repeat(array, num_output_channels, channel)

    return _with_array("rgb_to_grayscale", img, change)
