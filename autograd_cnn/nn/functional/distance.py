"""Lengths, angles and distances of vectors."""

from typing import Any

from ... import ops
from ..._engine.dtypes import join
from ..._functions._dims import wrap_dim
from ..._functions.broadcasting import broadcast_shapes
from ..._functions.conversion import to_dtype
from ..._functions.norm import vector_norm
from ..._tensor import Tensor
from .._composition import composition

__all__ = [
    "cosine_similarity",
    "normalize",
    "pairwise_distance",
]


def _at_least(x: Tensor, least: float) -> Tensor:
    """``x`` raised to ``least`` where it is below, with the gradient of ``x`` itself."""
    return x + (ops.clamp_min(x.detach(), least) - x.detach())


@composition
def normalize(
    input: Tensor, p: float | None = 2.0, dim: Any = 1, eps: float = 1e-12, out: Tensor | None = None
) -> Tensor:
    """x / max(p-norm of x along ``dim``, eps); of length 2 without ``p``."""
    result = input / ops.clamp_min(vector_norm(input, 2.0 if p is None else p, dim, keepdim=True), eps)
    return result if out is None else out._overwrite(result)


@composition
def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between vectors along ``dim``: x1 · x2 / (max(‖x1‖, eps) max(‖x2‖,
    eps)); both broadcast."""
    common = join(x1.array.dtype, x2.array.dtype)  # also of a tensor without axes
    if common.kind != "f":
        raise RuntimeError(f"expected common dtype to be floating point, yet common dtype is {common}")
    x1, x2 = to_dtype(x1, common), to_dtype(x2, common)
    shape = broadcast_shapes(x1.array.shape, x2.array.shape)
    dim = wrap_dim(dim, len(shape))
    a, b = (x if x.array.shape == shape else ops.broadcast_to(x, shape=shape) for x in (x1, x2))
    lengths = [_at_least(vector_norm(x, 2, dim, keepdim=True), eps) for x in (a, b)]
    return ops.sum((a / lengths[0]) * (b / lengths[1]), axis=dim)


@composition
def pairwise_distance(
    x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Tensor:
    """The p-norm of x1 - x2 + eps along the last dimension."""
    return vector_norm(x1 - x2 + eps, p, -1, keepdim)
