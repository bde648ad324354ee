"""Moving arrays between the host and GPUs. CuPy is imported when the first GPU tensor is made, never before."""

from typing import Any

import numpy as np

from ._dtype import device, device_of
from .ops import DeviceError


def move(array: Any, target: device) -> Any:
    """``array`` in the memory of ``target``; itself where it is there already."""
    if target.type == "cpu":
        return array if isinstance(array, np.ndarray) else array.get()
    if device_of(array) == target:
        return array
    cupy = gpu_library()
    count = cupy.cuda.runtime.getDeviceCount()
    index = cupy.cuda.runtime.getDevice() if target.index is None else target.index
    if index >= count:
        raise DeviceError(f"device {target} is not there: this machine has {count} GPU(s)")
    with cupy.cuda.Device(index):
        return cupy.asarray(array)


def gpu_library() -> Any:
    """CuPy, where it is installed and there is a GPU; else DeviceError."""
    hint = "install the extra gpu-cuda12 or gpu-cuda13 (pip install 'autograd-cnn[gpu-cuda12]') on a machine with an NVIDIA GPU, or use device 'cpu'"
    try:
        import cupy
    except ImportError as error:
        raise DeviceError(f"device 'cuda' needs CuPy, which is not installed: {hint}") from error
    try:
        cupy.cuda.runtime.getDeviceCount()
    except cupy.cuda.runtime.CUDARuntimeError as error:
        raise DeviceError(f"device 'cuda' is not available ({error}): {hint}") from error
    return cupy
