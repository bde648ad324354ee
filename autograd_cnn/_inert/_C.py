"""What libraries ask of PyTorch's compiled part."""

from .._creation.random import Generator as Generator
from .._devices.device import device as device
from .._engine.dtypes import dtype as dtype
from .._tensor import Tensor as TensorBase
from ..futures import Future as Future

__all__ = ["Future", "Generator", "TensorBase", "device", "dtype"]

_TensorBase = TensorBase


def _get_tracing_state() -> None:
    """None: nothing is traced."""


def _log_api_usage_once(event: str) -> None:
    """Nobody is told."""


def _is_tracing() -> bool:
    return False


def _jit_set_profiling_executor(mode: bool) -> bool:
    return False


def _jit_set_profiling_mode(mode: bool) -> bool:
    return False
