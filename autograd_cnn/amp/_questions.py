"""What is asked of autocast, and told it, without its context manager: whether it is in force, and in which
dtype it multiplies."""

from typing import overload

from .._engine.dtypes import dtype, float16
from .._engine.modes import state
from ._autocast import Casting

__all__ = [
    "get_autocast_cpu_dtype",
    "get_autocast_dtype",
    "get_autocast_gpu_dtype",
    "is_autocast_cpu_enabled",
    "is_autocast_enabled",
    "set_autocast_cpu_dtype",
    "set_autocast_cpu_enabled",
    "set_autocast_dtype",
    "set_autocast_enabled",
    "set_autocast_gpu_dtype",
]


def is_autocast_enabled(device_type: str = "cuda") -> bool:
    """Whether products of tensors on ``device_type`` are cast."""
    now = state.get().ahead
    return isinstance(now, Casting) and now.device_type == device_type


def is_autocast_cpu_enabled() -> bool:
    """The same of the CPU."""
    return is_autocast_enabled("cpu")


def get_autocast_dtype(device_type: str) -> dtype:
    """float16, the only one."""
    return float16


def get_autocast_cpu_dtype() -> dtype:
    """float16, the only one."""
    return float16


def get_autocast_gpu_dtype() -> dtype:
    """float16, the only one."""
    return float16


@overload
def set_autocast_enabled(device_type: str, enabled: bool) -> None: ...
@overload
def set_autocast_enabled(device_type: bool) -> None: ...
def set_autocast_enabled(device_type: str | bool, enabled: bool | None = None) -> None:
    """Switch casting on or off from here on, for the tensors of one kind of device; with a bool alone, of
    GPUs."""
    place, on = (device_type, enabled) if isinstance(device_type, str) else ("cuda", device_type)
    now = state.get()
    if on:
        state.set(now._replace(ahead=Casting(place)))
    elif is_autocast_enabled(place):
        state.set(now._replace(ahead=None))


def set_autocast_cpu_enabled(enabled: bool) -> None:
    """:func:`set_autocast_enabled` of the CPU."""
    set_autocast_enabled("cpu", enabled)


def set_autocast_dtype(device_type: str, dtype: dtype) -> None:
    """Accept float16; RuntimeError for another dtype, for in none but this is anything multiplied."""
    if dtype is not float16:
        raise RuntimeError(f"autocast multiplies in float16 only, not in {dtype!r}")


def set_autocast_cpu_dtype(dtype: dtype) -> None:
    """:func:`set_autocast_dtype` of the CPU."""
    set_autocast_dtype("cpu", dtype)


def set_autocast_gpu_dtype(dtype: dtype) -> None:
    """:func:`set_autocast_dtype` of GPUs."""
    set_autocast_dtype("cuda", dtype)
