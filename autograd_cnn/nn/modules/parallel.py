"""The wrapper that scripts put around a model to use several GPUs; here one device computes."""

from typing import Any

from .module import Module

__all__ = [
    "DataParallel",
]


class DataParallel(Module):
    """``module`` itself, held under that name, so that states have PyTorch's names; nothing is split over
    devices."""

    def __init__(
        self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0
    ) -> None:
        super().__init__()
        self.module = module
        self.device_ids: Any = [] if device_ids is None else device_ids
        self.output_device = output_device
        self.dim = dim

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        return self.module(*inputs, **kwargs)
