"""Neural networks: modules, their functions and their initial values, under PyTorch's names."""

from . import functional, init, parallel, utils
from ._composition import composition, fusible
from .modules import *
from .modules import __all__ as _modules
from .parameter import Parameter

__all__ = ["Parameter", "composition", "functional", "fusible", "init", "parallel", "utils"]
__all__ += _modules
