"""PyTorch's switches for Apple's GPUs: they are not used here."""

from ._absent import is_available as is_available


def is_built() -> bool:
    """False."""
    return False
