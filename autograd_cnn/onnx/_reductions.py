"""Reductions, scans and contractions as ONNX nodes."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ._trace import Trace, type_of


def _along(operator: str) -> Callable[..., Any]:
    def write(trace: Trace, result: Any, x: Any, *, axis: int = -1) -> None:
        trace.node(operator, [trace.value(x)], result, axis=int(axis))

    return write


def _reduce(operator: str) -> Callable[..., Any]:
    def write(trace: Trace, result: Any, x: Any, *, axis: Any = None, keepdims: bool = False) -> None:
        axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
        trace.node(
            operator,
            [trace.value(x, result.array.dtype), trace.numbers(list(axes))],
            result,
            keepdims=int(keepdims),
        )

    return write


def _cumsum(trace: Trace, result: Any, x: Any, *, axis: int, reverse: bool = False) -> None:
    trace.node(
        "CumSum",
        [trace.value(x, result.array.dtype), trace.value(np.asarray(axis, np.int64))],
        result,
        reverse=int(reverse),
    )


def _place(operator: str) -> Callable[..., Any]:
    """argmax and argmin: over all elements where no axis is given."""

    def write(trace: Trace, result: Any, x: Any, *, axis: int | None = None, keepdims: bool = False) -> None:
        value = trace.value(x)
        if axis is None:
            value = trace.node("Reshape", [value, trace.numbers([-1])])
            place = trace.node(operator, [value], axis=0, keepdims=0)
            trace.node("Reshape", [place, trace.numbers(result.shape)], result)
        else:
            trace.node(operator, [value], result, axis=int(axis), keepdims=int(keepdims))

    return write


def _spread(root: bool) -> Callable[..., Any]:
    """var and std: the mean square of what is left without the mean."""

    def write(
        trace: Trace, result: Any, x: Any, *, axis: Any = None, keepdims: bool = False, correction: float = 1
    ) -> None:
        dtype = result.array.dtype
        axes = list(range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis)
        value, along = trace.value(x, dtype), trace.numbers(axes)
        away = trace.node("Sub", [value, trace.node("ReduceMean", [value, along], keepdims=1)])
        total = trace.node("ReduceSumSquare", [away, along], keepdims=int(keepdims))
        count = math.prod(x.shape[a] for a in axes) - correction
        spread = trace.node("Div", [total, trace.value(max(count, 0), dtype)], None if root else result)
        if root:
            trace.node("Sqrt", [spread], result)

    return write


def _truth(operator: str) -> Callable[..., Any]:
    """all and any, by the smallest and largest of 0 and 1."""

    def write(trace: Trace, result: Any, x: Any, *, axis: Any = None, keepdims: bool = False) -> None:
        axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
        truth = trace.node("Cast", [trace.value(x, np.bool_)], to=type_of(np.int32))
        found = trace.node(operator, [truth, trace.numbers(list(axes))], keepdims=int(keepdims))
        trace.node("Cast", [found], result, to=type_of(np.bool_))

    return write


def _einsum(trace: Trace, result: Any, *operands: Any, spec: str) -> None:
    trace.node("Einsum", [trace.value(x, result.array.dtype) for x in operands], result, equation=spec)


REDUCTIONS: dict[str, Callable[..., Any]] = {
    "cumsum": _cumsum,
    "argmax": _place("ArgMax"),
    "argmin": _place("ArgMin"),
    "var": _spread(root=False),
    "std": _spread(root=True),
    "all": _truth("ReduceMin"),
    "any": _truth("ReduceMax"),
    "prod": _reduce("ReduceProd"),
    "logsumexp": _reduce("ReduceLogSumExp"),
    "euclidean_norm": _reduce("ReduceL2"),
    "softmax": _along("Softmax"),
    "log_softmax": _along("LogSoftmax"),
    "mean": _reduce("ReduceMean"),
    "sum": _reduce("ReduceSum"),
    "amax": _reduce("ReduceMax"),
    "amin": _reduce("ReduceMin"),
    "einsum": _einsum,
}
