"""The gradients of one backward pass: recorded while it runs, or found by a rehearsal that changes
nothing."""

import math
from contextvars import copy_context
from typing import Any, NamedTuple

import numpy as np

from .._engine.graph import Node, backward, fit, toposort
from .._engine.handle import Handle
from ._reading import Reading, root_of


class Signal(NamedTuple):
    """What a picture tells of one gradient."""

    norm: float
    """Euclidean; infinite or NaN where some entry is."""
    state: str
    """``"zero"``, ``"nan"``, ``"inf"`` or ``"ok"``."""


def raw(value: Any) -> Any:
    """The array of a Tensor (as in a pass with ``create_graph``), or the array itself."""
    return value.array if isinstance(value, Handle) else value


def host(value: Any) -> np.ndarray[Any, Any]:
    """``value`` as a NumPy array, fetched from its device if need be."""
    array = raw(value)
    return (
        array
        if isinstance(array, np.ndarray)
        else np.asarray(array.get() if hasattr(array, "get") else array)
    )


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


def not_finite(value: Any) -> str:
    """``"nan"`` or ``"inf"`` where an array holds one; else nothing."""
    a = host(value)
    if a.dtype.kind != "f" or np.isfinite(a).all():
        return ""
    return "nan" if np.isnan(a).any() else "inf"


class BackwardPass:
    """Every step of one backward pass, in the engine's order. The engine calls :meth:`step`."""

    def __init__(self) -> None:
        self.roots: list[Any] = []
        self.order: list[Any] = []
        self.upstream: dict[Any, Any] = {}
        self.parts: dict[tuple[Any, int], Any] = {}
        """What the node handed to its operand at this position."""

    def recorded(self, prim: Any, operands: Any, params: Any, results: Any) -> None:
        """Operators of the pass itself are not kept."""

    def left(self, tensor: Any, how: str, result: Any) -> None:
        """Nor what hooks take out of the graph."""

    def began(self, roots: list[Any]) -> None:
        """The pass begins at ``roots``."""
        self.roots = list(roots)

    def step(self, node: Node, upstream: Any, contributions: list[tuple[int, Any]]) -> None:
        """Keep one step. Arrays are kept as they are: the engine adds only into buffers of its own, never
        into these."""
        self.order.append(node)
        self.upstream[node] = upstream
        for position, g in contributions:
            edge = node.edges[position]
            self.parts[node, position] = (
                raw(fit(g, edge, node, position, lifted=False)) if not isinstance(g, Handle) else g.array
            )

    def received(self, node: Any, consumers: list[tuple[Any, int]]) -> Any:
        """The gradient that arrived at ``node`` (a leaf, say): the sum of what its ``consumers`` handed
        it."""
        parts = [self.parts[key] for key in consumers if key in self.parts]
        if not parts:
            return None
        total = parts[0]
        with np.errstate(all="ignore"):
            for part in parts[1:]:
                total = total + part
        return total


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
    if any(
        type(node) is Node
        and node.plan.names
        and not isinstance(node.saved, tuple)
        and not hasattr(node.saved, "unpack")
        for node in order
    ):
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
    except (
        RuntimeError
    ):  # a saved value was overwritten: the engine says so in backward(), a picture shows no signals
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
    vertex: Any, reading: Reading, record: BackwardPass, along: "dict[tuple[int, int], Signal] | None" = None
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
    return record.received(
        vertex.node, [(reading.vertices[e.consumer].node, e.position) for e in vertex.uses]
    )
