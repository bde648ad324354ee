"""The backward pass of a formula: its primitives' local gradients, applied to symbols, consumers first."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from .._broadcasting import sum_to
from .._creation import zeros_like
from .._exponential import logistic
from .._primitive import Primitive
from .expression import Expression
from .makers import NoFormulaError


def _slope(x: Expression) -> Expression:
    """Of the sigmoid, also far out, and with rules of its own for the next derivatives."""
    return logistic(x) * logistic(-x)


SLOPES: dict[str, Callable[[Expression, Expression], Expression]] = {
    "tanh": lambda g, x: g * (_slope(x * 2.0) * 4.0),
    "sigmoid": lambda g, x: g * _slope(x),
    "logistic": lambda g, x: g * _slope(x),
}
"""Instead of rules that take the slope from the result, which has few digits of it near its bounds: in a
formula the operand is at hand."""


def gradients(
    out: Expression, wanted: Sequence[Expression], g: Expression, *, own_slopes: bool = True
) -> list[Expression]:
    """The gradients of ``out`` with respect to ``wanted``, for an upstream signal ``g``; zeros of the
    operand's shape where there is none. Without ``own_slopes`` by the rules as they are registered, for
    readers."""
    found: dict[Expression, Expression] = {out: g}
    for node in reversed(sorted_expressions([out], through_meaning=False)):
        signal = found.get(node)
        if signal is None or not isinstance(node.op, Primitive):
            continue
        for operand, contribution in zip(node.args, _local(node, signal, own_slopes), strict=True):
            if contribution is not None and not operand.truth:
                before = found.get(operand)
                found[operand] = contribution if before is None else before + contribution
    results = [found[w] if w in found else zeros_like(w) for w in wanted]
    for w, result in zip(wanted, results, strict=True):
        for a, b in zip(w.axes, result.axes, strict=True):
            w.trace.join(a, b)  # also where it depends on no array along that axis
    return results


def _local(node: Expression, g: Expression, own_slopes: bool) -> list[Expression | None]:
    """What each operand of ``node`` gets, in its own shape."""
    prim = node.op
    assert isinstance(prim, Primitive)
    if own_slopes and prim.name in SLOPES:
        return [SLOPES[prim.name](g, node.args[0])]
    known: dict[str, Any] = {**prim.defaults, **node.params, "out": node, "tail": None}
    for name, operand in zip(prim.operands, node.args, strict=True):
        known[name], known[f"{name}_shape"] = operand, operand.shape
    result: list[Expression | None] = [None] * len(node.args)
    for i, (name, operand) in enumerate(zip(prim.operands, node.args, strict=True)):
        if name in prim.without_rule or operand.op == "constant" or result[i] is not None:
            continue
        entry = prim.rules.get(name)
        if entry is None:
            raise NoFormulaError(f"{prim.name} has no rule for {name}")
        given = entry.rule(g, *[known[need] for need in entry.needs])
        for served, value in zip(entry.operands, given if len(entry.operands) > 1 else (given,), strict=True):
            place = prim.operands.index(served)
            result[place] = _unbroadcast(value, node.args[place])
    return result


def _unbroadcast(value: Expression, operand: Expression) -> Expression:
    return value if value.shape == operand.shape else sum_to(value, shape=operand.shape)


def sorted_expressions(
    roots: Sequence[Expression], *, through_meaning: bool, known: Collection[Expression] = ()
) -> list[Expression]:
    """Everything below ``roots``, operands first, and nothing below what is ``known``; with
    ``through_meaning`` what primitives are written as."""
    order: dict[Expression, None] = {}
    stack: list[tuple[Expression, bool]] = [(root, False) for root in reversed(roots)]
    while stack:
        node, done = stack.pop()
        if node in order or node in known:
            continue
        below = (node.lowered,) if through_meaning and node.lowered is not None else node.args
        if done:
            order[node] = None
            continue
        stack.append((node, True))
        stack.extend((b, False) for b in reversed(below))
    return list(order)
