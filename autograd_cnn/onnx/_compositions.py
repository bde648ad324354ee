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


def _max_pool(trace: Trace, result: Tensor, input: Tensor, plan: Geometry, ceil_mode: bool) -> str:
    return trace.node(
        "MaxPool",
        [trace.value(input)],
        result,
        kernel_shape=list(plan.kernel),
        strides=list(plan.stride),
        dilations=list(plan.dilation),
        pads=_pads(plan),
        ceil_mode=int(ceil_mode),
    )


def _average_pool(
    trace: Trace,
    result: Tensor,
    input: Tensor,
    plan: Geometry,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor: int | None,
) -> str:
    mean = trace.node(
        "AveragePool",
        [trace.value(input)],
        result,
        kernel_shape=list(plan.kernel),
        strides=list(plan.stride),
        pads=_pads(plan),
        ceil_mode=int(ceil_mode),
        count_include_pad=int(count_include_pad or divisor is not None),
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
    if any(n % m for n, m in zip(spatial, targets, strict=True)):
        return NotImplemented
    sizes = [n // m for n, m in zip(spatial, targets, strict=True)]
    return trace.node("AveragePool", [trace.value(input)], result, kernel_shape=sizes, strides=sizes)


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
