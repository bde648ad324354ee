"""Padding layers: constants around a tensor, or its own elements repeated."""

from collections.abc import Sequence
from typing import ClassVar

from ..._functions._dims import listed
from ..._tensor import Tensor
from .. import functional as F
from .module import Module

__all__ = [
    "CircularPad1d",
    "CircularPad2d",
    "CircularPad3d",
    "ConstantPad1d",
    "ConstantPad2d",
    "ConstantPad3d",
    "ReflectionPad1d",
    "ReflectionPad2d",
    "ReflectionPad3d",
    "ReplicationPad1d",
    "ReplicationPad2d",
    "ReplicationPad3d",
    "ZeroPad1d",
    "ZeroPad2d",
    "ZeroPad3d",
]


class _Pad(Module):
    """Padding of the last ``axes`` dimensions: a number for all sides, or (before, after) of the last
    dimension first."""

    axes: ClassVar[int]
    mode: ClassVar[str]

    def __init__(self, padding: int | Sequence[int]) -> None:
        super().__init__()
        sides = listed(padding, "padding")
        self.padding: tuple[int, ...] = (
            sides if isinstance(padding, (tuple, list)) else sides * (2 * self.axes)
        )

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        return str(self.padding)


class _ConstantPad(_Pad):
    mode = "constant"

    def __init__(self, padding: int | Sequence[int], value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPad):
    """``value`` around (N, C, L) or (C, L)."""

    axes = 1


class ConstantPad2d(_ConstantPad):
    """``value`` around (N, C, H, W) or (C, H, W)."""

    axes = 2


class ConstantPad3d(_ConstantPad):
    """``value`` around (N, C, D, H, W) or (C, D, H, W)."""

    axes = 3


class _ZeroPad(_ConstantPad):
    def __init__(self, padding: int | Sequence[int]) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        return str(self.padding)


class ZeroPad1d(_ZeroPad):
    """Zeros around (N, C, L) or (C, L)."""

    axes = 1


class ZeroPad2d(_ZeroPad):
    """Zeros around (N, C, H, W) or (C, H, W)."""

    axes = 2


class ZeroPad3d(_ZeroPad):
    """Zeros around (N, C, D, H, W) or (C, D, H, W)."""

    axes = 3


class ReflectionPad1d(_Pad):
    """The elements of (N, C, L) or (C, L) mirrored at the borders."""

    axes = 1
    mode = "reflect"


class ReflectionPad2d(_Pad):
    """The elements of (N, C, H, W) or (C, H, W) mirrored at the borders."""

    axes = 2
    mode = "reflect"


class ReflectionPad3d(_Pad):
    """The elements of (N, C, D, H, W) or (C, D, H, W) mirrored at the borders."""

    axes = 3
    mode = "reflect"


class ReplicationPad1d(_Pad):
    """The borders of (N, C, L) or (C, L) repeated."""

    axes = 1
    mode = "replicate"


class ReplicationPad2d(_Pad):
    """The borders of (N, C, H, W) or (C, H, W) repeated."""

    axes = 2
    mode = "replicate"


class ReplicationPad3d(_Pad):
    """The borders of (N, C, D, H, W) or (C, D, H, W) repeated."""

    axes = 3
    mode = "replicate"


class CircularPad1d(_Pad):
    """The elements of (N, C, L) or (C, L) from the other side."""

    axes = 1
    mode = "circular"


class CircularPad2d(_Pad):
    """The elements of (N, C, H, W) or (C, H, W) from the other side."""

    axes = 2
    mode = "circular"


class CircularPad3d(_Pad):
    """The elements of (N, C, D, H, W) or (C, D, H, W) from the other side."""

    axes = 3
    mode = "circular"
