"""The graph: nodes, the topological sort, and the backward pass. It knows primitives and arrays, never a
Tensor.

A node is made for each recorded operator. Its edges lead to the nodes of its operands; it keeps what the
operator's rules asked for. ``backward`` visits every node after all its consumers, multiplies the upstream
signal by each local gradient and adds up where a value was used more than once. With ``lift`` the same rules
run on Tensors, and the result can be differentiated again.
"""

import weakref
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from ..ops import Plan, Primitive, add, cast, sum_to
from . import memory, source
from .modes import Scope
from .node_names import node_name

_ndarray, _add_arrays = (
    np.ndarray,
    np.add,
)  # names of the module: the backward loop looks them up millions of times


class Freed:
    """Stands in ``Node.saved`` after a backward pass has used the values up."""


FREED: Any = Freed()


class Packed(NamedTuple):
    """Stands in ``Node.saved`` for values that ``saved_tensors_hooks`` took into their keeping."""

    values: tuple[Any, ...]
    unpack: Callable[[tuple[Any, ...]], tuple[Any, ...]]


class Node:
    """One recorded operator."""

    __slots__ = ("dtype", "edges", "epoch", "hooks", "line", "plan", "prim", "saved", "scope", "shape")

    prim: Primitive
    edges: tuple[Any, ...]
    """For each operand the node that made it, or None where no gradient is wanted."""
    plan: Plan
    saved: tuple[Any, ...]
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    epoch: int
    hooks: "list[Callable[[Any], Any]] | None"
    scope: Scope | None
    line: source.Line | None

    def __repr__(self) -> str:
        return f"<{self.name()}>"

    def name(self) -> str:
        """The name PyTorch prints: ``ExpBackward0``."""
        saved = dict(zip(self.plan.names, self.saved, strict=True)) if type(self.saved) is tuple else {}
        return node_name(self.prim.name, saved)

    @property
    def next_functions(self) -> "tuple[tuple[Any, int], ...]":
        """The nodes that receive this node's gradients, in PyTorch's form."""
        return tuple((edge, 0) for edge in self.edges)


class Output:
    """One of several results of a node: collects its gradient for that node."""

    __slots__ = ("dtype", "edges", "hooks", "index", "shape")

    edges: "tuple[Node]"
    index: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    hooks: "list[Callable[[Any], Any]] | None"


def output_of(node: Node, index: int, array: Any) -> Output:
    """The handle in the graph of result ``index`` of a node that has several."""
    out = Output()
    out.edges, out.index, out.hooks = (node,), index, None
    out.shape, out.dtype = array.shape, array.dtype
    return out


class Leaf:
    """A tensor the user made and wants a gradient for; holds it weakly."""

    __slots__ = ("dtype", "hooks", "shape", "tensor")

    edges: tuple[Any, ...] = ()
    tensor: "Callable[[], Any]"
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    hooks: "list[Callable[[Any], Any]] | None"


def leaf_of(tensor: Any) -> Leaf:
    """A leaf of the graph for ``tensor`` as it is."""
    leaf = Leaf()
    leaf.tensor, leaf.shape, leaf.dtype, leaf.hooks = (
        weakref.ref(tensor),
        tensor.array.shape,
        tensor.array.dtype,
        None,
    )
    return leaf


class Observer(Protocol):
    """Told of every operator and of every step of a backward pass, where somebody watches."""

    def recorded(
        self, prim: Primitive, operands: Sequence[Any], params: dict[str, Any], results: tuple[Any, ...]
    ) -> None:
        """``prim`` ran on ``operands`` (Tensors and constants) and made the Tensors ``results``, recorded or
        not."""

    def left(self, tensor: Any, how: str, result: Any) -> None:
        """The value of ``tensor`` left the graph, by a call such as ``detach()``."""

    def began(self, roots: list[Any]) -> None:
        """A backward pass begins."""

    def step(self, node: Node, upstream: Any, contributions: list[tuple[int, Any]]) -> None:
        """``node`` received ``upstream`` and handed each ``(operand position, gradient)`` on."""


