"""The hooks of a module: where they are kept, how they are registered, and the order in which they run."""

import warnings
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from ..._engine.hook_tables import Hooks, RemovableHandle
from ..._engine.source import stacklevel
from .._hooks import BackwardHooks, Everywhere, after_pre_hook, on_each_node

HOOK_TABLES = (
    "_backward_pre_hooks",
    "_backward_hooks",
    "_forward_hooks",
    "_forward_hooks_with_kwargs",
    "_forward_hooks_always_called",
    "_forward_pre_hooks",
    "_forward_pre_hooks_with_kwargs",
    "_state_dict_hooks",
    "_state_dict_pre_hooks",
    "_load_state_dict_pre_hooks",
    "_load_state_dict_post_hooks",
)
"""PyTorch's names of the tables, of hooks and of what is said about some of them, by the ids of handles."""


class Hooked:
    """The part of a Module that keeps and calls hooks."""

    _backward_pre_hooks: Hooks
    _backward_hooks: Hooks
    _is_full_backward_hook: bool | None = None
    _forward_hooks: Hooks
    _forward_hooks_with_kwargs: Hooks
    _forward_hooks_always_called: Hooks
    _forward_pre_hooks: Hooks
    _forward_pre_hooks_with_kwargs: Hooks
    _state_dict_hooks: Hooks
    _state_dict_pre_hooks: Hooks
    _load_state_dict_pre_hooks: Hooks
    _load_state_dict_post_hooks: Hooks
    forward: Callable[..., Any]

    def _call_with_hooks(self, args: tuple[Any, ...], kwargs: dict[str, Any], everywhere: Everywhere) -> Any:
        result: Any = None
        called: set[int] = set()
        try:
            for hook in tuple(everywhere.forward_pre.values()):
                args, kwargs = after_pre_hook(hook(self, args), args, kwargs, False)
            for key, hook in tuple(self._forward_pre_hooks.items()):
                both = key in self._forward_pre_hooks_with_kwargs
                changed = hook(self, args, kwargs) if both else hook(self, args)
                args, kwargs = after_pre_hook(changed, args, kwargs, both)
            gradients_in, on_node = self._backward_watchers(everywhere)
            if gradients_in is not None:
                args = gradients_in.enter(args)
            result = self.forward(*args, **kwargs)
            for key, hook, with_kwargs, _ in self._all_forward_hooks(everywhere):
                called.add(key)
                changed = hook(self, args, kwargs, result) if with_kwargs else hook(self, args, result)
                result = result if changed is None else changed
            if gradients_in is not None:
                result = gradients_in.leave(result)
            if on_node:
                on_each_node(self, args, result, on_node)
            return result
        except BaseException:
            self._call_always(called, args, kwargs, result, everywhere)
            raise

    def _backward_watchers(self, everywhere: Everywhere) -> tuple[BackwardHooks | None, list[Any]]:
        """Who sees the gradients of the module, and the hooks of the old kind, which see those of its last
        operator."""
        before = [*everywhere.backward_pre.values(), *self._backward_pre_hooks.values()]
        after: list[Any] = []
        on_node: list[Any] = []
        (on_node if everywhere.full is False else after).extend(everywhere.backward.values())
        (on_node if self._is_full_backward_hook is False else after).extend(self._backward_hooks.values())
        return (BackwardHooks(self, before, after) if before or after else None), on_node

    def _all_forward_hooks(self, everywhere: Everywhere) -> list[tuple[int, Callable[..., Any], bool, bool]]:
        """Those of all modules and then its own: the key, the hook, whether it takes keywords, whether it is
        always called."""
        return [
            (key, hook, key in with_kwargs, key in always)
            for hooks, with_kwargs, always in (
                (everywhere.forward, everywhere.forward_with_kwargs, everywhere.forward_always_called),
                (self._forward_hooks, self._forward_hooks_with_kwargs, self._forward_hooks_always_called),
            )
            for key, hook in hooks.items()
        ]

    def _call_always(
        self,
        called: set[int],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        result: Any,
        everywhere: Everywhere,
    ) -> None:
        """Call the hooks that an error kept from being called and that are to be called in any case."""
        for key, hook, with_kwargs, always in self._all_forward_hooks(everywhere):
            if not always or key in called:
                continue
            try:
                changed = hook(self, args, kwargs, result) if with_kwargs else hook(self, args, result)
                result = result if changed is None else changed
            except Exception as error:  # noqa: BLE001 - forward's own error is the one to tell
                warnings.warn(
                    "module forward hook with ``always_call=True`` raised an exception that was silenced as "
                    f"another error was raised in forward: {error}",
                    stacklevel=stacklevel(),
                )

    # registering them

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, args)`` before forward; what it returns replaces the arguments (with
        ``with_kwargs`` both kinds)."""
        flags = (self._forward_pre_hooks_with_kwargs,) if with_kwargs else ()
        return RemovableHandle(self._forward_pre_hooks, hook, prepend, extra_dict=flags)

    def register_forward_hook(
        self,
        hook: Callable[..., Any],
        *,
        prepend: bool = False,
        with_kwargs: bool = False,
        always_call: bool = False,
    ) -> RemovableHandle:
        """Call ``hook(module, args, output)`` after forward; what it returns replaces the output.

        With ``with_kwargs`` it is called with ``(module, args, kwargs, output)``, with ``always_call`` also
        where forward raises.
        """
        flags: tuple[Hooks, ...] = (self._forward_hooks_with_kwargs,) if with_kwargs else ()
        flags += (self._forward_hooks_always_called,) if always_call else ()
        return RemovableHandle(self._forward_hooks, hook, prepend, extra_dict=flags)

    def register_full_backward_pre_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, grad_output)`` before the module's backward; what it returns replaces the
        gradients."""
        return RemovableHandle(self._backward_pre_hooks, hook, prepend)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call ``hook(module, grad_input, grad_output)`` when the gradients of the positional inputs are
        known.

        What it returns replaces them. An input that wants no gradient counts as None.
        """
        self._choose_kind(full=True)
        return RemovableHandle(self._backward_hooks, hook, prepend)

    def register_backward_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """The old form: call ``hook(module, grad_input, grad_output)`` when the gradients of the last
        operator of the module's forward are known, which are not those of the module's inputs.

        Use :meth:`register_full_backward_hook`, which cannot be used beside it.
        """
        self._choose_kind(full=False)
        return RemovableHandle(self._backward_hooks, hook)

    def _choose_kind(self, full: bool) -> None:
        if self._is_full_backward_hook not in (None, full):
            raise RuntimeError(
                "Cannot use both regular backward hooks and full backward hooks on a single Module. Please "
                "use only one of them."
            )
        self.__dict__["_is_full_backward_hook"] = full

    def register_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(module, prefix, keep_vars)`` before the state is read."""
        return RemovableHandle(self._state_dict_pre_hooks, hook)

    def register_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(module, state_dict, prefix, local_metadata)`` when the state of this module is in the
        dictionary."""
        hook._from_public_api = True  # type: ignore[attr-defined]  # PyTorch's mark
        return RemovableHandle(self._state_dict_hooks, hook)

    def _register_state_dict_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """As :meth:`register_state_dict_post_hook`, and what it returns is the state; layers of users call
        it."""
        if getattr(hook, "_from_public_api", False):
            raise RuntimeError(
                "Cannot register the same function as the state dict post hook that was previously "
                "registered via register_state_dict_post_hook"
            )
        return RemovableHandle(self._state_dict_hooks, hook)

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(module, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys,
        error_msgs)`` before loading.

        It may rename entries of ``state_dict``, which is a copy of the whole, and append to ``error_msgs``.
        """
        return RemovableHandle(self._load_state_dict_pre_hooks, (hook, True))

    def _register_load_state_dict_pre_hook(
        self, hook: Callable[..., Any], with_module: bool = False
    ) -> RemovableHandle:
        """As :meth:`register_load_state_dict_pre_hook`, by default without the module; layers of users call
        it."""
        return RemovableHandle(self._load_state_dict_pre_hooks, (hook, with_module))

    def register_load_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(module, incompatible_keys)`` after loading; names that it removes from the lists are
        forgiven."""
        return RemovableHandle(self._load_state_dict_post_hooks, hook)


def empty_tables() -> dict[str, Hooks]:
    """The tables of a module that has no hooks."""
    return {name: OrderedDict() for name in HOOK_TABLES}
