"""Neural networks: modules, their functions and their initial values, under PyTorch's names."""

from . import functional, init, modules, parallel, utils
from ._composition import composition, fusible
from .modules import *
from .parameter import Parameter

__all__ = ["Parameter", "composition", "functional", "fusible", "init", "modules", "parallel", "utils"]
__all__ += modules.__all__
