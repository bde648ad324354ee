"""Losses: how far an output is from its target, as one number (or, with ``reduction="none"``, one per
item)."""

import math
from types import NotImplementedType
from typing import Any, Literal

import numpy as np

from ... import ops
from ..._tensor import Tensor
from ...ops import array_module
from .._composition import composition, fusible
from ._arguments import legacy_reduction, reduced

__all__ = [
    "cross_entropy",
    "nll_loss",
]

Normalization = Literal["full", "valid", "batch_size", "none"]


def class_labels(function: str, input: Tensor, target: Tensor, ignore_index: int) -> tuple[Any, Any]:
    """The labels of ``target`` with 0 where one is to be ignored, and a mask of those that count, both as raw
    arrays.

    ``input`` is (C,) or (N, C, *), ``target`` (), (1,) or (N, *). Raises RuntimeError or ValueError where
    shape or dtype does not fit, IndexError where a label is no class.
    """
    _check_labels(function, input, target)
    classes = input.array.shape[0 if input.ndim == 1 else 1]
    labels = target.array.reshape(()) if input.ndim == 1 else target.array
    if labels.dtype.name not in ("int64", "uint8"):
        raise RuntimeError(
            f"expected target dtype to be Long or Byte, but got {target.dtype!r}: class labels are integers; "
            "convert them with .long()"
        )
    counts = labels != int(ignore_index)
    labels = array_module(labels).where(counts, labels, 0)
    if labels.size and (labels.min() < 0 or labels.max() >= classes):
        wrong = labels[(labels < 0) | (labels >= classes)].reshape(-1)[0]
        raise IndexError(
            f"Target {int(wrong)} is out of bounds: the input has {classes} classes, so labels are 0 "
            f"to {classes - 1}"
        )
    return labels, counts


def _check_labels(function: str, input: Tensor, target: Tensor) -> None:
    """Refuse labels whose shape is not that of ``input`` without the classes, by PyTorch's words for each
    number of dimensions."""
    shape, given = list(input.array.shape), list(target.array.shape)
    if not shape:
        raise ValueError(
            f"{function}: Expected 1 or more dimensions (got 0): input has shape (C,) or (N, C, ...)"
        )
    if len(shape) == 1:
        if given not in ([], [1]):
            size = ", ".join(map(str, given))
            raise ValueError(f"For 1D input, 1D target must have size 1, but got target size: {size}")
        return
    if given[:1] != shape[:1]:
        batch = given[0] if given else 0
        raise ValueError(f"Expected input batch_size ({shape[0]}) to match target batch_size ({batch}).")
    expected = shape[:1] + shape[2:]
    if given != expected:
        detail = f"Expected target size {expected}, got {given}"
        if len(shape) == 2:
            raise RuntimeError(f"0D or 1D target tensor expected, multi-target not supported. {detail}")
        if len(shape) == 4 and len(given) != 3:
            raise RuntimeError(
                "only batches of spatial targets supported (3D tensors) but got targets of dimension: "
                f"{len(given)}. {detail}"
            )
        mismatch = f"size mismatch (got input: {shape}, target: {given}). " if len(shape) == 4 else ""
        raise RuntimeError(f"{mismatch}{detail}")


def _check_weight(weight: Tensor | None, classes: int) -> None:
    if weight is not None and tuple(weight.shape) != (classes,):
        raise RuntimeError(
            f"weight tensor should be defined either for all {classes} classes or no classes but got "
            f"weight tensor of shape: {list(weight.shape)}"
        )


def _normalized(losses: Tensor, normalization: str, counts: Any, loss_weight: float) -> Tensor:
    """Caffe's reduction: the sum, times the loss weight over a normalizer that is never below 1."""
    normalizers = {
        "full": counts.size,
        "valid": int(counts.sum()),
        "batch_size": len(counts) if counts.ndim else 1,
        "none": 1,
    }
    if normalization not in normalizers:
        raise ValueError(
            f"{normalization!r} is not a valid value for normalization; use 'full', 'valid', "
            "'batch_size' or 'none'"
        )
    return ops.sum(losses) * (loss_weight / max(normalizers[normalization], 1))


def _reduce_labelled(
    losses: Tensor, weights: Any, counts: Any, reduction: str, normalization: str | None, loss_weight: float
) -> Tensor:
    """The losses of labelled items as one number; a mean is weighted, and over the labels that count."""
    if normalization is not None:
        return _normalized(losses, normalization, counts, loss_weight)
    if reduction == "mean":
        loss = ops.sum(losses) / (float(counts.sum()) if weights is None else ops.sum(weights))
    else:
        loss = reduced(losses, reduction)
    return loss if loss_weight == 1.0 else loss * loss_weight


def _of_labels(input: Tensor, labels: Any, weight: Tensor | None, counts: Any) -> tuple[Tensor, Any]:
    """-w_y x_y for every label y, 0 where it does not count; and the weights w_y, None where there are
    none."""
    axis = 0 if input.ndim == 1 else 1
    xp = array_module(labels)
    index = xp.expand_dims(labels, axis)
    losses = ops.negative(ops.reshape(ops.take_along(input, index, axis=axis), shape=labels.shape))
    weights = None
    if weight is not None:
        weights = ops.where(counts, ops.getitem(weight, index=labels), 0.0)
        losses = losses * weights
    return losses if counts.all() else ops.where(counts, losses, 0.0), weights


