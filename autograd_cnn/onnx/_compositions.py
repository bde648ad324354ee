"""What compositions compute, as nodes where ONNX has an operator for it: forms that stand in while a file is
exported.

A form computes as ever, unseen by the trace, and writes one node. Where ONNX's operator does not cover the
operands it answers NotImplemented, and the definition's primitives are written instead.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import NotImplementedType
from typing import Any

import numpy as np

from .._engine.modes import state
from .._tensor import Tensor
from ..nn._composition import Fusible
from ..nn.functional.adaptive_pooling import adaptive_average
from ..nn.functional.attention import safe_softmax
from ..nn.functional.convolution import convolve
from ..nn.functional.embedding import look_up
from ..nn.functional.interpolation import resize
from ..nn.functional.linear import affine
from ..nn.functional.normalization import normalize_by
from ..nn.functional.pooling import average, largest
from ..nn.functional.transposed_convolution import convolve_back
from ..ops import Geometry
from ._trace import Trace, type_of


def forms(trace: Trace) -> dict[Fusible[*tuple[Any, ...], Any], Callable[..., Any]]:
    """The forms that write into ``trace``, by what they stand in for."""
    return {computation: _form(trace, computation, write) for computation, write in WRITERS.items()}


def _form(
    trace: Trace,
    computation: Fusible[*tuple[Any, ...], Tensor],
    write: Callable[..., str | NotImplementedType],
) -> Callable[..., Tensor | NotImplementedType]:
    def form(*operands: Any) -> Tensor | NotImplementedType:
        with _unseen():
            result = computation(*operands)
        return NotImplemented if write(trace, result, *operands) is NotImplemented else result

    return form


@contextmanager
def _unseen() -> Iterator[None]:
    """Compute as outside an export."""
    token = state.set(state.get()._replace(observer=None, fusion=True))
    try:
        yield
    finally:
        state.reset(token)


def _optional(trace: Trace, *operands: Tensor | None) -> list[str]:
    return [trace.value(x) for x in operands if x is not None]


def _pads(plan: Geometry) -> list[int]:
    """ONNX lists what is put before each axis, then what is put behind."""
    return [before for before, _ in plan.padding] + [after for _, after in plan.padding]


def _linear(trace: Trace, result: Tensor, input: Tensor, weight: Tensor, bias: Tensor | None) -> str:
    if input.ndim == 2:
        return trace.node(
            "Gemm", [trace.value(input), trace.value(weight), *_optional(trace, bias)], result, transB=1
        )
    product = [trace.value(input), trace.node("Transpose", [trace.value(weight)], perm=[1, 0])]
    if bias is None:
        return trace.node("MatMul", product, result)
    return trace.node("Add", [trace.node("MatMul", product), trace.value(bias)], result)


def _convolution(
    trace: Trace,
    result: Tensor,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    plan: Geometry,
    groups: int,
) -> str:
    return trace.node(
        "Conv",
        [trace.value(input), trace.value(weight), *_optional(trace, bias)],
        result,
        kernel_shape=list(plan.kernel),
        strides=list(plan.stride),
        dilations=list(plan.dilation),
        pads=_pads(plan),
        group=groups,
    )


def _transposed_convolution(
    trace: Trace,
    result: Tensor,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    plan: Geometry,
    extra: Sequence[int],
    groups: int,
) -> str:
    return trace.node(
        "ConvTranspose",
        [trace.value(input), trace.value(weight), *_optional(trace, bias)],
        result,
        kernel_shape=list(plan.kernel),
        strides=list(plan.stride),
        dilations=list(plan.dilation),
        pads=_pads(plan),
        output_padding=list(extra),
        group=groups,
    )


def _max_pool(trace: Trace, result: Tensor, input: Tensor, plan: Geometry, ceil_mode: bool) -> str:
    pooled = {
        "kernel_shape": list(plan.kernel),
        "strides": list(plan.stride),
        "dilations": list(plan.dilation),
    }
    if not _rounds_up(trace, input, plan, ceil_mode):
        return trace.node("MaxPool", [trace.value(input)], result, pads=_pads(plan), **pooled)
    padded = _padded_further(trace, trace.value(input), plan, trace.value(-math.inf, result.array.dtype))
    return _first_windows(trace, trace.node("MaxPool", [padded], **pooled), result)


def _rounds_up(trace: Trace, input: Tensor, plan: Geometry, ceil_mode: bool) -> bool:
    """Whether a last window that lies half beyond the padding counts.

    ONNX's ceil_mode is not used: whether its last window may start in the padding differs between versions
    of its checker and of what runs it.
    """
    size = input.shape[2:]
    return ceil_mode and (trace.dynamic or plan.positions(size, ceil=True) != plan.positions(size))


def _padded_further(trace: Trace, value: str, plan: Geometry, fill: str) -> str:
    """With the padding, and behind it so much more that every window which begins has all its places."""
    behind = [after + stride - 1 for (_, after), stride in zip(plan.padding, plan.stride, strict=True)]
    return trace.node("Pad", [value, trace.numbers([0, 0, *plan.before, 0, 0, *behind]), fill])


def _first_windows(trace: Trace, value: str, result: Tensor) -> str:
    """The windows that are counted: those that begin in the image or the padding before it."""
    sizes = result.shape[2:]
    axes = trace.numbers(range(2, result.ndim))
    return trace.node("Slice", [value, trace.numbers([0] * len(sizes)), trace.numbers(sizes), axes], result)


def _average_pool(
    trace: Trace,
    result: Tensor,
    input: Tensor,
    plan: Geometry,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor: int | None,
) -> str:
    pooled = {"kernel_shape": list(plan.kernel), "strides": list(plan.stride)}
    kind = result.array.dtype
    if _rounds_up(trace, input, plan, ceil_mode):
        return _average_rounded_up(trace, result, input, plan, count_include_pad, divisor)
    counted = int(count_include_pad or divisor is not None)
    mean = trace.node(
        "AveragePool", [trace.value(input)], result, pads=_pads(plan), count_include_pad=counted, **pooled
    )
    if divisor is None:
        return mean
    return trace.node("Mul", [mean, trace.value(math.prod(plan.kernel) / divisor, kind)], result)


def _average_rounded_up(
    trace: Trace, result: Tensor, input: Tensor, plan: Geometry, count_include_pad: bool, divisor: int | None
) -> str:
    """The mean over whole windows of zeros beyond, divided by the share of each that counts."""
    pooled = {"kernel_shape": list(plan.kernel), "strides": list(plan.stride)}
    kind = result.array.dtype
    nothing, one = trace.value(0, kind), trace.value(1, kind)
    padded = _padded_further(trace, trace.value(input), plan, nothing)
    mean = trace.node("AveragePool", [padded], **pooled)
    if divisor is not None:
        share = trace.value(divisor / math.prod(plan.kernel), kind)
    else:
        ones = trace.node("Expand", [one, trace.numbers((1, 1, *input.shape[2:]))])
        if count_include_pad:
            ones = trace.node("Pad", [ones, trace.numbers([0, 0, *plan.before] * 2), one])
            plan = plan._replace(padding=((0, 0),) * len(plan.kernel))
        share = trace.node("AveragePool", [_padded_further(trace, ones, plan, nothing)], **pooled)
    return _first_windows(trace, trace.node("Div", [mean, share]), result)


def _adaptive_average_pool(
    trace: Trace, result: Tensor, input: Tensor, targets: Sequence[int]
) -> str | NotImplementedType:
    """A mean over the plane, means over windows of one size, or for any size a matrix along each axis."""
    if set(targets) == {1}:
        return trace.node("GlobalAveragePool", [trace.value(input)], result)
    spatial = input.shape[2:]
    if trace.dynamic:
        value = trace.value(input)
        letters = "abcde"[: input.ndim]
        for axis, (size, target) in enumerate(zip(spatial, targets, strict=True), start=2):
            spec = f"z{letters[axis]},{letters}->{letters.replace(letters[axis], 'z')}"
            matrix = _averages(trace, size, target, result.array.dtype)
            last = axis == input.ndim - 1
            value = trace.node("Einsum", [matrix, value], result if last else None, equation=spec)
        return value
    if any(n % m for n, m in zip(spatial, targets, strict=True)):
        return NotImplemented
    sizes = [n // m for n, m in zip(spatial, targets, strict=True)]
    return trace.node("AveragePool", [trace.value(input)], result, kernel_shape=sizes, strides=sizes)


def _averages(trace: Trace, size: int, target: int, kind: Any) -> str:
    """The matrix (target, size) whose row i is a mean from floor(i size / target) to ceil((i + 1) size /
    target)."""
    n, m, one = trace.numbers([size]), trace.numbers([target]), trace.numbers([1])
    first = trace.node("Unsqueeze", [_counted(trace, target), one])
    start = trace.node("Div", [trace.node("Mul", [first, n]), m])
    reached = trace.node("Mul", [trace.node("Add", [first, one]), n])
    stop = trace.node("Div", [trace.node("Add", [reached, trace.node("Sub", [m, one])]), m])
    place = _counted(trace, size)
    inside = trace.node(
        "And", [trace.node("GreaterOrEqual", [place, start]), trace.node("Less", [place, stop])]
    )
    width = trace.node("Cast", [trace.node("Sub", [stop, start])], to=type_of(kind))
    return trace.node("Div", [trace.node("Cast", [inside], to=type_of(kind)), width])


def _counted(trace: Trace, size: int) -> str:
    """0, 1, ..., size - 1."""
    return trace.node("Range", [trace.value(np.asarray(n, np.int64)) for n in (0, size, 1)])


def _resize(
    trace: Trace,
    result: Tensor,
    input: Tensor,
    targets: Sequence[int],
    scales: Sequence[float | None],
    mode: str,
    align_corners: bool,
    antialias: bool,
) -> str:
    how: dict[str, Any] = {
        "mode": {"nearest": "nearest", "nearest-exact": "nearest", "bicubic": "cubic"}.get(mode, "linear")
    }
    how["coordinate_transformation_mode"] = (
        "asymmetric" if mode == "nearest" else "align_corners" if align_corners else "half_pixel"
    )
    if mode.startswith("nearest"):
        how["nearest_mode"] = "floor" if mode == "nearest" else "round_prefer_ceil"
    if mode == "bicubic":
        how["cubic_coeff_a"] = -0.5 if antialias else -0.75
    if antialias:
        how |= {"antialias": 1, "exclude_outside": 1}
    if None in scales:
        sizes = trace.numbers(result.shape)
        return trace.node("Resize", [trace.value(input), "", "", sizes], result, **how)
    factors = trace.value(np.asarray([1, 1, *scales], np.float32))
    return trace.node("Resize", [trace.value(input), "", factors], result, **how)


def _embedding(
    trace: Trace, result: Tensor, input: Tensor, weight: Tensor, padding: int | None, scale_grad_by_freq: bool
) -> str:
    return trace.node("Gather", [trace.value(weight), trace.value(input)], result, axis=0)


def _batch_norm(
    trace: Trace,
    result: Tensor,
    input: Tensor,
    mean: Tensor,
    variance: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    eps: float,
) -> str | NotImplementedType:
    if weight is None or bias is None:
        return NotImplemented
    values = [trace.value(x) for x in (input, weight, bias, mean, variance)]
    return trace.node("BatchNormalization", values, result, epsilon=float(eps))


def _safe_softmax(trace: Trace, result: Tensor, scores: Tensor) -> str:
    """Which rows are nothing but -inf is asked of the scores in the file, not of the example's."""
    value, axis = trace.value(scores), scores.ndim - 1
    largest_of_row = trace.node("ReduceMax", [value, trace.numbers([axis])], keepdims=1)
    kind = scores.array.dtype
    closed = trace.node("Equal", [largest_of_row, trace.value(np.asarray(-np.inf, kind))])
    chances = trace.node("Softmax", [value], axis=axis)
    return trace.node("Where", [closed, trace.value(np.asarray(0, kind)), chances], result)


WRITERS: dict[Fusible[*tuple[Any, ...], Tensor], Callable[..., str | NotImplementedType]] = {
    affine: _linear,
    convolve: _convolution,
    convolve_back: _transposed_convolution,
    largest: _max_pool,
    average: _average_pool,
    adaptive_average: _adaptive_average_pool,
    normalize_by: _batch_norm,
    resize: _resize,
    look_up: _embedding,
    safe_softmax: _safe_softmax,
}
