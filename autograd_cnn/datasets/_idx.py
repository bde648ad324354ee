"""The IDX format of MNIST's files, gzipped or not. Every claim of the header is checked before memory is
asked for.

Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", section "File formats": a
    magic number 0x00000801 (bytes, one dimension) or 0x00000803 (three), the sizes as big-endian 32-bit
    integers, then the bytes.
"""

import gzip
import hashlib
import math
import struct
import zlib
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Any

import numpy as np

from .._files.errors import FileFormatError

_LARGEST = 1 << 27


def read_idx(
    path: Path,
    *,
    dims: int,
    sha256: str | None = None,
    counted: int | None = None,
    largest: int | None = None,
    file: IO[bytes] | None = None,
) -> np.ndarray[Any, Any]:
    """The array of bytes with ``dims`` axes in an IDX file; FileFormatError where it is malformed or of
    another ``sha256``, which is asked of files of ``counted`` items (None: of all): others are other data.

    ``file``, where it is open already, is read in place of the one at ``path``. No array has more than
    ``largest`` bytes (None: as MNIST's may have). The sum is that of the content, without the gzip around it:
    mirrors pack the same content differently. Of the content no more is read, or unpacked, than the header
    announces, and one byte.
    """
    with open(path, "rb") if file is None else nullcontext(file) as packed:
        content = gzip.GzipFile(fileobj=packed) if packed.read(2) == b"\x1f\x8b" else packed
        packed.seek(0)
        try:
            header = content.read(4 + 4 * dims)
            shape = _shape(header, dims, path, largest or _LARGEST)
            numbers = content.read(math.prod(shape) + 1)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise FileFormatError(
                f"{path}: its gzip data are cut off or damaged ({error}); delete it and download it again"
            ) from error
    if len(numbers) != math.prod(shape):
        follow = "more" if len(numbers) > math.prod(shape) else f"{len(numbers)}"
        raise FileFormatError(
            f"{path}: its header announces {shape}, {math.prod(shape)} bytes, but {follow} follow"
        )
    if sha256 is not None and counted in (None, shape[0]):
        _check_sum(path, (header, numbers), sha256)
    return np.frombuffer(numbers, np.uint8).reshape(shape).copy()


def _check_sum(path: Path, parts: tuple[bytes, ...], sha256: str) -> None:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    if digest.hexdigest() != sha256:
        raise FileFormatError(
            f"{path}: damaged or another file: the SHA-256 of its content is {digest.hexdigest()}, "
            f"not {sha256}; delete it and download it again"
        )


def _shape(header: bytes, dims: int, path: Path, largest: int) -> tuple[int, ...]:
    if len(header) < 4 + 4 * dims or header[:4] != bytes((0, 0, 8, dims)):
        raise FileFormatError(
            f"{path}: not an IDX file of bytes with {dims} dimension(s): it begins with "
            f"{header[:4].hex() or 'nothing'}"
        )
    shape: tuple[int, ...] = struct.unpack(f">{dims}I", header[4:])
    if math.prod(shape) > largest:
        raise FileFormatError(
            f"{path}: its header announces {shape}, more than {largest} bytes; no file of this "
            "dataset is that large"
        )
    return shape


def idx_bytes(array: np.ndarray[Any, Any]) -> bytes:
    """An array of bytes as an IDX file."""
    return (
        bytes((0, 0, 8, array.ndim))
        + struct.pack(f">{array.ndim}I", *array.shape)
        + array.astype(np.uint8).tobytes()
    )
