"""Why a gradient is zero, infinite or not a number: the first step where it became so, and what its operands
were."""

import inspect
from typing import Any, NamedTuple

from .._engine import source
from .._engine.hooks import Retain
from .._engine.node import is_array, scopes
from .._engine.statistics import not_finite, statistics
from ._labels import formulas
from ._reading import Reading, Vertex
from ._signals import BackwardPass, measure
from ._watch import Watch


class Culprit(NamedTuple):
    """An operator, and what is wrong with it."""

    line: source.Line | None
    what: str
    details: list[str]


def told(value: Any) -> str:
    """Shape, range and what is unusual about an array."""
    of = statistics(value)
    if of.size == 0:
        return f"shape {of.shape}, empty"
    parts = [f"shape {of.shape}"]
    if of.range is not None:
        parts.append("min {:.4g}, mean {:.4g}, max {:.4g}".format(*of.range))
    counts = ((of.zeros, "zeros"), (of.nan, "NaN"), (of.inf, "infinite"))
    return ", ".join([*parts, *(f"{count} of {of.size} {word}" for count, word in counts if count)])


def _culprit(vertex: Vertex, what: str, reading: Reading, seen: Watch | None) -> Culprit:
    """The operator of ``vertex``, with its formula, and its operands' statistics where they are known."""
    details = [f"local gradient: {text}" for text in formulas(vertex, reading, "unicode")]
    inside = "/".join(scope.name for scope in scopes(getattr(vertex.node, "scope", None)))
    details = [f"in {inside}"] * bool(inside) + details
    call = None if seen is None else seen.calls.get(vertex.node)
    if call is not None:
        arrays = [(call.prim.operand_name(i), a) for i, a in enumerate(call.arrays) if hasattr(a, "shape")]
        details += [
            f"{name}: {told(a) if call.still(a) else 'overwritten in place since'}"
            for name, a in [*arrays, ("result", call.values[0])]
        ]
    else:
        details += [f"{item.name}: {told(item.value)}" for item in vertex.saved if is_array(item.value)]
    return Culprit(vertex.node.line, what, details)


def first_not_finite(reading: Reading, record: BackwardPass | None, seen: Watch | None) -> Culprit | None:
    """The operator where NaN began, in the forward pass if it began there, else in the backward pass.

    Where NaN came from an infinity (as in 0 · ∞), the operator that made the infinity.
    """
    return _in_forward(reading, seen) or (None if record is None else _in_backward(reading, record, seen))


_WORDS = {"nan": "NaN", "inf": "an infinity"}


def _in_forward(reading: Reading, seen: Watch | None) -> Culprit | None:
    values = _values(reading, seen)
    states = {index: not_finite(value) for index, value in values.items()}
    if seen is not None:
        states.update(_states_then(reading, seen))
    bad = [v for word in _WORDS for v in reading.vertices if states.get(v.index) == word]
    if not bad:
        return None
    vertex = bad[0]
    while worse := [reading.vertices[e.producer] for e in vertex.inputs if states.get(e.producer)]:
        vertex = worse[0]
    word = _WORDS[states[vertex.index]]
    if vertex.is_leaf:
        details = [f"{vertex.name}: {told(values[vertex.index])}"]
        return Culprit(None, f"the leaf {vertex.name} holds {word} itself", details)
    return _culprit(vertex, f"{vertex.op} made {word} in the forward pass", reading, seen)


def _values(reading: Reading, seen: Watch | None) -> dict[int, Any]:
    """The values of the forward pass by vertex, as far as leaves, the watch or the operators have them."""
    values: dict[int, Any] = {}
    for vertex in reading.vertices:
        call = None if seen is None else seen.calls.get(vertex.node)
        if call is not None:
            values[vertex.index] = call.values[0]
        elif vertex.is_leaf:
            if (tensor := vertex.node.tensor()) is not None:
                values[vertex.index] = tensor.array
        else:
            for item in reversed(vertex.saved):
                if item.is_result:
                    values[vertex.index] = item.value
            kept = vertex.kept_operands()
            for edge in vertex.inputs:
                if edge.position in kept:
                    values.setdefault(edge.producer, kept[edge.position])
    return values


def _states_then(reading: Reading, seen: Watch) -> dict[int, str]:
    """Which values were not finite when they were made; of leaves, when they were used."""
    states = {}
    for vertex in reading.vertices:
        call = seen.calls.get(vertex.node)
        if call is not None:
            states[vertex.index] = call.bad_result
            for edge in vertex.inputs:
                if reading.vertices[edge.producer].is_leaf:
                    states[edge.producer] = call.bad_leaves.get(edge.position, "")
    return states


