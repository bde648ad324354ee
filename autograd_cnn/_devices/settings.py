"""Functions that PyTorch's scripts call once at their beginning, and that decide little or nothing here."""

import warnings
from collections.abc import Callable
from typing import Any

from .._engine.dtypes import TENSOR_TYPES, set_default_dtype
from ..ops.kernels import _switches
from . import precision as _precision

_settings = {"deterministic": False, "warn_only": False, "precision": "highest"}


def compile(model: Callable[..., Any] | None = None, **options: Any) -> Any:
    """``model`` itself: there is no compiler here, and what a model computes does not depend on one. Also a
    decorator.

    PyTorch's options (``fullgraph``, ``dynamic``, ``backend``, ``mode``, ``options``, ``disable``) are taken;
    others are a TypeError.
    """
    unknown = options.keys() - {"fullgraph", "dynamic", "backend", "mode", "options", "disable"}
    if unknown:
        raise TypeError(f"compile() got an unexpected keyword argument {min(unknown)!r}")
    return compile if model is None else model


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """On a GPU, add to rows in a fixed order (the gradients of ``embedding``, ``gather``, indices), which
    takes a sort.

    All other algorithms are deterministic anyway, and on the CPU all of them.
    """
    _switches.deterministic = bool(mode)
    _settings.update(deterministic=bool(mode), warn_only=bool(mode and warn_only))


def are_deterministic_algorithms_enabled() -> bool:
    """What :func:`use_deterministic_algorithms` was told."""
    return bool(_settings["deterministic"])


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """What :func:`use_deterministic_algorithms` was told."""
    return bool(_settings["warn_only"])


def set_float32_matmul_precision(precision: str) -> None:
    """ "highest": products of float32 are computed in float32; "high" or "medium" lets a GPU round their
    operands to TF32."""
    if precision not in ("highest", "high", "medium"):
        warnings.warn(
            f"{precision} is not one of 'highest', 'high', or 'medium'; the current setting is kept",
            UserWarning,
            stacklevel=2,
        )
        return
    _settings["precision"] = precision
    _precision.allow_tf32(precision != "highest")


def get_float32_matmul_precision() -> str:
    """What :func:`set_float32_matmul_precision` was told."""
    return str(_settings["precision"])


def set_num_interop_threads(num: int) -> None:
    """Nothing to do: operators run one after another."""


def get_num_interop_threads() -> int:
    """1: operators run one after another."""
    return 1


def set_flush_denormal(mode: bool) -> bool:
    """False: the processor's mode is not changed."""
    return False


def set_default_tensor_type(t: Any) -> None:
    """The former way of :func:`set_default_dtype`: ``torch.DoubleTensor`` or its name."""
    name = (t if isinstance(t, str) else getattr(t, "__name__", str(t))).removeprefix("torch.")
    if name not in TENSOR_TYPES:
        raise TypeError(
            "set_default_tensor_type takes torch.FloatTensor, DoubleTensor or HalfTensor, or their "
            f"names, not {t!r}"
        )
    set_default_dtype(TENSOR_TYPES[name])
