"""Layers that learn the size of their input at their first call. After it they are ordinary layers."""

from typing import Any, ClassVar

from ..._creation.creation import empty, ones, zeros
from ..._devices.device import DeviceLike
from ..._engine.dtypes import DType
from ..._tensor import Tensor
from ..functional._arguments import Sizes
from ..parameter import Parameter
from .batchnorm import BatchNorm1d, BatchNorm2d, BatchNorm3d, _BatchNorm
from .conv import Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, _ConvNd
from .linear import Linear
from .module import Module

__all__ = [
    "LazyBatchNorm1d",
    "LazyBatchNorm2d",
    "LazyBatchNorm3d",
    "LazyConv1d",
    "LazyConv2d",
    "LazyConv3d",
    "LazyConvTranspose1d",
    "LazyConvTranspose2d",
    "LazyConvTranspose3d",
    "LazyLinear",
]


class UninitializedParameter(Parameter):
    """A parameter whose shape is not known yet. It gets its elements in place, so that an optimizer may hold
    it before."""

    def materialize(self, shape: tuple[int, ...]) -> None:
        """Give it ``shape``, filled with 0."""
        self.data = zeros(shape, dtype=self.dtype, device=self.device)
        self.__class__ = Parameter  # type: ignore[assignment]  # it is one from here on


class _Lazy(Module):
    """What all share: a hook before the first call makes the parameters fit the input; then the class is
    ``becomes``."""

    becomes: ClassVar[type[Module]]

    def _wait(self, device: DeviceLike | None, dtype: DType | None, **wanted: bool) -> None:
        """Hold a parameter without elements under each wanted name, until the first call."""
        for name, is_wanted in wanted.items():
            self.register_parameter(
                name, UninitializedParameter(empty(0, device=device, dtype=dtype)) if is_wanted else None
            )
        self._waiting = self.register_forward_pre_hook(_begin)

    def _shapes(self, input: Tensor) -> dict[str, tuple[int, ...]]:
        """Note the size of the input; the shape of each parameter that follows from it."""
        raise NotImplementedError

    def _open_names(self) -> set[str]:
        """What has no shape yet: a state that is loaded gives it one."""
        waiting = {name for name, p in self._parameters.items() if isinstance(p, UninitializedParameter)}
        return waiting | {name for name, b in self._buffers.items() if b is not None and b.shape == (0,)}

    def has_uninitialized_params(self) -> bool:
        """Whether the first call is still to come."""
        return any(isinstance(p, UninitializedParameter) for p in self._parameters.values())

    def reset_parameters(self) -> None:
        """Nothing before the first call; then what the layer itself does."""


def _begin(module: Any, args: tuple[Any, ...]) -> None:
    """Make ``module`` fit the input of its first call."""
    shapes, waiting = module._shapes(args[0]), module._open_names()
    for name, parameter in module._parameters.items():
        if isinstance(parameter, UninitializedParameter):
            parameter.materialize(shapes[name])
    module._waiting.remove()
    del module._waiting
    module.__class__ = module.becomes
    if waiting or not module._parameters:  # else its values were loaded
        module.reset_parameters()


class LazyLinear(_Lazy, Linear):
    """A :class:`Linear` whose ``in_features`` is the last size of its first input."""

    becomes: ClassVar[type[Module]] = Linear

    def __init__(
        self,
        out_features: int,
        bias: bool = True,
        device: DeviceLike | None = None,
        dtype: DType | None = None,
    ) -> None:
        super().__init__(0, 0, False)
        self.out_features = out_features
        self._wait(device, dtype, weight=True, bias=bias)

    def _shapes(self, input: Tensor) -> dict[str, tuple[int, ...]]:
        self.in_features: int = input.shape[-1]
        return {"weight": (self.out_features, self.in_features), "bias": (self.out_features,)}


