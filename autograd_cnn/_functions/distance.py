"""Distances between all rows of two matrices, or of one."""

from typing import Any

import numpy as np

from .. import ops
from ..ops import array_module
from ._arguments import names_arguments
from .norm import vector_norm


@names_arguments
def cdist(x1: Any, x2: Any, p: float = 2.0, compute_mode: str | None = None) -> Any:
    """The p-norm distance of each row of ``x1`` (*, P, D) to each of ``x2`` (*, R, D): (*, P, R).

    All of PyTorch's compute modes give the same here.
    """
    for name, x in (("X1", x1), ("X2", x2)):
        if x.ndim < 2:
            raise RuntimeError(f"cdist only supports at least 2D tensors, {name} got: {x.ndim}D")
    (*lead1, rows, size), (*lead2, columns, other) = x1.array.shape, x2.array.shape
    if size != other:
        raise RuntimeError(f"X1 and X2 must have the same number of columns. X1: {size} X2: {other}")
    if p < 0:
        raise RuntimeError("cdist only supports non-negative p values")
    return vector_norm(
        ops.reshape(x1, shape=(*lead1, rows, 1, size)) - ops.reshape(x2, shape=(*lead2, 1, columns, size)),
        p,
        -1,
    )


@names_arguments
def pdist(input: Any, p: float = 2.0) -> Any:
    """The p-norm distance of every pair of rows of (N, D), as a vector of N (N - 1) / 2."""
    if input.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {input.ndim}D")
    if p < 0:
        raise RuntimeError("pdist only supports non-negative p values")
    xp = array_module(input.array)
    first, second = (xp.asarray(places) for places in np.triu_indices(input.array.shape[0], 1))
    return vector_norm(ops.getitem(input, index=first) - ops.getitem(input, index=second), p, -1)
