"""Distances between all rows of two matrices, or of one."""

import numpy as np

from .. import ops
from .._engine.handle import Handle, Operand, T
from .._engine.single import in_single
from ._arguments import names_arguments
from .norm import vector_norm

__all__ = ["cdist", "pdist"]


_MODES = (
    "use_mm_for_euclid_dist_if_necessary",
    "use_mm_for_euclid_dist",
    "donot_use_mm_for_euclid_dist",
)


@names_arguments
@in_single
def cdist(x1: Handle[T], x2: Operand, p: float = 2.0, compute_mode: str = _MODES[0]) -> T:
    """The p-norm distance of each row of ``x1`` (*, P, D) to each of ``x2`` (*, R, D): (*, P, R).

    All of PyTorch's compute modes give the same here.
    """
    if compute_mode not in _MODES:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode: one of {', '.join(_MODES)}")
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
@in_single
def pdist(input: Handle[T], p: float = 2.0) -> T:
    """The p-norm distance of every pair of rows of (N, D), as a vector of N (N - 1) / 2."""
    if input.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {input.ndim}D")
    if p < 0:
        raise RuntimeError("pdist only supports non-negative p values")
    xp = ops.array_module(input.array)
    first, second = (xp.asarray(places) for places in np.triu_indices(input.array.shape[0], 1))
    return vector_norm(ops.getitem(input, index=first) - ops.getitem(input, index=second), p, -1)
