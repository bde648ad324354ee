"""The place where PyTorch keeps the wrappers for several devices."""

from .modules.module import Module
from .modules.parallel import DataParallel as DataParallel

__all__ = ["DataParallel", "DistributedDataParallel"]


class DistributedDataParallel(Module):
    """The type of a model that several processes train; the one process here uses the model itself."""

    def __init__(self, module: Module, *args: object, **options: object) -> None:
        raise NotImplementedError("DistributedDataParallel is not supported: train the model itself")
