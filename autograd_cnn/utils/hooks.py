"""Handles of hooks."""

from collections import OrderedDict as OrderedDict
from collections.abc import Callable
from typing import Any

from .._engine.hooks import RemovableHandle as RemovableHandle
from .._tensor import Tensor

__all__ = ["RemovableHandle", "unserializable_hook", "warn_if_has_hooks"]


def unserializable_hook(f: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a hook: it is not saved with its tensor. No hook is here."""
    f.__torch_unserializable__ = True  # type: ignore[attr-defined]  # a mark on the user's function
    return f


def warn_if_has_hooks(tensor: Tensor) -> None:
    """Hooks are never saved, and nobody takes them for it: nothing to warn of."""
