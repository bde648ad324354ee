"""Convolution and its adjoint, for one to three spatial axes.

A convolution multiplies the weights with every window of the image: the columns of im2col. Both are one
contraction over channels and kernel; the windows are a view, so the graph keeps the image and not the
columns, which are K times larger. The transposed convolution is the gradient of a convolution with respect to
its input: it makes the columns and folds them.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from ... import ops
from ..._tensor import Tensor
from .._composition import composition
from ._arguments import Sizes, batched, padded, per_axis, unbatched

_KERNEL, _PLACE = "ijk", "pqr"


class Geometry(NamedTuple):
    """The checked numbers of a convolution, one per spatial axis."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    """Zeros before and after each axis."""
    dilation: tuple[int, ...]
    groups: int

    @property
    def pointwise(self) -> bool:
        """Whether every window is one pixel and no pixel is skipped: then nothing needs unfolding."""
        return set(self.kernel) == {1} and set(self.stride) == {1} and not any(map(any, self.padding))


def geometry(
    function: str,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Sizes,
    padding: Sizes | str,
    dilation: Sizes,
    groups: int,
    *,
    transposed: bool = False,
) -> Geometry:
    """Check the arguments of a convolution (``input`` with its batch axis) before any array is made.

    Raises RuntimeError where shapes, dtypes, groups or numbers do not fit.
    """
    axes = input.ndim - 2
    if weight.ndim != axes + 2:
        raise RuntimeError(
            f"{function}: expected {axes + 2}-dimensional weight for {axes + 2}-dimensional input "
            f"{list(input.shape)}, "
            f"but got weight of size {list(weight.shape)}"
        )
    kernel = tuple(weight.array.shape[2:])
    strides, dilations = per_axis("stride", stride, axes), per_axis("dilation", dilation, axes)
    _check_channels(function, input, weight, bias, groups, transposed)
    if isinstance(padding, str):
        widths = _named_padding(padding, kernel, strides, dilations)
    else:
        widths = tuple((p, p) for p in per_axis("padding", padding, axes, least=0))
    if not transposed:
        sizes = [n + a + b for n, (a, b) in zip(input.array.shape[2:], widths, strict=True)]
        reach = [d * (k - 1) + 1 for d, k in zip(dilations, kernel, strict=True)]
        if any(n < r for n, r in zip(sizes, reach, strict=True)):
            size, spread = " x ".join(map(str, sizes)), " x ".join(map(str, reach))
            raise RuntimeError(
                f"Calculated padded input size per channel: ({size}). Kernel size: ({spread}). "
                "Kernel size can't be greater than actual input size"
            )
    return Geometry(kernel, strides, widths, dilations, groups)


def _check_channels(
    function: str, input: Tensor, weight: Tensor, bias: Tensor | None, groups: int, transposed: bool
) -> None:
    channels = input.array.shape[1]
    if groups < 1:
        raise RuntimeError(f"{function}: non-positive groups is not supported: got groups={groups}")
    if weight.array.shape[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but "
            "got weight of size "
            f"{list(weight.shape)} instead"
        )
    expected = weight.array.shape[0] if transposed else weight.array.shape[1] * groups
    if channels != expected:
        raise RuntimeError(
            f"Given {'transposed=1, ' if transposed else ''}groups={groups}, weight of size "
            f"{list(weight.shape)}, expected "
            f"input{list(input.shape)} to have {expected} channels, but got {channels} channels instead"
        )
    outputs = weight.array.shape[1] * groups if transposed else weight.array.shape[0]
    if bias is not None and tuple(bias.shape) != (outputs,):
        raise RuntimeError(
            f"Given weight of size {list(weight.shape)}, expected bias to be 1-dimensional with "
            f"{outputs} elements, "
            f"but got bias of size {list(bias.shape)} instead"
        )
    for name, other in (("weight", weight), ("bias", bias)):
        if other is not None and other.array.dtype != input.array.dtype:
            raise RuntimeError(
                f"Input type ({input.dtype!r}) and {name} type ({other.dtype!r}) should be the same; "
                "convert one with .to(dtype)"
            )


def _named_padding(
    name: str, kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> tuple[tuple[int, int], ...]:
    """``"valid"``: none. ``"same"``: so much that the image keeps its size, the odd one behind."""
    if name == "valid":
        return ((0, 0),) * len(kernel)
    if name != "same":
        raise RuntimeError(f"Invalid padding string: '{name}'; use 'valid', 'same' or numbers")
    if set(stride) != {1}:
        raise RuntimeError("padding='same' is not supported for strided convolutions")
    totals = [d * (k - 1) for d, k in zip(dilation, kernel, strict=True)]
    return tuple((total // 2, total - total // 2) for total in totals)


def split_groups(x: Tensor, axis: int, groups: int) -> Tensor:
    """``x`` with ``axis`` split into (groups, size / groups); itself for one group."""
    if groups == 1:
        return x
    shape = x.array.shape
    return ops.reshape(x, shape=(*shape[:axis], groups, shape[axis] // groups, *shape[axis + 1 :]))


def join_groups(x: Tensor, groups: int) -> Tensor:
    """``x`` (N, groups, C / groups, ...) as (N, C, ...); itself for one group, which has no axis of its
    own."""
    if groups == 1:
        return x
    n, _, c, *rest = x.array.shape
    return ops.reshape(x, shape=(n, groups * c, *rest))


def add_bias(output: Tensor, bias: Tensor | None) -> Tensor:
    """``output`` (N, C, *spatial) plus ``bias`` (C,): b times a row of ones, for each image."""
    if bias is None:
        return output
    return output + ops.reshape(bias, shape=(-1, *(1,) * (output.ndim - 2)))


def contract_windows(input: Tensor, weight: Tensor, plan: Geometry) -> Tensor:
    """The convolution itself, of an already padded image, without bias."""
    axes, g = len(plan.kernel), "g" if plan.groups > 1 else ""
    seen = ops.windows(input, kernel=plan.kernel, stride=plan.stride, dilation=plan.dilation)
    kernel, place = _KERNEL[:axes], _PLACE[:axes]
    spec = f"{g}oc{kernel},n{g}c{kernel}{place}->n{g}o{place}"
    output = ops.einsum(split_groups(weight, 0, plan.groups), split_groups(seen, 1, plan.groups), spec=spec)
    return join_groups(output, plan.groups)


def contract_pixels(input: Tensor, weight: Tensor, groups: int) -> Tensor:
    """The convolution of kernel 1, stride 1 and no padding: a plain matrix product per image and group,
    nothing unfolded."""
    n, c, *spatial = input.array.shape
    o, places = weight.array.shape[0], math.prod(spatial)
    if groups == 1:
        matrix, pixels = ops.reshape(weight, shape=(o, c)), ops.reshape(input, shape=(n, c, places))
    else:
        matrix = ops.reshape(weight, shape=(groups, o // groups, c // groups))
        pixels = ops.reshape(input, shape=(n, groups, c // groups, places))
    return ops.reshape(ops.matmul(matrix, pixels), shape=(n, o, *spatial))


def _convolution(
    function: str,
    axes: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Sizes,
    padding: Sizes | str,
    dilation: Sizes,
    groups: int,
) -> Tensor:
    x, was_batched = batched(function, input, axes)
    plan = geometry(function, x, weight, bias, stride, padding, dilation, groups)
    output = (
        contract_pixels(x, weight, groups)
        if plan.pointwise
        else contract_windows(padded(x, plan.padding), weight, plan)
    )
    return unbatched(add_bias(output, bias), was_batched)


@composition
def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """As :func:`conv2d`, over one spatial axis: (N, C, L) or (C, L), weight (O, C / groups, k)."""
    return _convolution("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


@composition
def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """The cross-correlation of images with kernels: (N, C, H, W) or (C, H, W), weight (O, C / groups, kh,
    kw), bias (O,).

    Each spatial axis comes out with floor((H + 2 padding - (dilation (k - 1) + 1)) / stride) + 1 positions;
    ``padding`` is also ``"valid"`` or ``"same"``. Groups split the channels into blocks that do not mix.
    Raises RuntimeError where channels, groups, dtypes or sizes do not fit.
    """
    return _convolution("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


@composition
def conv3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """As :func:`conv2d`, over three spatial axes: (N, C, D, H, W) or (C, D, H, W), weight (O, C / groups, kd,
    kh, kw)."""
    return _convolution("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def fold_columns(input: Tensor, weight: Tensor, plan: Geometry) -> Tensor:
    """The adjoint of :func:`contract_windows`: columns Wᵀ x, each entry added to the pixel it came from."""
    axes, g = len(plan.kernel), "g" if plan.groups > 1 else ""
    kernel, place = _KERNEL[:axes], _PLACE[:axes]
    spec = f"{g}co{kernel},n{g}c{place}->n{g}o{kernel}{place}"
    columns = ops.einsum(split_groups(weight, 0, plan.groups), split_groups(input, 1, plan.groups), spec=spec)
    steps = zip(input.array.shape[2:], plan.kernel, plan.stride, plan.dilation, strict=True)
    size = tuple(s * (n - 1) + d * (k - 1) + 1 for n, k, s, d in steps)
    return ops.fold(
        join_groups(columns, plan.groups),
        size=size,
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
    output = padded(fold_columns(x, weight, plan), [(0, e) for e in extra])
    if any(2 * p >= n for (p, _), n in zip(plan.padding, output.array.shape[2:], strict=True)):
        raise RuntimeError(
            f"Given input size per channel: {list(x.shape[2:])}. Calculated output size per channel: "
            f"{[n - 2 * p for (p, _), n in zip(plan.padding, output.array.shape[2:], strict=True)]}. "
            "Output size is too small"
        )
    if any(map(any, plan.padding)):
        output = ops.crop(output, widths=((0, 0), (0, 0), *plan.padding))
    return unbatched(add_bias(output, bias), was_batched)


@composition
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


@composition
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


@composition
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
