"""What is asked of autocast: whether it is in force, and in which dtype it multiplies."""

from .._engine.dtypes import dtype, float16
from .._engine.modes import state

__all__ = [
    "get_autocast_cpu_dtype",
    "get_autocast_dtype",
    "get_autocast_gpu_dtype",
    "is_autocast_cpu_enabled",
    "is_autocast_enabled",
]


def is_autocast_enabled(device_type: str = "cuda") -> bool:
    """Whether products of tensors on ``device_type`` are cast."""
    now = state.get().autocast
    return now is not None and now.device_type == device_type


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
