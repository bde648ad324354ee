"""Losses of values and of distributions: each element of the input against the element of the target."""

import math
import warnings
from typing import Any

from ... import ops
from ..._engine.source import stacklevel
from ..._functions.conversion import to_dtype
from ..._tensor import Tensor
from .._composition import composition
from . import _formulas as formulas
from ._arguments import difference as difference_of
from ._arguments import in_dtype_of_input, legacy_reduction, reduced

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "gaussian_nll_loss",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "mse_loss",
    "poisson_nll_loss",
    "smooth_l1_loss",
]


def _warn_of_broadcasting(input: Tensor, target: Tensor) -> None:
    if input.shape != target.shape:
        warnings.warn(
            f"Using a target size ({target.shape}) that is different to the input size "
            f"({input.shape}). This will likely lead to "
            "incorrect results due to broadcasting. Please ensure they have the same size.",
            UserWarning,
            stacklevel=stacklevel(),
        )


def _check_weight(weight: Tensor | None, input: Tensor) -> None:
    if weight is not None and weight.shape != input.shape:
        raise ValueError(
            f"Weights and input must have the same size, but got {list(weight.shape)} and {list(input.shape)}"
        )


def _weighted_mean(losses: Tensor, weight: Tensor | None, input: Tensor, reduction: str) -> Tensor:
    """``losses`` reduced; a mean is over the weights where there are any."""
    if weight is None:
        return reduced(losses, reduction)
    _check_weight(weight, input)
    weighted = losses * weight
    return ops.sum(weighted) / ops.sum(weight) if reduction == "mean" else reduced(weighted, reduction)


@composition
def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """|x - y|, elementwise; warns where ``input`` and ``target`` broadcast, which is seldom meant."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    _warn_of_broadcasting(input, target)
    losses = ops.absolute(input - target)
    if weight is None and reduction == "mean" and losses.array.dtype.kind != "f":
        raise RuntimeError(
            f"l1_loss: the mean of {losses.dtype!r} has no dtype; convert the input with .float()"
        )
    return _weighted_mean(losses, weight, input, reduction)


@composition
def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """(x - y)², elementwise; warns where ``input`` and ``target`` broadcast, which is seldom meant."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    _warn_of_broadcasting(input, target)
    difference = difference_of("mse_loss", input, target) if weight is None else input - target
    return _weighted_mean(difference * difference, weight, input, reduction)


@composition
def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """d² / (2 beta) where d = |x - y| is below ``beta``, else d - beta / 2 (Girshick 2015)."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    _warn_of_broadcasting(input, target)
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    difference = difference_of("smooth_l1_loss", input, target)
    losses = ops.absolute(difference) if beta == 0 else formulas.smooth_absolute(difference, beta=beta)
    return reduced(losses, reduction)


@composition(half="same")
def huber_loss(
    input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0, weight: Tensor | None = None
) -> Tensor:
    """d² / 2 where d = |x - y| is at most ``delta``, else delta (d - delta / 2) (Huber 1964); in the
    dtype of ``input``.

    ``weight``, of the shape of ``input``, multiplies the elements; the mean is over their number.
    """
    _warn_of_broadcasting(input, target)
    if delta <= 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    _check_weight(weight, input)
    return _huber(input, target, delta, reduction=reduction, weight=weight)


@in_dtype_of_input
def _huber(input: Tensor, target: Tensor, delta: float) -> Tensor:
    return formulas.huber(difference_of("huber_loss", input, target), delta=delta)


def _check_sizes(input: Tensor, target: Tensor) -> None:
    if input.shape != target.shape:
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size "
            f"({input.shape}) is deprecated. "
            "Please ensure they have the same size."
        )


@composition
def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """-t log(x) - (1 - t) log(1 - x) for probabilities x and t of one shape, times ``weight``; no logarithm
    is below -100.

    ValueError where the shapes differ, RuntimeError where an element of either is outside [0, 1].
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    _check_sizes(input, target)
    if target.array.dtype != input.array.dtype:
        raise RuntimeError(
            f"Found dtype {target.dtype!r} but expected {input.dtype!r}: convert the target with "
            ".to(input.dtype)"
        )
    if input.array.size and not (input.array.min() >= 0 and input.array.max() <= 1):
        raise RuntimeError(
            "all elements of input should be between 0 and 1; for scores use binary_cross_entropy_with_logits"
        )
    if target.array.size and not (target.array.min() >= 0 and target.array.max() <= 1):
        raise RuntimeError(
            "all elements of target should be between 0 and 1: labels of two classes, or probabilities"
        )
    losses = ops.binary_cross_entropy(input, target)
    return reduced(losses if weight is None else losses * weight, reduction)


