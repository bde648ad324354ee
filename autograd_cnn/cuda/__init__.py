"""GPUs, through CuPy. On a machine without one questions are answered, requests are refused, and nothing is
imported.

As in PyTorch, seeding and emptying the cache are harmless there, so that one script serves both machines.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

from .._devices.device import device as _device
from .._devices.transfer import gpu_library
from ..ops import DeviceError, OutOfMemoryError
from . import amp
from ._graph import CapturedStep, graph
from ._streams import Event, Stream, current_stream, default_stream, stream

__all__ = [
    "CapturedStep",
    "Event",
    "OutOfMemoryError",
    "Stream",
    "amp",
    "current_device",
    "current_stream",
    "default_stream",
    "device",
    "device_count",
    "empty_cache",
    "get_device_capability",
    "get_device_name",
    "get_device_properties",
    "graph",
    "init",
    "ipc_collect",
    "is_available",
    "is_bf16_supported",
    "is_initialized",
    "manual_seed",
    "manual_seed_all",
    "max_memory_allocated",
    "max_memory_reserved",
    "mem_get_info",
    "memory_allocated",
    "memory_reserved",
    "reset_peak_memory_stats",
    "seed",
    "seed_all",
    "set_device",
    "stream",
    "synchronize",
]


def _found() -> Any:
    """CuPy where there is a GPU, else None."""
    try:
        return gpu_library()
    except DeviceError:
        return None


def _index(device: Any) -> int:
    """The number of ``device``: an index, a name, a device, or None for the current one."""
    if device is None:
        return current_device()
    index = device if isinstance(device, int) else _device(device).index
    return current_device() if index is None else index


# what there is


def is_available() -> bool:
    """Whether there is a GPU, and CuPy to use it."""
    return device_count() > 0


def device_count() -> int:
    """The number of GPUs; 0 also where CuPy is missing."""
    cupy = _found()
    return 0 if cupy is None else int(cupy.cuda.runtime.getDeviceCount())


def is_initialized() -> bool:
    """Whether GPUs can be used: there is nothing to initialize."""
    return is_available()


def init() -> None:
    """Nothing to do where there is a GPU; DeviceError where there is none."""
    gpu_library()


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """False: there is no bfloat16 here."""
    return False


def current_device() -> int:
    """The number of the GPU in use."""
    return int(gpu_library().cuda.runtime.getDevice())


def set_device(device: Any) -> None:
    """Use this GPU from here on."""
    gpu_library().cuda.Device(_index(device)).use()


@contextlib.contextmanager
def device(device: Any) -> Iterator[None]:
    """Use this GPU inside; an index below zero changes nothing."""
    if isinstance(device, int) and device < 0:
        yield
        return
    with gpu_library().cuda.Device(_index(device)):
        yield


def get_device_properties(device: Any = None) -> Any:
    """Name, memory and capability of a GPU, as attributes."""
    cupy = gpu_library()
    found = cupy.cuda.runtime.getDeviceProperties(_index(device))
    return _Properties(found)


class _Properties:
    """What CUDA says of a device, under PyTorch's names."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.name: str = found["name"].decode()
        self.total_memory: int = found["totalGlobalMem"]
        self.major: int = found["major"]
        self.minor: int = found["minor"]
        self.multi_processor_count: int = found["multiProcessorCount"]

    def __repr__(self) -> str:
        return (
            f"_CudaDeviceProperties(name='{self.name}', major={self.major}, minor={self.minor}, "
            f"total_memory={self.total_memory // 2**20}MB, "
            f"multi_processor_count={self.multi_processor_count})"
        )


def get_device_name(device: Any = None) -> str:
    """The name of a GPU."""
    return str(get_device_properties(device).name)


def get_device_capability(device: Any = None) -> tuple[int, int]:
    """Its compute capability, (major, minor)."""
    found = get_device_properties(device)
    return found.major, found.minor


# what it does


def synchronize(device: Any = None) -> None:
    """Wait until the GPU has done all it was asked to."""
    cupy = gpu_library()
    with cupy.cuda.Device(_index(device)):
        cupy.cuda.runtime.deviceSynchronize()


def empty_cache() -> None:
    """Give memory that no tensor uses back to the GPU."""
    cupy = _found()
    if cupy is not None:
        cupy.get_default_memory_pool().free_all_blocks()


def ipc_collect() -> None:
    """Nothing to do: processes share no GPU memory here."""


# seeds: random numbers are drawn by one generator, on the host, wherever they go


def manual_seed(seed: int) -> None:
    """Nothing to do: ``autograd_cnn.manual_seed`` decides the draws of all devices."""


def manual_seed_all(seed: int) -> None:
    """Nothing to do: ``autograd_cnn.manual_seed`` decides the draws of all devices."""


def seed() -> None:
    """Nothing to do: ``autograd_cnn.seed`` decides the draws of all devices."""


def seed_all() -> None:
    """Nothing to do: ``autograd_cnn.seed`` decides the draws of all devices."""


# memory


def memory_allocated(device: Any = None) -> int:
    """Bytes that tensors use now; 0 without a GPU."""
    cupy = _found()
    return 0 if cupy is None else int(cupy.get_default_memory_pool().used_bytes())


def memory_reserved(device: Any = None) -> int:
    """Bytes that the memory pool holds, used or not; 0 without a GPU."""
    cupy = _found()
    return 0 if cupy is None else int(cupy.get_default_memory_pool().total_bytes())


def max_memory_allocated(device: Any = None) -> int:
    """The most that the memory pool has held, in bytes: CuPy keeps no other peak, and the pool shrinks only
    in :func:`empty_cache`."""
    return memory_reserved(device)


max_memory_reserved = max_memory_allocated


def reset_peak_memory_stats(device: Any = None) -> None:
    """Start a new peak: free blocks go back to the GPU."""
    empty_cache()


def mem_get_info(device: Any = None) -> tuple[int, int]:
    """Free bytes and all bytes of a GPU."""
    cupy = gpu_library()
    with cupy.cuda.Device(_index(device)):
        free, total = cupy.cuda.runtime.memGetInfo()
    return int(free), int(total)
