"""Arrays that show some element twice, or share elements: which of them may be written."""

from typing import Any

import numpy as np

from . import memory
from .storage import address


def writable(array: Any) -> Any:
    """A part of an expanded or unfolded tensor, which is read-only, as an array that may be written; None
    where it does repeat elements, or the memory is read-only itself."""
    own, reach = memory.owner(array), 1
    for step, n in sorted((abs(s), n) for n, s in zip(array.shape, array.strides, strict=True) if n > 1):
        if step < reach:
            return None
        reach = step * (n - 1) + reach
    if not isinstance(own, np.ndarray) or not own.flags.writeable or not own.flags.forc:
        return None
    start = array.ctypes.data - own.ctypes.data
    return np.ndarray(array.shape, array.dtype, own.ravel(order="K"), start, array.strides)


def check_apart(written: Any, read: Any, *, entirely: bool = False) -> None:
    """RuntimeError where two arrays share some elements, and are not the same ones in the same order (which
    is refused too where they are to be apart ``entirely``). Of arrays with gaps nobody asks."""
    if not entirely and (read is written or (read.base is None and written.base is None)):
        return
    if not (read.flags.forc and written.flags.forc and memory.owner(read) is memory.owner(written)):
        return
    begin, other = address(written), address(read)
    same = begin == other and written.nbytes == read.nbytes
    if same and not entirely and (written.strides == read.strides or written.size < 2):
        return
    if same or (begin < other + read.nbytes and other < begin + written.nbytes):
        raise RuntimeError(
            "unsupported operation: some elements of the input tensor and the written-to tensor refer to a "
            "single memory location. Please clone() the tensor before performing the operation."
        )
