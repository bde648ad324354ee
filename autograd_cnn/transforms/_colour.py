"""Brightness, contrast, colours, sharpness and what else changes pixels where they are.

Pillow's images, and arrays like them, are changed by Pillow; tensors by formulas, as torchvision's are.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .._creation.creation import tensor
from .._engine.dtypes import uint8
from .._functions.joining import stack
from .._tensor import Tensor
from ..nn.functional import conv2d
from ..nn.functional import pad as padded
from ._conversion import pil_to_tensor, to_pil_image
from ._pillow import checked, image_of, is_pillow, mode_for, numbers_of

__all__ = [
    "adjust_brightness",
    "adjust_contrast",
    "adjust_gamma",
    "adjust_hue",
    "adjust_saturation",
    "adjust_sharpness",
    "autocontrast",
    "equalize",
    "erase",
    "gaussian_blur",
    "invert",
    "posterize",
    "solarize",
]


def by_pillow(name: str, img: Any, change: Callable[[Any], Any]) -> Any:
    """``change`` of a Pillow image; of an array by way of one."""
    if is_pillow(checked(name, img)):
        return change(img)
    array = img[..., 0] if img.ndim == 3 and img.shape[2] == 1 else img
    found = np.array(numbers_of(change(image_of(*mode_for(array, None)))))
    return found[..., None] if img.ndim == 3 and found.ndim == 2 else found


def _most(img: Tensor) -> float:
    """What white is."""
    return 1.0 if img.is_floating_point() else float(np.iinfo(img.dtype.dtype).max)


def _blended(img: Tensor, other: Any, ratio: float) -> Tensor:
    ratio = float(ratio)  # bytes times an integer would stay bytes
    return (ratio * img + (1.0 - ratio) * other).clamp(0, _most(img)).to(img.dtype)


def _is_grey(img: Tensor) -> bool:
    """Whether it has one channel, and not three."""
    if img.ndim < 3 or img.shape[-3] not in (1, 3):
        found = img.shape[-3] if img.ndim > 2 else f"an image of size {tuple(img.shape)}"
        raise TypeError(f"Input image tensor permitted channel values are [1, 3], but found {found}")
    return bool(img.shape[-3] == 1)


def _of_bytes(img: Tensor) -> Tensor:
    """``img``, where it holds bytes."""
    if img.dtype != uint8:
        raise TypeError(f"Only torch.uint8 image tensors are supported, but found {img.dtype}")
    return img


def _grey(img: Tensor) -> Tensor:
    """(..., 1, H, W) of one channel or three."""
    if _is_grey(img):
        return img
    r, g, b = img.unbind(-3)
    return (0.2989 * r + 0.587 * g + 0.114 * b).to(img.dtype).unsqueeze(-3)


def _enhanced(name: str, img: Any, kind: str, factor: float) -> Any:
    from PIL import ImageEnhance

    return by_pillow(name, img, lambda image: getattr(ImageEnhance, kind)(image).enhance(factor))


def _check_factor(name: str, factor: float) -> None:
    if factor < 0:
        raise ValueError(f"{name} ({factor}) is not non-negative.")


def adjust_brightness(img: Any, brightness_factor: float) -> Any:
    """Times ``brightness_factor``: 0 is black, 1 the image."""
    if not isinstance(img, Tensor):
        return _enhanced("adjust_brightness", img, "Brightness", brightness_factor)
    _check_factor("brightness_factor", brightness_factor)
    return _blended(img, img.new_zeros(()), brightness_factor)


def adjust_contrast(img: Any, contrast_factor: float) -> Any:
    """Away from the mean of the grey image: 0 is grey all over, 1 the image."""
    if not isinstance(img, Tensor):
        return _enhanced("adjust_contrast", img, "Contrast", contrast_factor)
    _check_factor("contrast_factor", contrast_factor)
    grey = _grey(img)
    mean = (grey if img.is_floating_point() else grey.float()).mean((-3, -2, -1), keepdim=True)
    return _blended(img, mean, contrast_factor)


def adjust_saturation(img: Any, saturation_factor: float) -> Any:
    """Away from the grey image: 0 is that, 1 the image."""
    if not isinstance(img, Tensor):
        return _enhanced("adjust_saturation", img, "Color", saturation_factor)
    _check_factor("saturation_factor", saturation_factor)
    return img if _is_grey(img) else _blended(img, _grey(img), saturation_factor)


def adjust_sharpness(img: Any, sharpness_factor: float) -> Any:
    """Away from the smoothed image: 0 is that, 1 the image."""
    if not isinstance(img, Tensor):
        return _enhanced("adjust_sharpness", img, "Sharpness", sharpness_factor)
    _check_factor("sharpness_factor", sharpness_factor)
    if min(img.shape[-2:]) <= 2:
        return img
    kernel = tensor([[1.0, 1, 1], [1, 5, 1], [1, 1, 1]]) / 13
    smooth = _filtered(img, kernel, 0)
    whole = img.clone()
    whole[..., 1:-1, 1:-1] = smooth
    return _blended(img, whole, sharpness_factor)


def _filtered(img: Tensor, kernel: Tensor, rounded: int = 1) -> Tensor:
    """Each channel by itself under a window; whole numbers are rounded."""
    planes = img.reshape(-1, 1, *img.shape[-2:])
    numbers = planes if img.is_floating_point() else planes.float()
    found = conv2d(numbers, kernel.to(numbers.dtype)[None, None])
    if not img.is_floating_point():
        found = found.round().to(img.dtype)
    return found.reshape(*img.shape[:-2], *found.shape[-2:])


def adjust_hue(img: Any, hue_factor: float) -> Any:
    """Colours turned by ``hue_factor`` of the circle, from -0.5 to 0.5."""
    if not -0.5 <= hue_factor <= 0.5:
        raise ValueError(f"hue_factor ({hue_factor}) is not in [-0.5, 0.5].")
    if not isinstance(img, Tensor):
        return by_pillow("adjust_hue", img, lambda image: _with_hue(image, hue_factor))
    if _is_grey(img):
        return img
    numbers = img if img.is_floating_point() else img.float() / _most(img)
    h, s, v = _hsv(numbers)
    found = _rgb((h + hue_factor) % 1.0, s, v)
    return found if img.is_floating_point() else (found * (_most(img) + 1 - 1e-3)).to(img.dtype)


def _with_hue(image: Any, factor: float) -> Any:
    from PIL import Image

    mode = image.mode
    if mode in ("L", "1", "I", "F"):
        return image
    h, s, v = image.convert("HSV").split()
    hues = (np.array(h, np.uint8).astype(int) + int(factor * 255)).astype(np.uint8)
    return Image.merge("HSV", (Image.fromarray(hues), s, v)).convert(mode)


def _hsv(img: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Hue, saturation and value (Smith 1978)."""
    r, g, b = img.unbind(-3)
    high, low = img.amax(-3), img.amin(-3)
    equal = high == low
    spread = (high - low).masked_fill(equal, 1.0)
    s = (high - low) / high.masked_fill(equal, 1.0)
    rc, gc, bc = (high - r) / spread, (high - g) / spread, (high - b) / spread
    red = (high == r) * (bc - gc)
    green = ((high == g) & (high != r)) * (2.0 + rc - bc)
    blue = ((high != g) & (high != r)) * (4.0 + gc - rc)
    return ((red + green + blue) / 6.0 + 1.0) % 1.0, s, high


