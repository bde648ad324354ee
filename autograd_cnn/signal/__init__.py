"""Signal processing, under PyTorch's names."""

from . import windows as windows

__all__ = ["windows"]
