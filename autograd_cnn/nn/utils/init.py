"""Modules without drawn weights, for whoever writes them anyway."""

import inspect
from typing import Any, TypeVar

from ..._creation.random import fork_rng
from ..modules import Module

__all__ = ["skip_init"]

M = TypeVar("M", bound=Module)


def skip_init(module_cls: type[M], *args: Any, **kwargs: Any) -> M:
    """``module_cls(*args, **kwargs)`` whose parameters and buffers are memory as it was found.

    Raises RuntimeError where that is no module, or takes no ``device``.
    """
    if not (isinstance(module_cls, type) and issubclass(module_cls, Module)):
        raise RuntimeError(f"Expected a Module; got {module_cls}")
    if "device" not in inspect.signature(module_cls).parameters:
        raise RuntimeError("Module must support a 'device' arg to skip initialization")
    device = kwargs.pop("device", "cpu")
    with fork_rng():  # nothing is drawn
        return module_cls(*args, **kwargs).to_empty(device=device)
