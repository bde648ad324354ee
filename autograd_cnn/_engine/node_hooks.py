"""Calling hooks in a backward pass: those of tensors with the gradient, those of nodes with all that goes in
and out."""

from collections.abc import Callable, Sequence
from typing import Any

from .checks import fit
from .handle import Handle
from .hook_tables import OF_NODES, AfterAccumulation, AfterNode, BeforeNode, OfResult
from .hooks import Retain
from .node import GraphNode, Leaf, Node
from .observers import Observer

Make = Callable[[Any, None], Any]
"""Makes a Tensor of an array."""


def through_hooks(node: GraphNode, g: Any, observer: Observer | None) -> Any:
    """The gradient (of a node of several results: their list) that goes on where ``g`` arrives."""
    assert node.hooks is not None
    for hook in tuple(node.hooks.values()):
        if type(hook) is OfResult:
            for inner in tuple(hook.hooks.values()) if g[hook.number] is None else ():
                if type(inner) not in OF_NODES and not isinstance(inner, Retain):
                    g[hook.number] = inner(g[hook.number])
        elif type(hook) not in OF_NODES:
            before, g = g, hook(g)
            if observer is not None:
                observer.hooked(node, hook, before, g)
    return g


def _tensors(parts: Sequence[Any], make: Make) -> tuple[Any, ...]:
    return tuple(part if part is None or isinstance(part, Handle) else make(part, None) for part in parts)


def _replaced(given: tuple[Any, ...], result: Any, hook: Any) -> tuple[Any, ...]:
    """What goes on where ``hook`` was called with the tensors ``given`` and returned ``result``."""
    if result is None:
        return given
    name = getattr(hook, "__name__", type(hook).__name__)
    parts = (result,) if isinstance(result, Handle) else result
    if not isinstance(parts, tuple):
        raise TypeError(f"expected tuple, but hook '{name}' returned {type(result).__name__}")
    if len(parts) != len(given):
        raise RuntimeError(
            f"hook '{name}' has returned an incorrect number of values (got {len(parts)}, but expected "
            f"{len(given)})"
        )
    for before, after in zip(given, parts, strict=True):
        if before is None and after is not None:
            raise RuntimeError(f"can't replace a None gradient with a non-None value (hook '{name}')")
        if after is not None and not isinstance(after, Handle):
            raise TypeError(f"hook '{name}' returned {type(after).__name__} for a gradient, not a Tensor")
    return parts


def before_node(node: Node | Leaf, g: Any, make: Make) -> Any:
    """What the rules of ``node`` get where ``g`` arrives and hooks are called before."""
    assert node.hooks is not None
    hooks = [entry.hook for entry in node.hooks.values() if type(entry) is BeforeNode]
    if not hooks:
        return g
    several = isinstance(g, list)
    given = _tensors(g if several else [g], make)
    recorded = any(isinstance(part, Handle) for part in (g if several else [g]))
    for hook in hooks:
        given = _replaced(given, hook(given), hook)
    parts = [part if part is None or recorded else part.array for part in given]
    return parts if several else parts[0]


def after_node(node: Node, contributions: list[tuple[int, Any]], g: Any, make: Make) -> list[tuple[int, Any]]:
    """What ``node``, which received ``g``, hands on where hooks are called with its ``contributions``."""
    assert node.hooks is not None
    hooks = [entry.hook for entry in node.hooks.values() if type(entry) is AfterNode]
    if not hooks:
        return contributions
    inputs: list[Any] = [None] * len(node.edges)
    for position, part in contributions:
        inputs[position] = fit(part, node, position)
    recorded = any(isinstance(part, Handle) for part in inputs)
    outputs = _tensors(g if isinstance(g, list) else [g], make)
    given = _tensors(inputs, make)
    for hook in hooks:
        given = _replaced(given, hook(given, outputs), hook)
    return [
        (position, part if recorded else part.array)
        for position, part in enumerate(given)
        if part is not None
    ]


def after_leaf(leaf: Leaf, g: Any, tensor: Any) -> None:
    """Call the hooks of a leaf once ``g`` was added to its ``.grad``: first those of the tensor."""
    entries = tuple((leaf.hooks or {}).values())
    for entry in entries:
        if type(entry) is AfterAccumulation and entry.hook(tensor) is not None:
            raise RuntimeError("Tensor post accumulate grad hooks should return None.")
    for entry in entries:
        if type(entry) is AfterNode:
            entry.hook((), _tensors([g], tensor._lift))
