"""Losses that ask for a margin between right and wrong, between near and far."""

import math
from collections.abc import Callable

from ... import ops
from ..._functions.conversion import to_dtype
from ..._tensor import Tensor
from ...ops import array_module
from .._composition import composition
from ._arguments import in_dtype_of_input, in_floats, legacy_reduction, reduced
from .activation import logsigmoid
from .distance import pairwise_distance

__all__ = [
    "cosine_embedding_loss",
    "hinge_embedding_loss",
    "margin_ranking_loss",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "multilabel_soft_margin_loss",
    "soft_margin_loss",
    "triplet_margin_loss",
    "triplet_margin_with_distance_loss",
]


def _hinge(gap: Tensor) -> Tensor:
    """max(gap, 0)."""
    return ops.clamp_min(gap, 0)


@composition(half="same")
def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The distance x where t is 1, max(0, margin - x) where t is -1."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    return _hinge_embedding(input, target, margin, reduction=reduction)


@in_dtype_of_input
def _hinge_embedding(input: Tensor, target: Tensor, margin: float) -> Tensor:
    far, near = ops.not_equal(target, 1), ops.not_equal(target, -1)
    losses = ops.where(far, _hinge(margin - input), 0.0) + ops.where(near, input, 0.0)
    return losses if input.array.dtype.kind == "f" else to_dtype(losses, input.array.dtype)


@composition
def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, -t (x1 - x2) + margin): t is 1 where x1 is to rank higher, -1 where x2 is."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    if not input1.ndim == input2.ndim == target.ndim:
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: "
            f"input1: {input1.shape}, input2: {input2.shape}, "
            f"target: {target.shape} "
        )
    return reduced(_hinge(ops.negative(target) * (input1 - input2) + float(margin)), reduction)


def _rows(function: str, input: Tensor) -> tuple[Tensor, bool]:
    """``input`` (), (C,) or (N, C) as (N, C), and whether it had a batch."""
    if input.ndim > 2 or (input.ndim and input.array.shape[-1] == 0):
        raise RuntimeError(
            f"{function}: Expected non-empty vector or matrix with optional 0-dim batch size, but "
            f"got: {list(input.shape)}"
        )
    return (input, True) if input.ndim == 2 else (ops.reshape(input, shape=(1, -1)), False)


@composition
def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The sum over wrong classes j of max(0, margin - x_y + x_j)**p, over C: scores (N, C) or (C,), labels
    (N,) or ().

    ``p`` is 1 or 2; ``weight`` (C,) scales each class before the power.
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    if weight is not None and weight.ndim != 1:
        raise ValueError("weight must be one-dimensional")
    x, _ = _rows("multi_margin_loss", input)
    labels = target.array.reshape(-1, 1)
    n, classes = x.array.shape
    if len(labels) != n:
        raise RuntimeError(f"inconsistent target size, expected {[n]} but got {list(target.shape)}")
    if labels.size and not (labels.min() >= 0 and labels.max() < classes):
        raise RuntimeError(f"target out of range: labels are 0 to {classes - 1}")
    gap = margin - ops.take_along(x, labels, axis=1) + x
    wrong = array_module(labels).arange(classes) != labels
    lacking = ops.where(wrong & (gap.array > 0), gap, 0.0)
    costs = lacking if p == 1 else lacking * lacking
    if weight is not None:
        costs = costs * ops.getitem(weight, index=labels)
    losses = ops.sum(costs, axis=1) / classes
    return reduced(ops.reshape(losses, shape=target.array.shape), reduction)


