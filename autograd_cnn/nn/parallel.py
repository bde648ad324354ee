"""Models on several devices, by PyTorch's names. What is scattered lies where it lay: parts follow each other
on one device."""

from collections.abc import Sequence
from typing import Any

from .modules._scattering import gather as gather
from .modules._scattering import get_a_var as get_a_var
from .modules._scattering import is_namedtuple as is_namedtuple
from .modules._scattering import parallel_apply as parallel_apply
from .modules._scattering import replicate as replicate
from .modules._scattering import scatter as scatter
from .modules._scattering import scatter_kwargs as scatter_kwargs
from .modules.module import Module
from .modules.parallel import DataParallel as DataParallel

__all__ = [
    "DataParallel",
    "DistributedDataParallel",
    "data_parallel",
    "gather",
    "parallel_apply",
    "replicate",
    "scatter",
    "scatter_kwargs",
]

__path__: list[str] = []  # PyTorch's is a package: _paths.py has its modules


class DistributedDataParallel(Module):
    """The type of a model that several processes train; the one process here uses the model itself."""

    def __init__(self, module: Module, *args: object, **options: object) -> None:
        raise NotImplementedError("DistributedDataParallel is not supported: train the model itself")


def data_parallel(
    module: Module,
    inputs: Any,
    device_ids: Sequence[Any] | None = None,
    output_device: Any = None,
    dim: int = 0,
    module_kwargs: dict[str, Any] | None = None,
) -> Any:
    """``module`` of the inputs."""
    given = inputs if isinstance(inputs, tuple) else () if inputs is None else (inputs,)
    return module(*given, **(module_kwargs or {}))
