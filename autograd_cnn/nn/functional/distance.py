"""Lengths, angles and distances of vectors."""

from typing import Any

import numpy as np

from ... import ops
from ..._functions.norm import vector_norm
from ..._tensor import Tensor
from ...ops import array_module
from .._composition import composition


def _at_least(x: Any, least: float) -> Any:
    """``x`` raised to ``least`` where it is below, with the gradient of ``x`` itself."""
    return x + (ops.clamp_min(x.detach(), least) - x.detach())


@composition
def normalize(input: Tensor, p: float = 2.0, dim: Any = 1, eps: float = 1e-12, out: Tensor | None = None) -> Tensor:
    """x / max(p-norm of x along ``dim``, eps)."""
    result = input / ops.clamp_min(vector_norm(input, p, dim, keepdim=True), eps)
    return result if out is None else out._overwrite(result)


@composition
def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between vectors along ``dim``: x1 · x2 / (max(‖x1‖, eps) max(‖x2‖, eps)); both broadcast."""
    shape = np.broadcast_shapes(x1.array.shape, x2.array.shape)
    a, b = (x if x.array.shape == shape else ops.broadcast_to(x, shape=shape) for x in (x1, x2))
    lengths = [_at_least(vector_norm(x, 2, dim, keepdim=True), eps) for x in (a, b)]
    return ops.sum((a / lengths[0]) * (b / lengths[1]), axis=dim)


@composition
def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """The p-norm of x1 - x2 + eps along the last dimension."""
    return vector_norm(x1 - x2 + eps, p, -1, keepdim)


@composition
def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: str = "use_mm_for_euclid_dist_if_necessary") -> Tensor:
    """The p-norm distance of each row of ``x1`` (*, P, D) to each of ``x2`` (*, R, D): (*, P, R). All modes give the same."""
    for name, x in (("X1", x1), ("X2", x2)):
        if x.ndim < 2:
            raise RuntimeError(f"cdist only supports at least 2D tensors, {name} got: {x.ndim}D")
    if x1.array.shape[-1] != x2.array.shape[-1]:
        raise RuntimeError(f"X1 and X2 must have the same number of columns. X1: {x1.array.shape[-1]} X2: {x2.array.shape[-1]}")
    if p < 0:
        raise RuntimeError("cdist only supports non-negative p values")
    (*lead1, rows, size), (*lead2, columns, _) = x1.array.shape, x2.array.shape
    return vector_norm(ops.reshape(x1, shape=(*lead1, rows, 1, size)) - ops.reshape(x2, shape=(*lead2, 1, columns, size)), p, -1)


@composition
def pdist(input: Tensor, p: float = 2.0) -> Tensor:
    """The p-norm distance of every pair of rows of (N, D), as a vector of N (N - 1) / 2."""
    if input.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {input.ndim}D")
    if p < 0:
        raise RuntimeError("pdist only supports non-negative p values")
    xp = array_module(input.array)
    first, second = (xp.asarray(places) for places in np.triu_indices(input.array.shape[0], 1))
    return vector_norm(ops.getitem(input, index=first) - ops.getitem(input, index=second), p, -1)
