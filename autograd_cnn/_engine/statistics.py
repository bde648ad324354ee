"""What an array holds, in numbers, for messages and pages: its range, its zeros, what is no number."""

from typing import Any, NamedTuple

import numpy as np


class Statistics(NamedTuple):
    """Of one array."""

    shape: list[int]
    size: int
    range: tuple[float, float, float] | None
    """The least, the mean and the largest element; None where there is none to tell of."""
    zeros: int
    nan: int
    inf: int


def host(value: Any) -> np.ndarray[Any, Any]:
    """A Tensor or an array as a NumPy array, fetched from its device if need be."""
    array = getattr(value, "array", value)
    return np.asarray(array.get() if hasattr(array, "get") else array)


def statistics(value: Any, *, finite: bool = True) -> Statistics:
    """The numbers of a Tensor or an array; the range is that of its ``finite`` elements, or of all."""
    array = host(value)
    numbers = array.astype(np.float64).reshape(-1) if array.dtype.kind in "fiub" else np.zeros(0)
    nan, inf = int(np.isnan(numbers).sum()), int(np.isinf(numbers).sum())
    told = numbers[np.isfinite(numbers)] if finite and (nan or inf) else numbers
    with np.errstate(all="ignore"):
        span = (float(told.min()), float(told.mean()), float(told.max())) if told.size else None
    return Statistics(list(array.shape), array.size, span, int((numbers == 0).sum()), nan, inf)


def holds_nan(value: Any) -> bool:
    """Whether a Tensor or an array holds NaN; the minimum is NaN then, and is found in one pass without a
    mask."""
    array = getattr(value, "array", value)
    if not hasattr(array, "dtype") or array.dtype.kind != "f" or not array.size:
        return False
    least = array.min()
    return bool(least != least)


def not_finite(value: Any) -> str:
    """``"nan"`` or ``"inf"`` where a Tensor or an array holds one; else nothing."""
    array = getattr(value, "array", value)
    if holds_nan(array):
        return "nan"
    if not hasattr(array, "dtype") or array.dtype.kind != "f" or not array.size:
        return ""
    return "inf" if bool(np.isinf(array.min()) | np.isinf(array.max())) else ""
