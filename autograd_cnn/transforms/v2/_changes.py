"""What the second version's transforms do to one image and the first version's do not."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np

from ..._creation.creation import tensor
from ..._creation.random import randn_like
from ..._engine.dtypes import float32, iinfo, int16, uint8
from ..._tensor import Tensor
from .. import functional as F
from .._conversion import by_tensor
from .._pillow import is_pillow


def to_image(inpt: Any) -> Any:
    """Pillow's images and arrays (H, W[, C]) as tensors (C, H, W) of the same numbers; tensors as they
    are."""
    if isinstance(inpt, Tensor):
        return inpt
    if is_pillow(inpt) or isinstance(inpt, np.ndarray):
        return F.pil_to_tensor(inpt)
    raise TypeError(
        f"Input can either be a pure Tensor, a numpy array, or a PIL image, but got {type(inpt)} instead."
    )


def to_dtype(inpt: Any, dtype: Any = float32, scale: bool = False) -> Any:
    """A tensor in another dtype; with ``scale`` white stays white."""
    return F.convert_image_dtype(inpt, dtype) if scale else inpt.to(dtype)


def get_size(inpt: Any) -> list[int]:
    """Height and width."""
    return F.get_image_size(inpt)[::-1]


def grayscale_to_rgb(inpt: Any) -> Any:
    """A grey image in three equal channels."""
    if is_pillow(inpt):
        return inpt.convert("RGB")
    return F.rgb_to_grayscale(inpt, 3) if F.get_image_num_channels(inpt) == 1 else inpt


def gaussian_noise(inpt: Any, mean: float = 0.0, sigma: float = 0.1, clip: bool = True) -> Any:
    """Gaussian noise added, ``mean`` and ``sigma`` as parts of white; ``clip`` keeps the result between black
    and white."""
    if is_pillow(inpt):
        raise ValueError("Gaussian Noise is not implemented for PIL images; put ToImage() before")
    if sigma < 0:
        raise ValueError(f"sigma shouldn't be negative. Got {sigma}")

    def noisy(image: Tensor) -> Tensor:
        if image.is_floating_point():
            found = image + mean + randn_like(image) * sigma
            return found.clamp(0, 1) if clip else found
        if image.dtype != uint8:
            raise ValueError(
                f"Input tensor is expected to be in uint8 or float dtype, got dtype={image.dtype}"
            )
        found = image + (mean * 255 + randn_like(image, dtype=float32) * (sigma * 255)).to(int16)
        return (found.clamp(0, 255) if clip else found).to(uint8)

    return by_tensor(inpt, noisy)


def permute_channels(inpt: Any, permutation: Sequence[int]) -> Any:
    """The channels in another order."""
    channels = F.get_image_num_channels(inpt)
    if len(permutation) != channels:
        raise ValueError(
            f"Length of permutation does not match number of channels: {len(permutation)} != {channels}"
        )
    if channels == 1:
        return inpt
    return by_tensor(
        inpt, lambda image: image.index_select(-3, tensor(list(permutation), device=image.device))
    )


def posterize(inpt: Any, bits: int) -> Any:
    """The ``bits`` highest bits of whole numbers; floating point numbers in as many steps, from 0 on."""
    if not isinstance(inpt, Tensor) or inpt.dtype == uint8:
        return F.posterize(inpt, bits)
    if inpt.is_floating_point():
        levels = 1 << bits
        return (inpt * levels).floor().clamp(0, levels - 1) * (1.0 / levels)
    unused = iinfo(inpt.dtype).bits - 1 - bits
    return inpt if unused <= 0 else inpt >> unused << unused


def equalize(inpt: Any) -> Any:
    """Each channel with as many pixels of every brightness; tensors of other numbers by way of bytes."""
    if not isinstance(inpt, Tensor) or inpt.dtype == uint8:
        return F.equalize(inpt)
    return F.convert_image_dtype(F.equalize(F.convert_image_dtype(inpt, uint8)), inpt.dtype)


def erase(inpt: Any, i: int, j: int, h: int, w: int, v: Any, inplace: bool = False) -> Any:
    """The rectangle at (i, j) replaced by the tensor ``v`` (1 or C, 1 or h, 1 or w); ``inplace`` is for
    tensors."""
    return by_tensor(inpt, lambda image: F.erase(image, i, j, h, w, v, inplace))


def uniform_temporal_subsample(inpt: Tensor, num_samples: int) -> Tensor:
    """``num_samples`` evenly spaced frames of a tensor (..., T, C, H, W)."""
    if not isinstance(inpt, Tensor) or inpt.ndim < 4:
        raise TypeError(
            "uniform_temporal_subsample: a video is a tensor (..., T, C, H, W), not "
            f"{type(inpt).__name__} of shape {tuple(getattr(inpt, 'shape', ()))}"
        )
    places = np.linspace(0, inpt.shape[-4] - 1, num_samples, dtype=np.float32)
    return inpt.index_select(-4, tensor(places.astype(np.int64), device=inpt.device))


def jpeg(image: Any, quality: int) -> Any:
    """``image``, of bytes, written as JPEG and read again; by Pillow."""
    from PIL import Image

    if not is_pillow(image) and image.dtype not in (uint8, np.uint8):
        raise RuntimeError(f"Input tensor dtype should be uint8, not {image.dtype}; JPEG is of bytes")
    if isinstance(image, Tensor):
        planes = image.reshape(-1, *image.shape[-3:])
        found = [F.pil_to_tensor(jpeg(F.to_pil_image(each), quality)) for each in planes]
        return tensor(np.stack([each.array for each in found]), device=image.device).reshape(image.shape)
    if isinstance(image, np.ndarray):
        return np.asarray(jpeg(F.to_pil_image(image), quality)).reshape(image.shape)
    file = BytesIO()
    image.save(file, format="JPEG", quality=quality)
    with Image.open(BytesIO(file.getvalue())) as read:
        return read.convert(image.mode)
