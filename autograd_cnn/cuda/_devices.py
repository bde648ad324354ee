"""Which GPUs there are, which is in use, and waiting for it."""

import contextlib
from collections.abc import Iterator
from typing import Any

from .._devices.device import device as _device
from .._devices.transfer import gpu_library
from ..ops import DeviceError

__all__ = [
    "current_device",
    "device",
    "device_count",
    "get_device_capability",
    "get_device_name",
    "get_device_properties",
    "init",
    "is_available",
    "is_bf16_supported",
    "is_initialized",
    "manual_seed",
    "manual_seed_all",
    "seed",
    "seed_all",
    "set_device",
    "synchronize",
]


def found() -> Any:
    """CuPy where there is a GPU, else None."""
    try:
        return gpu_library()
    except DeviceError:
        return None


def index_of(device: Any) -> int:
    """The number of ``device``: an index, a name, a device, or None for the current one."""
    if device is None:
        return current_device()
    index = device if isinstance(device, int) else _device(device).index
    return current_device() if index is None else index


def is_available() -> bool:
    """Whether there is a GPU, and CuPy to use it."""
    return device_count() > 0


def device_count() -> int:
    """The number of GPUs; 0 also where CuPy is missing."""
    cupy = found()
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
    gpu_library().cuda.Device(index_of(device)).use()


@contextlib.contextmanager
def device(device: Any) -> Iterator[None]:
    """Use this GPU inside; an index below zero changes nothing."""
    if isinstance(device, int) and device < 0:
        yield
        return
    with gpu_library().cuda.Device(index_of(device)):
        yield


def get_device_properties(device: Any = None) -> "_Properties":
    """Name, memory and capability of a GPU, as attributes."""
    cupy = gpu_library()
    found = cupy.cuda.runtime.getDeviceProperties(index_of(device))
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
    with cupy.cuda.Device(index_of(device)):
        cupy.cuda.runtime.deviceSynchronize()


# seeds: random numbers are drawn by one generator, on the host, wherever they go


def manual_seed(seed: int) -> None:
    """Nothing to do: ``autograd_cnn.manual_seed`` decides the draws of all devices."""


def manual_seed_all(seed: int) -> None:
    """Nothing to do: ``autograd_cnn.manual_seed`` decides the draws of all devices."""


def seed() -> None:
    """Nothing to do: ``autograd_cnn.seed`` decides the draws of all devices."""


def seed_all() -> None:
    """Nothing to do: ``autograd_cnn.seed`` decides the draws of all devices."""
