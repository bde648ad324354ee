"""The IDX format of MNIST's files, gzipped or not. Every claim of the header is checked before memory is asked for.

Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", section "File formats": a magic number
0x00000801 (bytes, one dimension) or 0x00000803 (three), the sizes as big-endian 32-bit integers, then the bytes.
"""

import gzip
import hashlib
import math
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from .._serialization import FileFormatError

_LARGEST = 1 << 30


def read_idx(path: Path, *, dims: int, sha256: str | None = None) -> np.ndarray[Any, Any]:
    """The array of bytes with ``dims`` axes in an IDX file; FileFormatError where it is malformed or of another ``sha256``.

    The sum is that of the content, without the gzip around it: mirrors pack the same content differently.
    """
    content = _content(path)
    if sha256 is not None and (digest := hashlib.sha256(content).hexdigest()) != sha256:
        raise FileFormatError(
            f"{path}: damaged or another file: the SHA-256 of its content is {digest}, not {sha256}; delete it and download it again"
        )
    return _parse(content, dims, path)


def _content(path: Path) -> bytes:
    with open(path, "rb") as file:
        if file.read(2) != b"\x1f\x8b":
            file.seek(0)
            size = os.fstat(file.fileno()).st_size
            content = file.read() if size <= _LARGEST else b""
        else:
            file.seek(0)
            try:
                with gzip.GzipFile(fileobj=file) as unpacked:
                    content = unpacked.read(_LARGEST + 1)
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                raise FileFormatError(f"{path}: its gzip data are cut off or damaged ({error}); delete it and download it again") from error
            size = len(content)
    if size > _LARGEST:
        raise FileFormatError(f"{path}: more than {_LARGEST} bytes of content; no file of this dataset is that large")
    return content


def _parse(content: bytes, dims: int, path: Path) -> np.ndarray[Any, Any]:
    start = 4 + 4 * dims
    if len(content) < start or content[:4] != bytes((0, 0, 8, dims)):
        raise FileFormatError(f"{path}: not an IDX file of bytes with {dims} dimension(s): it begins with {content[:4].hex() or 'nothing'}")
    shape = struct.unpack(f">{dims}I", content[4:start])
    if len(content) - start != math.prod(shape):
        raise FileFormatError(f"{path}: its header announces {shape}, {math.prod(shape)} bytes, but {len(content) - start} follow")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape).copy()


def idx_bytes(array: np.ndarray[Any, Any]) -> bytes:
    """An array of bytes as an IDX file."""
    return bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape) + array.astype(np.uint8).tobytes()
