"""Primitives as ONNX nodes: each function gets the trace, the result, the operands and the parameters, and
adds nodes."""

import math
from collections.abc import Callable, Sequence
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


def _reshape(trace: Trace, result: Any, x: Any, **params: Any) -> None:
    trace.node("Reshape", [trace.value(x), trace.numbers(result.shape)], result, allowzero=1)


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
    trace.node("Cast", [trace.value(x)], result, to=type_of(result.array.dtype))


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
    """Slices, whole numbers, new axes and an ellipsis; or one array of whole numbers that is a constant."""
    parts = list(index) if isinstance(index, tuple) else [index]
    if any(part is Ellipsis for part in parts):
        place = next(i for i, part in enumerate(parts) if part is Ellipsis)
        taken = sum(part is not None for part in parts) - 1
        parts[place : place + 1] = [slice(None)] * (x.ndim - taken)
    arrays = [i for i, part in enumerate(parts) if isinstance(part, np.ndarray) and part.dtype.kind in "iu"]
    if len(arrays) == 1 and all(part == slice(None) for i, part in enumerate(parts) if i not in arrays):
        place = arrays[0]
        if _padded_by_index(trace, result, x, parts[place], place):
            return
        where = trace.value(np.asarray(parts[place] % x.shape[place], np.int64))
        trace.node("Gather", [trace.value(x), where], result, axis=place)
        return
    if not all(part is None or isinstance(part, (int, np.integer, slice)) for part in parts):
        raise NotImplementedError(
            f"onnx.export: an index {index!r} has no form in ONNX here; slices, whole numbers, and one array of "
            "whole numbers that does not depend on the input have"
        )
    kept = [part for part in parts if part is not None]
    sliced = _sliced(trace, x, kept)
    dropped = [axis for axis, part in enumerate(kept) if not isinstance(part, slice)]
    if dropped:
        sliced = trace.node("Squeeze", [sliced, trace.numbers(dropped)])
    left = [part for part in parts if part is None or isinstance(part, slice)]
    new = [axis for axis, part in enumerate(left) if part is None]
    trace.node("Unsqueeze", [sliced, trace.numbers(new)], result) if new else trace.node(
        "Identity", [sliced], result
    )


def _padded_by_index(trace: Trace, result: Any, x: Any, places: Any, axis: int) -> bool:
    """Write an index that holds all places, and some again before and behind them, as the padding it is."""
    size = x.shape[axis]
    starts = np.flatnonzero(places == 0) if places.ndim == 1 else []
    for before in (
        int(start) for start in starts if np.array_equal(places[start : start + size], np.arange(size))
    ):
        after = len(places) - size - before
        for mode in ("reflect", "edge"):
            if size > 1 and np.array_equal(np.pad(np.arange(size), (before, after), mode), places):  # type: ignore[call-overload]  # the mode is a literal
                widths = [0] * (2 * x.ndim)
                widths[axis], widths[axis + x.ndim] = before, after
                trace.node("Pad", [trace.value(x), trace.numbers(widths)], result, mode=mode)
                return True
        if max(before, after) <= size and np.array_equal(
            np.pad(np.arange(size), (before, after), "wrap"), places
        ):
            value, along = trace.value(x), trace.numbers([axis])
            end = trace.node("Slice", [value, trace.numbers([size - before]), trace.numbers([_FAR]), along])
            start = trace.node("Slice", [value, trace.numbers([0]), trace.numbers([after]), along])
            trace.node("Concat", [end, value, start], result, axis=axis)
            return True
    return False


def _sliced(trace: Trace, x: Any, parts: Sequence[Any]) -> str:
    """``x`` with a range taken of each axis: a whole number is a range of one."""
    starts, stops, steps, axes = [], [], [], []
    for axis, (part, size) in enumerate(zip(parts, x.shape, strict=False)):
        if part == slice(None):
            continue
        if isinstance(part, slice):
            reach = range(*part.indices(size))
            stop = -_FAR if reach.step < 0 and reach.stop < 0 else reach.stop
        else:
            reach = range(int(part) % size, int(part) % size + 1)
            stop = reach.stop
        starts.append(reach.start)
        stops.append(stop)
        steps.append(reach.step)
        axes.append(axis)
    if not axes:
        return trace.value(x)
    return trace.node("Slice", [trace.value(x), *map(trace.numbers, (starts, stops, axes, steps))])


