"""The transposed convolution: the gradient of a convolution with respect to its input, as an operator. It
makes the columns of the windows and folds them."""

from types import NotImplementedType

from ... import ops
from ..._tensor import Tensor
from ...ops import Geometry
from .._composition import composition, fusible
from ._arguments import Sizes, batched, padded, per_axis, unbatched
from .convolution import (
    KERNEL,
    PLACE,
    add_bias,
    as_parameters,
    geometry,
    is_served,
    join_groups,
    split_groups,
)

__all__ = ["conv_transpose1d", "conv_transpose2d", "conv_transpose3d"]


def fold_columns(input: Tensor, weight: Tensor, plan: Geometry, groups: int) -> Tensor:
    """The adjoint of :func:`contract_windows`: columns Wᵀ x, each entry added to the pixel it came from."""
    axes, g = len(plan.kernel), "g" if groups > 1 else ""
    kernel, place = KERNEL[:axes], PLACE[:axes]
    spec = f"{g}co{kernel},n{g}c{place}->n{g}o{kernel}{place}"
    columns = ops.einsum(split_groups(weight, 0, groups), split_groups(input, 1, groups), spec=spec)
    return ops.fold(
        join_groups(columns, groups),
        size=plan.reach(input.array.shape[2:]),
        kernel=plan.kernel,
        stride=plan.stride,
        dilation=plan.dilation,
    )


def _transposed_convolution(
    function: str,
    axes: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Sizes,
    padding: Sizes,
    output_padding: Sizes,
    groups: int,
    dilation: Sizes,
) -> Tensor:
    x, was_batched = batched(function, input, axes)
    plan = geometry(function, x, weight, bias, stride, padding, dilation, groups, transposed=True)
    extra = per_axis("output_padding", output_padding, axes, least=0)
    if any(e >= max(s, d) for e, s, d in zip(extra, plan.stride, plan.dilation, strict=True)):
        raise RuntimeError(
            "output padding must be smaller than either stride or dilation, but got output_padding: "
            f"{list(extra)}, "
            f"stride: {list(plan.stride)}, dilation: {list(plan.dilation)}"
        )
    size = _size(x, plan, extra)
    if min(size) < (1 if len(x.array) else 0):  # a batch of no images may have no pixels either
        raise RuntimeError(
            f"Given input size per channel: {list(x.shape[2:])}. Calculated output size per channel: "
            f"{list(size)}. Output size is too small"
        )
    return unbatched(convolve_back(x, weight, bias, plan, extra, groups), was_batched)


def _size(input: Tensor, plan: Geometry, extra: tuple[int, ...]) -> tuple[int, ...]:
    """The size of the result of (N, C, *spatial) along each spatial axis."""
    reached = plan.reach(input.array.shape[2:])
    return tuple([n + e - a - b for n, e, (a, b) in zip(reached, extra, plan.padding, strict=True)])


@fusible
def convolve_back(
    input: Tensor, weight: Tensor, bias: Tensor | None, plan: Geometry, extra: tuple[int, ...], groups: int
) -> Tensor:
    """The transposed convolution of operands that fit: (N, C, *spatial), with ``extra`` positions behind."""
    output = padded(fold_columns(input, weight, plan, groups), [(0, e) for e in extra])
    if plan.around:
        output = ops.crop(output, widths=((0, 0), (0, 0), *plan.padding))
    return add_bias(output, bias)


@convolve_back.fused
def back_as_one_operator(
    input: Tensor, weight: Tensor, bias: Tensor | None, plan: Geometry, extra: tuple[int, ...], groups: int
) -> Tensor | NotImplementedType:
    """Of images that convolution as one operator takes: the gradient of the image of one that has these
    positions."""
    positions = input.array.shape[2:]
    size = _size(input, plan, extra)
    if not is_served(input.array, weight.array, groups) or plan.positions(size) != positions or 0 in size:
        return NotImplemented
    how = as_parameters(plan, groups)
    if bias is None:
        return ops.convolution_input_gradient(input, weight, size=size, **how)
    return ops.biased_transposed_convolution(input, weight, bias, size=size, **how)


@composition(half="kernels")
def conv_transpose1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Tensor:
    """As :func:`conv_transpose2d`, over one spatial axis."""
    return _transposed_convolution(
        "conv_transpose1d", 1, input, weight, bias, stride, padding, output_padding, groups, dilation
    )


@composition(half="kernels")
def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Tensor:
    """The gradient of :func:`conv2d` with respect to its input, as an operator (deconvolution).

    ``input`` (N, C, H, W) or (C, H, W), weight (C, O / groups, kh, kw), bias (O,). Each spatial axis comes
    out with stride (H - 1) + dilation (k - 1) + 1 - 2 padding + output_padding positions.
    Raises RuntimeError where channels, groups, dtypes or sizes do not fit.
    """
    return _transposed_convolution(
        "conv_transpose2d", 2, input, weight, bias, stride, padding, output_padding, groups, dilation
    )


@composition(half="kernels")
def conv_transpose3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Tensor:
    """As :func:`conv_transpose2d`, over three spatial axes."""
    return _transposed_convolution(
        "conv_transpose3d", 3, input, weight, bias, stride, padding, output_padding, groups, dilation
    )
