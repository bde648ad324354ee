"""What distributions have in common: parameters brought to one shape, probabilities and their logits."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from .._creation.creation import tensor
from .._creation.ranges import arange
from .._engine.dtypes import get_default_dtype
from .._functions.broadcasting import broadcast_tensors
from .._functions.exponential import log1p
from .._tensor import Tensor

__all__ = ["broadcast_all", "clamp_probs", "lazy_property", "logits_to_probs", "probs_to_logits"]

euler_constant: float = 0.57721566490153286060
"""The limit of 1 + 1/2 + ... + 1/n - log n."""


class lazy_property(cached_property[Any]):
    """A property that is computed when it is first asked for."""

    def __init__(self, wrapped: Callable[[Any], Any]) -> None:
        super().__init__(wrapped)


def broadcast_all(*values: Any) -> tuple[Tensor, ...]:
    """``values``, tensors and numbers, in one shape; numbers get the dtype of the first tensor.

    Raises ValueError for anything else.
    """
    if not all(isinstance(v, (Tensor, int, float)) for v in values):
        raise ValueError(
            "Input arguments must all be instances of Number, torch.Tensor or objects implementing "
            f"__torch_function__, but got {', '.join(type(v).__name__ for v in values)}"
        )
    first = next((v for v in values if isinstance(v, Tensor)), None)
    kind: Any = {"dtype": get_default_dtype()}
    if first is not None:
        kind = {"dtype": first.dtype, "device": first.device}
    return tuple(broadcast_tensors(*(v if isinstance(v, Tensor) else tensor(v, **kind) for v in values)))


def eps_of(x: Tensor) -> float:
    """The distance from 1 to the next number in the dtype of ``x``."""
    return 2.0 ** {2: -10, 4: -23, 8: -52}[x.element_size()]


def tiny_of(x: Tensor) -> float:
    """The smallest normal number in the dtype of ``x``."""
    return 2.0 ** {2: -14, 4: -126, 8: -1022}[x.element_size()]


def clamp_probs(probs: Tensor) -> Tensor:
    """``probs`` kept off 0 and 1, so that their logits are finite."""
    eps = eps_of(probs)
    return probs.clamp(min=eps, max=1 - eps)


def logits_to_probs(logits: Tensor, is_binary: bool = False) -> Tensor:
    """The sigmoid of log-odds where ``is_binary``, else the softmax of the last axis."""
    return logits.sigmoid() if is_binary else logits.softmax(-1)


def probs_to_logits(probs: Tensor, is_binary: bool = False) -> Tensor:
    """log(p / (1 - p)) where ``is_binary``, else log p."""
    kept = clamp_probs(probs)
    return kept.log() - log1p(-kept) if is_binary else kept.log()


def sum_rightmost(value: Tensor, dim: int) -> Tensor:
    """The sum over the last ``dim`` axes."""
    return value.flatten(value.dim() - dim).sum(-1) if dim else value


def tril_matrix_to_vec(mat: Tensor, diag: int = 0) -> Tensor:
    """The elements of (..., n, n) on and below the diagonal ``diag``, row by row: (..., k)."""
    n = mat.shape[-1]
    if not -n <= diag < n:
        raise ValueError(f"diag ({diag}) provided is outside [{-n}, {n - 1}].")
    places = arange(n)
    return mat[..., places < places.view(-1, 1) + (diag + 1)]


def vec_to_tril_matrix(vec: Tensor, diag: int = 0) -> Tensor:
    """The inverse of :func:`tril_matrix_to_vec`; zeros above."""
    size = vec.shape[-1]
    n = (-(1 + 2 * diag) + ((1 + 2 * diag) ** 2 + 8 * size + 4 * abs(diag) * (diag + 1)) ** 0.5) / 2
    if abs(round(n) - n) > 1e-6:
        raise ValueError(
            f"The size of last dimension is {size} which cannot be expressed as the lower triangular part of "
            "a square D x D matrix."
        )
    places = arange(round(n))
    matrix = vec.new_zeros((*vec.shape[:-1], round(n), round(n)))
    matrix[..., places < places.view(-1, 1) + (diag + 1)] = vec
    return matrix