class _LazyConvNd(_Lazy, _ConvNd):
    def _shapes(self, input: Tensor) -> dict[str, tuple[int, ...]]:
        if input.ndim not in (self.axes + 1, self.axes + 2):
            raise RuntimeError(
                f"Expected {self.axes + 1}D (unbatched) or {self.axes + 2}D (batched) input to "
                f"{type(self).__name__}, but got input of size: {list(input.shape)}"
            )
        self.in_channels: int = input.shape[-1 - self.axes]
        if self.in_channels % self.groups:
            raise ValueError("in_channels must be divisible by groups")
        inner = self.in_channels // self.groups
        pair = (
            (self.in_channels, self.out_channels // self.groups)
            if self.transposed
            else (self.out_channels, inner)
        )
        return {"weight": (*pair, *self.kernel_size), "bias": (self.out_channels,)}


class _LazyConv(_LazyConvNd):
    def __init__(
        self,
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
        _ConvNd.__init__(
            self,
            0,
            out_channels,
            kernel_size,
            stride,
            padding,
            0,
            dilation,
            groups,
            False,
            padding_mode,
            None,
            None,
        )
        self._wait(device, dtype, weight=True, bias=bias)


class LazyConv1d(_LazyConv, Conv1d):
    """A :class:`Conv1d` whose ``in_channels`` are those of its first input."""

    becomes: ClassVar[type[Module]] = Conv1d


class LazyConv2d(_LazyConv, Conv2d):
    """A :class:`Conv2d` whose ``in_channels`` are those of its first input."""

    becomes: ClassVar[type[Module]] = Conv2d


class LazyConv3d(_LazyConv, Conv3d):
    """A :class:`Conv3d` whose ``in_channels`` are those of its first input."""

    becomes: ClassVar[type[Module]] = Conv3d


class _LazyConvTranspose(_LazyConvNd):
    transposed: ClassVar[bool] = True

    def __init__(
        self,
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
        _ConvNd.__init__(
            self,
            0,
            out_channels,
            kernel_size,
            stride,
            padding,
            output_padding,
            dilation,
            groups,
            False,
            padding_mode,
            None,
            None,
        )
        self._wait(device, dtype, weight=True, bias=bias)


class LazyConvTranspose1d(_LazyConvTranspose, ConvTranspose1d):
    """A :class:`ConvTranspose1d` whose ``in_channels`` are those of its first input."""

    becomes: ClassVar[type[Module]] = ConvTranspose1d


class LazyConvTranspose2d(_LazyConvTranspose, ConvTranspose2d):
    """A :class:`ConvTranspose2d` whose ``in_channels`` are those of its first input."""

    becomes: ClassVar[type[Module]] = ConvTranspose2d


class LazyConvTranspose3d(_LazyConvTranspose, ConvTranspose3d):
    """A :class:`ConvTranspose3d` whose ``in_channels`` are those of its first input."""

    becomes: ClassVar[type[Module]] = ConvTranspose3d


class _LazyBatchNorm(_Lazy, _BatchNorm):
    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: DeviceLike | None = None,
        dtype: DType | None = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(0, eps, momentum, False, track_running_stats, device, dtype)
        self.affine = affine
        self._wait(device, dtype, weight=affine, bias=affine and bias)

    def _shapes(self, input: Tensor) -> dict[str, tuple[int, ...]]:
        self._check_input_dim(input)
        self.num_features: int = input.shape[1]
        for name, fill in (("running_mean", zeros), ("running_var", ones)):
            old = self._buffers[name]
            if old is not None and old.shape == (0,):
                self._buffers[name] = fill(self.num_features, dtype=old.dtype, device=old.device)
        return dict.fromkeys(("weight", "bias"), (self.num_features,))


class LazyBatchNorm1d(_LazyBatchNorm, BatchNorm1d):
    """A :class:`BatchNorm1d` whose ``num_features`` are the channels of its first input."""

    becomes: ClassVar[type[Module]] = BatchNorm1d


class LazyBatchNorm2d(_LazyBatchNorm, BatchNorm2d):
    """A :class:`BatchNorm2d` whose ``num_features`` are the channels of its first input."""

    becomes: ClassVar[type[Module]] = BatchNorm2d


class LazyBatchNorm3d(_LazyBatchNorm, BatchNorm3d):
    """A :class:`BatchNorm3d` whose ``num_features`` are the channels of its first input."""

    becomes: ClassVar[type[Module]] = BatchNorm3d