@composition(piecewise_linear=True)
def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    *,
    normalization: Normalization | None = None,
    loss_weight: float = 1.0,
) -> Tensor:
    """-x_y for log-probabilities ``input`` (C,) or (N, C, *) and labels ``target`` () (or (1,)) or (N, *).

    A label equal to ``ignore_index`` adds nothing and gets a zero row as gradient; ``weight`` (C,) scales
    each class, and the mean is then the weighted one. Caffe's way: ``normalization`` ("full": all positions,
    "valid": labels not ignored, "batch_size", "none") takes the place of ``reduction``, and ``loss_weight``
    multiplies the result.
    Raises IndexError for a label that is no class, RuntimeError or ValueError for shapes and dtypes that do
    not fit.
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    labels, counts = class_labels("nll_loss", input, target, ignore_index)
    _check_weight(weight, input.array.shape[0 if input.ndim == 1 else 1])
    losses, weights = _of_labels(input, labels, weight, counts)
    return _reduce_labelled(losses, weights, counts, reduction, normalization, loss_weight)


@composition
def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
    *,
    normalization: Normalization | None = None,
    loss_weight: float = 1.0,
) -> Tensor:
    """log sum exp(z) - z_y for scores ``input`` (C,) or (N, C, *): softmax with loss; the gradient is
    softmax(z) - 1 at y.

    ``target`` holds labels () or (N, *), or probabilities of the shape of ``input``. ``label_smoothing``
    mixes a uniform distribution into the target. The other arguments and errors are those of
    :func:`nll_loss`.
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    if not 0.0 <= label_smoothing <= 1.0:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    if target.array.dtype.kind == "f" and target.array.shape == input.array.shape:
        return _of_distributions(
            input, target, weight, ignore_index, reduction, label_smoothing, normalization, loss_weight
        )
    plain = weight is None and normalization is None and reduction == "mean" and loss_weight == 1.0
    if plain and not label_smoothing:
        return mean_over_labels(input, target, ignore_index)
    return _over_labels(
        input, target, weight, ignore_index, reduction, label_smoothing, normalization, loss_weight
    )


@fusible
def mean_over_labels(input: Tensor, target: Tensor, ignore_index: int) -> Tensor:
    """The mean of -log softmax(z)_y over the labels y that are not ``ignore_index``."""
    return _over_labels(input, target, None, ignore_index, "mean", 0.0, None, 1.0)


@mean_over_labels.fused
def as_one_operator(input: Tensor, target: Tensor, ignore_index: int) -> Tensor | NotImplementedType:
    """Of rows of floats, not empty, with constant int64 labels."""
    x, labels = input.array, target.array
    if (
        x.ndim != 2
        or x.dtype.kind != "f"
        or not x.size
        or labels.dtype != np.int64
        or labels.shape != x.shape[:1]
        or target._node is not None
    ):
        return NotImplemented
    return ops.softmax_cross_entropy(input, target, ignore_index=int(ignore_index))


def _over_labels(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    ignore_index: int,
    reduction: str,
    label_smoothing: float,
    normalization: str | None,
    loss_weight: float,
) -> Tensor:
    """-w_y log softmax(z)_y, for targets that are labels."""
    axis = 0 if input.ndim == 1 else 1
    labels, counts = class_labels("cross_entropy", input, target, ignore_index)
    classes = input.array.shape[axis]
    _check_weight(weight, classes)
    logp = ops.log_softmax(input, axis=axis)
    losses, weights = _of_labels(logp, labels, weight, counts)
    if label_smoothing:
        spread = ops.where(counts, ops.negative(ops.sum(_weighted(logp, weight, axis), axis=axis)), 0.0)
        losses = losses * (1 - label_smoothing) + spread * (label_smoothing / classes)
    return _reduce_labelled(losses, weights, counts, reduction, normalization, loss_weight)


def _weighted(logp: Tensor, weight: Tensor | None, axis: int) -> Tensor:
    if weight is None:
        return logp
    return logp * ops.reshape(weight, shape=(-1, *(1,) * (logp.ndim - axis - 1)))


def _of_distributions(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    ignore_index: int,
    reduction: str,
    label_smoothing: float,
    normalization: str | None,
    loss_weight: float,
) -> Tensor:
    """-sum_c w_c p_c log softmax(z)_c, for targets that are probabilities."""
    if ignore_index >= 0:
        raise RuntimeError("ignore_index is not supported for floating point target")
    axis = 0 if input.ndim == 1 else 1
    classes = input.array.shape[axis]
    _check_weight(weight, classes)
    if label_smoothing:
        target = target * (1 - label_smoothing) + label_smoothing / classes
    losses = ops.negative(
        ops.sum(_weighted(ops.log_softmax(input, axis=axis), weight, axis) * target, axis=axis)
    )
    if normalization is not None:
        return _normalized(
            losses, normalization, array_module(input.array).ones(losses.array.shape, bool), loss_weight
        )
    loss = (
        ops.sum(losses) / losses.array.dtype.type(math.prod(losses.array.shape))
        if reduction == "mean"
        else reduced(losses, reduction)
    )
    return loss if loss_weight == 1.0 else loss * loss_weight
