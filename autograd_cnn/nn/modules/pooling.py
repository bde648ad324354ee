"""Pooling layers."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypeAlias

from ..._functions._dims import listed
from ..._tensor import Tensor
from .. import functional as F
from .._composition import Composition
from ..functional._arguments import Sizes, per_axis
from ..functional.adaptive_pooling import Targets
from .module import Module

__all__ = [
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AdaptiveMaxPool3d",
    "AvgPool1d",
    "AvgPool2d",
    "AvgPool3d",
    "LPPool1d",
    "LPPool2d",
    "LPPool3d",
    "MaxPool1d",
    "MaxPool2d",
    "MaxPool3d",
    "MaxUnpool1d",
    "MaxUnpool2d",
    "MaxUnpool3d",
]

Pool: TypeAlias = Composition[..., Tensor]


class _MaxPool(Module):
    """With ``return_indices`` a call gives (values, indices), which its type does not tell: like a Tensor it
    unpacks into Tensors."""

    pool: ClassVar[Any]  # of overloaded functions

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        dilation: Sizes = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride: Sizes = kernel_size if stride is None else stride
        self.padding = padding
        self.dilation = dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode

    def forward(self, input: Tensor) -> Tensor:
        return self.pool(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            self.ceil_mode,
            self.return_indices,
        )

    def extra_repr(self) -> str:
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"dilation={self.dilation}, ceil_mode={self.ceil_mode}"
        )


class MaxPool1d(_MaxPool):
    """The maximum of each window of (N, C, L) or (C, L)."""

    pool = F.max_pool1d


class MaxPool2d(_MaxPool):
    """The maximum of each window of (N, C, H, W) or (C, H, W)."""

    pool = F.max_pool2d


class MaxPool3d(_MaxPool):
    """The maximum of each window of (N, C, D, H, W) or (C, D, H, W)."""

    pool = F.max_pool3d


class AvgPool1d(Module):
    """The mean of each window of (N, C, L) or (C, L)."""

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        self.kernel_size: tuple[int, ...] = listed(kernel_size, "size")
        self.stride: tuple[int, ...] = listed(kernel_size if stride is None else stride, "size")
        self.padding: tuple[int, ...] = listed(padding, "size")
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad

    def forward(self, input: Tensor) -> Tensor:
        return F.avg_pool1d(
            input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad
        )

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class _AvgPool(Module):
    pool: ClassVar[Pool]

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride: Sizes = kernel_size if stride is None else stride
        self.padding = padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = divisor_override

    def forward(self, input: Tensor) -> Tensor:
        return self.pool(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
            self.divisor_override,
        )

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool2d(_AvgPool):
    """The mean of each window of (N, C, H, W) or (C, H, W)."""

    pool: ClassVar[Pool] = F.avg_pool2d


class AvgPool3d(_AvgPool):
    """The mean of each window of (N, C, D, H, W) or (C, D, H, W)."""

    pool: ClassVar[Pool] = F.avg_pool3d


class _AdaptiveAvgPool(Module):
    pool: ClassVar[Pool]

    def __init__(self, output_size: Targets) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, input: Tensor) -> Tensor:
        return self.pool(input, self.output_size)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """The means of (N, C, L) or (C, L) over windows that make ``output_size`` of them."""

    pool: ClassVar[Pool] = F.adaptive_avg_pool1d


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """The means of (N, C, H, W) or (C, H, W) over windows that make ``output_size`` of them."""

    pool: ClassVar[Pool] = F.adaptive_avg_pool2d


class AdaptiveAvgPool3d(_AdaptiveAvgPool):
    """The means of (N, C, D, H, W) or (C, D, H, W) over windows that make ``output_size`` of them."""

    pool: ClassVar[Pool] = F.adaptive_avg_pool3d


class _AdaptiveMaxPool(Module):
    """See :class:`_MaxPool`."""

    pool: ClassVar[Any]  # of overloaded functions

    def __init__(self, output_size: Targets, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size = output_size
        self.return_indices = return_indices

    def forward(self, input: Tensor) -> Tensor:
        return self.pool(input, self.output_size, self.return_indices)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """The maxima of (N, C, L) or (C, L) over windows that make ``output_size`` of them."""

    pool = F.adaptive_max_pool1d


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """The maxima of (N, C, H, W) or (C, H, W) over windows that make ``output_size`` of them."""

    pool = F.adaptive_max_pool2d


class AdaptiveMaxPool3d(_AdaptiveMaxPool):
    """The maxima of (N, C, D, H, W) or (C, D, H, W) over windows that make ``output_size`` of them."""

    pool = F.adaptive_max_pool3d


class _LPPool(Module):
    pool: ClassVar[Pool]

    def __init__(
        self, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False
    ) -> None:
        super().__init__()
        self.norm_type = norm_type
        self.kernel_size = kernel_size
        self.stride = stride
        self.ceil_mode = ceil_mode

    def forward(self, input: Tensor) -> Tensor:
        return self.pool(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)

    def extra_repr(self) -> str:
        return (
            f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride}, "
            f"ceil_mode={self.ceil_mode}"
        )


class LPPool1d(_LPPool):
    """The p-norm of each window of (N, C, L) or (C, L)."""

    pool: ClassVar[Pool] = F.lp_pool1d


class LPPool2d(_LPPool):
    """The p-norm of each window of (N, C, H, W) or (C, H, W)."""

    pool: ClassVar[Pool] = F.lp_pool2d


class LPPool3d(_LPPool):
    """The p-norm of each window of (N, C, D, H, W) or (C, D, H, W)."""

    pool: ClassVar[Pool] = F.lp_pool3d


class _MaxUnpool(Module):
    axes: ClassVar[int]
    unpool: ClassVar[Pool]

    def __init__(self, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0) -> None:
        super().__init__()
        self.kernel_size: tuple[int, ...] = per_axis("kernel_size", kernel_size, self.axes)
        self.stride: tuple[int, ...] = (
            self.kernel_size if stride is None else per_axis("stride", stride, self.axes)
        )
        self.padding: tuple[int, ...] = per_axis("padding", padding, self.axes, least=0)

    def forward(self, input: Tensor, indices: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        return self.unpool(input, indices, self.kernel_size, self.stride, self.padding, output_size)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpool):
    """Maxima of (N, C, L) or (C, L) back where they stood."""

    axes = 1
    unpool: ClassVar[Pool] = F.max_unpool1d


class MaxUnpool2d(_MaxUnpool):
    """Maxima of (N, C, H, W) or (C, H, W) back where they stood."""

    axes = 2
    unpool: ClassVar[Pool] = F.max_unpool2d


class MaxUnpool3d(_MaxUnpool):
    """Maxima of (N, C, D, H, W) or (C, D, H, W) back where they stood."""

    axes = 3
    unpool: ClassVar[Pool] = F.max_unpool3d