@composition
def multilabel_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The sum over labels y and other classes j of max(0, 1 - (x_y - x_j)), over C.

    ``target`` has the shape of ``input``, (N, C) or (C,): the labels of each row up to its first -1.
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    x, was_batched = _rows("multilabel_margin_loss", input)
    alike = target.array.shape == input.array.shape if was_batched else target.ndim < 2
    if not alike or target.array.size != input.array.size:
        raise RuntimeError(
            f"inconsistent target size: {list(target.shape)} for input of size: {list(input.shape)}"
        )
    labels = target.array.reshape(x.array.shape)
    xp = array_module(labels)
    counts = xp.cumprod(labels >= 0, axis=1).astype(bool)
    labels = xp.where(counts, labels, 0)
    others = xp.ones(labels.shape, bool)
    rows = xp.broadcast_to(xp.arange(len(labels))[:, None], labels.shape)
    others[rows[counts], labels[counts]] = False
    right = ops.take_along(x, labels, axis=1)
    gap = 1 - (
        ops.reshape(right, shape=(*labels.shape, 1)) - ops.reshape(x, shape=(len(labels), 1, labels.shape[1]))
    )
    costs = ops.where(counts[:, :, None] & others[:, None, :] & (gap.array > 0), gap, 0.0)
    losses = ops.sum(costs, axis=(1, 2)) / labels.shape[1]
    return reduced(losses if was_batched else ops.reshape(losses, shape=()), reduction)


@composition
def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """-t log sigmoid(x) - (1 - t) log sigmoid(-x), averaged over the classes (the input's last
    dimension)."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    losses = ops.negative(target * logsigmoid(input) + (1 - target) * logsigmoid(ops.negative(input)))
    if weight is not None:
        losses = losses * weight
    return reduced(ops.sum(losses, axis=input.ndim - 1) / input.array.shape[-1], reduction)


@composition(half="same")
def soft_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """log(1 + exp(-t x)) for t of 1 and -1."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    return _soft_margin(input, target, reduction=reduction)


@in_dtype_of_input
def _soft_margin(input: Tensor, target: Tensor) -> Tensor:
    return ops.logaddexp(0.0, ops.negative(target * input))  # a uint8 has no negative


_LEAST_SQUARE = 1e-12


@composition
def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """1 - cos where t is 1, max(0, cos - margin) where t is -1, for the angle between vectors (N, D) or (D,),
    t (N,) or ()."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    if target.ndim not in (0, 1):
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    if target.ndim == 1 and not input1.ndim == input2.ndim == 2:
        raise RuntimeError(
            "1D target tensor expects 2D input tensors, but found inputs with sizes "
            f"{list(input1.shape)} and {list(input2.shape)}."
        )
    if target.ndim == 0 and not input1.ndim == input2.ndim == 1:
        raise RuntimeError(
            "0D target tensor expects 1D input tensors, but found inputs with sizes "
            f"{list(input1.shape)} and {list(input2.shape)}."
        )
    axis = target.ndim
    directions = [
        x / ops.hypot(ops.euclidean_norm(x, axis=axis, keepdims=True), math.sqrt(_LEAST_SQUARE))
        for x in (in_floats(input1), in_floats(input2))
    ]
    cosine = ops.sum(directions[0] * directions[1], axis=axis)
    near = ops.where(ops.equal(target, 1), 1 - cosine, 0.0)
    return reduced(near + ops.where(ops.equal(target, -1), _hinge(cosine - margin), 0.0), reduction)


def _triplet(
    positive: Tensor, negative: Tensor, between: Tensor | None, margin: float, reduction: str
) -> Tensor:
    """max(0, d(a, p) - d(a, n) + margin), where ``between`` d(p, n) counts for d(a, n) if it is smaller."""
    far = negative if between is None else ops.minimum(negative, between)
    return reduced(_hinge(margin + positive - far), reduction)


@composition
def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, d(a, p) - d(a, n) + margin) with the p-norm's distance of (N, D) or (D,) (Balntas et al.
    2016)."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of "
            f"dimensions, but got: anchor {anchor.ndim}D, "
            f"positive {positive.ndim}D, and negative {negative.ndim}D inputs"
        )
    between = pairwise_distance(positive, negative, p, eps) if swap else None
    return _triplet(
        pairwise_distance(anchor, positive, p, eps),
        pairwise_distance(anchor, negative, p, eps),
        between,
        margin,
        reduction,
    )


@composition
def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """:func:`triplet_margin_loss` with any distance; :func:`pairwise_distance` unless one is given."""
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    distance = pairwise_distance if distance_function is None else distance_function
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of "
            f"dimensions, but got: anchor {anchor.ndim}D, "
            f"positive {positive.ndim}D, and negative {negative.ndim}D inputs"
        )
    between = distance(positive, negative) if swap else None
    return _triplet(distance(anchor, positive), distance(anchor, negative), between, margin, reduction)
