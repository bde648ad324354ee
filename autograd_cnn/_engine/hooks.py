"""The hooks of tensors, which see gradients as they arrive."""

import functools
import weakref
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from .handle import Handle
from .hook_tables import OfResult, RemovableHandle
from .node import GraphNode, Output


class Retain:
    """The hook that fills ``.grad`` of a tensor that is no leaf; it runs after the user's hooks."""

    def __init__(self, tensor: Handle[Any]) -> None:
        self.tensor = weakref.ref(tensor)

    def __call__(self, g: Any) -> Any:
        t = self.tensor()
        if t is not None:
            kept = g if isinstance(g, Handle) else t._lift(g.copy(), None)
            t._grad = kept if t._grad is None else t._grad + kept
        return g


def add_hook(node: GraphNode, hook: Callable[[Any], Any]) -> RemovableHandle:
    """Call ``hook`` with the gradient that arrives at ``node``; what it returns goes on."""
    if node.hooks is None:
        node.hooks = OrderedDict()
        if isinstance(node, Output):
            RemovableHandle(node.edges[0]._table(), OfResult(node.index, node.hooks))
    handle = RemovableHandle(node.hooks, hook)
    for key in [key for key, other in node.hooks.items() if isinstance(other, Retain)]:
        node.hooks.move_to_end(key)
    return handle


def retaining(node: GraphNode | None, tensor: Handle[Any]) -> list[int]:
    """The keys of the hooks of ``node`` that fill ``.grad`` of ``tensor``."""
    if node is None or node.hooks is None:
        return []
    return [key for key, hook in node.hooks.items() if isinstance(hook, Retain) and hook.tensor() is tensor]


def carry_retained(tensor: Handle[Any], before: GraphNode | None) -> None:
    """Where ``before``, the node of ``tensor`` until it was written in place, was to fill its ``.grad``, its
    present node does."""
    if before is None or tensor._node is None or before is tensor._node:
        return
    for key in retaining(before, tensor):
        assert before.hooks is not None
        add_hook(tensor._node, before.hooks.pop(key))


def on_tensors(
    hook: Callable[[Any], Any], lift: Callable[[Any, GraphNode | None], Any]
) -> Callable[[Any], Any]:
    """``hook``, written for Tensors, for the gradients of a pass, which are arrays unless it is recorded.

    Raises TypeError where it returns no Tensor, RuntimeError where that has another shape or dtype.
    """

    @functools.wraps(hook)  # so that whoever explains a gradient can name it
    def on_gradient(g: Any) -> Any:
        was_tensor = g is None or isinstance(g, Handle)
        result = hook(g if was_tensor else lift(g, None))
        if result is None:
            return g
        if not isinstance(result, Handle):
            raise TypeError(
                f"expected a hook to return a Tensor or None, but it returned {type(result).__name__}"
            )
        if g is None:
            raise RuntimeError("can't replace a None gradient with a non-None value")
        received = g.array if was_tensor else g
        if result.array.shape != received.shape:
            raise RuntimeError(
                f"a hook returned a gradient of shape {list(result.array.shape)} for one of shape "
                f"{list(g.shape)}"
            )
        if result.array.dtype != received.dtype:
            raise RuntimeError(
                f"a hook returned a gradient of dtype {result.array.dtype} for one of dtype "
                f"{received.dtype}; convert it back with .to(...)"
            )
        return result if was_tensor else result.array

    return on_gradient
