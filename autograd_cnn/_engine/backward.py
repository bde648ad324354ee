"""The backward pass over the graph. It knows nodes and arrays, never a Tensor.

Every node is visited after all its consumers. Its rules turn the upstream signal into one gradient for each
operand; these are added up where a value was used more than once. With ``lift`` the same rules run on
Tensors, and the result can be differentiated again.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..ops import add, cast
from . import memory
from .attachment import attach
from .checks import fit, kept_by, verify, wrong_rule
from .modes import state
from .node import FREED, GraphNode, Leaf, Node, Output, arrays_in, output_of
from .node_hooks import Make, after_node, before_node, through_hooks
from .observers import Observer
from .sort import leading_to, toposort

_ndarray, _add_arrays = np.ndarray, np.add  # the loop looks them up millions of times


def backward(
    roots: list[GraphNode],
    seeds: list[Any],
    *,
    targets: list[GraphNode] | None = None,
    retain: bool = False,
    lift: Callable[[Any, Any], Any] | None = None,
    make: Make | None = None,
    observer: Observer | None = None,
    fills: bool = False,
) -> dict[GraphNode, tuple[Any, bool]]:
    """Run the graph backwards from ``roots``, whose upstream signals are ``seeds``.

    Returns for each leaf (or each of ``targets``) its gradient, and whether that array is the engine's own: a
    borrowed one may be shared with the caller or with another gradient. ``lift(array, node)`` makes the rules
    run on Tensors; ``make`` is what makes the Tensors that hooks of nodes are called with. Where the pass
    ``fills`` ``.grad`` of its targets, hooks of the nodes that it ends at are called too.
    """
    if observer is not None:
        observer.began(roots)
    order: list[Any] = toposort(roots)
    needed = None if targets is None else leading_to(order, targets)
    wanted = frozenset(targets or ())
    table: dict[GraphNode, Any] = {}
    owned: set[GraphNode] = set()
    found: dict[GraphNode, tuple[Any, bool]] = {}

    def give(edge: Any, g: Any, node: Any, position: int) -> None:
        """Add one contribution: the first is borrowed, the first sum allocates, later sums go into that
        buffer."""
        if g.__class__ is not _ndarray or g.shape != edge.shape or g.dtype is not edge.dtype:
            g = fit(g, node, position)
            if lift is not None:
                g = attach(g, node, edge, lift)
        before = table.get(edge)
        if before is None:
            table[edge] = g
        elif lift is not None:
            table[edge] = add(before, g)
        elif edge in owned:
            _add_arrays(before, g, before)
        else:
            table[edge] = add(before, g)
            owned.add(edge)

    for root, seed in zip(roots, seeds, strict=True):
        table[root] = seed if root not in table else add(table[root], seed)
    order.reverse()
    now, lent = memory.epoch, memory.lent
    while order:
        node = order.pop()
        g = table.pop(node, None)
        if g is None or (needed is not None and node not in needed):
            continue
        arrived = g
        if node.hooks:
            owned.discard(node)
            g = through_hooks(node, g, observer)
        kind = type(node)
        if kind is not Node or needed is not None:
            ends = kind is Leaf or (needed is not None and needed.isdisjoint(node.edges))
            if kind is Leaf or node in wanted:  # with targets, no other leaf is needed
                found[node] = (g if ends else arrived, node in owned)  # PyTorch: on the way, before its hooks
            if ends:
                if fills and node.hooks and isinstance(node, Node):
                    contributions_of(node, g, (), needed, make)
                continue  # the pass ends here: what the node saved is left to others
            if kind is Output:
                _hand_over(node, g, table)
                continue
        saved, edges, plan = node.saved, node.edges, node.plan
        if type(saved) is not tuple:
            saved = kept_by(node)
        if node.epoch != now or lent:
            verify(node)
        if lift is not None:
            saved = _lifted(node, saved, lift)
        if plan.simple and needed is None and observer is None and not node.hooks:
            for rule, picks, position in plan.rules:  # the ordinary case, without a needless look
                count = len(picks)
                if count == 1:
                    give(edges[position], rule(g, saved[picks[0]]), node, position)
                elif count == 0:
                    give(edges[position], rule(g), node, position)
                else:
                    give(edges[position], rule(g, *[saved[i] for i in picks]), node, position)
        else:
            contributions = contributions_of(node, g, saved, needed, make)
            for position, contribution in contributions:
                give(edges[position], contribution, node, position)
            if observer is not None:
                observer.step(node, g, contributions)
        if not retain and (plan.holds_arrays or (plan.may_hold and any(True for _ in arrays_in(saved)))):
            node.saved = FREED
    return found


def _hand_over(output: Output, g: Any, table: dict[GraphNode, Any]) -> None:
    """Put the gradient of one of several results beside those of the others."""
    node = output.edges[0]
    received = table.setdefault(node, [None] * len(node.prim.outputs))
    before = received[output.index]  # a rule's saved result has an Output beside the tensor's
    received[output.index] = g if before is None else add(before, g)


def contributions_of(
    node: Node,
    g: Any,
    saved: tuple[Any, ...],
    needed: set[GraphNode] | None = None,
    make: Make | None = None,
) -> list[tuple[int, Any]]:
    """What each rule of ``node`` gives to which operand, for any number of results and operands; unneeded
    rules don't run. Hooks on the node are called where there is ``make``."""
    prim, edges = node.prim, node.edges
    if not node.plan.for_gradients and not state.get().transposing:
        return []
    if node.hooks and make is not None:
        g = before_node(node, g, make)
    upstream = g if prim.outputs else (g,)
    contributions: list[tuple[int, Any]] = []
    for rule, picks, position in node.plan.rules:
        positions = (
            range(len(edges)) if prim.variadic else (position,) if isinstance(position, int) else position
        )
        if needed is not None and not any(edges[i] in needed for i in positions):
            continue
        result = rule(*upstream, *[saved[i] for i in picks])
        single = isinstance(position, int) and not prim.variadic
        parts = (result,) if single else result
        if not isinstance(parts, (tuple, list)) or len(parts) != len(positions):
            how_many = len(parts) if isinstance(parts, (tuple, list)) else type(parts).__name__
            raise wrong_rule(
                node, positions[0], f"returned {how_many} gradient(s) for {len(positions)} operands"
            )
        may_be_none = prim.outputs or not single
        contributions += [
            (i, part)
            for i, part in zip(positions, parts, strict=True)
            if edges[i] is not None and not (part is None and may_be_none)
        ]
    if node.hooks and make is not None:
        return after_node(node, contributions, g, make)
    return contributions