def toposort(roots: Iterable[Any]) -> list[Any]:
    """Every node that ``roots`` lead to, once, consumers before producers; by counting consumers, without
    recursion."""
    waiting = dict.fromkeys(roots, 0)
    stack = list(waiting)
    while stack:
        for producer in stack.pop().edges:
            if producer is not None:
                if producer in waiting:
                    waiting[producer] += 1
                else:
                    waiting[producer] = 1
                    stack.append(producer)
    order, ready = [], [node for node, count in waiting.items() if count == 0]
    while ready:
        node = ready.pop()
        order.append(node)
        for producer in node.edges:
            if producer is not None:
                count = waiting[producer] - 1
                if count:
                    waiting[producer] = count
                else:
                    ready.append(producer)
    return order


def leading_to(order: list[Any], targets: Iterable[Any]) -> set[Any]:
    """The nodes of ``order`` from which some target can be reached."""
    found = set(targets)
    for node in reversed(order):
        if not found.isdisjoint(node.edges):
            found.add(node)
    return found


def fit(g: Any, edge: Any, node: Node, position: int, lifted: bool) -> Any:
    """A gradient brought to its operand's shape and dtype where the primitive broadcasts or promotes; else an
    error."""
    if isinstance(g, np.generic):
        g = np.asarray(g)
    prim = node.prim
    if not hasattr(g, "shape"):
        raise _wrong_rule(node, position, f"returned {type(g).__name__}, not an array")
    if prim.broadcasts and g.shape != edge.shape:
        g = sum_to(g, shape=edge.shape)
    if g.dtype != edge.dtype and (prim.broadcasts or prim.promotes):
        g = cast(g, dtype=edge.dtype)
    if g.shape != edge.shape or g.dtype != edge.dtype:
        raise _wrong_rule(
            node,
            position,
            f"returned a gradient of shape {tuple(g.shape)} and dtype {np.dtype(g.dtype)}, but the "
            f"operand has shape {edge.shape} and dtype {edge.dtype}",
        )
    return g


def _wrong_rule(node: Node, position: int, what: str) -> RuntimeError:
    operands = node.prim.operands
    return RuntimeError(
        f"the local gradient of {node.prim.name} for its operand "
        f"{operands[min(position, len(operands) - 1)]!r} {what}; correct the rule"
    )


def verify(node: Node) -> None:
    """Refuse to use a saved value whose memory was written after the node was made."""
    if type(node.saved) is not tuple:
        return
    if memory.lent:
        memory.look_for_foreign_writes(value for value in node.saved if hasattr(value, "dtype"))
    for name, value, origin in zip(node.plan.names, node.saved, node.plan.origins, strict=True):
        if origin is None and isinstance(node.prim, Primitive):
            continue  # its own; an autograd.Function may save any tensor
        for array in value if node.prim.variadic and origin is not None and origin >= 0 else (value,):
            write = memory.written_since(array, node.epoch)
            if write is not None:
                saved_at = f" (saved at {source.describe(node.line)})" if node.line is not None else ""
                raise RuntimeError(
                    "one of the variables needed for gradient computation has been modified by an "
                    "inplace operation: "
                    f"{node.prim.name} needs its {name!r} of shape {list(array.shape)}{saved_at}, "
                    f"which was overwritten {_written_at(write.line)}; write out of place there, or "
                    "clone() before"
                )


def _written_at(line: "source.Line | None") -> str:
    return (
        f"at {source.describe(line)}"
        if line is not None
        else "from outside, through an array that shares its memory (numpy(), from_numpy)"
    )


def _already_freed(node: Node) -> RuntimeError:
    return RuntimeError(
        "Trying to backward through the graph a second time (or directly access saved tensors after "
        "they have already "
        f"been freed): what {node.prim.name} had saved is gone. Specify retain_graph=True in the "
        "first backward pass"
    )


