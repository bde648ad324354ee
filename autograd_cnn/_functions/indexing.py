"""Reading by index."""

from typing import Any

import numpy as np

from .. import ops
from .._handle import Handle
from ._dims import wrap_dim


def plain_index(index: Any) -> Any:
    """An index without Tensors: arrays are copied (a later write must not change what the gradient uses), 0-d ones are numbers."""
    if isinstance(index, tuple):
        return tuple(plain_index(part) for part in index)
    if isinstance(index, Handle):
        index = index.array
    if isinstance(index, list):
        index = np.asarray([part.array if isinstance(part, Handle) else part for part in index])
        index = index.astype(np.int64) if index.size == 0 else index
    if isinstance(index, np.generic) and index.dtype.kind in "iu":
        return int(index)
    if hasattr(index, "dtype") and hasattr(index, "shape"):
        if index.dtype.kind not in "iub":
            raise IndexError(f"tensors used as indices must be long, int, byte or bool tensors, not {index.dtype}")
        if index.dtype == np.uint8:
            index = index.astype(np.bool_)
        return int(index) if index.shape == () and index.dtype.kind == "i" else index.copy()
    return index


def getitem(input: Any, index: Any) -> Any:
    """input[index]."""
    return ops.getitem(input, index=plain_index(index))


def gather(input: Any, dim: int, index: Any) -> Any:
    """``out[i][j][k] = input[i][index[i][j][k]][k]`` for dim 1."""
    return ops.take_along(input, index, axis=wrap_dim(dim, input.ndim))


def index_select(input: Any, dim: int, index: Any) -> Any:
    """The slices of ``input`` along ``dim`` that the vector ``index`` names."""
    return ops.getitem(input, index=(*[slice(None)] * wrap_dim(dim, input.ndim), plain_index(index)))
