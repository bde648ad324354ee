"""Moving arrays between the host and GPUs. CuPy is imported when the first GPU tensor is made, never
before."""

from typing import Any

import numpy as np

from ..ops import DeviceError
from . import precision
from .device import device, device_of


def move(array: Any, target: device, non_blocking: bool = False) -> Any:
    """``array`` in the memory of ``target``; itself where it is there already.

    With ``non_blocking`` a copy from pinned memory, and one to the host (into pinned memory), is only begun:
    wait with ``cuda.synchronize()`` before you read what came to the host, or write what left it.
    """
    if target.type == "cpu":
        if isinstance(array, (np.ndarray, np.generic)):  # NumPy makes numbers of what has no axes
            return np.asarray(array)
        return array.get(out=_empty_pinned(array), blocking=False) if non_blocking else array.get()
    if target.type != "cuda":
        raise DeviceError(f"no tensor can be on device {target} here; use 'cpu', or 'cuda' where CuPy is")
    if device_of(array) == target:
        return array
    cupy = gpu_library()
    count = cupy.cuda.runtime.getDeviceCount()
    index = cupy.cuda.runtime.getDevice() if target.index is None else target.index
    if index >= count:
        raise DeviceError(f"device {target} is not there: this machine has {count} GPU(s)")
    if cupy.cuda.get_current_stream().is_capturing():
        raise DeviceError(
            "a copy from the host is not captured: its memory may be another one when the graph is "
            "replayed; make it before the step"
        )
    with cupy.cuda.Device(index):
        if non_blocking and is_pinned(array) and array.flags.c_contiguous:
            out = cupy.empty(array.shape, array.dtype)
            out.set(array)
            return out
        return cupy.asarray(array)


class Route:
    """The way to a device: what the operator ``transfer`` is given."""

    __slots__ = ("non_blocking", "target")

    def __init__(self, target: device, non_blocking: bool = False) -> None:
        self.target, self.non_blocking = target, non_blocking

    def __call__(self, array: Any) -> Any:
        """``array`` in the memory of the target; see :func:`move`."""
        return move(array, self.target, self.non_blocking)

    def back(self, x: Any) -> "Route":
        """The way to where ``x``, an array or a Tensor, is."""
        return Route(device_of(getattr(x, "array", x)))

    def __repr__(self) -> str:
        return f"to {self.target}"


def _empty_pinned(array: Any) -> Any:
    import cupyx

    return cupyx.empty_pinned(array.shape, array.dtype)


def pin(array: Any) -> Any:
    """A copy of a host array in memory that a GPU can reach by itself; the array where it is there
    already."""
    gpu_library()
    if is_pinned(array):
        return array
    out = _empty_pinned(array)
    out[...] = array
    return out


def is_pinned(array: Any) -> bool:
    """Whether an array is in the host's memory and a GPU can reach it by itself."""
    while isinstance(array, np.ndarray):
        array = array.base
    return type(array).__name__ == "PinnedMemoryPointer"


def gpu_library() -> Any:
    """CuPy, where it is installed and there is a GPU; else DeviceError."""
    hint = (
        "install the extra gpu-cuda12 or gpu-cuda13 (pip install 'autograd-cnn[gpu-cuda12]') on a "
        "machine with an NVIDIA GPU, or use device 'cpu'"
    )
    try:
        import cupy
    except ImportError as error:
        raise DeviceError(f"device 'cuda' needs CuPy, which is not installed: {hint}") from error
    try:
        cupy.cuda.runtime.getDeviceCount()
    except cupy.cuda.runtime.CUDARuntimeError as error:
        raise DeviceError(f"device 'cuda' is not available ({error}): {hint}") from error
    precision.tell(cupy)
    return cupy
