"""A library that PyTorch may be built with and that is not used here: NumPy brings its own."""

__all__ = ["is_available"]


def is_available() -> bool:
    """False."""
    return False
