"""Memory that processes share which are forked from this one."""

import mmap
from typing import Any

import numpy as np

from ..._tensor import Tensor, tensor_of


def in_shared_memory(tensor: Tensor) -> Tensor:
    """The same values in such memory; a tensor on a GPU as it is."""
    array = tensor.array
    if not isinstance(array, np.ndarray):
        return tensor
    memory = mmap.mmap(-1, max(array.nbytes, 1))  # of no file, and shared: what a fork writes is seen by all
    shared: Any = np.ndarray(array.shape, array.dtype, memory)
    shared[...] = array
    return tensor_of(shared)
