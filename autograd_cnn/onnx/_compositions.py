"""Compositions that ONNX has one operator for. Each gets a form beside its definition, which serves while a
file is exported.

A form runs the composition as ever and writes one node. Where ONNX's operator does not cover the arguments,
it answers NotImplemented, and the definition's primitives are written instead.
"""

import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any

from .._engine.modes import fusion
from ..nn import functional as F
from ..nn.functional._arguments import per_axis
from ._trace import Trace, active, paused


def exported_as(*compositions: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register ``write(trace, result, **arguments)`` as what these compositions do while a file is
    exported."""

    def register(write: Callable[..., Any]) -> Callable[..., Any]:
        for composition in compositions:
            _add_form(composition, write)
        return write

    return register


def _add_form(composition: Any, write: Callable[..., Any]) -> None:
    signature = inspect.signature(composition.definition)

    def run(*args: Any, **kwargs: Any) -> Any:
        trace = active.get()
        with paused():
            result = composition(*args, **kwargs)
        arguments = signature.bind(*args, **kwargs)
        arguments.apply_defaults()
        if write(trace, result, **arguments.arguments) is not NotImplemented:
            return result
        with fusion(False):
            return composition.definition(*args, **kwargs)

    run.__signature__ = signature  # type: ignore[attr-defined]  # what inspect.signature answers for it
    composition.fused(serves=lambda *args, **kwargs: active.get() is not None)(run)


def _spatial(input: Any) -> int:
    return int(input.ndim) - 2


def _optional(trace: Trace, *operands: Any) -> list[str]:
    return [trace.value(x) for x in operands if x is not None]


@exported_as(F.linear)
def _linear(trace: Trace, result: Any, input: Any, weight: Any, bias: Any) -> Any:
    if input.ndim == 2:
        return trace.node(
            "Gemm", [trace.value(input), trace.value(weight), *_optional(trace, bias)], result, transB=1
        )
    product = [trace.value(input), trace.node("Transpose", [trace.value(weight)], perm=[1, 0])]
    if bias is None:
        return trace.node("MatMul", product, result)
    return trace.node("Add", [trace.node("MatMul", product), trace.value(bias)], result)


@exported_as(F.conv1d, F.conv2d, F.conv3d)
def _convolution(
    trace: Trace,
    result: Any,
    input: Any,
    weight: Any,
    bias: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
) -> Any:
    axes = weight.ndim - 2
    if input.ndim != weight.ndim:
        return NotImplemented
    kernel, dilations = weight.shape[2:], per_axis("dilation", dilation, axes)
    if padding == "same":
        whole = [d * (k - 1) for d, k in zip(dilations, kernel, strict=True)]
        pads = [n // 2 for n in whole] + [n - n // 2 for n in whole]
    else:
        pads = _both(per_axis("padding", 0 if padding == "valid" else padding, axes, least=0))
    return trace.node(
        "Conv",
        [trace.value(input), trace.value(weight), *_optional(trace, bias)],
        result,
        kernel_shape=list(kernel),
        strides=list(per_axis("stride", stride, axes)),
        dilations=list(dilations),
        pads=pads,
        group=groups,
    )


@exported_as(F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)
def _transposed_convolution(
    trace: Trace,
    result: Any,
    input: Any,
    weight: Any,
    bias: Any,
    stride: Any,
    padding: Any,
    output_padding: Any,
    groups: int,
    dilation: Any,
) -> Any:
    axes = weight.ndim - 2
    if input.ndim != weight.ndim:
        return NotImplemented
    return trace.node(
        "ConvTranspose",
        [trace.value(input), trace.value(weight), *_optional(trace, bias)],
        result,
        kernel_shape=list(weight.shape[2:]),
        strides=list(per_axis("stride", stride, axes)),
        dilations=list(per_axis("dilation", dilation, axes)),
        pads=_both(per_axis("padding", padding, axes, least=0)),
        output_padding=list(per_axis("output_padding", output_padding, axes, least=0)),
        group=groups,
    )


@exported_as(F.max_pool1d, F.max_pool2d, F.max_pool3d)
def _max_pool(
    trace: Trace,
    result: Any,
    input: Any,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    ceil_mode: bool,
    return_indices: bool,
) -> Any:
    axes = _spatial(input)
    if return_indices:
        raise NotImplementedError("onnx.export: max-pooling with return_indices has no form in ONNX here")
    kernel = per_axis("kernel_size", kernel_size, axes)
    return trace.node(
        "MaxPool",
        [trace.value(input)],
        result,
        kernel_shape=list(kernel),
        strides=list(kernel if stride is None or stride == () else per_axis("stride", stride, axes)),
        dilations=list(per_axis("dilation", dilation, axes)),
        pads=_both(per_axis("padding", padding, axes, least=0)),
        ceil_mode=int(ceil_mode),
    )


@exported_as(F.avg_pool1d, F.avg_pool2d, F.avg_pool3d)
def _average_pool(
    trace: Trace,
    result: Any,
    input: Any,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: Any = None,
) -> Any:
    axes = _spatial(input)
    kernel = per_axis("kernel_size", kernel_size, axes)
    count_include_pad = count_include_pad or divisor_override is not None
    mean = trace.node(
        "AveragePool",
        [trace.value(input)],
        result,
        kernel_shape=list(kernel),
        strides=list(kernel if stride is None or stride == () else per_axis("stride", stride, axes)),
        pads=_both(per_axis("padding", padding, axes, least=0)),
        ceil_mode=int(ceil_mode),
        count_include_pad=int(count_include_pad),
    )
    if divisor_override is None:
        return mean
    return trace.node(
        "Mul", [mean, trace.value(math.prod(kernel) / divisor_override, result.array.dtype)], result
    )


@exported_as(F.adaptive_avg_pool1d, F.adaptive_avg_pool2d, F.adaptive_avg_pool3d)
def _adaptive_average_pool(trace: Trace, result: Any, input: Any, output_size: Any) -> Any:
    """A mean over the plane, or means over windows of one size; others overlap by turns."""
    axes = _spatial(input)
    before, after = input.shape[-axes:], result.shape[-axes:]
    if set(after) == {1}:
        return trace.node("GlobalAveragePool", [trace.value(input)], result)
    if any(b % a for b, a in zip(before, after, strict=True)):
        return NotImplemented
    sizes = [b // a for b, a in zip(before, after, strict=True)]
    return trace.node("AveragePool", [trace.value(input)], result, kernel_shape=sizes, strides=sizes)


@exported_as(F.batch_norm)
def _batch_norm(
    trace: Trace,
    result: Any,
    input: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any,
    bias: Any,
    training: bool,
    momentum: Any,
    eps: float,
) -> Any:
    if training or running_mean is None or weight is None or bias is None:
        return NotImplemented
    values = [trace.value(x) for x in (input, weight, bias, running_mean, running_var)]
    return trace.node("BatchNormalization", values, result, epsilon=float(eps))


def _both(padding: Sequence[int]) -> list[int]:
    """ONNX lists what is put before each axis, then what is put behind."""
    return [*padding, *padding]
