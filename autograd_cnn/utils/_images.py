"""Many images in one, and images in files: ``torchvision.utils``."""

import io
import math
import os
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from .._creation.creation import from_numpy
from .._files.atomic import write_to
from .._tensor import Tensor


def make_grid(
    tensor: Any,
    nrow: int = 8,
    padding: int = 2,
    normalize: bool = False,
    value_range: tuple[float, float] | None = None,
    scale_each: bool = False,
    pad_value: float = 0.0,
) -> Tensor:
    """Images side by side, ``nrow`` in each row: (N, C, H, W), (C, H, W), (H, W), or a list of (C, H, W), to
    (3, H', W').

    One channel becomes three equal ones; ``padding`` pixels of ``pad_value`` stand around each image.
    ``normalize`` shifts and scales to 0..1, from ``value_range`` or from the smallest and largest number: of
    all images, or with ``scale_each`` of each.
    """
    images = _batch(tensor)
    if normalize:
        images = images.astype(np.float32) if images.dtype.kind != "f" else images.copy()
        for part in images if scale_each else [images]:
            low, high = value_range or (float(part.min()), float(part.max()))
            np.clip(part, low, high, out=part)
            part -= low
            part /= max(high - low, 1e-5)
    count, channels, height, width = images.shape
    if count == 1:
        return from_numpy(np.ascontiguousarray(images[0]))
    columns = min(nrow, count)
    rows = math.ceil(count / columns)
    high, wide = height + padding, width + padding
    grid = np.full((channels, high * rows + padding, wide * columns + padding), pad_value, images.dtype)
    for i, image in enumerate(images):
        top, left = i // columns * high + padding, i % columns * wide + padding
        grid[:, top : top + height, left : left + width] = image
    return from_numpy(grid)


def _batch(tensor: Any) -> np.ndarray[Any, Any]:
    """The images as an array (N, 3 or more, H, W)."""
    if isinstance(tensor, (list, tuple)) and tensor and all(isinstance(t, Tensor) for t in tensor):
        images = np.stack([t.detach().cpu().array for t in tensor])
    elif isinstance(tensor, Tensor):
        images = tensor.detach().cpu().array
    else:
        raise TypeError(f"tensor or list of tensors expected, got {type(tensor).__name__}")
    if not 2 <= images.ndim <= 4:
        raise ValueError(f"images are (N, C, H, W), (C, H, W) or (H, W), not {images.shape}")
    images = images.reshape((1,) * (4 - images.ndim) + images.shape) if images.ndim != 3 else images[None]
    return np.repeat(images, 3, 1) if images.shape[1] == 1 else images


def save_image(
    tensor: Any, fp: "str | os.PathLike[str] | BinaryIO", format: str | None = None, **kwargs: Any
) -> None:
    """Write :func:`make_grid` of the images (numbers from 0 to 1) to a file. PNG is written here, other
    formats by Pillow.

    ``fp`` may be an open binary file; then ``format`` says which one.
    """
    grid = make_grid(tensor, **kwargs).array
    pixels = np.clip(grid * 255 + 0.5, 0, 255).astype(np.uint8).transpose(1, 2, 0)
    kind = (format or (Path(fp).suffix[1:] if isinstance(fp, (str, os.PathLike)) else "")).lower()
    if not kind:
        raise ValueError(
            f"save_image: {fp!s:.200} does not say which format it is: give it an extension such as "
            ".png, or format='png'"
        )
    if kind == "png":
        write_to(fp, png(pixels))
        return
    from PIL import Image

    content = io.BytesIO()
    Image.fromarray(pixels).save(content, format=Image.registered_extensions().get(f".{kind}", kind))
    write_to(fp, content.getvalue())


def png(pixels: np.ndarray[Any, Any]) -> bytes:
    """An array of bytes (H, W, 3) as a PNG file (RFC 2083): a header, the rows, each after its filter's
    number 0, an end."""
    height, width, _ = pixels.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)], 1)
    parts: Sequence[tuple[bytes, bytes]] = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows.tobytes())),
        (b"IEND", b""),
    )
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