@composition
def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """(1 - t) log(1 + exp(x)) + p t log(1 + exp(-x)): the loss of sigmoid(x), without overflow.

    ``pos_weight`` p weighs the positive answers (it broadcasts), ``weight`` every element.
    """
    reduction = legacy_reduction(size_average, reduce, reduction)
    if input.shape != target.shape:
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    if pos_weight is None:
        losses = formulas.loss_of_logits(input, target)
    else:
        losses = ops.logistic_loss(input, pos_weight * target, 1 - target)
    if target.array.dtype.kind == "f":
        losses = to_dtype(losses, target.array.dtype)
    return reduced(losses if weight is None else losses * weight, reduction)


@composition
def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """t (log(t) - x): the Kullback-Leibler divergence for log-probabilities x; with ``log_target`` exp(t) (t
    - x).

    ``reduction="batchmean"`` divides the sum by the size of the batch, which is the divergence's own mean.
    """
    if input.array.dtype.kind != "f" or target.array.dtype.kind != "f":
        raise RuntimeError("kl_div: Integral inputs not supported.")
    if size_average is not None or reduce is not None:
        reduction = legacy_reduction(size_average, reduce, reduction)
    elif reduction == "mean":
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support "
            "size.'batchmean' divides only by the batch "
            "size, and aligns with the KL div math definition.'mean' will be changed to behave the "
            "same as 'batchmean' in the next major release.",
            UserWarning,
            stacklevel=stacklevel(),
        )
    losses = ops.exp(target) * (target - input) if log_target else ops.xlogy(target, target) - target * input
    if reduction == "batchmean":
        return ops.sum(losses) / (input.array.shape[0] if input.ndim else 1)
    return reduced(losses, reduction)


@composition
def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """exp(x) - t x for counts t (x - t log(x + eps) without ``log_input``); ``full`` adds Stirling's
    approximation of log t!."""
    reduction = legacy_reduction(size_average, reduce, reduction)
    losses = ops.exp(input) - target * input if log_input else input - target * ops.log(input + eps)
    if full:
        large = ops.where(ops.less_equal(target, 1), 2.0, target)  # not used where t <= 1, and finite there
        stirling = large * ops.log(large) - large + ops.log(large * (2 * math.pi)) * 0.5
        losses = losses + ops.where(ops.less_equal(target, 1), 0.0, stirling)
    return reduced(losses, reduction)


def _variance_for(input: Tensor, var: Any) -> Tensor:
    """``var`` as it stands against ``input``: of its shape, or one variance for each sample."""
    if isinstance(var, float):
        if var < 0:
            raise ValueError("var has negative entry/entries")
        return input.detach() * 0.0 + var
    if var.shape != input.shape:
        if input.shape[:-1] == var.shape:
            var = ops.reshape(var, shape=(*var.array.shape, 1))
        elif not ((input.shape[:-1] == var.shape[:-1] and var.shape[-1] == 1) or _broadcasts(input, var)):
            raise ValueError("var is of incorrect size")
    if (var.array < 0).any():
        raise ValueError("var has negative entry/entries")
    return var


def _broadcasts(input: Tensor, var: Tensor) -> bool:
    """Whether ``var`` has the axes of ``input``, each of its size or 1."""
    return input.ndim == var.ndim and all(
        n == m or m == 1 for n, m in zip(input.shape, var.shape, strict=True)
    )


@composition
def gaussian_nll_loss(
    input: Tensor,
    target: Tensor,
    var: Tensor | float,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Tensor:
    """(log v + (x - y)² / v) / 2 for expected values x, observations y and variances v, of which none counts
    as less than ``eps``.

    ``full`` adds log(2 pi) / 2. The gradient of ``var`` is that of the clamped variance. ValueError where
    ``var`` does not fit.
    """
    var = _variance_for(input, var)
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not valid")
    fixed = var.detach()
    var = ops.where(fixed < eps, var + (eps - fixed), var)
    away = input - target
    losses = (ops.log(var) + away * away / var) * 0.5
    return reduced(losses + 0.5 * math.log(2 * math.pi) if full else losses, reduction)
