"""Why a gradient is zero, infinite or not a number: the first step where it became so, and what its operands
were."""

from typing import Any, NamedTuple

import numpy as np

from .._engine import source
from .._engine.graph import Node
from ._labels import formulas
from ._reading import Reading, Vertex
from ._signals import BackwardPass, host, measure, not_finite
from ._watch import Call, Watch


class Culprit(NamedTuple):
    """An operator, and what is wrong with it."""

    line: source.Line | None
    what: str
    details: list[str]


def statistics(array: Any) -> str:
    """Shape, range and what is unusual about an array."""
    a = host(array)
    if a.size == 0:
        return f"shape {list(a.shape)}, empty"
    if a.dtype.kind not in "fiub":
        return f"shape {list(a.shape)}"
    numbers = a.astype(np.float64)
    finite = numbers[np.isfinite(numbers)]
    parts = [f"shape {list(a.shape)}"]
    if finite.size:
        parts.append(f"min {finite.min():.4g}, mean {finite.mean():.4g}, max {finite.max():.4g}")
    for word, count in (
        ("zeros", int((numbers == 0).sum())),
        ("NaN", int(np.isnan(numbers).sum())),
        ("infinite", int(np.isinf(numbers).sum())),
    ):
        if count:
            parts.append(f"{count} of {a.size} {word}")
    return ", ".join(parts)


def vertex_details(vertex: Vertex, reading: Reading, call: Call | None) -> list[str]:
    """Formula, and the operands' statistics where they are known."""
    details = [f"local gradient: {text}" for text in formulas(vertex, reading, "unicode")]
    node = vertex.node
    if call is not None:
        names = [call.prim.operands[min(i, len(call.prim.operands) - 1)] for i in range(len(call.arrays))]
        arrays = [(name, a) for name, a in zip(names, call.arrays, strict=True) if hasattr(a, "shape")]
        arrays.append(("result", call.values[0]))
        details += [
            f"{name}: {statistics(a) if call.still(a) else 'overwritten in place since'}"
            for name, a in arrays
        ]
    elif type(node) is Node and vertex.saved is not None:
        details += [
            f"{name}: {statistics(a)}"
            for name, a in zip(node.plan.names, vertex.saved, strict=True)
            if hasattr(a, "shape")
        ]
    return details


def first_not_finite(reading: Reading, record: BackwardPass | None, seen: Watch | None) -> Culprit | None:
    """The operator where NaN began, in the forward pass if it began there, else in the backward pass.

    Where NaN came from an infinity (as in 0 · ∞), the operator that made the infinity.
    """
    return _in_forward(reading, seen) or _in_backward(reading, record, seen)


def _in_forward(reading: Reading, seen: Watch | None) -> Culprit | None:
    values: dict[int, Any] = {}
    for vertex in reading.vertices:
        call = seen.calls.get(vertex.node) if seen is not None else None
        if call is not None:
            values[vertex.index] = call.values[0]
        elif vertex.is_leaf:
            tensor = vertex.node.tensor()
            if tensor is not None:
                values[vertex.index] = tensor.array
        elif vertex.saved is not None:
            node = vertex.node
            own = [
                v
                for v, origin in zip(vertex.saved, node.plan.origins, strict=True)
                if origin is not None and origin < 0
            ]
            values.update({vertex.index: own[0]} if own else {})
            for edge in vertex.inputs:
                kept = [
                    v
                    for v, origin in zip(vertex.saved, node.plan.origins, strict=True)
                    if origin == edge.position
                ]
                if kept and not node.prim.variadic:
                    values.setdefault(edge.producer, kept[0])
    states = {i: not_finite(a) for i, a in values.items()}
    if seen is not None:
        states.update(
            {v.index: seen.calls[v.node].bad_result for v in reading.vertices if v.node in seen.calls}
        )
        for edge in reading.edges:  # leaves as they were when they were used
            call = seen.calls.get(reading.vertices[edge.consumer].node)
            if call is not None and reading.vertices[edge.producer].is_leaf:
                states[edge.producer] = call.bad_leaves.get(edge.position, "")
    for wanted in ("nan", "inf"):
        for vertex in reading.vertices:
            if states.get(vertex.index) != wanted:
                continue
            while True:
                worse = [reading.vertices[e.producer] for e in vertex.inputs if states.get(e.producer)]
                if not worse:
                    break
                vertex = worse[0]
            word = "NaN" if states[vertex.index] == "nan" else "an infinity"
            if vertex.is_leaf:
                return Culprit(
                    None,
                    f"the leaf {vertex.name} holds {word} itself",
                    [f"{vertex.name}: {statistics(values[vertex.index])}"],
                )
            call = seen.calls.get(vertex.node) if seen is not None else None
            return Culprit(
                vertex.node.line,
                f"{vertex.op} made {word} in the forward pass",
                vertex_details(vertex, reading, call),
            )
    return None


