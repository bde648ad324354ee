"""The gradients of one backward pass: recorded while it runs, or found by a rehearsal that changes
nothing."""

import math
from collections.abc import Callable, Iterator
from contextvars import copy_context
from typing import Any, NamedTuple

import numpy as np

from .._devices.device import device_of
from .._devices.transfer import move
from .._engine.backward import backward, contributions_of
from .._engine.checks import fit, kept_by
from .._engine.handle import Handle
from .._engine.node import GraphNode, Node
from .._engine.observers import Observer
from .._engine.sort import toposort
from .._engine.statistics import host
from ._reading import Reading, Vertex, root_of


class Signal(NamedTuple):
    """What a picture tells of one gradient."""

    norm: float
    """Euclidean; infinite or NaN where some entry is."""
    state: str
    """``"zero"``, ``"nan"``, ``"inf"`` or ``"ok"``."""


def raw(value: Any) -> Any:
    """The array of a Tensor (as in a pass with ``create_graph``), or the array itself."""
    return value.array if isinstance(value, Handle) else value


def measure(value: Any) -> Signal:
    """The norm of a gradient, and whether it is zero, infinite or not a number."""
    array = host(value)
    flat = array.reshape(-1)
    with np.errstate(all="ignore"):
        norm = math.sqrt(abs(float(np.dot(flat, flat)))) if flat.dtype.kind == "f" else 0.0
        if math.isfinite(norm) and norm > 1e-18:
            return Signal(norm, "ok")
        wide = flat.astype(np.float64)
        if np.isnan(wide).any():
            return Signal(math.nan, "nan")
        if np.isinf(wide).any():
            return Signal(math.inf, "inf")
        largest = float(np.abs(wide).max(initial=0.0))
        if largest == 0.0:
            return Signal(0.0, "zero")
        return Signal(largest * math.sqrt(float(np.square(wide / largest).sum())), "ok")


class BackwardPass(Observer):
    """Every step of one backward pass, in the engine's order. The engine calls :meth:`step`."""

    def __init__(self) -> None:
        self.roots: list[GraphNode] = []
        self.order: list[Node] = []
        self.upstream: dict[GraphNode, Any] = {}
        self.parts: dict[tuple[GraphNode, int], Any] = {}
        """What the node handed to its operand at this position."""
        self.hooks: list[tuple[GraphNode, Any, Any, Any]] = []
        """Where a hook was called: the node, the hook, the gradient before and after."""
        self.lost: dict[GraphNode, str] = {}
        """How a node that received a signal came to hand on nothing: see :func:`how_lost`."""

    def began(self, roots: list[GraphNode]) -> None:
        """The pass begins at ``roots``."""
        self.roots = list(roots)

    def step(self, node: Node, upstream: Any, contributions: list[tuple[int, Any]]) -> None:
        """Keep one step. Arrays are kept as they are: the engine adds only into buffers of its own, never
        into these."""
        self.order.append(node)
        self.upstream[node] = upstream
        for position, g in contributions:
            self.parts[node, position] = g.array if isinstance(g, Handle) else fit(g, node, position)
        handed = [self.parts[node, position] for position, _ in contributions]
        if handed and not any(_any(g) for g in handed) and not isinstance(upstream, Handle):
            self.lost[node] = how_lost(node, upstream, contributions)

    def hooked(self, node: GraphNode, hook: Any, before: Any, after: Any) -> None:
        """Keep what a hook was called with, and what it made of it."""
        self.hooks.append((node, hook, raw(before), raw(after)))

    def operators(self, reading: Reading) -> Iterator[Vertex]:
        """The operators of ``reading`` that the pass came to, nearest to the loss first."""
        return (reading.vertices[reading.at[node]] for node in self.order if node in reading.at)

    def parts_for(self, vertex: Vertex, reading: Reading) -> list[Any]:
        """What the users of a value handed it."""
        keys = [(reading.vertices[e.consumer].node, e.position) for e in vertex.uses]
        return [self.parts[key] for key in keys if key in self.parts]

    def received(self, vertex: Vertex, reading: Reading) -> Any:
        """The gradient that arrived at a value (a leaf, say): the sum of its parts; None where none did."""
        parts = self.parts_for(vertex, reading)
        with np.errstate(all="ignore"):
            return sum(parts[1:], parts[0]) if parts else None


def _any(signal: Any) -> bool:
    """Whether some entry is not zero."""
    return bool((signal != 0).any())


