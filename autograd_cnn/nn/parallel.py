"""The place where PyTorch keeps the wrapper for several devices."""

from .modules.parallel import DataParallel as DataParallel