def _in_backward(reading: Reading, record: BackwardPass | None, seen: Watch | None) -> Culprit | None:
    if record is None:
        return None
    for node in record.order:
        vertex = reading.vertices[reading.at[node]] if node in reading.at else None
        if vertex is None:
            continue
        for edge in vertex.inputs:
            part = record.parts.get((node, edge.position))
            state = "" if part is None else not_finite(part)
            if state:
                word = "NaN" if state == "nan" else "an infinity"
                name = node.prim.operands[min(edge.position, len(node.prim.operands) - 1)]
                call = seen.calls.get(node) if seen is not None else None
                return Culprit(
                    node.line,
                    f"the local gradient of {vertex.op} for its operand {name!r} is {word}",
                    vertex_details(vertex, reading, call),
                )
    return None


_DEAD = {
    "relu": "every element that a gradient reached is ≤ 0, so none passes (a dead ReLU)",
    "where": "the mask picks the other branch everywhere a gradient arrives",
    "clamp": "every element lies outside the bounds, where clamp is flat",
    "multiply": "the other factor is zero wherever a gradient arrives",
    "sigmoid": "it is saturated: its slope is zero in this precision",
    "tanh": "it is saturated: its slope is zero in this precision",
    "softmax": "it is saturated: one probability is 1, the rest 0",
    "sign": "its slope is zero everywhere",
    "round": "its slope is zero everywhere",
    "floor": "its slope is zero everywhere",
    "ceil": "its slope is zero everywhere",
}


def where_it_vanished(reading: Reading, record: BackwardPass, seen: Watch | None) -> list[Culprit]:
    """The steps on the paths of ``reading`` that received a signal and handed on zeros, nearest to the loss
    first."""
    found = []
    for node in record.order:
        if node not in reading.at:
            continue
        vertex = reading.vertices[reading.at[node]]
        parts = [record.parts[node, e.position] for e in vertex.inputs if (node, e.position) in record.parts]
        upstream = record.upstream[node]
        alive = any(
            measure(g).state != "zero"
            for g in (upstream if isinstance(upstream, list) else [upstream])
            if g is not None
        )
        if alive and parts and all(measure(part).state == "zero" for part in parts):
            call = seen.calls.get(node) if seen is not None else None
            reason = _DEAD.get(vertex.op, "its local gradient is zero wherever a signal arrives")
            found.append(
                Culprit(
                    node.line,
                    f"{vertex.op} lets nothing through: {reason}",
                    vertex_details(vertex, reading, call),
                )
            )
    return found or _cancelled(reading, record)


def _cancelled(reading: Reading, record: BackwardPass) -> list[Culprit]:
    """Values where several signals add up to zero."""
    found = []
    for vertex in reversed(reading.vertices):
        keys = [(reading.vertices[e.consumer].node, e.position) for e in vertex.uses]
        parts = [record.parts[key] for key in keys if key in record.parts]
        if (
            len(parts) > 1
            and any(measure(p).state != "zero" for p in parts)
            and measure(record.received(vertex.node, keys)).state == "zero"
        ):
            users = ", ".join(dict.fromkeys(reading.vertices[e.consumer].op for e in vertex.uses))
            line = reading.vertices[vertex.uses[-1].consumer].node.line
            found.append(
                Culprit(
                    line,
                    f"the {len(parts)} signals that meet at {vertex.name} cancel exactly",
                    [f"they come from {users}"],
                )
            )
    return found
