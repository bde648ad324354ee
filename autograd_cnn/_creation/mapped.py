"""Tensors whose memory is a file."""

import os

import numpy as np

from .._devices.device import DeviceLike
from .._engine.buffers import mapped
from .._engine.dtypes import DType, as_dtype, get_default_dtype
from .._tensor import Tensor
from .creation import finish

__all__ = ["from_file"]


def from_file(
    filename: str | os.PathLike[str],
    shared: bool | None = None,
    size: int = 0,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """``size`` elements of a file's bytes, without reading it first.

    Where it is ``shared``, writes go to the file, which is made, or made larger, where it is too small; else
    they stay here.
    """
    kind = (get_default_dtype() if dtype is None else as_dtype(dtype)).dtype
    array = mapped(filename, bool(shared), size * kind.itemsize).view(kind)
    return finish(np.asarray(array), device, requires_grad)
