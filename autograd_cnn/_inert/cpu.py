"""The CPU as a device among others."""

from contextlib import nullcontext
from typing import Any

from .. import amp as amp

__all__ = [
    "current_device",
    "current_stream",
    "device_count",
    "is_available",
    "is_initialized",
    "set_device",
    "stream",
    "synchronize",
]


def is_available() -> bool:
    """True."""
    return True


def is_initialized() -> bool:
    """True."""
    return True


def device_count() -> int:
    """1."""
    return 1


def current_device() -> str:
    """ "cpu"."""
    return "cpu"


def set_device(device: Any) -> None:
    """Nothing to do."""


def synchronize(device: Any = None) -> None:
    """Nothing to wait for: operators run one after another."""


def current_stream(device: Any = None) -> None:
    """None: there are no streams."""


def stream(stream: Any) -> Any:
    """A context in which nothing changes."""
    return nullcontext(stream)
