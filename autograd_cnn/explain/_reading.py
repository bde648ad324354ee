"""The graph below a tensor, read into plain records in the order of evaluation: what every picture and page
starts from."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from .._devices.device import device_of
from .._engine import source
from .._engine.handle import Handle
from .._engine.memory import owner
from .._engine.node import Leaf, Node, Output, Saved, arrays_in, maker
from .._engine.sort import leading_to, toposort
from ._names import Names, assigned_name


@dataclass(slots=True)
class Edge:
    """One use of a value: operand ``position`` of vertex ``consumer`` is result ``output`` of vertex
    ``producer``."""

    producer: int
    consumer: int
    position: int
    shape: tuple[int, ...]
    output: int | None = None


@dataclass(slots=True)
class Vertex:
    """One leaf or operator of the graph."""

    index: int
    node: Any
    op: str
    name: str
    shape: tuple[int, ...]
    dtype: str
    device: str
    saved: tuple[Saved, ...]
    """What the operator keeps for the backward pass; nothing where that is gone, or packed by hooks."""
    saved_bytes: int
    """Of these values; the memory of leaves, which is there anyway, is not counted."""
    inputs: list[Edge] = field(default_factory=list)
    uses: list[Edge] = field(default_factory=list)

    @property
    def is_leaf(self) -> bool:
        """Whether the user made it."""
        return type(self.node) is Leaf

    def kept_operands(self) -> dict[int, Any]:
        """The operands' values by position, as far as it keeps them."""
        kept: dict[int, Any] = {}
        for item in self.saved:
            if item.origin is not None and item.origin >= 0:
                kept.update(enumerate(item.value) if self.node.prim.variadic else {item.origin: item.value})
        return kept

    @property
    def line(self) -> str:
        """Where the script made it: ``file:line``, from the current folder on; empty if lines were not
        kept."""
        line = getattr(self.node, "line", None)
        if line is None:
            return ""
        here = os.getcwd() + os.sep
        return source.describe(line).removeprefix(here)


@dataclass(slots=True)
class Reading:
    """The graph of one tensor, producers before consumers."""

    vertices: list[Vertex]
    edges: list[Edge]
    at: dict[Any, int]
    """Position of each node."""
    names: Names
    """What the reader called leaves and constants."""

    @property
    def root(self) -> Vertex:
        """The tensor that was asked about."""
        return self.vertices[-1]


def root_of(loss: Any) -> Any:
    """The node of a tensor that was recorded; anything else is an error that says what to do."""
    if not isinstance(loss, Handle):
        raise TypeError(f"expected the Tensor whose graph is to be shown, not {type(loss).__name__}")
    if loss._present_node() is None:
        raise ValueError(
            "this tensor has no graph: nothing it was computed from asked for a gradient "
            "(requires_grad=True), or it was made "
            "under no_grad() or by detach(); explain.why(param, loss) says where"
        )
    return loss._node


def kept_arrays(saved: Iterable[Saved]) -> list[Any]:
    """The arrays among saved values, each block of memory once."""
    blocks = {id(owner(a)): a for item in saved for a in arrays_in(item.value)}
    return list(blocks.values())


def block_bytes(array: Any) -> int:
    """The bytes an array keeps alive: those of the block it looks into, where that is an array, else its
    own."""
    block = owner(array)
    return int(getattr(block, "nbytes", array.nbytes))


def read(
    loss: Any,
    names: Names,
    focus: Any = None,
    saved_by: Callable[[Node], tuple[Saved, ...]] = Node.saved_items,
) -> Reading:
    """Read the graph of ``loss``; ``names`` are those of leaves (and of any result that has one).

    ``focus``: only what lies on the paths to this leaf (a Tensor, or a name). ``saved_by`` tells what a node
    saved, where somebody kept it longer than the node itself.
    """
    order: list[Any] = toposort([root_of(loss)])
    lent = {id(owner(t.array)) for node in order if type(node) is Leaf and (t := node.tensor()) is not None}
    if focus is not None:
        # values are called the same in a part of the graph as in the whole
        whole = read(loss, names, saved_by=saved_by)
        order = _only_towards(order, focus, names)
        names = {**names, **{vertex.node: vertex.name for vertex in whole.vertices}}
    order = [node for node in reversed(order) if type(node) is not Output]
    at = {node: i for i, node in enumerate(order)}
    vertices: list[Vertex] = []
    edges: list[Edge] = []
    for i, node in enumerate(order):
        leaf = type(node) is Leaf
        tensor = node.tensor() if leaf else None
        saved = saved_by(node) if isinstance(node, Node) else ()
        kept = kept_arrays(saved)
        sample = tensor.array if tensor is not None else kept[0] if kept else None
        vertex = Vertex(
            i,
            node,
            "leaf" if leaf else node.prim.name,
            "",
            tuple(node.shape),
            str(node.dtype),
            "" if sample is None else str(device_of(sample)),
            saved,
            sum(int(a.nbytes) for a in kept if id(owner(a)) not in lent),
        )
        for position, edge in enumerate(node.edges):
            producer = maker(edge)
            if edge is not None and producer in at:
                output = edge.index if isinstance(edge, Output) else None
                link = Edge(at[producer], i, position, tuple(edge.shape), output)
                vertex.inputs.append(link)
                vertices[link.producer].uses.append(link)
                edges.append(link)
        vertex.device = vertex.device or next((vertices[e.producer].device for e in vertex.inputs), "cpu")
        vertices.append(vertex)
    reading = Reading(vertices, edges, at, names)
    _name(reading, names)
    return reading


def _only_towards(order: list[Any], focus: Any, names: Names) -> list[Any]:
    if isinstance(focus, Handle):
        target = focus._node
        shown = "the tensor given as focus"
    else:
        target = next((node for node, name in names.items() if name == focus), None)
        shown = repr(focus)
    if target is None or target not in set(order):
        known = sorted(names[node] for node in order if node in names)
        raise ValueError(
            f"focus: {shown} is no leaf of this graph; it has {', '.join(known) or 'no named leaf'}"
        )
    found = leading_to(order, [target])
    return [node for node in order if node in found]


def _outermost(node: Any) -> Any:
    scope = getattr(node, "scope", None)
    while scope is not None and scope.outer is not None:
        scope = scope.outer
    return id(scope)


def _name(reading: Reading, names: Names) -> None:
    """Give every vertex its name; equal names of different values are numbered."""
    counter = leaves = 0
    wanted: dict[str, list[Vertex]] = {}
    for vertex in reading.vertices:
        node = vertex.node
        name = names.get(node)
        if vertex is reading.root and not vertex.is_leaf:
            name = name or assigned_name(node.line) or ("loss" if not vertex.shape else None)
        elif name is None and not vertex.is_leaf:
            line = node.line
            inner = any(
                getattr(reading.vertices[e.consumer].node, "line", None) == line
                and _outermost(reading.vertices[e.consumer].node) == _outermost(node)
                for e in vertex.uses
            )
            name = None if inner else assigned_name(line)
        if name is None:
            counter, leaves = (counter, leaves + 1) if vertex.is_leaf else (counter + 1, leaves)
            vertex.name = f"x{leaves}" if vertex.is_leaf else f"v{counter}"
        else:
            wanted.setdefault(name, []).append(vertex)
    taken = {vertex.name for vertex in reading.vertices} | set(wanted)
    for name, vertices in wanted.items():
        for i, vertex in enumerate(vertices, 1):
            vertex.name = name if len(vertices) == 1 else f"{name}_{i}"
            if len(vertices) > 1 and vertex.name in taken:
                vertex.name = f"{name}__{i}"
