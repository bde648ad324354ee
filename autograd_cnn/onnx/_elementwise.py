"""Elementwise primitives and the matrix product as ONNX nodes."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .._engine.handle import Handle
from ._trace import Trace, type_of

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
    "gated": "Mul",
    "divide": "Div",
    "power": "Pow",
    "maximum": "Max",
    "minimum": "Min",
    "matmul": "MatMul",
    "less": "Less",
    "less_equal": "LessOrEqual",
    "greater": "Greater",
    "greater_equal": "GreaterOrEqual",
    "equal": "Equal",
    "logical_and": "And",
    "logical_or": "Or",
    "logical_xor": "Xor",
    "logical_not": "Not",
    "tan": "Tan",
    "asin": "Asin",
    "acos": "Acos",
    "atan": "Atan",
    "sinh": "Sinh",
    "cosh": "Cosh",
    "asinh": "Asinh",
    "acosh": "Acosh",
    "atanh": "Atanh",
    "round": "Round",
    "isnan": "IsNaN",
    "isinf": "IsInf",
    "bitwise_and": "BitwiseAnd",
    "bitwise_or": "BitwiseOr",
    "bitwise_xor": "BitwiseXor",
    "bitwise_not": "BitwiseNot",
    "contiguous": "Identity",
    "soft_sign": "Softsign",
}
"""Elementwise operators and the matrix product, which have no parameters and ONNX's meaning."""


_OF_TRUTHS = {"BitwiseAnd": "And", "BitwiseOr": "Or", "BitwiseXor": "Xor", "BitwiseNot": "Not"}


def _common(result: Any, operands: tuple[Any, ...]) -> np.dtype[Any]:
    """The dtype an operator computes in: its result's, and where that is a truth value its operands'."""
    if result.array.dtype != np.bool_:
        return np.dtype(result.array.dtype)
    return np.result_type(*(x.array.dtype for x in operands if isinstance(x, Handle)))


def _same(operator: str) -> Callable[..., Any]:
    def write(trace: Trace, result: Any, *operands: Any, **params: Any) -> None:
        dtype = _common(result, operands)
        if dtype == np.bool_ and operator in _OF_TRUTHS:
            trace.node(_OF_TRUTHS[operator], [trace.value(x, dtype) for x in operands], result)
            return
        trace.node(operator, [trace.value(x, dtype) for x in operands], result)

    return write


def _leaky_relu(trace: Trace, result: Any, x: Any, *, negative_slope: float) -> None:
    trace.node("LeakyRelu", [trace.value(x)], result, alpha=float(negative_slope))


def _square(trace: Trace, result: Any, x: Any) -> None:
    trace.node("Mul", [trace.value(x)] * 2, result)


def _rsqrt(trace: Trace, result: Any, x: Any) -> None:
    trace.node("Reciprocal", [trace.node("Sqrt", [trace.value(x)])], result)


def _where(trace: Trace, result: Any, condition: Any, x: Any, y: Any) -> None:
    dtype = result.array.dtype
    trace.node(
        "Where", [trace.value(condition, np.bool_), trace.value(x, dtype), trace.value(y, dtype)], result
    )


def _clamp(trace: Trace, result: Any, x: Any, lower: Any, upper: Any) -> None:
    dtype = result.array.dtype
    above = trace.node("Max", [trace.value(x, dtype), trace.value(lower, dtype)])
    trace.node("Min", [above, trace.value(upper, dtype)], result)


def _clamp_by(operator: str) -> Callable[..., Any]:
    def write(trace: Trace, result: Any, x: Any, bound: Any) -> None:
        dtype = result.array.dtype
        trace.node(operator, [trace.value(x, dtype), trace.value(bound, dtype)], result)

    return write


def _not_equal(trace: Trace, result: Any, x: Any, y: Any) -> None:
    dtype = _common(result, (x, y))
    trace.node("Not", [trace.node("Equal", [trace.value(x, dtype), trace.value(y, dtype)])], result)


def _by_base(base: float) -> Callable[..., Any]:
    """The logarithm to another base."""

    def write(trace: Trace, result: Any, x: Any) -> None:
        dtype = result.array.dtype
        logarithm = trace.node("Log", [trace.value(x, dtype)])
        trace.node("Mul", [logarithm, trace.value(1 / math.log(base), dtype)], result)

    return write


def _exp2(trace: Trace, result: Any, x: Any) -> None:
    dtype = result.array.dtype
    trace.node("Pow", [trace.value(2, dtype), trace.value(x, dtype)], result)


def _expm1(trace: Trace, result: Any, x: Any) -> None:
    dtype = result.array.dtype
    trace.node("Sub", [trace.node("Exp", [trace.value(x, dtype)]), trace.value(1, dtype)], result)


