"""Second derivatives that are zero and yet there.

The gradient of a ReLU depends on its operand by a step: the derivative is zero, but the graph of a recorded
backward pass should lead to the operand, as PyTorch's does, so that ``grad`` of a gradient gives zeros and
not an error. A primitive says ``piecewise_linear=True``, a composition likewise; whatever else has a gradient
that is free of its operands (a sum, a clamp, a matrix product by a constant) stays untied, as there.
"""

from collections.abc import Callable
from typing import Any

from ..ops import array_module, attached
from .node import GraphNode, Node, Scope, maker, scopes

piecewise_linear: set[str] = set()
"""The names of such compositions, which are also those of their scopes."""


def attach(g: Any, node: Node, edge: GraphNode, lift: Callable[[Any, Any], Any]) -> Any:
    """``g``, the gradient that ``node`` hands to ``edge``, as a function of that operand too where ``node``
    is piecewise linear, or the last step on the way out of a composition that is."""
    if not node.prim.piecewise_linear:
        inside = [scope for scope in scopes(node.scope) if scope.name in piecewise_linear]
        if not inside or _within(edge, inside[0]):
            return g
    xp = array_module(g.array)
    return attached(g, lift(xp.broadcast_to(xp.zeros((), edge.dtype), edge.shape), edge))


def _within(edge: GraphNode, scope: Scope) -> bool:
    made_by = maker(edge)
    return isinstance(made_by, Node) and any(outer is scope for outer in scopes(made_by.scope))
