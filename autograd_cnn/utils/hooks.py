"""Handles of hooks, and the hooks of a module's gradients."""

from collections import OrderedDict as OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from .._engine.hook_tables import RemovableHandle as RemovableHandle
from .._tensor import Tensor
from ..nn._hooks import BackwardHooks

__all__ = ["BackwardHook", "RemovableHandle", "unserializable_hook", "warn_if_has_hooks"]


def unserializable_hook(f: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a hook: it is not saved with its tensor. No hook is here."""
    f.__torch_unserializable__ = True  # type: ignore[attr-defined]  # a mark on the user's function
    return f


def warn_if_has_hooks(tensor: Tensor) -> None:
    """Hooks are never saved, and nobody takes them for it: nothing to warn of."""


class BackwardHook(BackwardHooks):
    """The backward hooks of one call of ``module``: what went in is passed through ``setup_input_hook``, what
    comes out through ``setup_output_hook``."""

    def __init__(
        self,
        module: Any,
        user_hooks: Iterable[Callable[..., Any]],
        user_pre_hooks: Iterable[Callable[..., Any]],
    ) -> None:
        super().__init__(module, list(user_pre_hooks), list(user_hooks))

    def setup_input_hook(self, args: Any) -> Any:
        """``args``, whose gradients ``user_hooks`` are called with."""
        return self.enter(args)

    def setup_output_hook(self, args: Any) -> Any:
        """``args``, whose gradients ``user_pre_hooks`` are called with."""
        return self.leave(args)
