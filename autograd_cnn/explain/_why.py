"""``why``: a gradient that is None, zero or NaN, explained in words."""

import linecache
import sys
from typing import Any

from .._engine import source
from .._engine.checks import overwritten
from .._engine.handle import Handle
from .._engine.node import GraphNode, Node
from .._engine.sort import toposort
from ._cuts import first_use, follow, frozen_at
from ._names import Names, given_names, variable_names
from ._reading import Reading, root_of
from ._signals import measure
from ._vanish import (
    Culprit,
    changed_by_hook,
    first_not_finite,
    hook_name,
    hooks_on,
    refused,
    told,
    where_it_vanished,
)
from ._watch import Watch, key_of, latest_watch, read_watched, watched_or_rehearsed

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


def explanation(param: Any, loss: Any, names: Names, name: str) -> Explanation:
    """The same with names at hand. The questions in their order: does the tensor ask for a gradient, does it
    lead to the loss, does it keep one, can the backward pass be run, does it come there, and what arrives."""
    if param._node is None:
        return _frozen(param, name, latest_watch(key_of(param), key_of(loss)))
    if loss._node is None or param._node not in toposort([root_of(loss)]):
        return _not_connected(param, loss, name, latest_watch(key_of(param), key_of(loss)))
    if isinstance(param._node, Node) and param._grad is None:
        return _no_leaf(param._node, name)
    seen = latest_watch(root_of(loss))
    reading = read_watched(loss, names, focus=param)
    record = watched_or_rehearsed(loss)
    if record is None:
        return _no_pass(param, name, reading, seen)
    received = record.received(reading.vertices[reading.at[param._node]], reading)
    if received is None and (found := refused(reading, record, seen)) is not None:
        return _text(*_accused(found))
    if received is None:
        return _text(
            f"the backward pass that was watched did not reach {name} (it was given inputs= or targets "
            "without it)"
        )
    state = measure(received).state
    there = state if param._grad is None or state != "ok" else measure(param._grad.array).state
    hook = changed_by_hook(
        reading, record, there, param._node, None if param._grad is None else param._grad.array
    )
    if there != "ok" and hook is not None:
        return _text(*_accused(hook))
    if state in ("nan", "inf") and (found := first_not_finite(reading, record, seen)) is not None:
        return _text(*_accused(found))
    if state == "zero" and (culprits := where_it_vanished(reading, record, seen)):
        return _text(*_accused(culprits[0]), *(f"also {said(c.line, c.what)}" for c in culprits[1:4]))
    not_asked = "; .grad is None because backward() was not called, or the gradient was cleared since"
    if there == "zero" and state != there:
        return _text(
            f"the backward pass gives {name} a gradient that is all right ({told(received)}), but .grad "
            "holds zeros: it was cleared (zero_grad) or written since, or the pass was not run"
        )
    more = [f"hooks may change it: {hook_name(hook)} on {v.name}" for v, hook in hooks_on(reading)]
    text = f"the gradient of {name} is all right: {told(received)}{not_asked if param._grad is None else ''}"
    return _text(text, *(more if state == "ok" and not record.hooks else []))


def _text(*lines: str) -> Explanation:
    return Explanation("\n".join(lines))


def _frozen(param: Any, name: str, seen: Watch | None) -> Explanation:
    if param.array.dtype.kind != "f":
        return _text(
            f"{name} is {param.array.dtype}: only floating-point tensors have gradients",
            "convert it with .float() and ask with requires_grad_()",
        )
    cut = None if seen is None else frozen_at(seen, param)
    line = cut.line if cut else None if seen is None else first_use(seen, param)
    what = f"{name} does not ask for a gradient (requires_grad is False)" + (f": {cut.what}" if cut else "")
    return _text(said(line, what), *shown(line), f"call {name}.requires_grad_() before the forward pass")


def _not_connected(param: Any, loss: Any, name: str, seen: Watch | None) -> Explanation:
    if seen is None:
        reason = (
            "the loss has no graph at all"
            if loss._node is None
            else f"{name} is not in the graph of the loss"
        )
        return _text(f"the gradient of {name} is None because {reason}", HOW_TO_SEE_MORE)
    trail = follow(seen, param._node, loss)
    if trail.cuts:
        cut, reach = trail.cuts[0], f"so no gradient reaches {name}"
    elif trail.exits:
        cut, reach = trail.exits[-1], f"and nothing computed from {name} reaches the loss in another way"
    elif trail.used:
        what = f"{name} was last used here, and nothing computed from it reaches the loss"
        return _text(said(trail.last_use, what), *shown(trail.last_use))
    else:
        line = loss._node.line if isinstance(loss._node, Node) else None
        advice = f"use {name} in the forward pass, or leave it out of the optimizer"
        return _text(said(line, f"{name} was not used to compute the loss"), *shown(line), advice)
    return _text(said(cut.line, f"{cut.what}, {reach}"), *shown(cut.line), cut.advice)


def _no_leaf(node: Node, name: str) -> Explanation:
    what = f"{name} is the result of {node.prim.name}, not a leaf: backward() keeps .grad only for leaves"
    advice = (
        f"call {name}.retain_grad() before backward(), or make it a leaf: {name} = "
        "(...).detach().requires_grad_()"
    )
    return _text(said(node.line, what), *shown(node.line), advice)


def _no_pass(param: Any, name: str, reading: Reading, seen: Watch | None) -> Explanation:
    """Where the backward pass can't be rehearsed: what the operators saved was overwritten, or is gone."""
    problem = destroyed(reading.root.node)
    if problem is not None:
        return problem
    found = first_not_finite(reading, None, seen)
    if found is not None:
        return _text(*_accused(found))
    if param._grad is not None:
        gone = f"what the operators saved is gone; {HOW_TO_SEE_MORE}"
        if measure(param._grad.array).state != "ok" and (waiting := hooks_on(reading)):
            names = ", ".join(f"{hook_name(hook)} on {v.name}" for v, hook in waiting)
            gone = f"hooks may have made it so: {names}; {gone}"
        return _text(f"the gradient of {name}: {told(param._grad)}", gone)
    return _text(
        f"{name} is in the graph, but what the operators saved is gone, so the backward pass can't be "
        "rehearsed",
        HOW_TO_SEE_MORE,
    )


def _accused(culprit: Culprit) -> list[str]:
    more = [HOW_TO_SEE_MORE] if culprit.line is None and not culprit.what.startswith("the leaf") else []
    return [said(culprit.line, culprit.what), *shown(culprit.line), *culprit.details, *more]


def destroyed(root: GraphNode) -> Explanation | None:
    """The in-place write that makes the backward pass from ``root`` impossible, if there is one."""
    for node in toposort([root]):
        if not isinstance(node, Node) or (found := overwritten(node, node.saved_items())) is None:
            continue
        what = (
            "this in-place write destroyed a value that the backward pass needs: the "
            f"{found.name!r} of {node.prim.name}"
        )
        line, made = found.write.line, f"{node.prim.name} was computed at {source.describe(node.line)}"
        used = [made, *shown(node.line)] if node.line else []
        advice = "write out of place there, or clone() before"
        return _text(said(line, what), *shown(line), *used, advice)
    return None