def how_lost(node: Node, upstream: Any, contributions: list[tuple[int, Any]]) -> str:
    """How ``node``, which received a signal, came to hand on nothing but zeros.

    ``"sum"``: signals that its rule adds up cancel; ``"broadcast"``: they cancel where an operand was
    broadcast; ``"underflow"``: the numbers are too small for their dtype; ``"slope"``: its local gradient is
    zero wherever a signal arrives; ``"hand"``: a backward written by hand gave zeros.
    """
    signals = upstream if isinstance(upstream, list) else [upstream]
    if any(isinstance(g, Handle) for g in signals if g is not None):
        return "slope"
    if any(_any(g) for _, g in contributions if hasattr(g, "shape")):
        return "broadcast"
    if node.prim.by_hand:
        return "hand"

    def gives(change: Callable[[Any], Any]) -> bool:
        """Whether anything comes through for another signal in the same places."""
        others = [None if g is None else change(g).astype(g.dtype) for g in signals]
        made = contributions_of(node, others if isinstance(upstream, list) else others[0], kept_by(node))
        return any(_any(g) for _, g in made)

    source = np.random.default_rng(0)

    def elsewhere(g: Any) -> Any:
        return (g != 0) * move(np.asarray(source.uniform(0.5, 1.0, g.shape)), device_of(g))

    largest = max((float(abs(g).max()) for g in signals if g is not None and g.size), default=0.0)
    if not gives(elsewhere):
        return "slope"
    return "underflow" if 0 < largest < 1 and gives(lambda g: g / g.dtype.type(largest)) else "sum"


def rehearse(loss: Any, gradient: Any = None) -> BackwardPass | None:
    """Run the backward pass of ``loss`` without touching any ``.grad``; hooks are not called and nothing is
    freed.

    None where it can't run: what operators saved is gone or was overwritten, or ``loss`` has many elements
    and no ``gradient`` is given.
    """
    root = root_of(loss)
    if gradient is None and loss.array.size != 1:
        return None
    order = toposort([root])
    if any(isinstance(node, Node) and node.freed for node in order):
        return None
    seed = np.ones_like(loss.array) if gradient is None else raw(gradient)
    hooked = [(node, node.hooks) for node in order if node.hooks]
    record = BackwardPass()

    def run() -> None:
        np.seterr(all="ignore")
        backward([root], [seed], retain=True, observer=record)

    try:
        for node, _ in hooked:
            node.hooks = None
        copy_context().run(run)
    except RuntimeError:  # a saved value was overwritten: backward() says so, a picture shows no signals
        return None
    finally:
        for node, hooks in hooked:
            node.hooks = hooks
    return record


class Signals(NamedTuple):
    """The signals of a backward pass by place in a :class:`Reading`."""

    at: dict[int, Signal]
    """What each vertex received."""
    along: dict[tuple[int, int], Signal]
    """What (consumer, operand position) handed to its producer."""


def signals_of(reading: Reading, record: BackwardPass | None) -> Signals:
    """Measure a backward pass."""
    at: dict[int, Signal] = {}
    along: dict[tuple[int, int], Signal] = {}
    if record is None:
        return Signals(at, along)
    for edge in reading.edges:
        part = record.parts.get((reading.vertices[edge.consumer].node, edge.position))
        if part is not None:
            along[edge.consumer, edge.position] = measure(part)
    for vertex in reading.vertices:
        upstream = upstream_of(vertex, reading, record, along)
        if isinstance(upstream, Signal):
            at[vertex.index] = upstream
        elif upstream is not None:
            at[vertex.index] = measure(upstream)
    return Signals(at, along)


def upstream_of(
    vertex: Vertex, reading: Reading, record: BackwardPass, along: dict[tuple[int, int], Signal] | None = None
) -> Any:
    """The gradient that ``vertex`` received: an array, or the Signal measured already where only one part
    arrived."""
    upstream = record.upstream.get(vertex.node)
    if isinstance(upstream, list):  # several results: one gradient each
        parts = [raw(g).reshape(-1) for g in upstream if g is not None]
        return np.concatenate([host(p) for p in parts]) if parts else None
    if upstream is not None:
        return raw(upstream)
    if along is not None and len(vertex.uses) == 1:
        use = vertex.uses[0]
        return along.get((use.consumer, use.position))
    return record.received(vertex, reading)
