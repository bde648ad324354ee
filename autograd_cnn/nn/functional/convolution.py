"""Convolution, for one to three spatial axes.

A convolution multiplies the weights with every window of the image: the columns of im2col. Both are one
contraction over channels and kernel; the windows are a view, so the graph keeps the image and not the
columns, which are K times larger.
"""

import math
from collections.abc import Sequence
from types import NotImplementedType
from typing import Any

import numpy as np

from ... import ops
from ..._engine.modes import state
from ..._tensor import Tensor
from ...ops import Geometry
from .._composition import composition, fusible
from ._arguments import Sizes, batched, padded, per_axis, unbatched

__all__ = ["conv1d", "conv2d", "conv3d"]

KERNEL, PLACE = "ijk", "pqr"


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
    axes = input.array.ndim - 2
    if weight.array.ndim != axes + 2:
        raise RuntimeError(
            f"{function}: expected {axes + 2}-dimensional weight for {axes + 2}-dimensional input "
            f"{list(input.shape)}, "
            f"but got weight of size {list(weight.shape)}"
        )
    if 0 in input.array.shape[2:] and 0 not in input.array.shape[:2]:
        raise RuntimeError(
            f"{function}: Only zero batch or zero channel inputs are supported, but got input shape: "
            f"{list(input.shape)}"
        )
    kernel: tuple[int, ...] = weight.array.shape[2:]
    strides, dilations = per_axis("stride", stride, axes), per_axis("dilation", dilation, axes)
    _check_channels(function, input, weight, bias, groups, transposed)
    if isinstance(padding, str):
        widths = _named_padding(padding, kernel, strides, dilations)
    else:
        widths = tuple((p, p) for p in per_axis("padding", padding, axes, least=0))
    plan = Geometry(kernel, strides, widths, dilations)
    if not transposed and min(plan.positions(input.array.shape[2:])) < 1:
        sizes = [n + a + b for n, (a, b) in zip(input.array.shape[2:], widths, strict=True)]
        size, spread = " x ".join(map(str, sizes)), " x ".join(map(str, plan.reach((1,) * axes)))
        raise RuntimeError(
            f"Calculated padded input size per channel: ({size}). Kernel size: ({spread}). "
            "Kernel size can't be greater than actual input size"
        )
    return plan


def _check_channels(
    function: str, input: Tensor, weight: Tensor, bias: Tensor | None, groups: int, transposed: bool
) -> None:
    channels = input.array.shape[1]
    if groups < 1:
        raise RuntimeError(f"{function}: non-positive groups is not supported: got groups={groups}")
    if transposed and 0 in weight.array.shape:
        raise RuntimeError(f"{function}: non-empty weight tensor expected, but got: {list(weight.shape)}")
    if weight.array.shape[0] < groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0, but got weight "
            f"of size {list(weight.shape)} instead"
        )
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
    if bias is not None and bias.array.shape != (outputs,):
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


def contract_windows(input: Tensor, weight: Tensor, plan: Geometry, groups: int) -> Tensor:
    """The convolution itself, of an already padded image, without bias."""
    axes, g = len(plan.kernel), "g" if groups > 1 else ""
    seen = ops.windows(input, kernel=plan.kernel, stride=plan.stride, dilation=plan.dilation)
    kernel, place = KERNEL[:axes], PLACE[:axes]
    spec = f"{g}oc{kernel},n{g}c{kernel}{place}->n{g}o{place}"
    output = ops.einsum(split_groups(weight, 0, groups), split_groups(seen, 1, groups), spec=spec)
    return join_groups(output, groups)


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
    output = convolve(x, weight, bias, plan, groups)
    if x.array.shape[1] == 0:  # nothing comes of no channels, in PyTorch not even the bias
        output = ops.getitem(output, index=(slice(None), slice(0)))
    return unbatched(output, was_batched)


@fusible
def convolve(input: Tensor, weight: Tensor, bias: Tensor | None, plan: Geometry, groups: int) -> Tensor:
    """The convolution of operands that fit: (N, C, *spatial)."""
    if plan.pointwise:
        return add_bias(contract_pixels(input, weight, groups), bias)
    return add_bias(contract_windows(padded(input, plan.padding), weight, plan, groups), bias)


@convolve.fused
def as_one_operator(
    input: Tensor, weight: Tensor, bias: Tensor | None, plan: Geometry, groups: int
) -> Tensor | NotImplementedType:
    """Of images that :func:`is_served`, with as much padding before as behind."""
    if not plan.is_even or not is_served(input.array, weight.array, groups):
        return NotImplemented
    how = as_parameters(plan, groups)
    if bias is None:
        return ops.convolution(input, weight, **how)
    return ops.biased_convolution(input, weight, bias, **how)


def as_parameters(plan: Geometry, groups: int) -> dict[str, Any]:
    """What convolution as one operator and its transpose are told beside their operands."""
    mode = state.get()
    return {
        "stride": plan.stride,
        "padding": plan.before,
        "dilation": plan.dilation,
        "groups": groups,
        "exact": not mode.winograd or mode.observer is not None,
    }


def is_served(x: Any, weight: Any, groups: int) -> bool:
    """Whether convolution as one operator takes images of floats that are not empty; on a GPU only in one
    group, over two axes."""
    if x.dtype.kind != "f" or not (x.size and weight.size):
        return False
    return isinstance(x, np.ndarray) or (groups == 1 and x.ndim == 4)


@composition(half="kernels")
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


@composition(half="kernels")
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


@composition(half="kernels")
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
