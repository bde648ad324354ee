"""``why``: a gradient that is None, zero or NaN, explained in words."""

import linecache
import sys
from typing import Any

from .._engine import memory, source
from .._engine.graph import Node, toposort
from .._engine.handle import Handle
from ._cuts import Cut, first_use, follow, frozen_at
from ._names import given_names, variable_names
from ._reading import read, root_of
from ._signals import BackwardPass, measure, rehearse
from ._vanish import Culprit, first_not_finite, statistics, where_it_vanished
from ._watch import Watch, key_of, latest_watch

HOW_TO_SEE_MORE = (
    "run the forward pass inside `with explain.watch():`, or the script by `autograd-cnn why "
    "script.py`, to see the line"
)


class Explanation(str):
    """Text that prints as it is, also at a prompt. The first line names the culprit."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def said(line: source.Line | None, what: str) -> str:
    """``file:12: what``; without a line, just what."""
    return what if line is None else f"{source.describe(line)}: {what}"


def shown(line: source.Line | None) -> list[str]:
    """The line itself, as the script has it."""
    if line is None:
        return []
    number = source.number(line)
    text = linecache.getline(line[0].co_filename, number).strip()
    return [f"    {number} | {text}"] if text else []


def why(param: Any, loss: Any, params: Any = None) -> Explanation:
    """Say why the gradient of ``loss`` for ``param`` is None, zero or NaN, or what its range is where it is
    none of these.

    The first line names the operator, and with :func:`watch` (or ``lines``) the script's line, where the
    gradient was cut, vanished or ceased to be a number; more lines give formula, operands and advice. Nothing
    is changed.

    Args:
        param: the tensor whose gradient is in question.
        loss: the tensor that was, or would be, differentiated.
        params: names for leaves, as in :func:`draw`.
    """
    for what, tensor in (("param", param), ("loss", loss)):
        if not isinstance(tensor, Handle):
            raise TypeError(f"why: {what} must be a Tensor, not {type(tensor).__name__}")
    names = {**variable_names(sys._getframe(1)), **given_names(params)}
    return explanation(param, loss, names, names.get(param._node) or "the parameter")


def explanation(param: Any, loss: Any, names: dict[Any, str], name: str) -> Explanation:
    """The same with names at hand."""
    seen = latest_watch(key_of(param), key_of(loss))
    if param._node is None:
        return _frozen(param, name, seen)
    root = None if loss._node is None else root_of(loss)
    if root is None or param._node not in _leaves_of(root):
        return _not_connected(param, loss, name, seen)
    if type(param._node) is Node and param._grad is None:
        line = param._node.line
        first = said(
            line,
            f"{name} is the result of {param._node.prim.name}, not a leaf: backward() keeps .grad "
            "only for leaves",
        )
        return _text(
            [
                first,
                *shown(line),
                f"call {name}.retain_grad() before backward(), or make it a leaf: {name} = "
                "(...).detach().requires_grad_()",
            ]
        )
    known = latest_watch(root)
    reading = (
        read(loss, names, focus=param, saved_of=known.saved_by)
        if known is not None
        else read(loss, names, focus=param)
    )
    record = (known.pass_of(root) if known else None) or rehearse(loss)
    return _judged(param, name, reading, record, known)


def _leaves_of(root: Any) -> set[Any]:
    return set(toposort([root]))


def _text(lines: list[str]) -> Explanation:
    return Explanation("\n".join(lines))


def _frozen(param: Any, name: str, seen: Watch | None) -> Explanation:
    if param.array.dtype.kind != "f":
        return _text(
            [
                f"{name} is {param.array.dtype}: only floating-point tensors have gradients",
                "convert it with .float() and ask with requires_grad_()",
            ]
        )
    cut = frozen_at(seen, param) if seen is not None else None
    line = cut.line if cut else (first_use(seen, param) if seen is not None else None)
    what = f"{name} does not ask for a gradient (requires_grad is False)" + (f": {cut.what}" if cut else "")
    return _text([said(line, what), *shown(line), f"call {name}.requires_grad_() before the forward pass"])


def _not_connected(param: Any, loss: Any, name: str, seen: Watch | None) -> Explanation:
    if seen is None:
        reason = (
            "the loss has no graph at all"
            if loss._node is None
            else f"{name} is not in the graph of the loss"
        )
        return _text([f"the gradient of {name} is None because {reason}", HOW_TO_SEE_MORE])
    trail = follow(seen, param._node, loss)
    cuts = trail.cuts or trail.exits[-1:]
    if cuts:
        return _cut_text(cuts[0], name, sure=bool(trail.cuts))
    if trail.used:
        return _text(
            [
                said(
                    trail.last_use,
                    f"{name} was last used here, and nothing computed from it reaches the loss",
                ),
                *shown(trail.last_use),
            ]
        )
    line = loss._node.line if type(loss._node) is Node else None
    return _text(
        [
            said(line, f"{name} was not used to compute the loss"),
            *shown(line),
            f"use {name} in the forward pass, or leave it out of the optimizer",
        ]
    )


def _cut_text(cut: Cut, name: str, sure: bool) -> Explanation:
    reach = (
        f"so no gradient reaches {name}"
        if sure
        else f"and nothing computed from {name} reaches the loss in another way"
    )
    return _text([said(cut.line, f"{cut.what}, {reach}"), *shown(cut.line), cut.advice])


def _judged(
    param: Any, name: str, reading: Any, record: BackwardPass | None, seen: Watch | None
) -> Explanation:
    if record is None:
        problem = overwritten(reading.root.node)
        if problem is not None:
            return problem
        found = first_not_finite(reading, None, seen)
        if found is not None:
            return _culprit_text(found)
        if param._grad is not None:
            return _text(
                [
                    f"the gradient of {name}: {statistics(param._grad)}",
                    f"what the operators saved is gone; {HOW_TO_SEE_MORE}",
                ]
            )
        return _text(
            [
                f"{name} is in the graph, but what the operators saved is gone, so the backward pass "
                "can't be rehearsed",
                HOW_TO_SEE_MORE,
            ]
        )
    vertex = reading.vertices[reading.at[param._node]]
    received = record.received(
        param._node, [(reading.vertices[e.consumer].node, e.position) for e in vertex.uses]
    )
    if received is None:
        return _text(
            [
                f"the backward pass that was watched did not reach {name} (it was given inputs= or "
                "targets without it)"
            ]
        )
    state = measure(received).state
    if state in ("nan", "inf"):
        found = first_not_finite(reading, record, seen)
        if found is not None:
            return _culprit_text(found)
    if state == "zero":
        culprits = where_it_vanished(reading, record, seen)
        if culprits:
            more = [f"also {said(c.line, c.what)}" for c in culprits[1:4]]
            return _text([*_culprit_text(culprits[0]).splitlines(), *more])
    asked = (
        ""
        if param._grad is not None
        else "; .grad is None because backward() was not called, or the gradient was cleared since"
    )
    return _text([f"the gradient of {name} is all right: {statistics(received)}{asked}"])


def _culprit_text(culprit: Culprit) -> Explanation:
    more = [HOW_TO_SEE_MORE] if culprit.line is None and not culprit.what.startswith("the leaf") else []
    return _text([said(culprit.line, culprit.what), *shown(culprit.line), *culprit.details, *more])


def overwritten(root: Any) -> Explanation | None:
    """The in-place write that makes the backward pass from ``root`` impossible, if there is one."""
    for node in toposort([root]):
        if type(node) is not Node or type(node.saved) is not tuple:
            continue
        for what, value, origin in zip(node.plan.names, node.saved, node.plan.origins, strict=True):
            write = (
                memory.written_since(value, node.epoch)
                if origin is not None and hasattr(value, "shape")
                else None
            )
            if write is not None:
                first = said(
                    write.line,
                    "this in-place write destroyed a value that the backward pass needs: the "
                    f"{what!r} of {node.prim.name}",
                )
                used = (
                    [f"{node.prim.name} was computed at {source.describe(node.line)}", *shown(node.line)]
                    if node.line
                    else []
                )
                return _text(
                    [first, *shown(write.line), *used, "write out of place there, or clone() before"]
                )
    return None
