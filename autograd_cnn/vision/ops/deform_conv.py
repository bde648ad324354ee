"""Convolutions whose windows are bent: each tap reads the image at a place of its own (Dai et al. 2017, arXiv
1703.06211), and weighs it (Zhu et al. 2018, arXiv 1811.11168)."""

import math
from typing import Any

from ... import nn
from ..._creation.creation import empty
from ..._creation.ranges import arange
from ..._functions.bounds import clamp
from ..._functions.broadcasting import broadcast_to
from ..._functions.contraction import matmul
from ..._functions.indexing import take_along_dim
from ..._functions.rounding import floor
from ..._tensor import Tensor
from ...nn import Parameter, init
from ...nn import functional as F
from ...nn.modules.utils import _pair

__all__ = ["DeformConv2d", "deform_conv2d"]

Pair = int | tuple[int, int]


def deform_conv2d(
    input: Tensor,
    offset: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Pair = (1, 1),
    padding: Pair = (0, 0),
    dilation: Pair = (1, 1),
    mask: Tensor | None = None,
) -> Tensor:
    """A convolution of ``input`` (N, C, H, W) with ``weight`` (O, C / groups, h, w), each of whose taps reads
    between the pixels, ``offset`` away from its place; 0 outside of the image.

    Args:
        offset: (N, 2 * offset groups * h * w, out H, out W): down and right, for each tap.
        mask: (N, offset groups * h * w, out H, out W): what each tap is multiplied by.

    Raises RuntimeError where shapes don't fit.
    """
    ways = _pair(stride), _pair(padding), _pair(dilation)
    groups = _offset_groups(input, offset, weight, mask)
    out = _check_output(input, offset, weight, mask, *ways)
    taps = weight.shape[-2] * weight.shape[-1]
    rows, columns = _places(offset, weight, groups, *ways)
    read = _between_pixels(input, rows, columns, groups)  # (N, offset groups, C / groups, taps * out)
    n = len(input)
    if mask is not None:
        read = read * mask.reshape(n, groups, 1, taps * out[0] * out[1])
    parts = input.shape[1] // weight.shape[1]
    windows = read.reshape(n, parts, weight.shape[1] * taps, out[0] * out[1])
    kernels = weight.reshape(parts, -1, weight.shape[1] * taps)
    found = matmul(kernels, windows).reshape(n, weight.shape[0], *out)
    if bias is None:
        return found
    if bias.shape != weight.shape[:1]:
        raise RuntimeError(
            f"bias has shape {list(bias.shape)}, but the weight gives {weight.shape[0]} channels"
        )
    return found + bias.reshape(-1, 1, 1)


def _offset_groups(input: Tensor, offset: Tensor, weight: Tensor, mask: Tensor | None) -> int:
    """Into how many groups the channels are divided that are bent alike; RuntimeError where axes or channels
    don't fit."""
    for name, given in (("input", input), ("offset", offset), ("weight", weight), ("mask", mask)):
        if given is not None and given.ndim != 4:
            raise RuntimeError(f"Expected {name} to have 4 dimensions, but got {given.ndim}")
    taps = weight.shape[-2] * weight.shape[-1]
    groups, rest = divmod(offset.shape[1], 2 * taps)
    if groups == 0 or rest:
        raise RuntimeError(
            "the shape of the offset tensor at dimension 1 is not valid. It should be a multiple of 2 * "
            f"weight.size[2] * weight.size[3].\nGot offset.shape[1]={offset.shape[1]}, while 2 * "
            f"weight.size[2] * weight.size[3]={2 * taps}"
        )
    parts, left = divmod(input.shape[1], weight.shape[1])
    if left or not parts or weight.shape[0] % parts:
        raise RuntimeError(
            f"the channels don't fit: the input has {input.shape[1]}, the weight takes {weight.shape[1]} in "
            f"each of its groups and gives {weight.shape[0]}"
        )
    if input.shape[1] % groups:
        raise RuntimeError(f"{input.shape[1]} channels can't be divided into {groups} offset groups")
    if mask is not None and mask.shape[1] != groups * taps:
        raise RuntimeError(f"mask.shape[1] is not valid: got: {mask.shape[1]} expected: {groups * taps}")
    return groups


