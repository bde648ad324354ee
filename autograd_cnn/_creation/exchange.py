"""DLPack: arrays handed to other libraries, and taken from them, without a copy."""

from typing import Any

import numpy as np

from .._devices.device import DeviceLike
from .._devices.transfer import gpu_library
from .._engine import memory
from .._engine.dtypes import from_numpy_dtype
from .._engine.handle import Handle, Operand
from .._engine.modes import left
from .._functions.conversion import CUDA, HOST, dlpack
from .._tensor import Tensor, tensor_of
from ..ops import DeviceError

__all__ = ["from_dlpack", "to_dlpack"]

_CUDA_HOST, _CUDA_MANAGED = 3, 13
"""DLPack's numbers of two more kinds of memory: the host's, pinned, and memory that both sides see."""


class _Held:
    """A bare capsule, with the two methods that libraries ask for."""

    def __init__(self, capsule: Any) -> None:
        self._capsule = capsule

    def __dlpack__(self, **_: Any) -> Any:
        return self._capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return HOST, 0


def from_dlpack(ext_tensor: Any, *, device: DeviceLike | None = None, copy: bool | None = None) -> Tensor:
    """A tensor that shares the memory of an array of another library: PyTorch's, CuPy's, NumPy's, or anything
    with ``__dlpack__``.

    A bare capsule (from an older ``to_dlpack``) is taken for host memory. ``device`` and ``copy=True`` as in
    ``to``; ``copy=False`` raises where a copy would be needed. TypeError for what speaks no DLPack,
    DeviceError for memory of another kind than the host's or an NVIDIA GPU's.
    """
    if isinstance(ext_tensor, Handle):
        out = tensor_of(ext_tensor.array)
        left(ext_tensor, "from_dlpack()", out)
    else:
        out = tensor_of(
            _imported(_Held(ext_tensor) if type(ext_tensor).__name__ == "PyCapsule" else ext_tensor)
        )
    moved = out if device is None else out.to(device)
    if copy is False and moved is not out:
        raise ValueError(f"from_dlpack: a copy to {moved.device} is needed, but copy=False forbids it")
    return moved.clone() if copy and moved is out else moved


def _imported(source: Any) -> Any:
    if not hasattr(source, "__dlpack__") or not hasattr(source, "__dlpack_device__"):
        raise TypeError(
            f"from_dlpack: {type(source).__name__} has no __dlpack__; give an array or a tensor of a "
            "library that speaks DLPack"
        )
    kind, number = source.__dlpack_device__()
    if int(kind) in (HOST, _CUDA_HOST):
        array = np.from_dlpack(source)
        from_numpy_dtype(array.dtype)
        memory.lend(array)
        return array
    if int(kind) in (CUDA, _CUDA_MANAGED):
        array = gpu_library().from_dlpack(source)
        from_numpy_dtype(array.dtype)
        return array
    raise DeviceError(
        f"from_dlpack: memory of DLPack's device {int(kind)}:{number} is not known here; move it to "
        "the CPU or an NVIDIA GPU first"
    )


def to_dlpack(tensor: Operand) -> Any:
    """A capsule with the memory of ``tensor``; modern libraries take the tensor itself in their
    ``from_dlpack``."""
    if not isinstance(tensor, Handle):
        raise TypeError(f"to_dlpack: expected a Tensor, not {type(tensor).__name__}")
    return dlpack(tensor)
