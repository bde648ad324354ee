"""The device of tensors that are made without one."""

from .device import CPU, DeviceLike
from .device import device as make_device

__all__ = ["get_default_device", "set_default_device"]


def set_default_device(device: DeviceLike | None) -> None:
    """Let tensors that are made without ``device=`` live on ``device``; None: on the CPU, as at the start.

    ``with torch.device("cuda"):`` does the same for a while.
    """
    chosen = CPU if device is None else make_device(device)
    make_device.default = None if chosen.type == "cpu" else chosen


def get_default_device() -> make_device:
    """The device that tensors made now have, unless told: what ``with torch.device(...)`` or
    :func:`set_default_device` says, else the CPU."""
    return make_device.default or CPU
