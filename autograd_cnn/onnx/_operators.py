"""Primitives as ONNX nodes: each function gets the trace, the result, the operands and the parameters, and
adds nodes."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .._engine.handle import Handle
from ._trace import Trace

_SAME = {
    "relu": "Relu",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "exp": "Exp",
    "log": "Log",
    "sqrt": "Sqrt",
    "absolute": "Abs",
    "negative": "Neg",
    "reciprocal": "Reciprocal",
    "erf": "Erf",
    "sin": "Sin",
    "cos": "Cos",
    "floor": "Floor",
    "ceil": "Ceil",
    "sign": "Sign",
    "add": "Add",
    "subtract": "Sub",
    "multiply": "Mul",
    "divide": "Div",
    "power": "Pow",
    "maximum": "Max",
    "minimum": "Min",
    "clamp_min": "Max",
    "clamp_max": "Min",
    "softsign": "Softsign",
    "matmul": "MatMul",
    "less": "Less",
    "less_equal": "LessOrEqual",
    "greater": "Greater",
    "greater_equal": "GreaterOrEqual",
    "equal": "Equal",
    "logical_and": "And",
    "logical_or": "Or",
    "logical_not": "Not",
}
"""Elementwise operators and the matrix product, which have no parameters and ONNX's meaning."""


def _common(result: Any, operands: tuple[Any, ...]) -> np.dtype[Any]:
    """The dtype an operator computes in: its result's, and where that is a truth value its operands'."""
    if result.array.dtype != np.bool_:
        return np.dtype(result.array.dtype)
    return np.result_type(*(x.array.dtype for x in operands if isinstance(x, Handle)))


def _same(operator: str) -> Callable[..., Any]:
    def write(trace: Trace, result: Any, *operands: Any, **params: Any) -> None:
        dtype = _common(result, operands)
        trace.node(operator, [trace.value(x, dtype) for x in operands], result)

    return write


def _leaky_relu(trace: Trace, result: Any, x: Any, *, negative_slope: float) -> None:
    trace.node("LeakyRelu", [trace.value(x)], result, alpha=float(negative_slope))


def _square(trace: Trace, result: Any, x: Any) -> None:
    trace.node("Mul", [trace.value(x)] * 2, result)


def _rsqrt(trace: Trace, result: Any, x: Any) -> None:
    trace.node("Reciprocal", [trace.node("Sqrt", [trace.value(x)])], result)


def _ndtr(trace: Trace, result: Any, x: Any) -> None:
    """(erf(x / sqrt(2)) + 1) / 2."""
    dtype = result.array.dtype
    erf = trace.node("Erf", [trace.node("Mul", [trace.value(x), trace.value(math.sqrt(0.5), dtype)])])
    trace.node("Mul", [trace.node("Add", [erf, trace.value(1.0, dtype)]), trace.value(0.5, dtype)], result)


def _tanhshrink(trace: Trace, result: Any, x: Any) -> None:
    trace.node("Sub", [trace.value(x), trace.node("Tanh", [trace.value(x)])], result)


def _where(trace: Trace, result: Any, condition: Any, x: Any, y: Any) -> None:
    dtype = result.array.dtype
    trace.node(
        "Where", [trace.value(condition, np.bool_), trace.value(x, dtype), trace.value(y, dtype)], result
    )


def _clamp(trace: Trace, result: Any, x: Any, lower: Any, upper: Any) -> None:
    dtype = result.array.dtype
    above = trace.node("Max", [trace.value(x, dtype), trace.value(lower, dtype)])
    trace.node("Min", [above, trace.value(upper, dtype)], result)


def _reshape(trace: Trace, result: Any, x: Any, **params: Any) -> None:
    """The first size stands as 0, ONNX's "as it is", where it does not change: the batch may then have
    another size."""
    shape = list(result.shape)
    if shape and x.ndim and shape[0] == x.shape[0] and 0 not in shape:
        shape[0] = 0
        if len(shape) == 2:
            shape[1] = -1
    trace.node("Reshape", [trace.value(x), trace.numbers(shape)], result)


def _transpose(trace: Trace, result: Any, x: Any, *, axes: Any) -> None:
    trace.node(
        "Transpose",
        [trace.value(x)],
        result,
        perm=list(range(x.ndim))[::-1] if axes is None else [a % x.ndim for a in axes],
    )


def _expand(trace: Trace, result: Any, x: Any, **params: Any) -> None:
    trace.node("Expand", [trace.value(x), trace.numbers(result.shape)], result)


def _cast(trace: Trace, result: Any, x: Any, *, dtype: Any) -> None:
    trace.node("Cast", [trace.value(x)], result, to=trace.type_of(result.array.dtype))


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


def _concatenate(trace: Trace, result: Any, *parts: Any, axis: int = 0) -> None:
    trace.node("Concat", [trace.value(part, result.array.dtype) for part in parts], result, axis=int(axis))


def _pad(trace: Trace, result: Any, x: Any, *, widths: Any, value: float = 0.0) -> None:
    sides = [before for before, _ in widths] + [after for _, after in widths]
    trace.node("Pad", [trace.value(x), trace.numbers(sides), trace.value(value, result.array.dtype)], result)


def _einsum(trace: Trace, result: Any, *operands: Any, spec: str) -> None:
    trace.node("Einsum", [trace.value(x, result.array.dtype) for x in operands], result, equation=spec)


def _getitem(trace: Trace, result: Any, x: Any, *, index: Any) -> None:
    """Slices and whole numbers."""
    parts = list(index) if isinstance(index, tuple) else [index]
    if not all(isinstance(part, (int, slice)) for part in parts):
        raise NotImplementedError(
            f"onnx.export: an index {index!r} has no form in ONNX here; slices and whole numbers have"
        )
    ranges = [
        range(*p.indices(n)) if isinstance(p, slice) else range(p % n, p % n + 1)
        for p, n in zip(parts, x.shape, strict=False)
    ]
    if any(r.step < 0 for r in ranges):
        raise NotImplementedError("onnx.export: slices backwards have no form in ONNX here")
    axes = trace.numbers(range(len(ranges)))
    bounds = [trace.numbers([getattr(r, name) for r in ranges]) for name in ("start", "stop")]
    sliced = trace.node("Slice", [trace.value(x), *bounds, axes, trace.numbers([r.step for r in ranges])])
    dropped = [axis for axis, part in enumerate(parts) if isinstance(part, int)]
    trace.node("Squeeze", [sliced, trace.numbers(dropped)], result) if dropped else trace.node(
        "Identity", [sliced], result
    )


def _max_pool_index(trace: Trace, result: Any, x: Any, **params: Any) -> None:
    raise NotImplementedError("onnx.export: max-pooling with return_indices has no form in ONNX here")


OPERATORS: dict[str, Callable[..., Any]] = {name: _same(operator) for name, operator in _SAME.items()} | {
    "leaky_relu": _leaky_relu,
    "square": _square,
    "rsqrt": _rsqrt,
    "ndtr": _ndtr,
    "tanhshrink": _tanhshrink,
    "where": _where,
    "clamp": _clamp,
    "reshape": _reshape,
    "transpose": _transpose,
    "broadcast_to": _expand,
    "cast": _cast,
    "softmax": _along("Softmax"),
    "log_softmax": _along("LogSoftmax"),
    "mean": _reduce("ReduceMean"),
    "sum": _reduce("ReduceSum"),
    "amax": _reduce("ReduceMax"),
    "amin": _reduce("ReduceMin"),
    "einsum": _einsum,
    "concatenate": _concatenate,
    "pad": _pad,
    "getitem": _getitem,
    "max_pool_index": _max_pool_index,
}
