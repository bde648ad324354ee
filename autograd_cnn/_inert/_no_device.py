"""What is asked of a kind of device that is never here."""

from contextlib import nullcontext
from typing import Any

__all__ = [
    "current_device",
    "device",
    "device_count",
    "empty_cache",
    "init",
    "is_available",
    "is_bf16_supported",
    "is_initialized",
    "manual_seed",
    "manual_seed_all",
    "max_memory_allocated",
    "memory_allocated",
    "seed",
    "set_device",
    "synchronize",
]


def is_available() -> bool:
    """False."""
    return False


def is_initialized() -> bool:
    """False."""
    return False


def is_bf16_supported() -> bool:
    """False."""
    return False


def init() -> None:
    """Nothing to do."""


def device_count() -> int:
    """0."""
    return 0


def current_device() -> int:
    """0."""
    return 0


def set_device(device: Any) -> None:
    """Nothing to do."""


def device(device: Any) -> Any:
    """A context in which nothing changes."""
    return nullcontext(device)


def synchronize(device: Any = None) -> None:
    """Nothing to wait for."""


def empty_cache() -> None:
    """Nothing to give back."""


def manual_seed(seed: int) -> None:
    """Nothing to seed."""


def manual_seed_all(seed: int) -> None:
    """Nothing to seed."""


def seed() -> None:
    """Nothing to seed."""


def memory_allocated(device: Any = None) -> int:
    """0."""
    return 0


def max_memory_allocated(device: Any = None) -> int:
    """0."""
    return 0
