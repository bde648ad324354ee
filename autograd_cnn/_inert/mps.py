"""Apple's GPUs: there are none here."""

from ._no_device import *


def current_allocated_memory() -> int:
    """0."""
    return 0


def driver_allocated_memory() -> int:
    """0."""
    return 0


def recommended_max_memory() -> int:
    """0."""
    return 0
