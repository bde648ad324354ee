"""The places of the elements of a triangle."""

from typing import SupportsIndex

import numpy as np

from .._devices.device import DeviceLike
from .._engine.dtypes import DType, as_dtype
from .._functions._dims import listed
from .._tensor import Tensor
from .creation import finish

__all__ = ["tril_indices", "triu_indices"]


def tril_indices(
    row: SupportsIndex,
    col: SupportsIndex,
    offset: SupportsIndex = 0,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """The rows and the columns of a lower triangle's elements, row by row: shape (2, count)."""
    places = np.tril_indices(*listed((row, offset, col), "row, col or offset"))
    return finish(np.stack(places).astype(as_dtype(dtype or np.int64).dtype), device, requires_grad)


def triu_indices(
    row: SupportsIndex,
    col: SupportsIndex,
    offset: SupportsIndex = 0,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """The rows and the columns of an upper triangle's elements, row by row: shape (2, count)."""
    places = np.triu_indices(*listed((row, offset, col), "row, col or offset"))
    return finish(np.stack(places).astype(as_dtype(dtype or np.int64).dtype), device, requires_grad)