def _log1p(trace: Trace, result: Any, x: Any) -> None:
    dtype = result.array.dtype
    trace.node("Log", [trace.node("Add", [trace.value(x, dtype), trace.value(1, dtype)])], result)


def _logaddexp(trace: Trace, result: Any, x: Any, y: Any) -> None:
    """max(x, y) + log(1 + exp(-|x - y|))."""
    dtype = result.array.dtype
    a, b = trace.value(x, dtype), trace.value(y, dtype)
    apart = trace.node("Neg", [trace.node("Abs", [trace.node("Sub", [a, b])])])
    more = trace.node("Log", [trace.node("Add", [trace.node("Exp", [apart]), trace.value(1, dtype)])])
    trace.node("Add", [trace.node("Max", [a, b]), more], result)


def _logistic_loss(trace: Trace, result: Any, x: Any, positive: Any, negative: Any) -> None:
    """negative x + (positive + negative) log(1 + exp(-x))."""
    dtype = result.array.dtype
    z, p, n = (trace.value(value, dtype) for value in (x, positive, negative))
    rest = trace.node("Mul", [trace.node("Add", [p, n]), trace.node("Softplus", [trace.node("Neg", [z])])])
    trace.node("Add", [trace.node("Mul", [n, z]), rest], result)


def _ndtr(trace: Trace, result: Any, x: Any) -> None:
    """(erf(x / sqrt(2)) + 1) / 2."""
    dtype = result.array.dtype
    erf = trace.node("Erf", [trace.node("Mul", [trace.value(x), trace.value(math.sqrt(0.5), dtype)])])
    trace.node("Mul", [trace.node("Add", [erf, trace.value(1.0, dtype)]), trace.value(0.5, dtype)], result)


def _hypot(trace: Trace, result: Any, x: Any, y: Any) -> None:
    dtype = result.array.dtype
    squares = [trace.node("Mul", [value, value]) for value in (trace.value(x, dtype), trace.value(y, dtype))]
    trace.node("Sqrt", [trace.node("Add", squares)], result)


def _tanh_shrink(trace: Trace, result: Any, x: Any) -> None:
    trace.node("Sub", [trace.value(x), trace.node("Tanh", [trace.value(x)])], result)


def _trunc(trace: Trace, result: Any, x: Any) -> None:
    value = trace.value(x)
    whole = trace.node("Floor", [trace.node("Abs", [value])])
    trace.node("Mul", [trace.node("Sign", [value]), whole], result)


def _floor_divide(trace: Trace, result: Any, x: Any, y: Any) -> None:
    """ONNX's Div of integers rounds to zero: what Mod leaves is taken away first."""
    dtype = result.array.dtype
    a, b = trace.value(x, dtype), trace.value(y, dtype)
    if dtype.kind == "f":
        trace.node("Floor", [trace.node("Div", [a, b])], result)
    else:
        even = trace.node("Sub", [a, trace.node("Mod", [a, b])])
        trace.node("Div", [even, b], result)


def _remainder(trace: Trace, result: Any, x: Any, y: Any) -> None:
    dtype = result.array.dtype
    a, b = trace.value(x, dtype), trace.value(y, dtype)
    if dtype.kind != "f":
        trace.node("Mod", [a, b], result)
    else:
        whole = trace.node("Floor", [trace.node("Div", [a, b])])
        trace.node("Sub", [a, trace.node("Mul", [whole, b])], result)


def _fmod(trace: Trace, result: Any, x: Any, y: Any) -> None:
    dtype = result.array.dtype
    trace.node("Mod", [trace.value(x, dtype), trace.value(y, dtype)], result, fmod=1)


def _cast(trace: Trace, result: Any, x: Any, *, dtype: Any) -> None:
    trace.node("Cast", [trace.value(x)], result, to=type_of(result.array.dtype))


ELEMENTWISE: dict[str, Callable[..., Any]] = {name: _same(operator) for name, operator in _SAME.items()} | {
    "leaky_relu": _leaky_relu,
    "square": _square,
    "rsqrt": _rsqrt,
    "where": _where,
    "clamp": _clamp,
    "clamp_min": _clamp_by("Max"),
    "clamp_max": _clamp_by("Min"),
    "not_equal": _not_equal,
    "log2": _by_base(2),
    "log10": _by_base(10),
    "exp2": _exp2,
    "expm1": _expm1,
    "log1p": _log1p,
    "logaddexp": _logaddexp,
    "trunc": _trunc,
    "ndtr": _ndtr,
    "logistic_loss": _logistic_loss,
    "hypot": _hypot,
    "tanh_shrink": _tanh_shrink,
    "floor_divide": _floor_divide,
    "remainder": _remainder,
    "fmod": _fmod,
    "cast": _cast,
}
