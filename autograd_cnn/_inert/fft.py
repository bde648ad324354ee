"""Fourier transforms: their results are complex, so there are none; what is real about them is here."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._creation.creation import finish
from .._devices.device import DeviceLike
from .._engine.dtypes import DType, as_dtype, get_default_dtype
from .._functions._options import taking
from .._functions.movement import roll
from .._tensor import Tensor
from ._answers import refusing

__all__ = [
    "fft",
    "fft2",
    "fftfreq",
    "fftn",
    "fftshift",
    "hfft",
    "hfft2",
    "hfftn",
    "ifft",
    "ifft2",
    "ifftn",
    "ifftshift",
    "ihfft",
    "ihfft2",
    "ihfftn",
    "irfft",
    "irfft2",
    "irfftn",
    "rfft",
    "rfft2",
    "rfftfreq",
    "rfftn",
]

_INSTEAD = "use numpy.fft on tensor.detach().numpy(); it has no gradient here"
fft = refusing("torch.fft.fft", _INSTEAD)
fft2 = refusing("torch.fft.fft2", _INSTEAD)
fftn = refusing("torch.fft.fftn", _INSTEAD)
hfft = refusing("torch.fft.hfft", _INSTEAD)
hfft2 = refusing("torch.fft.hfft2", _INSTEAD)
hfftn = refusing("torch.fft.hfftn", _INSTEAD)
ifft = refusing("torch.fft.ifft", _INSTEAD)
ifft2 = refusing("torch.fft.ifft2", _INSTEAD)
ifftn = refusing("torch.fft.ifftn", _INSTEAD)
ihfft = refusing("torch.fft.ihfft", _INSTEAD)
ihfft2 = refusing("torch.fft.ihfft2", _INSTEAD)
ihfftn = refusing("torch.fft.ihfftn", _INSTEAD)
irfft = refusing("torch.fft.irfft", _INSTEAD)
irfft2 = refusing("torch.fft.irfft2", _INSTEAD)
irfftn = refusing("torch.fft.irfftn", _INSTEAD)
rfft = refusing("torch.fft.rfft", _INSTEAD)
rfft2 = refusing("torch.fft.rfft2", _INSTEAD)
rfftn = refusing("torch.fft.rfftn", _INSTEAD)


def _frequencies(values: Any, dtype: DType | None, device: DeviceLike | None, requires_grad: bool) -> Tensor:
    chosen = get_default_dtype() if dtype is None else as_dtype(dtype)
    return finish(values.astype(chosen.dtype), device, requires_grad)


def fftfreq(
    n: int,
    d: float = 1.0,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """The frequencies of a transform of ``n`` samples that are ``d`` apart."""
    return _frequencies(np.fft.fftfreq(n, d), dtype, device, requires_grad)


def rfftfreq(
    n: int,
    d: float = 1.0,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Those that are not negative."""
    return _frequencies(np.fft.rfftfreq(n, d), dtype, device, requires_grad)


fftfreq, rfftfreq = taking(fftfreq, out=True), taking(rfftfreq, out=True)
fftfreq.__module__ = rfftfreq.__module__ = __name__


def _axes(input: Tensor, dim: int | Sequence[int] | None) -> list[int]:
    if dim is None:
        return list(range(input.ndim))
    return [dim] if isinstance(dim, int) else list(dim)


def fftshift(input: Tensor, dim: int | Sequence[int] | None = None) -> Tensor:
    """The frequency 0 moved to the middle."""
    axes = _axes(input, dim)
    return roll(input, [input.shape[a] // 2 for a in axes], axes)


def ifftshift(input: Tensor, dim: int | Sequence[int] | None = None) -> Tensor:
    """The inverse of :func:`fftshift`."""
    axes = _axes(input, dim)
    return roll(input, [-(input.shape[a] // 2) for a in axes], axes)
