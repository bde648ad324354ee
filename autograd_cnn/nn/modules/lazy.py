"""Layers that learn the size of their input at their first call. After it they are ordinary layers."""

import itertools
from typing import Any, ClassVar

from ..._devices.device import DeviceLike
from ..._engine.dtypes import DType
from ..._engine.modes import no_grad
from ..._tensor import Tensor
from ..functional._arguments import Sizes
from ..parameter import UninitializedBuffer, UninitializedParameter, is_lazy
from .batchnorm import BatchNorm1d, BatchNorm2d, BatchNorm3d, _BatchNorm
from .conv import Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, _ConvNd
from .linear import Linear
from .module import Module
from .normalization import InstanceNorm1d, InstanceNorm2d, InstanceNorm3d, _InstanceNorm

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
    "LazyInstanceNorm1d",
    "LazyInstanceNorm2d",
    "LazyInstanceNorm3d",
    "LazyLinear",
]


class LazyModuleMixin:
    """What all share, also those that users write, before ``Module`` among the bases: a hook before the first
    call asks ``initialize_parameters`` to give the parameters their shapes; then the class is
    ``cls_to_become``, where it has one."""

    cls_to_become: ClassVar[type[Module] | None] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this: Any = self
        self._initialize_hook = this.register_forward_pre_hook(_infer_parameters, with_kwargs=True)

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Materialize parameters and buffers for an input; each subclass writes its own."""
        raise NotImplementedError(f"initialize_parameters is not implemented for {type(self).__name__}")

    def has_uninitialized_params(self) -> bool:
        """Whether a parameter or a buffer of this module has no shape yet."""
        this: Any = self
        return any(is_lazy(t) for t in itertools.chain(this._parameters.values(), this._buffers.values()))

    def _infer_parameters(
        self, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any] | None = None
    ) -> None:
        """Make ``module`` fit the input of its first call."""
        module.initialize_parameters(*args, **(kwargs or {}))
        if module.has_uninitialized_params():
            raise RuntimeError(f"module {module._get_name()} has not been fully initialized")
        module._initialize_hook.remove()
        del module._initialize_hook
        if module.cls_to_become is not None:
            module.__class__ = module.cls_to_become


def _infer_parameters(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """The hook before the first call: a function, so that a pickle names no method of an instance."""
    module._infer_parameters(module, args, kwargs)


class _Lazy(LazyModuleMixin, Module):
    """What the layers here share: which shapes follow from an input."""

    def _wait(self, device: DeviceLike | None, dtype: DType | None, **wanted: bool) -> None:
        """Hold a parameter without a shape under each wanted name, until the first call."""
        for name, is_wanted in wanted.items():
            self.register_parameter(
                name, UninitializedParameter(device=device, dtype=dtype) if is_wanted else None
            )

    def _shapes(self, input: Tensor) -> dict[str, tuple[int, ...]]:
        """Note the size of the input; the shape of each parameter and buffer that follows from it."""
        raise NotImplementedError

    def initialize_parameters(self, input: Tensor, *args: Any, **kwargs: Any) -> None:
        """Take the sizes of ``input`` over and draw initial values, unless a state was loaded."""
        shapes = self._shapes(input)
        if not self.has_uninitialized_params():
            return
        with no_grad():
            for name, tensor in itertools.chain(self._parameters.items(), self._buffers.items()):
                if is_lazy(tensor):
                    tensor.materialize(shapes[name])
            self.reset_parameters()

    def reset_parameters(self) -> None:
        """What the layer itself does, once there are parameters."""
        if not self.has_uninitialized_params() and self._size_is_known():
            super().reset_parameters()  # type: ignore[misc]  # of the layer

    def _size_is_known(self) -> bool:
        raise NotImplementedError


class LazyLinear(_Lazy, Linear):
    """A :class:`Linear` whose ``in_features`` is the last size of its first input."""

    cls_to_become: ClassVar[type[Module] | None] = Linear

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

    def _size_is_known(self) -> bool:
        return self.in_features != 0


class _LazyConvNd(_Lazy, _ConvNd):
    def _shapes(self, input: Tensor) -> dict[str, tuple[int, ...]]:
        if input.ndim not in (self.axes + 1, self.axes + 2):
            raise RuntimeError(
                f"Expected {self.axes + 1}D (unbatched) or {self.axes + 2}D (batched) input to "
                f"{type(self).__name__}, but got input of size: {input.shape!r}"
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

    def _size_is_known(self) -> bool:
        return self.in_channels != 0


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
        super().__init__(0, out_channels, kernel_size, stride, padding, dilation, groups, False, padding_mode)
        self._wait(device, dtype, weight=True, bias=bias)


class LazyConv1d(_LazyConv, Conv1d):
    """A :class:`Conv1d` whose ``in_channels`` are those of its first input."""

    cls_to_become: ClassVar[type[Module] | None] = Conv1d


class LazyConv2d(_LazyConv, Conv2d):
    """A :class:`Conv2d` whose ``in_channels`` are those of its first input."""

    cls_to_become: ClassVar[type[Module] | None] = Conv2d


class LazyConv3d(_LazyConv, Conv3d):
    """A :class:`Conv3d` whose ``in_channels`` are those of its first input."""

    cls_to_become: ClassVar[type[Module] | None] = Conv3d


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
        super().__init__(
            0,
            out_channels,
            kernel_size,
            stride,
            padding,
            output_padding,
            groups,
            False,
            dilation,
            padding_mode,
        )
        self._wait(device, dtype, weight=True, bias=bias)


class LazyConvTranspose1d(_LazyConvTranspose, ConvTranspose1d):
    """A :class:`ConvTranspose1d` whose ``in_channels`` are those of its first input."""

    cls_to_become: ClassVar[type[Module] | None] = ConvTranspose1d


class LazyConvTranspose2d(_LazyConvTranspose, ConvTranspose2d):
    """A :class:`ConvTranspose2d` whose ``in_channels`` are those of its first input."""

    cls_to_become: ClassVar[type[Module] | None] = ConvTranspose2d


class LazyConvTranspose3d(_LazyConvTranspose, ConvTranspose3d):
    """A :class:`ConvTranspose3d` whose ``in_channels`` are those of its first input."""

    cls_to_become: ClassVar[type[Module] | None] = ConvTranspose3d


class _LazyNorm(_Lazy, _BatchNorm):
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
        self.affine: bool = affine
        self._wait(device, dtype, weight=affine, bias=affine and bias)
        if track_running_stats:
            self.running_mean: Tensor | None = UninitializedBuffer(device=device, dtype=dtype)
            self.running_var: Tensor | None = UninitializedBuffer(device=device, dtype=dtype)

    def _shapes(self, input: Tensor) -> dict[str, tuple[int, ...]]:
        self._check_input_dim(input)
        self.num_features: int = input.shape[1]
        names = ("weight", "bias", "running_mean", "running_var")
        return dict.fromkeys(names, (self.num_features,))

    def _size_is_known(self) -> bool:
        return self.num_features != 0


class _LazyInstanceNorm(_LazyNorm, _InstanceNorm):
    pass


class LazyBatchNorm1d(_LazyNorm, BatchNorm1d):
    """A :class:`BatchNorm1d` whose ``num_features`` are the channels of its first input."""

    cls_to_become: ClassVar[type[Module] | None] = BatchNorm1d


class LazyBatchNorm2d(_LazyNorm, BatchNorm2d):
    """A :class:`BatchNorm2d` whose ``num_features`` are the channels of its first input."""

    cls_to_become: ClassVar[type[Module] | None] = BatchNorm2d


class LazyBatchNorm3d(_LazyNorm, BatchNorm3d):
    """A :class:`BatchNorm3d` whose ``num_features`` are the channels of its first input."""

    cls_to_become: ClassVar[type[Module] | None] = BatchNorm3d


class LazyInstanceNorm1d(_LazyInstanceNorm, InstanceNorm1d):
    """An :class:`InstanceNorm1d` whose ``num_features`` are the channels of its first input."""

    cls_to_become: ClassVar[type[Module] | None] = InstanceNorm1d


class LazyInstanceNorm2d(_LazyInstanceNorm, InstanceNorm2d):
    """An :class:`InstanceNorm2d` whose ``num_features`` are the channels of its first input."""

    cls_to_become: ClassVar[type[Module] | None] = InstanceNorm2d


class LazyInstanceNorm3d(_LazyInstanceNorm, InstanceNorm3d):
    """An :class:`InstanceNorm3d` whose ``num_features`` are the channels of its first input."""

    cls_to_become: ClassVar[type[Module] | None] = InstanceNorm3d
