"""Which modules run now."""

import weakref
from collections.abc import Callable, Iterable
from typing import Any, Self

from .._engine.hook_tables import RemovableHandle
from .._engine.modes import state
from .._tensor import Tensor
from ..autograd.graph import register_multi_grad_hook
from ..nn.modules.module import (
    Module,
    register_module_forward_hook,
    register_module_forward_pre_hook,
)
from ._pytree import tree_flatten

__all__ = ["ModuleTracker"]


class ModuleTracker:
    """In its block ``parents`` has the names of the modules that run, forwards or backwards, and
    ``"Global"``: ``{"Global", "Net", "Net.conv1"}``. They are named from the outermost module's class on."""

    def __init__(self) -> None:
        self.parents: set[str] = {"Global"}
        self._names: weakref.WeakKeyDictionary[Module, str] = weakref.WeakKeyDictionary()
        self._handles: list[RemovableHandle] = []
        self._waits = False

    @property
    def is_bw(self) -> bool:
        """Whether a backward pass runs."""
        return state.get().running is not None

    def _name(self, module: Module) -> str:
        if module not in self._names:
            self._name_all(module, type(module).__name__)
        return self._names[module]

    def _name_all(self, module: Module, name: str) -> None:
        self._names[module] = name
        for part, inner in module.named_children():
            self._name_all(inner, f"{name}.{part}")

    def _enter(self, module: Module, args: Any) -> None:
        name = self._name(module)
        self.parents.add(name)
        self._in_backward(args, lambda: self.parents.discard(name))

    def _leave(self, module: Module, args: Any, output: Any) -> None:
        name = self._name(module)
        self.parents.discard(name)
        self._in_backward(output, lambda: self._enter_backward(name))

    def _enter_backward(self, name: str) -> None:
        running = state.get().running
        if running is not None and not self._waits:
            self._waits = True
            running.callbacks.append(self._end)
        self.parents.add(name)

    def _end(self) -> None:
        self.parents, self._waits = {"Global"}, False

    def _in_backward(self, values: Any, call: Callable[[], None]) -> None:
        """Call it when the gradients of all tensors in ``values`` are there."""
        flat: Iterable[Any] = tree_flatten(values)[0]
        tensors = [value for value in flat if isinstance(value, Tensor) and value.requires_grad]
        if tensors:
            self._handles.append(register_multi_grad_hook(tensors, lambda gradients: call()))

    def __enter__(self) -> Self:
        self._handles += [
            register_module_forward_pre_hook(self._enter),
            register_module_forward_hook(self._leave),
        ]
        return self

    def __exit__(self, *error: object) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles.clear()
