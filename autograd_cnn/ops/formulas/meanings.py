"""What formulas write in the place of a primitive: others, in whose loops its result comes to be."""

import math
from collections.abc import Callable
from typing import Any

from .._arithmetic import absolute, square
from .._comparison import isfinite, where
from .._exponential import exp, log, log1p, sqrt
from .._reduction import amax, reduced_count, sum


def _softmax(x: Any, axis: int) -> Any:
    e = exp(x - amax(x, axis=axis, keepdims=True))
    return e / sum(e, axis=axis, keepdims=True)


def _log_softmax(x: Any, axis: int) -> Any:
    shifted = x - amax(x, axis=axis, keepdims=True)
    return shifted - log(sum(exp(shifted), axis=axis, keepdims=True))


def _logsumexp(x: Any, axis: Any, keepdims: bool) -> Any:
    top = amax(x, axis=axis, keepdims=True)
    top = where(isfinite(top), top, 0.0)  # infinity less itself is NaN
    total = log(sum(exp(x - top), axis=axis, keepdims=True)) + top
    return total if keepdims else sum(total, axis=axis)


def _euclidean_norm(x: Any, axis: Any, keepdims: bool) -> Any:
    if reduced_count(x.shape, axis) == 1:  # its square may be more than a single holds
        return sum(absolute(x), axis=axis, keepdims=keepdims)
    return sqrt(sum(square(x), axis=axis, keepdims=keepdims))


def _mean(x: Any, axis: Any, keepdims: bool) -> Any:
    count = reduced_count(x.shape, axis)
    return sum(x, axis=axis, keepdims=keepdims) * (1 / count if count else math.nan)


def _logistic_loss(x: Any, positive: Any, negative: Any) -> Any:
    straight = where(x >= 0, negative, -positive) * x
    return straight + log1p(exp(-absolute(x))) * (positive + negative)


MEANINGS: dict[str, Callable[..., Any]] = {
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "logsumexp": _logsumexp,
    "euclidean_norm": _euclidean_norm,
    "mean": _mean,
    "logistic_loss": _logistic_loss,
}
"""Primitives that are written as others; their local gradients are their own."""
