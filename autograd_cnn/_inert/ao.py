"""What makes models smaller: not here."""

from typing import TYPE_CHECKING

from .._paths import elsewhere
from . import quantization as quantization

__all__ = ["quantization"]

__path__: list[str] = []  # PyTorch's is a package: _paths.py has its modules
if not TYPE_CHECKING:
    __getattr__ = elsewhere("autograd_cnn.ao")
