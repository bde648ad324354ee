"""Convolution layers and their transposed forms, for one to three spatial axes."""

import math
from collections.abc import Sequence
from typing import ClassVar, TypeAlias

from ..._creation.creation import zeros
from ..._devices.device import DeviceLike
from ..._engine.dtypes import DType
from ..._tensor import Tensor
from .. import functional as F
from .. import init
from .._composition import Composition
from ..functional._arguments import Sizes, per_axis
from ..parameter import Parameter
from .module import Module

__all__ = [
    "Conv1d",
    "Conv2d",
    "Conv3d",
    "ConvTranspose1d",
    "ConvTranspose2d",
    "ConvTranspose3d",
]

Convolution: TypeAlias = Composition[..., Tensor]


class _ConvNd(Module):
    """What all of them share: the sizes, the parameters and their initial values."""

    axes: ClassVar[int]
    transposed: ClassVar[bool] = False
    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes,
        padding: Sizes | str,
        output_padding: Sizes,
        dilation: Sizes,
        groups: int,
        bias: bool,
        padding_mode: str,
        device: DeviceLike | None,
        dtype: DType | None,
    ) -> None:
        super().__init__()
        if groups <= 0:
            raise ValueError("groups must be a positive integer")
        if in_channels % groups:
            raise ValueError("in_channels must be divisible by groups")
        if out_channels % groups:
            raise ValueError("out_channels must be divisible by groups")
        if isinstance(padding, str) and padding not in ("same", "valid"):
            raise ValueError(f"Invalid padding string {padding!r}, should be one of 'valid', 'same'")
        if self.transposed and padding_mode != "zeros":
            raise ValueError(
                f'Only "zeros" padding mode is supported for {type(self).__name__}, not {padding_mode!r}'
            )
        modes = ("zeros", "reflect", "replicate", "circular")
        if padding_mode not in modes:
            raise ValueError(f"padding_mode must be one of {modes}, but got padding_mode='{padding_mode}'")
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.groups = groups
        self.padding_mode = padding_mode
        self.kernel_size: tuple[int, ...] = per_axis("kernel_size", kernel_size, self.axes)
        self.stride: tuple[int, ...] = per_axis("stride", stride, self.axes)
        self.dilation: tuple[int, ...] = per_axis("dilation", dilation, self.axes)
        self.padding: tuple[int, ...] | str = (
            padding if isinstance(padding, str) else per_axis("padding", padding, self.axes, least=0)
        )
        if self.padding == "same" and set(self.stride) != {1}:
            raise ValueError("padding='same' is not supported for strided convolutions")
        self.output_padding: tuple[int, ...] = per_axis("output_padding", output_padding, self.axes, least=0)
        pair = (
            (in_channels, out_channels // groups)
            if self.transposed
            else (out_channels, in_channels // groups)
        )
        self.weight = Parameter(zeros(*pair, *self.kernel_size, dtype=dtype, device=device))
        if bias:
            self.bias = Parameter(zeros(out_channels, dtype=dtype, device=device))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weights and bias from the uniform distribution within 1 / sqrt(fan_in)."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in, _ = init._calculate_fan_in_and_fan_out(self.weight)
            if fan_in:
                init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def extra_repr(self) -> str:
        one, none = (1,) * self.axes, (0,) * self.axes
        text = (
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        )
        for name, ordinary in (("padding", none), ("dilation", one), ("output_padding", none), ("groups", 1)):
            value = getattr(self, name)
            if value != ordinary:
                text += f", {name}={value}"
        text += ", bias=False" if self.bias is None else ""
        return text if self.padding_mode == "zeros" else f"{text}, padding_mode={self.padding_mode}"


class _Conv(_ConvNd):
    convolve: ClassVar[Convolution]

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes | str = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: DeviceLike | None = None,
        dtype: DType | None = None,
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            0,
            dilation,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input: Tensor) -> Tensor:
        padding: Sizes | str = self.padding
        if self.padding_mode != "zeros":
            input, padding = F.pad(input, self._pad_widths(), mode=self.padding_mode), 0
        return self.convolve(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)

    def _pad_widths(self) -> list[int]:
        """The padding as ``pad`` takes it: (before, after) of the last axis first."""
        if self.padding == "valid":
            return [0, 0] * self.axes
        if self.padding == "same":
            totals = [d * (k - 1) for d, k in zip(self.dilation, self.kernel_size, strict=True)]
            pairs: Sequence[tuple[int, int]] = [(total // 2, total - total // 2) for total in totals]
        else:
            pairs = [(int(p), int(p)) for p in self.padding]
        return [n for pair in reversed(pairs) for n in pair]


class Conv1d(_Conv):
    """:func:`~autograd_cnn.nn.functional.conv1d` with learnt weight and bias."""

    axes = 1
    convolve: ClassVar[Convolution] = F.conv1d


class Conv2d(_Conv):
    """:func:`~autograd_cnn.nn.functional.conv2d` with learnt weight (out, in / groups, kh, kw) and bias
    (out,)."""

    axes = 2
    convolve: ClassVar[Convolution] = F.conv2d


class Conv3d(_Conv):
    """:func:`~autograd_cnn.nn.functional.conv3d` with learnt weight and bias."""

    axes = 3
    convolve: ClassVar[Convolution] = F.conv3d


class _ConvTranspose(_ConvNd):
    transposed: ClassVar[bool] = True
    convolve: ClassVar[Convolution]

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes = 0,
        output_padding: Sizes = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Sizes = 1,
        padding_mode: str = "zeros",
        device: DeviceLike | None = None,
        dtype: DType | None = None,
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            output_padding,
            dilation,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        extra = self.output_padding if output_size is None else self._extra(input, output_size)
        return self.convolve(
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )

    def _extra(self, input: Tensor, output_size: Sequence[int]) -> tuple[int, ...]:
        """The output padding with which the output has ``output_size`` (its spatial sizes, or all of
        them)."""
        wanted = list(output_size)[-self.axes :]
        pads = [0 if isinstance(p, str) else p for p in self.padding]
        numbers = zip(
            input.shape[-self.axes :], self.stride, pads, self.dilation, self.kernel_size, strict=True
        )
        least = [(n - 1) * s - 2 * p + d * (k - 1) + 1 for n, s, p, d, k in numbers]
        if len(output_size) not in (self.axes, input.ndim):
            raise ValueError(
                f"{type(self).__name__}: for {input.ndim}D input, output_size must have {self.axes} "
                f"or {input.ndim} elements (got {len(output_size)})"
            )
        most = [a + s - 1 for a, s in zip(least, self.stride, strict=True)]
        if any(not a <= w <= b for a, w, b in zip(least, wanted, most, strict=True)):
            raise ValueError(
                f"requested an output size of {wanted}, but valid sizes range from {least} to {most} "
                f"(for an input of {list(input.shape[2:])})"
            )
        return tuple(w - a for w, a in zip(wanted, least, strict=True))


class ConvTranspose1d(_ConvTranspose):
    """:func:`~autograd_cnn.nn.functional.conv_transpose1d` with learnt weight and bias."""

    axes = 1
    convolve: ClassVar[Convolution] = F.conv_transpose1d


class ConvTranspose2d(_ConvTranspose):
    """:func:`~autograd_cnn.nn.functional.conv_transpose2d` with learnt weight (in, out / groups, kh, kw) and
    bias (out,)."""

    axes = 2
    convolve: ClassVar[Convolution] = F.conv_transpose2d


class ConvTranspose3d(_ConvTranspose):
    """:func:`~autograd_cnn.nn.functional.conv_transpose3d` with learnt weight and bias."""

    axes = 3
    convolve: ClassVar[Convolution] = F.conv_transpose3d
