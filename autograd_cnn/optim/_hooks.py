"""Hooks of optimizers: around each step, of one optimizer or of all, and around reading and loading their
state."""

import functools
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

from .._engine.hook_tables import Hooks, RemovableHandle
from .._engine.ranges import record_function

F = TypeVar("F", bound=Callable[..., Any])

steps_before: Hooks = OrderedDict()
"""Called before each step of any optimizer."""

steps_after: Hooks = OrderedDict()
"""Called after each step of any optimizer."""


NONE: Hooks = OrderedDict()
"""The hooks of an optimizer that has none, as one whose subclass did not call
``super().__init__()``."""


def make_room(optimizer: Any, kind: str) -> Hooks:
    """The optimizer's hooks of a kind, to add one."""
    hooks: Hooks = optimizer.__dict__.setdefault(kind, OrderedDict())
    return hooks


def register_optimizer_step_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call ``hook(optimizer, args, kwargs)`` before each step of any optimizer."""
    return RemovableHandle(steps_before, hook)


def register_optimizer_step_post_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call ``hook(optimizer, args, kwargs)`` after each step of any optimizer."""
    return RemovableHandle(steps_after, hook)


def hooked(func: F) -> F:
    """A ``step`` method that runs the hooks around itself, the optimizer's own nearer to it than those of all
    optimizers, and that has a name in profiles. To hooks the optimizer is the first of ``args`` too."""

    @functools.wraps(func)
    def run(*args: Any, **kwargs: Any) -> Any:
        self = args[0]
        for hook in (*steps_before.values(), *self._optimizer_step_pre_hooks.values()):
            replaced = hook(self, args, kwargs)
            if replaced is not None:
                if not (isinstance(replaced, tuple) and len(replaced) == 2):
                    raise RuntimeError(
                        "a step pre-hook must return None or a tuple of (new_args, new_kwargs), but "
                        f"got {replaced}."
                    )
                args, kwargs = replaced
        self._opt_called = True
        with record_function(f"Optimizer.step#{type(self).__name__}.step"):
            result = func(*args, **kwargs)
        for hook in (*self._optimizer_step_post_hooks.values(), *steps_after.values()):
            hook(self, args, kwargs)
        return result

    run.notes_steps = True  # type: ignore[attr-defined]  # schedulers ask
    return run  # type: ignore[return-value]  # functools.wraps keeps the signature


def changed(value: Any, hooks: Hooks, owner: Any) -> Any:
    """``value`` after each hook saw it and may have returned another in its place."""
    for hook in hooks.values():
        other = hook(owner, value)
        value = value if other is None else other
    return value