def _rgb(h: Tensor, s: Tensor, v: Tensor) -> Tensor:
    sector = (h * 6.0).floor()
    f = h * 6.0 - sector
    which = sector.long() % 6
    p = (v * (1.0 - s)).clamp(0, 1)
    q = (v * (1.0 - s * f)).clamp(0, 1)
    t = (v * (1.0 - s * (1.0 - f))).clamp(0, 1)
    columns = ((v, q, p, p, t, v), (t, v, v, q, p, p), (p, p, t, v, v, q))
    planes = []
    for choices in columns:
        plane = choices[0]
        for i in range(1, 6):
            plane = choices[i].where(which == i, plane)
        planes.append(plane)
    return stack(planes, -3)


def adjust_gamma(img: Any, gamma: float, gain: float = 1) -> Any:
    """``gain`` times the image to the power ``gamma``, of numbers from 0 to 1."""
    if gamma < 0:
        raise ValueError("Gamma should be a non-negative real number")
    if isinstance(img, Tensor):
        most = _most(img)
        numbers = img if img.is_floating_point() else img.float() / most
        found = (gain * numbers**gamma).clamp(0, 1)
        return found if img.is_floating_point() else (found * (most + 1 - 1e-3)).to(img.dtype)

    def change(image: Any) -> Any:
        mode = image.mode
        table = [int((255 + 1 - 1e-3) * gain * (i / 255.0) ** gamma) for i in range(256)] * 3
        return image.convert("RGB").point(table).convert(mode)

    return by_pillow("adjust_gamma", img, change)


def invert(img: Any) -> Any:
    """White minus the image."""
    if isinstance(img, Tensor):
        return _most(img) - img if img.is_floating_point() else (int(_most(img)) - img).to(img.dtype)
    return _by_operation("invert", img)


