"""The wrapper that scripts put around a model to use several GPUs; here one device computes."""

from collections.abc import Sequence
from typing import Any

from ._scattering import gather, parallel_apply, replicate, scatter_kwargs
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

    def replicate(self, module: Module, device_ids: Sequence[Any]) -> list[Module]:
        """The module, once for each device."""
        return replicate(module, device_ids)

    def scatter(
        self, inputs: tuple[Any, ...], kwargs: dict[str, Any] | None, device_ids: Sequence[Any]
    ) -> tuple[tuple[Any, ...], tuple[dict[str, Any], ...]]:
        """The arguments of a call in parts, one for each device."""
        return scatter_kwargs(inputs, kwargs, device_ids, self.dim)

    def parallel_apply(self, replicas: Sequence[Module], inputs: Sequence[Any], kwargs: Any) -> list[Any]:
        """Each replica's result for its part."""
        return parallel_apply(replicas, inputs, kwargs, self.device_ids[: len(replicas)])

    def gather(self, outputs: Sequence[Any], output_device: Any) -> Any:
        """The results of all parts together."""
        return gather(outputs, output_device, self.dim)
