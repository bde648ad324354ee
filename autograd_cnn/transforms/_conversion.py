"""From images to tensors, and back."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .._engine.dtypes import get_default_dtype
from .._tensor import Tensor, tensor_of
from ._pillow import countable, image_of, is_pillow, mode_for, numbers_of
from ._resampling import Array


def _flat(pic: Any) -> Any:
    """``pic``, where it has the axes of an image."""
    if pic.ndim not in (2, 3):
        raise ValueError(f"pic should be 2/3 dimensional. Got {pic.ndim} dimensions.")
    return pic


def _planes(pic: Any) -> Array:
    """A Pillow image or an array (H, W) or (H, W, C) as an array (C, H, W), which may be a view."""
    if isinstance(pic, Tensor) or (not isinstance(pic, np.ndarray) and not is_pillow(pic)):
        raise TypeError(f"pic should be PIL Image or ndarray. Got {type(pic)}")
    array = countable(_flat(pic) if isinstance(pic, np.ndarray) else numbers_of(pic))
    return array[None] if array.ndim == 2 else array.transpose(2, 0, 1)


def pil_to_tensor(pic: Any) -> Tensor:
    """A Pillow image (or an array (H, W) or (H, W, C)) as a tensor (C, H, W) of the same numbers.

    There are no unsigned tensors but bytes: uint16 (Pillow's mode "I;16") becomes int32, uint32 int64.
    """
    return tensor_of(_planes(pic).copy())


def by_tensor(img: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """``change`` of a tensor (C, H, W); of a Pillow image or an array by way of one."""
    if isinstance(img, Tensor):
        return change(img)
    found = change(pil_to_tensor(img))
    if is_pillow(img):
        return to_pil_image(found, img.mode)
    array = found.detach().array.astype(img.dtype, copy=False)
    return array[0] if img.ndim == 2 else np.moveaxis(array, 0, -1)


def convert_image_dtype(image: Tensor, dtype: Any = None) -> Tensor:
    """The image in another dtype, with white as white: 1 of floating point numbers, the largest of whole
    ones.

    The steps of a wider integer type are cut off, those of a floating point one too.
    """
    if not isinstance(image, Tensor):
        raise TypeError("Input img should be Tensor Image")
    wanted = get_default_dtype() if dtype is None else dtype
    if image.dtype == wanted:
        return image
    before, after = np.dtype(image.dtype.dtype), np.dtype(wanted.dtype)
    if before.kind == "f":
        if after.kind == "f":
            return image.to(wanted)
        if (before.itemsize, after.itemsize) in ((4, 4), (4, 8), (8, 8)):
            raise RuntimeError(f"The cast from {image.dtype} to {wanted} cannot be performed safely.")
        return (image * (float(np.iinfo(after).max) + 1.0 - 1e-3)).to(wanted)
    most = int(np.iinfo(before).max)
    if after.kind == "f":
        return image.to(wanted) / most
    new = int(np.iinfo(after).max)
    if most > new:
        return image.floor_divide((most + 1) // (new + 1)).to(wanted)
    return image.to(wanted) * ((new + 1) // (most + 1))


def to_tensor(pic: Any) -> Tensor:
    """An array (H, W) or (H, W, C), or a Pillow image, as a tensor (C, H, W).

    Bytes, and the truth values of Pillow's mode "1", become numbers from 0 to 1 of the default dtype; others
    stay as they are (uint16 and Pillow's mode "I;16" as int32).
    """
    planes = _planes(pic)
    if planes.dtype == bool and is_pillow(pic):
        return tensor_of(planes.astype(get_default_dtype().dtype, order="C"))
    if planes.dtype != np.uint8:
        return tensor_of(planes.copy())
    numbers = planes.astype(get_default_dtype().dtype, order="C")
    numbers /= 255
    return tensor_of(numbers)


def to_pil_image(pic: Any, mode: str | None = None) -> Any:
    """A tensor (C, H, W) or (H, W), or an array (H, W[, C]), as a Pillow image; floating point numbers of a
    tensor, from 0 to 1, become bytes unless ``mode`` is "F".

    ``mode`` says what the numbers mean ("YCbCr", "HSV", "CMYK", ...); they are not converted. TypeError for
    numbers that Pillow has no mode for, ValueError for a mode that has other numbers.
    """
    if is_pillow(pic) or not isinstance(pic, (Tensor, np.ndarray)):
        raise TypeError(f"pic should be Tensor or ndarray. Got {type(pic)}.")
    array = _flat(pic)
    if isinstance(pic, Tensor):
        array = pic.detach().cpu().array
        if array.dtype.kind == "f" and mode != "F":
            array = (array * 255).astype(np.uint8)
        array = array.transpose(1, 2, 0) if array.ndim == 3 else array
    array = array[..., 0] if array.ndim == 3 and array.shape[2] == 1 else array
    return image_of(*mode_for(array, mode))