def _check_output(
    input: Tensor,
    offset: Tensor,
    weight: Tensor,
    mask: Tensor | None,
    stride: tuple[int, int],
    padding: tuple[int, int],
    dilation: tuple[int, int],
) -> list[int]:
    """Height and width of the result; RuntimeError where the offsets or the mask are not of that size."""
    for name, numbers, least in (("stride", stride, 1), ("pad", padding, 0), ("dil", dilation, 1)):
        if min(numbers) < least:
            raise RuntimeError(f"{name}_h: {numbers[0]} {name}_w: {numbers[1]}: should be at least {least}")
    out = [
        (input.shape[2 + i] + 2 * padding[i] - dilation[i] * (weight.shape[2 + i] - 1) - 1) // stride[i] + 1
        for i in (0, 1)
    ]
    if min(out) <= 0:
        raise RuntimeError(f"Calculated output size too small - out_h: {out[0]} out_w: {out[1]}")
    for name, given in (("offset", offset), ("mask", mask)):
        if given is None:
            continue
        if len(given) != len(input):
            raise RuntimeError(f"invalid batch size of {name}: got {len(given)}, expected {len(input)}")
        if list(given.shape[2:]) != out:
            raise RuntimeError(
                f"{name} output dims: ({given.shape[2]}, {given.shape[3]}) - computed output dims: "
                f"({out[0]}, {out[1]})"
            )
    return out


def _places(
    offset: Tensor,
    weight: Tensor,
    groups: int,
    stride: tuple[int, int],
    padding: tuple[int, int],
    dilation: tuple[int, int],
) -> list[Tensor]:
    """The rows and the columns that are read: (N, groups, taps, out H, out W) each."""
    high, wide = weight.shape[-2:]
    moved = offset.reshape(len(offset), groups, high, wide, 2, *offset.shape[-2:])
    found = []
    for axis in (0, 1):
        tap = arange(weight.shape[2 + axis], device=offset.device) * dilation[axis]
        first = arange(offset.shape[2 + axis], device=offset.device) * stride[axis] - padding[axis]
        shape = (-1, 1) if axis == 0 else (1, -1)
        place = tap.reshape(*shape, 1, 1) + first.reshape(1, 1, *shape)
        found.append((moved[:, :, :, :, axis] + place).flatten(2, 3))
    return found


def _between_pixels(input: Tensor, rows: Tensor, columns: Tensor, groups: int) -> Tensor:
    """The image at the places, between its pixels and the zeros around it: (N, groups, channels, places)."""
    n, channels, height, width = input.shape
    framed = F.pad(input, (1, 1, 1, 1)).reshape(n, groups, channels // groups, (height + 2) * (width + 2))
    y = clamp(rows.flatten(2) + 1, 0, height + 1).unsqueeze(2)
    x = clamp(columns.flatten(2) + 1, 0, width + 1).unsqueeze(2)
    top, left = clamp(floor(y.detach()), max=height), clamp(floor(x.detach()), max=width)
    found: Any = 0.0
    for down in (0, 1):
        for right in (0, 1):
            place = ((top + down) * (width + 2) + left + right).long()
            share = (y - top if down else 1 - (y - top)) * (x - left if right else 1 - (x - left))
            read = take_along_dim(framed, broadcast_to(place, (*framed.shape[:3], place.shape[-1])), 3)
            found = found + share * read
    result: Tensor = found
    return result


class DeformConv2d(nn.Module):
    """See :func:`deform_conv2d`; ``forward(input, offset, mask)``."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Pair,
        stride: Pair = 1,
        padding: Pair = 0,
        dilation: Pair = 1,
        groups: int = 1,
        bias: bool = True,
    ) -> None:
        super().__init__()
        for name, count in (("in_channels", in_channels), ("out_channels", out_channels)):
            if count % groups:
                raise ValueError(f"{name} must be divisible by groups, but got {count} and {groups}")
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.groups = groups
        self.kernel_size: tuple[int, int] = _pair(kernel_size)
        self.stride: tuple[int, int] = _pair(stride)
        self.padding: tuple[int, int] = _pair(padding)
        self.dilation: tuple[int, int] = _pair(dilation)
        shape = (out_channels, in_channels // groups, *self.kernel_size)
        self.weight: Parameter = Parameter(empty(shape))
        self.bias: Parameter | None = Parameter(empty((out_channels,))) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weight and the bias anew, as a convolution does."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.weight[0].numel())
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor, offset: Tensor, mask: Tensor | None = None) -> Tensor:
        options: Any = {"stride": self.stride, "padding": self.padding, "dilation": self.dilation}
        return deform_conv2d(input, offset, self.weight, self.bias, mask=mask, **options)

    def __repr__(self) -> str:
        told = [f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}"]
        told.append(f"stride={self.stride}")
        usual = {"padding": (0, 0), "dilation": (1, 1), "groups": 1}
        told += [f"{name}={getattr(self, name)}" for name, v in usual.items() if getattr(self, name) != v]
        return f"{type(self).__name__}({', '.join(told)}{', bias=False' if self.bias is None else ''})"
