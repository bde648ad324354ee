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

__all__ = ["DeformConv2d", "deform_conv2d"]

Pair = int | tuple[int, int]


def _pair(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (int(value[0]), int(value[1]))


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

    Raises RuntimeError where the offsets don't fit the weight.
    """
    taps = weight.shape[-2] * weight.shape[-1]
    groups, rest = divmod(offset.shape[1], 2 * taps)
    if groups == 0 or rest:
        raise RuntimeError(
            "the shape of the offset tensor at dimension 1 is not valid. It should be a multiple of 2 * "
            f"weight.size[2] * weight.size[3].\nGot offset.shape[1]={offset.shape[1]}, while 2 * "
            f"weight.size[2] * weight.size[3]={2 * taps}"
        )
    rows, columns = _places(offset, weight, groups, _pair(stride), _pair(padding), _pair(dilation))
    read = _between_pixels(input, rows, columns, groups)  # (N, offset groups, C / groups, taps * out)
    n, *out = len(input), *offset.shape[-2:]
    if mask is not None:
        read = read * mask.reshape(n, groups, 1, -1)
    parts = input.shape[1] // weight.shape[1]
    windows = read.reshape(n, parts, weight.shape[1] * taps, out[0] * out[1])
    kernels = weight.reshape(parts, -1, weight.shape[1] * taps)
    found = matmul(kernels, windows).reshape(n, weight.shape[0], *out)
    return found if bias is None else found + bias.reshape(-1, 1, 1)


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
        tap = arange(weight.shape[2 + axis]) * dilation[axis]
        first = arange(offset.shape[2 + axis]) * stride[axis] - padding[axis]
        shape = (-1, 1) if axis == 0 else (1, -1)
        place = tap.reshape(*shape, 1, 1) + first.reshape(1, 1, *shape)
        found.append((moved[:, :, :, :, axis] + place).flatten(2, 3))
    return found


def _between_pixels(input: Tensor, rows: Tensor, columns: Tensor, groups: int) -> Tensor:
    """The image at the places, between its pixels and the zeros around it: (N, groups, channels, places)."""
    n, channels, height, width = input.shape
    framed = F.pad(input, (1, 1, 1, 1)).reshape(n, groups, channels // groups, -1)
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