def posterize(img: Any, bits: int) -> Any:
    """The ``bits`` highest bits of bytes."""
    if not 0 <= bits <= 8:
        raise ValueError(f"The number of bits should be between 0 and 8. Got {bits}")
    if isinstance(img, Tensor):
        return _of_bytes(img) & -int(2 ** (8 - bits)) % 256
    return _by_operation("posterize", img, bits)


def solarize(img: Any, threshold: float) -> Any:
    """What is ``threshold`` or more inverted."""
    if isinstance(img, Tensor):
        if threshold > _most(img):
            raise TypeError("Threshold should be less than bound of img.")
        return invert(img).where(img >= threshold, img)
    return _by_operation("solarize", img, threshold)


def autocontrast(img: Any) -> Any:
    """Each channel stretched from black to white."""
    if isinstance(img, Tensor):
        numbers = img if img.is_floating_point() else img.float()
        low, high = numbers.amin((-2, -1), keepdim=True), numbers.amax((-2, -1), keepdim=True)
        flat = high == low
        scale = _most(img) / (high - low).masked_fill(flat, 1.0)
        found = ((numbers - low) * scale).clamp(0, _most(img))
        return numbers.where(flat, found).to(img.dtype)
    return _by_operation("autocontrast", img)


def equalize(img: Any) -> Any:
    """Each channel with as many pixels of every brightness; of tensors, of bytes."""
    if isinstance(img, Tensor):
        if not _of_bytes(img).numel():
            return img
        planes = img.detach().cpu().array.reshape(-1, *img.shape[-2:])
        return tensor(np.stack([_equalized(p) for p in planes]).reshape(img.shape)).to(img.device)
    return _by_operation("equalize", img)


def _equalized(plane: Any) -> Any:
    """As Pillow's ImageOps.equalize counts: steps of the mean number of pixels a brightness has."""
    counts = np.bincount(plane.ravel(), minlength=256)
    used = counts[counts != 0]
    step = used[:-1].sum() // 255
    if step == 0:
        return plane
    table = (np.cumsum(counts) + step // 2) // step
    return np.clip(np.concatenate([[0], table[:-1]]), 0, 255).astype(np.uint8)[plane]


def _by_operation(name: str, img: Any, *args: Any) -> Any:
    from PIL import ImageOps

    return by_pillow(name, img, lambda image: getattr(ImageOps, name)(image, *args))


def erase(img: Any, i: int, j: int, h: int, w: int, v: Any, inplace: bool = False) -> Any:
    """The rectangle at (i, j) of a tensor replaced by ``v``."""
    if not isinstance(img, Tensor):
        raise TypeError(f"img should be Tensor Image. Got {type(img).__name__}; put ToTensor() before")
    found = img if inplace else img.clone()
    found[..., i : i + h, j : j + w] = v
    return found


def gaussian_blur(img: Any, kernel_size: Any, sigma: Any = None) -> Any:
    """Smoothed by a Gaussian of deviation ``sigma`` (0.15 ``kernel_size`` + 0.35 where it is not given), over
    a mirrored border."""
    sizes = [kernel_size] * 2 if isinstance(kernel_size, int) else list(kernel_size)
    if len(sizes) != 2 or any(size % 2 == 0 or size < 0 for size in sizes):
        raise ValueError(f"kernel_size should have odd and positive integers. Got {sizes}")
    if sigma is None:
        sigma = [size * 0.15 + 0.35 for size in sizes]
    spreads = [float(sigma)] * 2 if isinstance(sigma, (int, float)) else [float(s) for s in sigma]
    spreads = spreads * 2 if len(spreads) == 1 else spreads
    if any(s <= 0.0 for s in spreads):
        raise ValueError(f"sigma should have positive values. Got {sigma}")
    if not isinstance(img, Tensor):

        def change(image: Any) -> Any:
            return to_pil_image(gaussian_blur(pil_to_tensor(image), sizes, spreads), mode=image.mode)

        return by_pillow("gaussian_blur", img, change)
    row, column = (_bell(size, spread) for size, spread in zip(sizes, spreads, strict=True))
    planes = img.reshape(-1, 1, *img.shape[-2:])
    numbers = planes if img.is_floating_point() else planes.float()
    wide = padded(numbers, [sizes[0] // 2] * 2 + [sizes[1] // 2] * 2, mode="reflect")
    kernel = (column[:, None] * row[None]).to(numbers.dtype)
    found = conv2d(wide, kernel[None, None])
    return (found if img.is_floating_point() else found.round().to(img.dtype)).reshape(img.shape)


def _bell(size: int, spread: float) -> Tensor:
    half = (size - 1) * 0.5
    x = tensor(np.linspace(-half, half, size, dtype=np.float32))
    bell = (-0.5 * (x / spread) ** 2).exp()
    return bell / bell.sum()
