"""The device that computes fastest, whatever it is: a GPU where CuPy finds one, else none."""

from typing import TYPE_CHECKING, Any

from . import cuda
from ._devices.device import device
from ._paths import elsewhere

__all__ = [
    "current_accelerator",
    "current_device_idx",
    "current_device_index",
    "current_stream",
    "device_count",
    "device_index",
    "empty_cache",
    "empty_host_cache",
    "get_device_capability",
    "get_memory_info",
    "is_available",
    "max_memory_allocated",
    "max_memory_reserved",
    "memory_allocated",
    "memory_reserved",
    "memory_stats",
    "reset_accumulated_memory_stats",
    "reset_peak_memory_stats",
    "set_device_idx",
    "set_device_index",
    "set_stream",
    "synchronize",
]

__path__: list[str] = []  # PyTorch's is a package: _paths.py has its modules
if not TYPE_CHECKING:
    __getattr__ = elsewhere("autograd_cnn.accelerator")


def is_available() -> bool:
    """Whether there is a GPU that can be used."""
    return cuda.is_available()


def device_count() -> int:
    """How many there are."""
    return cuda.device_count()


def current_accelerator(check_available: bool = False) -> device | None:
    """``device("cuda")``, or None where there is none."""
    return device("cuda") if is_available() else None


def current_device_index() -> int:
    """The number of the GPU in use."""
    return cuda.current_device()


current_device_idx = current_device_index


def set_device_index(device: Any) -> None:
    """Use this GPU, a device or its number."""
    cuda.set_device(device)


set_device_idx = set_device_index


class device_index:
    """``with device_index(1):`` uses that GPU inside; None changes nothing."""

    def __init__(self, device: int | None) -> None:
        self._inside = None if device is None else cuda.device(device)

    def __enter__(self) -> None:
        if self._inside is not None:
            self._inside.__enter__()

    def __exit__(self, *error: Any) -> None:
        if self._inside is not None:
            self._inside.__exit__(*error)


def current_stream(device: Any = None) -> Any:
    """The stream in use on a GPU."""
    return cuda.current_stream(device)


def set_stream(stream: Any) -> None:
    """Nothing to do: choose a stream by ``with cuda.stream(stream):``."""


def synchronize(device: Any = None) -> None:
    """Wait until what was begun on a GPU is done; at once where there is none."""
    if is_available():
        cuda.synchronize(device)


def get_device_capability(device: Any = None) -> dict[str, Any]:
    """What a device can do: the dtypes of its tensors."""
    from ._engine.dtypes import ALL

    return {"supported_dtypes": set(ALL)}


def empty_cache() -> None:
    """Give memory that no tensor uses back to the GPU."""
    cuda.empty_cache()


def empty_host_cache() -> None:
    """Nothing to do: no memory of the host is kept."""


def memory_allocated(device_index: Any = None) -> int:
    """The bytes that tensors hold on a GPU."""
    return cuda.memory_allocated(device_index)


def memory_reserved(device_index: Any = None) -> int:
    """The bytes that are taken from a GPU."""
    return cuda.memory_reserved(device_index)


def max_memory_allocated(device_index: Any = None) -> int:
    """The most bytes that tensors have held on a GPU."""
    return cuda.max_memory_allocated(device_index)


def max_memory_reserved(device_index: Any = None) -> int:
    """The most bytes that were taken from a GPU."""
    return cuda.max_memory_reserved(device_index)


def memory_stats(device_index: Any = None) -> dict[str, Any]:
    """The bytes in use, under PyTorch's keys."""
    return {
        "allocated_bytes.all.current": memory_allocated(device_index),
        "allocated_bytes.all.peak": max_memory_allocated(device_index),
        "reserved_bytes.all.current": memory_reserved(device_index),
        "reserved_bytes.all.peak": max_memory_reserved(device_index),
    }


def reset_peak_memory_stats(device_index: Any = None) -> None:
    """Begin anew to look for the most bytes."""
    cuda.reset_peak_memory_stats(device_index)


def reset_accumulated_memory_stats(device_index: Any = None) -> None:
    """Nothing to do: nothing is added up."""


def get_memory_info(device_index: Any = None) -> tuple[int, int]:
    """The free and all bytes of a GPU."""
    return cuda.mem_get_info(device_index)