def lifted_values(node: Node, saved: tuple[Any, ...], lift: Callable[[Any, Any], Any]) -> tuple[Any, ...]:
    """What ``node`` saved, as Tensors tied to the graph, so that rules applied to them are recorded."""
    values = []
    for value, origin in zip(saved, node.plan.origins, strict=True):
        if origin is None:
            values.append(value)
        elif origin < 0:
            values.append(lift(value, output_of(node, -1 - origin, value) if node.prim.outputs else node))
        elif node.prim.variadic:
            values.append(
                tuple(v if e is None else lift(v, e) for v, e in zip(value, node.edges, strict=True))
            )
        else:
            edge = node.edges[origin]
            values.append(value if edge is None else lift(value, edge))
    return tuple(values)


def backward(
    roots: list[Any],
    seeds: list[Any],
    *,
    targets: "list[Any] | None" = None,
    retain: bool = False,
    lift: "Callable[[Any, Any], Any] | None" = None,
    observer: "Observer | None" = None,
) -> dict[Any, tuple[Any, bool]]:
    """Run the graph backwards from ``roots``, whose upstream signals are ``seeds``.

    Returns for each leaf (or each of ``targets``) its gradient, and whether that array is the engine's own: a
    borrowed one may be shared with the caller or with another gradient. ``lift(array, node)`` makes the rules
    run on Tensors.
    """
    if observer is not None:
        observer.began(roots)
    order = toposort(roots)
    needed = None if targets is None else leading_to(order, targets)
    wanted = frozenset(targets or ())
    table: dict[Any, Any] = {}
    owned: set[Any] = set()
    found: dict[Any, tuple[Any, bool]] = {}

    def give(edge: Any, g: Any, node: Any, position: int) -> None:
        """Add one contribution: the first is borrowed, the first sum allocates, later sums go into that
        buffer."""
        if g.__class__ is not _ndarray or g.shape != edge.shape or g.dtype is not edge.dtype:
            g = fit(g, edge, node, position, lift is not None)
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
        if node.hooks:
            owned.discard(node)
            for hook in tuple(node.hooks):
                g = hook(g)
        kind = type(node)
        if kind is not Node or needed is not None:
            if kind is Leaf or node in wanted:  # with targets, no other leaf is needed
                found[node] = (g, node in owned)
            if kind is Leaf:
                continue
            if kind is Output:
                parent = node.edges[0]
                received = table.setdefault(parent, [None] * len(parent.prim.outputs))
                before = received[
                    node.index
                ]  # a rule's saved result has an Output of its own beside the tensor's
                received[node.index] = g if before is None else add(before, g)
                continue
        saved, edges, plan = node.saved, node.edges, node.plan
        if type(saved) is not tuple:
            if saved is FREED:
                raise _already_freed(node)
            saved = saved.unpack(saved.values)
        if node.epoch != now or lent:
            verify(node)
        if lift is not None:
            saved = lifted_values(node, saved, lift)
        if plan.simple and needed is None and observer is None:
            for rule, picks, position in plan.rules:  # the ordinary case, without a needless look
                count = len(picks)
                if count == 1:
                    give(edges[position], rule(g, saved[picks[0]]), node, position)
                elif count == 0:
                    give(edges[position], rule(g), node, position)
                else:
                    give(edges[position], rule(g, *[saved[i] for i in picks]), node, position)
        else:
            contributions = _contributions(node, g, saved, needed)
            for position, contribution in contributions:
                give(edges[position], contribution, node, position)
            if observer is not None:
                observer.step(node, g, contributions)
        if not retain and plan.holds_arrays:
            node.saved = FREED
    return found


def _contributions(
    node: Node, g: Any, saved: tuple[Any, ...], needed: "set[Any] | None"
) -> list[tuple[int, Any]]:
    """What each rule of ``node`` gives to which operand, for any number of results and operands; unneeded
    rules don't run."""
    prim, edges = node.prim, node.edges
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
            raise _wrong_rule(
                node, positions[0], f"returned {how_many} gradient(s) for {len(positions)} operands"
            )
        may_be_none = prim.outputs or not single
        contributions += [
            (i, part)
            for i, part in zip(positions, parts, strict=True)
            if edges[i] is not None and not (part is None and may_be_none)
        ]
    return contributions
