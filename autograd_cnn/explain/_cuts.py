"""Where a path from a value to the loss was cut, found by following everything that was computed from the
value."""

from typing import Any, NamedTuple

from .._engine import source as _source
from .._engine.handle import Operand
from ._names import memory_key
from ._watch import Call, Key, Left, Watch, key_of

_MADE_OF = {
    "detach()": "takes the value out of the graph",
    "numpy()": "hands the value to NumPy, whose operations leave no graph",
    "item()": "turns the value into a Python number, which has no graph",
    "tolist()": "turns the value into Python numbers, which have no graph",
    "tensor()": "copies the value into a new tensor without its graph",
    "NumPy": "hands the value to NumPy, whose operations leave no graph",
    "requires_grad_(False)": "asks for no gradient from here on",
}


class Cut(NamedTuple):
    """A place where no gradient can pass."""

    line: _source.Line
    what: str
    """The operator or method, and what it did."""
    advice: str


class Trail(NamedTuple):
    """What became of a value."""

    used: bool
    connected: bool
    """Whether a path that gradients can take leads to the loss."""
    cuts: list[Cut]
    """On paths to the loss, in the order of the script."""
    exits: list[Cut]
    """Ways out of the graph taken by values computed from it, whether or not they came back."""
    last_use: _source.Line | None


def follow(seen: Watch, start: Key, loss: Any) -> Trail:
    """Follow everything computed from ``start`` in the order in which it was computed."""
    reached: dict[Key, Cut | None] = {start: None}
    exits: list[Cut] = []
    last_use = None
    for event in seen.events:
        if isinstance(event, Left):
            if event.source in reached:
                cut = reached[event.source] or left_by(event)
                exits.append(cut)
                if event.result is not None and reached.get(event.result, cut) is not None:
                    reached[event.result] = cut
            continue
        hits = [
            (position, reached[key])
            for position, key in enumerate(event.operands)
            if key is not None and key in reached
        ]
        if not hits:
            continue
        last_use = event.line
        found = [_passing(event, position, before) for position, before in hits]
        exits += [
            cut for cut, (_, before) in zip(found, hits, strict=True) if cut is not None and before is None
        ]
        cut_here = None if None in found else found[0]
        for key in event.results:
            if key not in reached or reached[key] is not None:
                reached[key] = cut_here
    end = key_of(loss)
    arrived = end in reached
    cuts = [reached[end]] if arrived else []
    return Trail(
        last_use is not None, arrived and cuts[0] is None, [c for c in cuts if c is not None], exits, last_use
    )


def _passing(call: Call, position: int, before: Cut | None) -> Cut | None:
    """What stops a gradient that comes to operand ``position`` of ``call``; None where it passes and nothing
    did before."""
    if before is not None:
        return before
    prim = call.prim
    name = prim.operand_name(position)
    if not call.recording:
        return Cut(
            call.line,
            f"{prim.name} ran under no_grad(), so it was not recorded",
            "compute it outside no_grad() if it is part of the loss",
        )
    result = call.values[0]
    if result.dtype.kind != "f":
        if prim.name == "cast":
            return Cut(
                call.line,
                f"cast to {result.dtype}: integers have no gradient",
                "keep it a floating-point tensor; round only what is shown",
            )
        return Cut(
            call.line,
            f"{prim.name} gives {result.dtype}, which has no gradient",
            "use a smooth function in its place, such as softmax or sigmoid",
        )
    if not prim.variadic and name in prim.without_rule:
        return Cut(
            call.line,
            f"{prim.name} uses it as {name!r}, which has no gradient",
            "choose with a mask, and let the gradient flow through the chosen values",
        )
    return (
        None
        if call.node is not None
        else Cut(call.line, f"{prim.name} was not recorded", "let its operands require gradients")
    )


def left_by(event: Left) -> Cut:
    """A way out of the graph, in words."""
    advice = "leave it out where the value is part of the loss"
    if event.how == "requires_grad_(False)":
        advice = "call requires_grad_() again before the forward pass"
    return Cut(
        event.line, f"{event.how} {_MADE_OF.get(event.how, 'takes the value out of the graph')}", advice
    )


def frozen_at(seen: Watch, param: Operand) -> Cut | None:
    """Where ``requires_grad_(False)`` was called on ``param``."""
    own = memory_key(param.array)
    return next(
        (
            left_by(e)
            for e in reversed(seen.events)
            if isinstance(e, Left) and e.how == "requires_grad_(False)" and e.memory == own
        ),
        None,
    )


def first_use(seen: Watch, param: Operand) -> _source.Line | None:
    """Where ``param`` was used first."""
    own = key_of(param)
    return next((e.line for e in seen.events if isinstance(e, Call) and own in e.operands), None)