def _in_backward(reading: Reading, record: BackwardPass, seen: Watch | None) -> Culprit | None:
    for vertex in record.operators(reading):
        for edge in vertex.inputs:
            part = record.parts.get((vertex.node, edge.position))
            state = "" if part is None else not_finite(part)
            if state:
                name = vertex.node.operand_name(edge.position)
                what = f"the local gradient of {vertex.op} for its operand {name!r} is {_WORDS[state]}"
                return _culprit(vertex, what, reading, seen)
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
    for vertex in record.operators(reading):
        node = vertex.node
        parts = [record.parts[node, e.position] for e in vertex.inputs if (node, e.position) in record.parts]
        upstream = record.upstream[node]
        signals = [g for g in (upstream if isinstance(upstream, list) else [upstream]) if g is not None]
        if parts and _zero(parts) and not _zero(signals):
            found.append(_culprit(vertex, _nothing(vertex, record.lost.get(node, "slope")), reading, seen))
    return found or _cancelled(reading, record)


def _nothing(vertex: Vertex, how: str) -> str:
    """Why an operator hands on zeros, in words."""
    op = vertex.op
    if how == "broadcast":
        return f"the signals that {op} sums over the axes where its operand was broadcast cancel exactly"
    if how == "sum":
        return f"the signals that {op} adds up on the way back cancel exactly"
    if how == "underflow":
        return f"the gradient underflows in {op}: it is too small for a number of {vertex.dtype}"
    if how == "hand":
        return f"the backward of {op} returned zeros, though a signal arrived"
    reason = _DEAD.get(op, "its local gradient is zero wherever a signal arrives")
    return f"{op} lets nothing through: {reason}"


def changed_by_hook(
    reading: Reading, record: BackwardPass, state: str, node: Any, present: Any
) -> Culprit | None:
    """The hook on the paths of ``reading``, or on the leaf itself, that made the gradient zero or not finite.

    Where hooks were not called, for the pass is a rehearsal, those that are there are accused together if the
    gradient that is there (``present``) is what the rehearsal's is not.
    """
    if state == "ok":
        return None
    for at, hook, before, after in record.hooks:
        if at in reading.at and measure(before).state == "ok" and measure(after).state == state:
            vertex = reading.vertices[reading.at[at]]
            what = f"{hook_name(hook)} made the gradient of {vertex.name} {_STATES[state]}"
            return Culprit(
                getattr(at, "line", None), what, [f"before: {told(before)}", f"after: {told(after)}"]
            )
    if record.hooks or present is None or measure(present).state != state:
        return None
    waiting = hooks_on(reading)
    if not waiting:
        return None
    names = ", ".join(f"{hook_name(hook)} on {vertex.name}" for vertex, hook in waiting)
    line = getattr(waiting[0][0].node, "line", None)
    what = f"without hooks the gradient is all right, with them it is {_STATES[state]}: {names}"
    return Culprit(line, what, [f"in .grad: {told(present)}"])


_STATES = {"zero": "zero", "nan": "NaN", "inf": "infinite"}


def hooks_on(reading: Reading) -> list[tuple[Vertex, Any]]:
    """The hooks on the values of ``reading`` that may change their gradients."""
    return [
        (vertex, hook)
        for vertex in reading.vertices
        for hook in (vertex.node.hooks or {}).values()
        if not isinstance(hook, Retain)
    ]


def hook_name(hook: Any) -> str:
    """A hook as its author knows it: its name, and where it is written."""
    name = str(getattr(hook, "__qualname__", type(hook).__name__))
    if name.startswith("a backward hook"):
        return name
    code = getattr(inspect.unwrap(hook), "__code__", None)
    at = f" ({code.co_filename}:{code.co_firstlineno})" if code is not None else ""
    return f"the hook {name.rsplit('.', 1)[-1]}{at}"


def refused(reading: Reading, record: BackwardPass, seen: Watch | None) -> Culprit | None:
    """The operator on the way that a signal reached, and that returned no gradient for the next value."""
    for vertex in record.operators(reading):
        for edge in vertex.inputs:
            if (vertex.node, edge.position) not in record.parts:
                name = vertex.node.operand_name(edge.position)
                what = f"the backward of {vertex.op} returned None for its operand {name!r}"
                return _culprit(vertex, what, reading, seen)
    return None


def _zero(signals: list[Any]) -> bool:
    return all(measure(g).state == "zero" for g in signals)


def _cancelled(reading: Reading, record: BackwardPass) -> list[Culprit]:
    """Values where several signals add up to zero."""
    found = []
    for vertex in reversed(reading.vertices):
        parts = record.parts_for(vertex, reading)
        if len(parts) > 1 and not _zero(parts) and _zero([record.received(vertex, reading)]):
            users = ", ".join(dict.fromkeys(reading.vertices[e.consumer].op for e in vertex.uses))
            what = f"the {len(parts)} signals that meet at {vertex.name} cancel exactly"
            line = reading.vertices[vertex.uses[-1].consumer].node.line
            found.append(Culprit(line, what, [f"they come from {users}"]))
    return found
