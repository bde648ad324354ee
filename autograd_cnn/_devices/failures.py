"""What is said when a device has no memory left or is lost: the operator, the sizes, and what is
allocated."""

import sys
from collections.abc import Sequence
from types import CodeType
from typing import Any

from ..ops import DeviceError, OutOfMemoryError
from .device import device_of

_LOST = (
    "IllegalAddress",
    "LaunchFailure",
    "DeviceUnavailable",
    "DevicesUnavailable",
    "ECCUncorrectable",
    "HardwareStackError",
    "Assert",
    "ContextIsDestroyed",
)
"""After these errors of CUDA nothing in the process can use the GPU any more."""


def device_failure(name: str, arrays: Sequence[Any], error: BaseException) -> Exception | None:
    """The sentence for ``error`` while the operator ``name`` ran on ``arrays``; None where the device is not
    to blame."""
    known = [a for a in arrays if hasattr(a, "shape") and hasattr(a, "dtype")]
    said = ", ".join(f"{list(a.shape)} {a.dtype} on {device_of(a)}" for a in known) or "no arrays"
    if isinstance(error, MemoryError) or "array is too big" in str(error):  # NumPy's ValueError
        return OutOfMemoryError(
            f"{name}: out of memory for operands {said} ({error}); {_allocated()}. Free tensors and "
            "graphs that are no longer needed, "
            "use smaller batches, or record nothing under no_grad(). Tensors made so far are still there"
        )
    if type(error).__name__ == "CUDARuntimeError" and any(kind in str(error) for kind in _LOST):
        return DeviceError(
            f"{name}: the GPU was lost while working on {said} ({error}); {_allocated()}. Kernels run "
            "on after they are launched, so an "
            "earlier operator may be the cause. What is on the GPU can't be read any more: start the "
            "process again from a checkpoint"
        )
    return None


UNFILLED = (MemoryError, OverflowError, ValueError)
"""The errors that :func:`unfilled` is to be asked about."""


def unfilled(name: str, error: Exception) -> Exception:
    """What to say where ``name`` found no memory for a tensor, or no number of its dtype; else ``error``."""
    text = str(error)
    if isinstance(error, MemoryError) and not isinstance(error, OutOfMemoryError):
        return OutOfMemoryError(
            f"{name}: can't allocate memory, out of memory: {text or 'too many elements'}"
        )
    if "array is too big" in text or "Maximum allowed size" in text:  # NumPy's ValueErrors
        return RuntimeError(f"{name}: invalid size, Storage size calculation overflowed: {text}")
    if text.startswith("cannot convert float"):  # Python's, of infinities and NaN
        return RuntimeError(f"{name}: value cannot be converted to type int64_t without overflow: {text}")
    return error


def _allocated() -> str:
    """What tensors hold on the GPU, as far as its library still answers."""
    cupy = sys.modules.get("cupy")
    if cupy is None:
        return "no GPU is in use"
    pool = cupy.get_default_memory_pool()
    return (
        f"tensors hold {pool.used_bytes():,} bytes of the {pool.total_bytes():,} that the memory pool "
        "has taken from the GPU"
    )


def running_node(error: BaseException, code: CodeType) -> Any:
    """The node that the backward pass (the function with this ``code``) was at when ``error`` was raised;
    None elsewhere."""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code is code:
            return trace.tb_frame.f_locals.get("node")
        trace = trace.tb_next
    return None
