"""Several views that one function returns together, such as those of ``unbind``: one node of the graph, whose
rule puts their gradients together at once."""

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..ops import Operator, Plan, array_module
from .handle import Operand
from .modes import state
from .node import GraphNode, output_of
from .recording import new_node

Join = Callable[[Sequence[Any]], Any]
"""Puts the gradients of the views together, an array or a recorded one."""


@functools.lru_cache(maxsize=256)
def _operator(name: str, count: int) -> Operator:
    return Operator(name, ("x",), {}, outputs=tuple(f"view{i}" for i in range(count)))


def one_of_several(tensor: Operand, views: Iterable[Any], name: str, join: Join) -> tuple[Any, ...]:
    """``views`` of ``tensor`` that a function called ``name`` returns together: PyTorch forbids to write into
    one of them. ``join`` makes the gradient of ``tensor`` of theirs.

    Where somebody watches, each view keeps a node of its own, which says by what index it is taken.
    """
    views, mode, edge = tuple(views), state.get(), tensor._present_node()
    printed = "".join(part.capitalize() for part in name.split("_"))
    for i, t in enumerate(views):
        if t._view is not None:
            t._view = t._view._replace(several=t._view.several or f"Output {i} of {printed}")
    if views and edge is not None and views[0]._node is not None and mode.observer is None:
        rule = functools.partial(_joined, join, [t.array.shape for t in views])
        plan = Plan((), (), ((rule, (), 0),), simple=False, holds_arrays=False)
        edges: tuple[GraphNode | None, ...] = (edge,)
        node = new_node(_operator(name, len(views)), plan, edges, views[0].array, (), mode)
        for i, t in enumerate(views):
            t._node = output_of(node, i, t.array)
    return views


def _joined(join: Join, shapes: list[tuple[int, ...]], *upstream: Any) -> Any:
    """The rule: zeros stand for the views that no gradient came for."""
    known = next(g for g in upstream if g is not None)
    zeros = array_module(getattr(known, "array", known)).zeros
    kind = getattr(known, "array", known).dtype
    return join([zeros(shape, kind) if g is None else g for g, shape in zip(upstream, shapes, strict=True)])
