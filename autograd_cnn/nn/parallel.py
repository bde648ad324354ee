"""The place where PyTorch keeps the wrapper for several devices."""

from .modules.module import Module
from .modules.parallel import DataParallel as DataParallel

__all__ = ["DataParallel", "DistributedDataParallel"]


class DistributedDataParallel(Module):
    """The type of a model that several processes train; there is one process here, which uses the model itself."""

    def __init__(self, module: Module, *args: object, **options: object) -> None:
        raise NotImplementedError(
            "DistributedDataParallel is not supported: train in one process, with the model itself"
        )
