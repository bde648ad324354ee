"""What an image is; and Pillow's as arrays of their own numbers, and back into the mode they were in."""

from typing import Any

import numpy as np

from .._tensor import Tensor
from ._resampling import Array

MODES: dict[str, tuple[str, ...]] = {
    "|u1": ("L", "P"),
    "<u2": ("I;16",),
    "<i4": ("I",),
    "<f4": ("F",),
    "|b1": ("1",),
}
"""The modes that one number per pixel may have, by its type; the first is meant where none is said."""

CHANNELS: dict[int, tuple[str, ...]] = {
    2: ("LA", "PA", "La"),
    3: ("RGB", "YCbCr", "HSV", "LAB"),
    4: ("RGBA", "CMYK", "RGBX", "RGBa"),
}
"""The modes of so many bytes per pixel; the first is meant where none is said."""


def is_pillow(image: Any) -> bool:
    """Whether it is a Pillow image; asked without importing Pillow."""
    return not isinstance(image, (np.ndarray, Tensor)) and any(
        cls.__module__ == "PIL.Image" and cls.__name__ == "Image" for cls in type(image).__mro__
    )


def checked(name: str, image: Any) -> Any:
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


def numbers_of(image: Any) -> Array:
    """(H, W) or (H, W, C): bytes in most modes, truth values in "1", larger ones in "I", "I;16" and "F"."""
    return np.asarray(image)


def fill_of_bands(image: Any, fill: Any) -> Any:
    """``fill``, a number or one for each band, as Pillow wants it for ``image``; None for its black."""
    bands = len(image.getbands())
    numbers = list(fill) if isinstance(fill, (list, tuple)) else [fill]
    if fill is None or bands == 1 == len(numbers):
        return numbers[0]
    if len(numbers) not in (1, bands):
        raise ValueError(
            "The number of elements in 'fill' does not match the number of bands of the image "
            f"({len(numbers)} != {bands})"
        )
    return tuple(int(number) for number in (numbers * bands)[:bands])


def image_like(image: Any, numbers: Array) -> Any:
    """An image of these numbers with the mode of ``image``, and its palette and what else it knows."""
    size = (numbers.shape[1], numbers.shape[0])
    found = image.crop((0, 0, *size))  # a copy of that size; what it shows is overwritten
    found.paste(image_of(numbers, image.mode))
    return found


def image_of(numbers: Array, mode: str) -> Any:
    """An image of ``mode`` that has these numbers; they are not converted."""
    from PIL import Image

    if mode == "1":  # whose bits Pillow packs
        return Image.fromarray(np.ascontiguousarray(numbers, bool))
    return Image.frombytes(
        mode, (numbers.shape[1], numbers.shape[0]), np.ascontiguousarray(numbers).tobytes()
    )


def mode_for(numbers: Array, mode: str | None) -> tuple[Array, str]:
    """The numbers in the type that their mode has, and that mode; ``mode`` where they can be of it.

    TypeError for numbers that no mode has, ValueError for a mode that has others.
    """
    if numbers.ndim == 3:
        if numbers.shape[2] not in CHANNELS:
            raise ValueError(f"pic should have 1 to 4 channels. Got {numbers.shape[2]} channels.")
        modes = CHANNELS[numbers.shape[2]]
        if mode is not None and mode not in modes:
            raise ValueError(
                f"Only modes {list(modes)} are supported for {numbers.shape[2]} channels, not {mode}"
            )
        if numbers.dtype != np.uint8:
            raise TypeError(
                f"Input type {numbers.dtype} is not supported for {numbers.shape[2]} channels: give bytes "
                "(uint8), or a tensor (C, H, W) of numbers from 0 to 1"
            )
        return numbers, mode or modes[0]
    numbers = _narrowed(numbers)
    known = MODES.get(numbers.dtype.newbyteorder("<").str)
    if known is None:
        raise TypeError(f"Input type {numbers.dtype} is not supported: give uint8, uint16, int32 or float32")
    if mode is not None and mode not in known:
        raise ValueError(
            f"Incorrect mode ({mode}) supplied for input type {numbers.dtype}. Should be {' or '.join(known)}"
        )
    return numbers.astype(numbers.dtype.newbyteorder("<"), copy=False), mode or known[0]


def _narrowed(numbers: Array) -> Array:
    """float64 as float32; int16 as uint16, and as int32 where numbers are negative, which "I;16" has not."""
    if numbers.dtype == np.float64:
        return numbers.astype(np.float32)
    if numbers.dtype == np.int16:
        return numbers.astype(np.int32 if numbers.size and numbers.min() < 0 else np.uint16)
    return numbers


def countable(numbers: Array) -> Array:
    """Unsigned numbers of more than a byte, which no tensor has, as wider signed ones; all in the machine's
    order of bytes."""
    wider = {2: np.int32, 4: np.int64}.get(numbers.dtype.itemsize) if numbers.dtype.kind == "u" else None
    return numbers.astype(wider or numbers.dtype.newbyteorder("="), copy=False)
