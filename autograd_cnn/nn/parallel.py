"""PyTorch's wrapper for several GPUs, so that scripts that use it where they find them run on one device."""

from typing import Any

from .modules import Module


class DataParallel(Module):
    """Holds ``module`` and calls it, as PyTorch's does on a machine without several GPUs; its names begin with ``module.``."""

    def __init__(self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0) -> None:
        super().__init__()
        self.module = module
        self.device_ids = list(device_ids or [])
        if len(self.device_ids) > 1:
            raise NotImplementedError(f"DataParallel works on one device here, not on {self.device_ids}: leave device_ids away")

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        """What the module computes."""
        return self.module(*inputs, **kwargs)
