"""Memory that comes from outside: files that are mapped into memory, and what bytes-like objects hold."""

import os
from typing import Any

import numpy as np


def mapped(filename: Any, shared: bool, nbytes: int) -> Any:
    """The first ``nbytes`` of a file as an array, without reading it first: where it is ``shared`` writes go
    to the file, which is made, or made larger, where it is too small; else they stay here. RuntimeError where
    that can't be."""
    path = os.fspath(filename)
    if nbytes < 0:
        raise RuntimeError(f"unable to mmap {nbytes} bytes from file <{path}>: its size is negative")
    if not nbytes:
        return np.empty(0, np.uint8)
    doing = f"open file <{path}> in {'read-write' if shared else 'read-only'} mode"
    try:
        with open(os.open(path, os.O_RDWR | os.O_CREAT if shared else os.O_RDONLY), "rb") as file:
            has = os.fstat(file.fileno()).st_size
            if shared and has < nbytes:
                os.truncate(path, nbytes)
        doing = f"mmap {nbytes} bytes from file <{path}>"
        if not shared and has < nbytes:
            raise RuntimeError(
                f"file <{path}> size <{has}> is smaller than the required mapping size <{nbytes}>"
            )
        return np.memmap(path, np.uint8, "r+" if shared else "c", shape=(nbytes,))
    except OSError as error:
        raise RuntimeError(f"unable to {doing}: {error.strerror} ({error.errno})") from error


_ORDERS = {"little": "<", "big": ">", "native": "="}


def read(buffer: Any, kind: Any, byte_order: str | None, count: int, offset: int) -> np.ndarray[Any, Any]:
    """A copy of ``count`` numbers of a dtype from ``offset`` on, all for a negative one, as bytes."""
    if not hasattr(kind, "itemsize"):
        raise RuntimeError(
            "argument 'dtype' cannot be None"
            if kind is None
            else f"argument 'dtype' must be of type torch.dtype, not {type(kind).__name__}"
        )
    if byte_order is None and kind.itemsize > 1:
        raise RuntimeError(
            "function missing required argument 'byte_order' (pos 2): 'big', 'little' or 'native'"
        )
    if byte_order not in (None, *_ORDERS):
        raise ValueError(f"invalid byte_order {byte_order!r} (expected 'big', 'little', or 'native')")
    had, size = memoryview(buffer), int(kind.itemsize)
    content = np.frombuffer(had, np.uint8) if had.nbytes else np.empty(0, np.uint8)
    if not 0 <= offset <= len(content):
        raise ValueError(
            f"offset must be non-negative and no greater than buffer length ({len(content)}), but got "
            f"{offset}"
        )
    content = content[offset:]
    if count < 0 and len(content) % size:
        raise ValueError(f"buffer size ({len(content)}) must be a multiple of element size ({size})")
    if count * size > len(content):
        raise ValueError(
            f"buffer has only {len(content) // size} elements after offset {offset}, but specified a size of "
            f"{count}"
        )
    lying = kind.dtype.newbyteorder(_ORDERS[byte_order or "native"])
    numbers = content[: len(content) if count < 0 else count * size].view(lying)
    return numbers.astype(kind.dtype).view(np.uint8)
