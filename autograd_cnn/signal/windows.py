"""Windows of signal processing, symmetric unless told: ``sym=False`` gives those of one more sample without
the last. (``torch.hann_window`` and its kin are the other way round.)"""

import functools
import inspect
import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .. import ops
from .._creation.creation import finish
from .._engine.dtypes import as_dtype, get_default_dtype
from .._tensor import Tensor

__path__: list[str] = []  # PyTorch's is a package: _paths.py has its module

__all__ = [
    "bartlett",
    "blackman",
    "cosine",
    "exponential",
    "gaussian",
    "general_cosine",
    "general_hamming",
    "hamming",
    "hann",
    "kaiser",
    "nuttall",
]

_OPTIONS = [
    inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default)
    for name, default in (("dtype", None), ("layout", None), ("device", None), ("requires_grad", False))
]


def _window(values: Callable[..., Any]) -> Callable[..., Tensor]:
    """``values`` of the number of samples as a function that makes a tensor. ValueError for a negative
    number, and where the dtype is not float32 or float64."""
    name = values.__name__
    signature = inspect.signature(values)

    @functools.wraps(values)
    def made(
        M: int,
        *,
        dtype: Any = None,
        layout: Any = None,
        device: Any = None,
        requires_grad: bool = False,
        **options: Any,
    ) -> Tensor:
        signature.bind(M, **options)
        kind = get_default_dtype() if dtype is None else as_dtype(dtype)
        if M < 0:
            raise ValueError(f"{name} requires non-negative window length, got M={M}")
        if kind.name not in ("float32", "float64"):
            raise ValueError(f"{name} expects float32 or float64 dtypes, got: {kind!r}")
        found = values(M, **options)
        return finish(np.asarray(found, dtype=kind.dtype).reshape(M), device, requires_grad)

    made.__dict__["__signature__"] = signature.replace(
        parameters=[*signature.parameters.values(), *_OPTIONS], return_annotation=Tensor
    )
    return made


def _length(M: int, sym: bool) -> int:
    """The number of samples of the symmetric window that these are of."""
    return M if sym or M <= 1 else M + 1


def _from_middle(M: int, sym: bool) -> Any:
    """How far the samples are from the middle."""
    return np.arange(M) - (_length(M, sym) - 1) / 2


def _cosines(M: int, a: Iterable[float], sym: bool) -> Any:
    if M == 1:
        return np.ones(1)
    angle = 2 * math.pi * np.arange(M) / max(_length(M, sym) - 1, 1)
    return sum((-1) ** i * weight * np.cos(i * angle) for i, weight in enumerate(a))


@_window
def bartlett(M: int, *, sym: bool = True) -> Any:
    """1 - |2 t - 1|, where t goes from 0 to 1."""
    if M == 1:
        return np.ones(1)
    return 1 - np.abs(2 * _from_middle(M, sym) / max(_length(M, sym) - 1, 1))


@_window
def blackman(M: int, *, sym: bool = True) -> Any:
    """0.42 - 0.5 cos(2 pi t) + 0.08 cos(4 pi t)."""
    return _cosines(M, (0.42, 0.5, 0.08), sym)


@_window
def cosine(M: int, *, sym: bool = True) -> Any:
    """sin(pi (n + 1/2) / N) of sample n of N."""
    return np.sin(math.pi * (np.arange(M) + 0.5) / max(_length(M, sym), 1))


@_window
def exponential(M: int, *, center: float | None = None, tau: float = 1.0, sym: bool = True) -> Any:
    """exp(-|n - center| / tau); the center is the middle unless told, which a symmetric window can't be.

    Raises ValueError where ``tau`` is not positive.
    """
    if tau <= 0:
        raise ValueError(f"Tau must be positive, got: {tau} instead.")
    if sym and center is not None:
        raise ValueError("Center must be None for symmetric windows")
    away = _from_middle(M, sym) if center is None else np.arange(M) - center
    return np.exp(-np.abs(away) / tau)


@_window
def gaussian(M: int, *, std: float = 1.0, sym: bool = True) -> Any:
    """exp(-d**2 / (2 std**2)) at the distance d from the middle. ValueError where ``std`` is not positive."""
    if std <= 0:
        raise ValueError(f"Standard deviation must be positive, got: {std} instead.")
    return np.exp(-((_from_middle(M, sym) / std) ** 2) / 2)


@_window
def general_cosine(M: int, *, a: Iterable[float], sym: bool = True) -> Any:
    """The sum of (-1)**i a[i] cos(2 pi i t). TypeError where ``a`` is no list, ValueError where empty."""
    if not isinstance(a, (list, tuple)):
        raise TypeError("Coefficients must be a list/tuple")
    if not a:
        raise ValueError("Coefficients cannot be empty")
    return _cosines(M, a, sym)


@_window
def general_hamming(M: int, *, alpha: float = 0.54, sym: bool = True) -> Any:
    """alpha - (1 - alpha) cos(2 pi t)."""
    return _cosines(M, (alpha, 1 - alpha), sym)


@_window
def hamming(M: int, *, sym: bool = True) -> Any:
    """0.54 - 0.46 cos(2 pi t)."""
    return _cosines(M, (0.54, 0.46), sym)


@_window
def hann(M: int, *, sym: bool = True) -> Any:
    """sin(pi t)**2."""
    return _cosines(M, (0.5, 0.5), sym)


@_window
def kaiser(M: int, *, beta: float = 12.0, sym: bool = True) -> Any:
    """i0(beta sqrt(1 - (2 t - 1)**2)) / i0(beta). ValueError where ``beta`` is negative."""
    if beta < 0:
        raise ValueError(f"beta must be non-negative, got: {beta} instead.")
    t = 2 * _from_middle(M, sym) / max(_length(M, sym) - 1, 1)
    return ops.i0(beta * np.sqrt(np.maximum(1 - t * t, 0))) / ops.i0(np.full(1, float(beta)))


@_window
def nuttall(M: int, *, sym: bool = True) -> Any:
    """0.3635819 - 0.4891775 cos(2 pi t) + 0.1365995 cos(4 pi t) - 0.0106411 cos(6 pi t)."""
    return _cosines(M, (0.3635819, 0.4891775, 0.1365995, 0.0106411), sym)
