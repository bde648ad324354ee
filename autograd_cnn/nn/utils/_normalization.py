"""Weights divided by a norm of theirs: what both ways of registering them share."""

from ..._engine.single import in_single
from ..._functions.norm import norm, norm_except_dim
from ..._tensor import Tensor


@in_single
def weight_from(v: Tensor, g: Tensor, dim: int) -> Tensor:
    """g v / |v| (Salimans and Kingma, 2016)."""
    return v * (g / norm_except_dim(v, 2, dim))


@in_single
def normalized(vector: Tensor, eps: float) -> Tensor:
    """The vector at length 1; shorter than ``eps`` it is divided by that."""
    return vector / norm(vector, 2).clamp(min=eps)


def as_matrix(weight: Tensor, dim: int) -> Tensor:
    """The weight with ``dim`` in front and all else in one dimension."""
    if dim != 0:
        weight = weight.permute(dim, *(d for d in range(weight.ndim) if d != dim))
    return weight.reshape(weight.shape[0], -1)


@in_single
def spectral_weight(weight: Tensor, matrix: Tensor, u: Tensor, v: Tensor) -> Tensor:
    """``weight`` over u · ``matrix`` v, which is its largest singular value where u and v are the vectors of
    that."""
    return weight / u.dot(matrix.mv(v))


@in_single
def power_step(matrix: Tensor, vector: Tensor, eps: float) -> Tensor:
    """``matrix`` times ``vector``, of length 1."""
    return normalized(matrix.mv(vector), eps)
