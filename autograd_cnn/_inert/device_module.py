"""The module of functions for a kind of device."""

from importlib import import_module
from types import ModuleType

from .. import accelerator
from .._devices.device import DeviceLike
from .._devices.device import device as make_device
from .._paths import PACKAGE

__all__ = ["get_device_module"]


def get_device_module(device: DeviceLike | None = None) -> ModuleType:
    """``torch.cuda`` for a GPU, ``torch.cpu``, ``torch.mps`` and so on; None: the accelerator's, or the
    CPU's. RuntimeError where there is none for it."""
    chosen = ("cuda" if accelerator.is_available() else "cpu") if device is None else device
    kind = make_device(chosen).type
    try:
        return import_module(f"{PACKAGE}.{kind}")
    except ModuleNotFoundError:
        raise RuntimeError(f"Device '{kind}' does not have a corresponding module here") from None
