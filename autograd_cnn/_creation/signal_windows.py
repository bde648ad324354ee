"""The windows of signal processing, under PyTorch's names: ``periodic`` ones are those of one more sample
without the last."""

import math
from typing import Any, SupportsIndex

import numpy as np

from .. import ops
from .._devices.device import DeviceLike
from .._engine.dtypes import DType, as_dtype, get_default_dtype
from .._functions._arguments import names_arguments
from .._functions._dims import integer, number
from .._tensor import Tensor
from .creation import finish

__all__ = [
    "bartlett_window",
    "blackman_window",
    "hamming_window",
    "hann_window",
    "kaiser_window",
]


def _samples(window_length: SupportsIndex, periodic: bool) -> Any:
    """The places of the samples between 0 and 1."""
    count = window_length if type(window_length) is int else integer("window_length", window_length)
    if count < 0:
        raise RuntimeError(f"a window needs a length that is not negative, got window_length={count}")
    return np.arange(count) / max(count if periodic else count - 1, 1)


def _window(
    values: Any, name: str, dtype: DType | None, device: DeviceLike | None, requires_grad: bool
) -> Tensor:
    chosen = get_default_dtype() if dtype is None else as_dtype(dtype)
    if not chosen.is_floating_point:
        raise RuntimeError(f"{name} expects floating point dtypes, got: {chosen!r}")
    return finish((np.ones(1) if len(values) == 1 else values).astype(chosen.dtype), device, requires_grad)


@names_arguments
def hann_window(
    window_length: SupportsIndex,
    periodic: bool = True,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """sin(pi t)**2."""
    values = 0.5 - 0.5 * np.cos(2 * math.pi * _samples(window_length, periodic))
    return _window(values, "hann_window", dtype, device, requires_grad)


@names_arguments
def hamming_window(
    window_length: SupportsIndex,
    periodic: bool = True,
    alpha: float = 0.54,
    beta: float = 0.46,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """alpha - beta cos(2 pi t)."""
    alpha, beta = number("alpha", alpha), number("beta", beta)
    values = alpha - beta * np.cos(2 * math.pi * _samples(window_length, periodic))
    return _window(values, "hamming_window", dtype, device, requires_grad)


@names_arguments
def blackman_window(
    window_length: SupportsIndex,
    periodic: bool = True,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """0.42 - 0.5 cos(2 pi t) + 0.08 cos(4 pi t)."""
    angle = 2 * math.pi * _samples(window_length, periodic)
    return _window(
        0.42 - 0.5 * np.cos(angle) + 0.08 * np.cos(2 * angle), "blackman_window", dtype, device, requires_grad
    )


@names_arguments
def bartlett_window(
    window_length: SupportsIndex,
    periodic: bool = True,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """1 - |2 t - 1|."""
    return _window(
        1 - np.abs(2 * _samples(window_length, periodic) - 1), "bartlett_window", dtype, device, requires_grad
    )


@names_arguments
def kaiser_window(
    window_length: SupportsIndex,
    periodic: bool = True,
    beta: float = 12.0,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """i0(beta sqrt(1 - (2 t - 1)**2)) / i0(beta)."""
    beta = number("beta", beta)
    t = 2 * _samples(window_length, periodic) - 1
    values = ops.i0(beta * np.sqrt(np.maximum(1 - t * t, 0))) / ops.i0(np.full(1, float(beta)))
    return _window(values, "kaiser_window", dtype, device, requires_grad)
