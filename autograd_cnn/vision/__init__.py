"""torchvision's place for what it shares with this package: data sets, models, transforms and pictures of
batches."""

import importlib
from typing import Any

from .._names import MODULES


def __getattr__(name: str) -> Any:
    target = MODULES.get(f"torchvision.{name}")
    if target is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return importlib.import_module(target)
