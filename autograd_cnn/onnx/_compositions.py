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
from ..nn.functional.convolution import convolve, convolve_back
from ..nn.functional.linear import affine
from ..nn.functional.normalization import normalize_by
from ..nn.functional.pooling import average, largest
from ..ops import Geometry
from ._trace import Trace


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


def _ends(plan: Geometry, input: Tensor, result: Tensor, ceil_mode: bool) -> tuple[int, list[int]]:
    """Whether to round up, and the padding.

    A window that begins in the padding behind is left out here; ONNX's own rounding up has it. Where there
    can be one, the padding behind is made such that rounding down gives the windows that there are.
    """
    sides = zip(plan.padding, plan.kernel, plan.stride, plan.dilation, strict=True)
    if not ceil_mode or all(before + s <= (k - 1) * d + 1 for (before, _), k, s, d in sides):
        return int(ceil_mode), _pads(plan)
    before = [p for p, _ in plan.padding]
    behind = [
        max((out - 1) * s + (k - 1) * d + 1 - n - p, 0)
        for out, n, p, k, s, d in zip(
            result.shape[2:], input.shape[2:], before, plan.kernel, plan.stride, plan.dilation, strict=True
        )
    ]
    return 0, [*before, *behind]


def _max_pool(trace: Trace, result: Tensor, input: Tensor, plan: Geometry, ceil_mode: bool) -> str:
    up, pads = _ends(plan, input, result, ceil_mode)
    return trace.node(
        "MaxPool",
        [trace.value(input)],
        result,
        kernel_shape=list(plan.kernel),
        strides=list(plan.stride),
        dilations=list(plan.dilation),
        pads=pads,
        ceil_mode=up,
    )


def _average_pool(
    trace: Trace,
    result: Tensor,
    input: Tensor,
    plan: Geometry,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor: int | None,
) -> str | NotImplementedType:
    up, pads = _ends(plan, input, result, ceil_mode)
    counted = (count_include_pad or divisor is not None) and any(_pads(plan))
    if ceil_mode and (counted or divisor is not None):
        return NotImplemented  # how many elements a window at the end has is another question in ONNX
    mean = trace.node(
        "AveragePool",
        [trace.value(input)],
        result,
        kernel_shape=list(plan.kernel),
        strides=list(plan.stride),
        pads=pads,
        ceil_mode=up,
        count_include_pad=int(counted),
    )
    if divisor is None:
        return mean
    return trace.node(
        "Mul", [mean, trace.value(math.prod(plan.kernel) / divisor, result.array.dtype)], result
    )


def _adaptive_average_pool(
    trace: Trace, result: Tensor, input: Tensor, targets: Sequence[int]
) -> str | NotImplementedType:
    """A mean over the plane, or means over windows of one size; others overlap by turns."""
    if set(targets) == {1}:
        return trace.node("GlobalAveragePool", [trace.value(input)], result)
    spatial = input.shape[2:]
    if trace.spatial:
        return _averages(trace, result, input, targets)
    if any(n % m for n, m in zip(spatial, targets, strict=True)):
        return NotImplemented
    sizes = [n // m for n, m in zip(spatial, targets, strict=True)]
    return trace.node("AveragePool", [trace.value(input)], result, kernel_shape=sizes, strides=sizes)


def _averages(
    trace: Trace, result: Tensor, input: Tensor, targets: Sequence[int]
) -> str | NotImplementedType:
    """Means over the windows of adaptive pooling at any size, as products with matrices of weights: element j
    of n is in window i of m where ``floor(i n / m) <= j < ceil((i + 1) n / m)``."""
    name, kind, last = trace.value(input), trace.type_of(result.array.dtype), len(targets) - 1
    for axis, m in enumerate(targets):
        scalar = trace.numbers([])
        n = trace.node("Shape", [trace.value(input)], start=2 + axis, end=3 + axis)
        zero, one = (trace.value(np.asarray(i, np.int64)) for i in (0, 1))
        j = trace.node("Range", [zero, trace.node("Reshape", [n, scalar]), one])
        i = trace.value(np.arange(m, dtype=np.int64)[:, None])
        over = trace.value(np.asarray(m, np.int64))
        first = trace.node("Div", [trace.node("Mul", [i, n]), over])
        following = trace.node("Mul", [trace.node("Add", [i, one]), n])
        up = trace.node("Add", [following, trace.value(np.asarray(m - 1, np.int64))])
        end = trace.node("Div", [up, over])
        inside = trace.node("And", [trace.node("GreaterOrEqual", [j, first]), trace.node("Less", [j, end])])
        count = trace.node("Cast", [trace.node("Sub", [end, first])], to=kind)
        weights = trace.node("Div", [trace.node("Cast", [inside], to=kind), count])
        along = 2 + axis
        swap = [k for k in range(len(input.shape)) if k != along] + [along]
        back = [swap.index(k) for k in range(len(swap))]
        moved = name if axis == last else trace.node("Transpose", [name], perm=swap)
        product = [moved, trace.node("Transpose", [weights], perm=[1, 0])]
        if axis == last:
            return trace.node("MatMul", product, result)
        name = trace.node("Transpose", [trace.node("MatMul", product)], perm=back)
    return NotImplemented


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


WRITERS: dict[Fusible[*tuple[Any, ...], Tensor], Callable[..., str | NotImplementedType]] = {
    affine: _linear,
    convolve: _convolution,
    convolve_back: _transposed_convolution,
    largest: _max_pool,
    average: _average_pool,
    adaptive_average: _adaptive_average_pool,
    normalize_by: _batch_norm,
}