_FAR = 2**31
"""Before the first element, for a slice that goes backwards."""


def _flip(trace: Trace, result: Any, x: Any, *, axis: Any) -> None:
    axes = [axis] if isinstance(axis, int) else list(axis)
    ends = [[-1] * len(axes), [-_FAR] * len(axes), axes, [-1] * len(axes)]
    trace.node("Slice", [trace.value(x), *map(trace.numbers, ends)], result)


def _roll(trace: Trace, result: Any, x: Any, *, shift: Any, axis: Any) -> None:
    """The end before the beginning, axis by axis."""
    value = trace.value(x)
    shifts = [shift] if isinstance(shift, int) else list(shift)
    axes = [axis] if isinstance(axis, int) else list(axis)
    for by, along in zip(shifts, axes, strict=True):
        place = trace.numbers([along])
        size = x.shape[along] or 1
        cut = trace.numbers([size - by % size])
        end = trace.node("Slice", [value, cut, trace.numbers([_FAR]), place])
        value = trace.node(
            "Concat", [end, trace.node("Slice", [value, trace.numbers([0]), cut, place])], axis=along
        )
    trace.node("Identity", [value], result)


def _stack(trace: Trace, result: Any, *parts: Any, axis: int = 0) -> None:
    dtype, place = result.array.dtype, trace.numbers([axis])
    apart = [trace.node("Unsqueeze", [trace.value(part, dtype), place]) for part in parts]
    trace.node("Concat", apart, result, axis=int(axis))


def _cumsum(trace: Trace, result: Any, x: Any, *, axis: int) -> None:
    trace.node(
        "CumSum", [trace.value(x, result.array.dtype), trace.value(np.asarray(axis, np.int64))], result
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


def _triangle(upper: bool) -> Callable[..., Any]:
    def write(trace: Trace, result: Any, x: Any, *, k: int = 0) -> None:
        kind = result.array.dtype
        value = trace.value(x, np.int32 if kind == np.bool_ else kind)
        kept = trace.node(
            "Trilu",
            [value, trace.value(np.asarray(k, np.int64))],
            None if kind == np.bool_ else result,
            upper=int(upper),
        )
        if kind == np.bool_:
            trace.node("Cast", [kept], result, to=type_of(kind))

    return write


def _take_along(trace: Trace, result: Any, x: Any, index: Any, *, axis: int) -> None:
    trace.node("GatherElements", [trace.value(x), trace.value(index, np.int64)], result, axis=int(axis))


def _windows(trace: Trace, result: Any, x: Any, *, kernel: Any, stride: Any, dilation: Any) -> None:
    """Along each axis the places of each tap; then the taps' axes before those of positions."""
    value, axes = trace.value(x), len(kernel)
    positions = result.shape[2 + axes :]
    for i in range(axes):
        taps = np.arange(kernel[i])[:, None] * dilation[i] + np.arange(positions[i]) * stride[i]
        value = trace.node("Gather", [value, trace.value(taps.astype(np.int64))], axis=2 + 2 * i)
    order = [0, 1, *range(2, 2 + 2 * axes, 2), *range(3, 2 + 2 * axes, 2)]
    trace.node("Transpose", [value], result, perm=order)


def _max_pool_index(trace: Trace, result: Any, x: Any, **params: Any) -> None:
    raise NotImplementedError("onnx.export: max-pooling with return_indices has no form in ONNX here")


OPERATORS: dict[str, Callable[..., Any]] = {name: _same(operator) for name, operator in _SAME.items()} | {
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
    "floor_divide": _floor_divide,
    "remainder": _remainder,
    "fmod": _fmod,
    "flip": _flip,
    "roll": _roll,
    "stack": _stack,
    "cumsum": _cumsum,
    "argmax": _place("ArgMax"),
    "argmin": _place("ArgMin"),
    "var": _spread(root=False),
    "std": _spread(root=True),
    "all": _truth("ReduceMin"),
    "any": _truth("ReduceMax"),
    "tril": _triangle(upper=False),
    "triu": _triangle(upper=True),
    "take_along": _take_along,
    "windows": _windows,
    "prod": _reduce("ReduceProd"),
    "logsumexp": _reduce("ReduceLogSumExp"),
    "euclidean_norm": _reduce("ReduceL2"),
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
