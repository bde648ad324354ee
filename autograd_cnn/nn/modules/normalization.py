"""Normalisation layers that need no batch: over layers, groups, instances and neighbouring channels."""

import warnings
from collections.abc import Sequence
from typing import ClassVar

from ..._creation.creation import ones, zeros
from ..._devices.device import DeviceLike
from ..._engine.dtypes import DType
from ..._engine.source import stacklevel
from ..._functions._arguments import names_arguments
from ..._functions._dims import listed
from ..._tensor import Tensor
from .. import functional as F
from ..init import ones_, zeros_
from ..parameter import Parameter
from .batchnorm import _BatchNorm
from .module import Module

__all__ = [
    "CrossMapLRN2d",
    "GroupNorm",
    "InstanceNorm1d",
    "InstanceNorm2d",
    "InstanceNorm3d",
    "LayerNorm",
    "LocalResponseNorm",
    "RMSNorm",
]


class _Affine(Module):
    """What all share: a learnt weight and, unless left out, a learnt bias."""

    weight: Parameter | None
    bias: Parameter | None

    def _make(
        self, shape: tuple[int, ...], weight: bool, bias: bool, device: DeviceLike | None, dtype: DType | None
    ) -> None:
        self.register_parameter(
            "weight", Parameter(ones(shape, device=device, dtype=dtype)) if weight else None
        )
        self.register_parameter(
            "bias", Parameter(zeros(shape, device=device, dtype=dtype)) if weight and bias else None
        )

    def reset_parameters(self) -> None:
        """Weight 1, bias 0."""
        if self.weight is not None:
            ones_(self.weight)
        if self.bias is not None:
            zeros_(self.bias)


def _shape(normalized_shape: int | Sequence[int]) -> tuple[int, ...]:
    return listed(normalized_shape, "normalized_shape")


class LayerNorm(_Affine):
    """:func:`~autograd_cnn.nn.functional.layer_norm` over the last dimensions, with learnt weight and bias of
    their shape."""

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: DeviceLike | None = None,
        dtype: DType | None = None,
    ) -> None:
        super().__init__()
        self.normalized_shape: tuple[int, ...] = _shape(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        self._make(self.normalized_shape, elementwise_affine, bias, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )


class RMSNorm(_Affine):
    """:func:`~autograd_cnn.nn.functional.rms_norm` over the last dimensions, with a learnt weight of their
    shape."""

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: DeviceLike | None = None,
        dtype: DType | None = None,
    ) -> None:
        super().__init__()
        self.normalized_shape: tuple[int, ...] = _shape(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        self.register_parameter(
            "weight",
            Parameter(ones(self.normalized_shape, device=device, dtype=dtype))
            if elementwise_affine
            else None,
        )

    def reset_parameters(self) -> None:
        """Weight 1."""
        if self.weight is not None:
            ones_(self.weight)

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class GroupNorm(_Affine):
    """:func:`~autograd_cnn.nn.functional.group_norm` with learnt weight and bias per channel."""

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: DeviceLike | None = None,
        dtype: DType | None = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if num_channels % num_groups:
            raise ValueError(f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})")
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        self.affine = affine
        self._make((num_channels,), affine, bias, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, "
            f"bias={self.bias is not None}"
        )


class _InstanceNorm(_BatchNorm):
    """What all of them share with batch normalisation: parameters and buffers; by default they have
    neither."""

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: DeviceLike | None = None,
        dtype: DType | None = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def _get_no_batch_dim(self) -> int:
        """The number of axes of one instance; PyTorch's subclasses say it by this method."""
        return self.dims[0]

    @names_arguments
    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)
        channel = input.ndim - self._get_no_batch_dim()
        if input.shape[channel] != self.num_features:
            if self.affine:
                raise ValueError(
                    f"expected input's size at dim={channel} to match num_features ({self.num_features}), "
                    f"but got: {input.shape[channel]}."
                )
            warnings.warn(
                f"input's size at dim={channel} does not match num_features. You can silence this warning by "
                "not passing in num_features, which is not used because affine=False",
                stacklevel=stacklevel(),
            )
        x = input if channel else input.unsqueeze(0)
        by_instance = self.training or not self.track_running_stats
        output = F.instance_norm(
            x,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            by_instance,
            0.0 if self.momentum is None else self.momentum,
            self.eps,
        )
        return output if channel else output.squeeze(0)


class InstanceNorm1d(_InstanceNorm):
    """Of (N, C, L) or (C, L)."""

    dims: ClassVar[tuple[int, ...]] = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """Of (N, C, H, W) or (C, H, W)."""

    dims: ClassVar[tuple[int, ...]] = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """Of (N, C, D, H, W) or (C, D, H, W)."""

    dims: ClassVar[tuple[int, ...]] = (4, 5)


class LocalResponseNorm(Module):
    """:func:`~autograd_cnn.nn.functional.local_response_norm`."""

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k

    def forward(self, input: Tensor) -> Tensor:
        return F.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


class CrossMapLRN2d(LocalResponseNorm):
    """:class:`LocalResponseNorm` of (N, C, H, W), under its older name. PyTorch's keeps a channel in its
    running sum for too long."""

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1) -> None:
        super().__init__(size, alpha, beta, k)
