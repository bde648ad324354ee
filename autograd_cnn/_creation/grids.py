"""The places of a triangle, as index tensors."""

from typing import Any

import numpy as np

from .._engine.dtypes import as_dtype
from .._tensor import Tensor


def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None) -> Tensor:
    """The rows and the columns of a lower triangle's elements, row by row: shape (2, count)."""
    return _indices(np.tril_indices(row, offset, col), dtype, device)


def triu_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None) -> Tensor:
    """The rows and the columns of an upper triangle's elements, row by row: shape (2, count)."""
    return _indices(np.triu_indices(row, offset, col), dtype, device)


def _indices(places: Any, dtype: Any, device: Any) -> Tensor:
    out = Tensor(np.stack(places).astype(as_dtype("int64" if dtype is None else dtype).dtype))
    return out if device is None else out.to(device=device)
