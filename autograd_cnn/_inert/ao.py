"""What makes models smaller: not here."""

from . import quantization as quantization

__all__ = ["quantization"]

__path__: list[str] = []  # PyTorch's is a package: _paths.py has its modules
