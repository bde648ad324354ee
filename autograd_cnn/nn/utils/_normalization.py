"""Weights divided by a norm of theirs: what both ways of registering them share."""

from ..._functions.norm import norm
from ..._tensor import Tensor


def norm_except_dim(v: Tensor, dim: int) -> Tensor:
    """The norm over all dimensions but ``dim``, which keep length 1; over all of them for ``dim`` = -1."""
    if dim == -1:
        return norm(v, 2)
    return (
        norm(v, 2, [d for d in range(v.ndim) if d != dim % v.ndim], keepdim=True) if v.ndim > 1 else v.abs()
    )


def weight_from(v: Tensor, g: Tensor, dim: int) -> Tensor:
    """g v / |v| (Salimans and Kingma, 2016)."""
    return v * (g / norm_except_dim(v, dim))


def normalized(vector: Tensor, eps: float) -> Tensor:
    """The vector at length 1; shorter than ``eps`` it is divided by that."""
    return vector / norm(vector, 2).clamp(min=eps)


def as_matrix(weight: Tensor, dim: int) -> Tensor:
    """The weight with ``dim`` in front and all else in one dimension."""
    if dim != 0:
        weight = weight.permute(dim, *(d for d in range(weight.ndim) if d != dim))
    return weight.reshape(weight.shape[0], -1)
