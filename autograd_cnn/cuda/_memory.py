"""The memory of GPUs: what CuPy's pool holds, and what there is."""

from typing import Any

from .._devices.transfer import gpu_library
from ..ops import OutOfMemoryError
from ._devices import found, index_of

__all__ = [
    "OutOfMemoryError",
    "empty_cache",
    "ipc_collect",
    "max_memory_allocated",
    "max_memory_reserved",
    "mem_get_info",
    "memory_allocated",
    "memory_reserved",
    "reset_peak_memory_stats",
]


def empty_cache() -> None:
    """Give memory that no tensor uses back to the GPU."""
    cupy = found()
    if cupy is not None:
        cupy.get_default_memory_pool().free_all_blocks()


def ipc_collect() -> None:
    """Nothing to do: processes share no GPU memory here."""


def memory_allocated(device: Any = None) -> int:
    """Bytes that tensors use now; 0 without a GPU."""
    cupy = found()
    return 0 if cupy is None else int(cupy.get_default_memory_pool().used_bytes())


def memory_reserved(device: Any = None) -> int:
    """Bytes that the memory pool holds, used or not; 0 without a GPU."""
    cupy = found()
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
    with cupy.cuda.Device(index_of(device)):
        free, total = cupy.cuda.runtime.memGetInfo()
    return int(free), int(total)