def rules_of(node: Node, upstream: Any, lift: Callable[[Any, Any], Any] | None) -> Iterator[tuple[int, Any]]:
    """What the rules of one node give to which operand, apart from any pass; on Tensors with ``lift``."""
    verify(node)
    saved = kept_by(node)
    if lift is not None:
        saved = _lifted(node, saved, lift)
    for position, part in contributions_of(node, upstream, saved):
        yield position, fit(part, node, position)


def _lifted(node: Node, saved: tuple[Any, ...], lift: Callable[[Any, Any], Any]) -> tuple[Any, ...]:
    """What ``node`` saved, as Tensors tied to the graph, so that rules applied to them are recorded."""
    values: list[Any] = []
    for value, origin in zip(saved, node.plan.origins, strict=True):
        if origin is None:
            values.append(value)
        elif origin < 0:
            values.append(lift(value, output_of(node, -1 - origin, value) if node.prim.outputs else node))
        elif node.prim.variadic:
            pairs = zip(value, node.edges, strict=True)
            values.append(tuple(v if edge is None else _tied(v, edge, lift) for v, edge in pairs))
        else:
            edge = node.edges[origin]
            values.append(value if edge is None else _tied(value, edge, lift))
    return tuple(values)


def _tied(value: Any, edge: Any, lift: Callable[[Any, Any], Any]) -> Any:
    """An operand that was saved, as a Tensor; one that had been promoted by a cast, which is recorded: rules
    may hand it to operators that do not promote."""
    if value.dtype == edge.dtype or edge.dtype == np.float16:  # of halves rules take care: see ops._half
        return lift(value, edge)
    return cast(lift(value.astype(edge.dtype), edge), dtype=value.dtype)
