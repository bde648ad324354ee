"""Why a primitive fails a check: its gradient once more, element by element, and what the difference looks
like."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .._devices.device import CPU, device_of
from .._devices.transfer import move
from ..ops import ShapeError
from ._diagnosis import diagnose
from ._evidence import Diagnosis, Evidence, worst_element
from ._numeric import Array, Call, inner, known_to_rules, read_only, results, slope

LARGEST = 500
"""Gradients of more elements are not looked at one by one."""


class Explained(NamedTuple):
    """The name of a likely cause, and lines to append to a message."""

    cause: str
    text: str


def _explained(said: Diagnosis, details: str = "") -> Explained:
    return Explained(
        said.cause, f"\n    {details}\n    likely cause: {said}" if details else f"\n    likely cause: {said}"
    )


def of_gradient(call: Call, position: int, upstream: Sequence[Any]) -> Explained:
    """Why the local gradient for the operand at ``position`` is wrong."""
    operand = call.operands[position]
    if operand.size > LARGEST:
        return Explained("", "")
    wide = call.at([x.astype(np.float64) if x.dtype.kind == "f" else x for x in call.operands])
    signals = [None if u is None else read_only(u.astype(np.float64)) for u in upstream]
    expected = numerical(wide, position, signals)
    live = [i for i, u in enumerate(signals) if u is not None]

    def analytic(u: Array) -> Array:
        return raw_gradient(
            wide,
            position,
            [
                read_only(move(np.asarray(u), device_of(operand))) if i == live[0] else None
                for i in range(len(signals))
            ],
        )

    found = raw_gradient(wide, position, signals)
    if found is None:
        return _explained(
            Diagnosis("zero", "the rule returns None: no gradient, though the result depends on this operand")
        )
    fitted = _as_the_engine_fits(call, found, operand)
    arrays = {
        f"the operand {call.label(i)}": move(x, CPU)
        for i, x in enumerate(wide.operands)
        if x.dtype.kind == "f"
    }
    arrays["the result"] = move(results(wide)[0], CPU)
    if len(live) == 1:
        said = diagnose(
            Evidence(fitted, expected, move(signals[live[0]], CPU), arrays, _fit(call, analytic, operand))
        )
    else:
        said = diagnose(Evidence(fitted, expected, None, arrays))
    same = fitted.shape == expected.shape and fitted.size
    return _explained(said, worst_element(fitted.astype(np.float64), expected, np.float64) if same else "")


def _fit(call: Call, analytic: Any, operand: Array) -> Any:
    return lambda u: _as_the_engine_fits(call, analytic(u), operand)


def _as_the_engine_fits(call: Call, found: Array, operand: Array) -> Array:
    """Summed over broadcast axes where the primitive leaves that to the engine."""
    found = move(np.asarray(found) if not hasattr(found, "shape") else found, CPU)
    extra = found.ndim - operand.ndim
    if not call.primitive.broadcasts or extra < 0:
        return found
    axes = (*range(extra), *(extra + i for i, n in enumerate(operand.shape) if n == 1))
    total = found.sum(axes, keepdims=True)
    return total.reshape(operand.shape) if total.shape[extra:] == operand.shape else found


def raw_gradient(call: Call, position: int, upstream: Sequence[Any]) -> Array:
    """What the rule itself returns, before the engine fits or refuses it."""
    prim, known = call.primitive, known_to_rules(call)
    entry = prim.rules[prim.operand_name(position)]
    made = entry.rule(*upstream, *[known[name] for name in entry.needs])
    if prim.variadic:
        return made[position]
    return made[entry.operands.index(prim.operands[position])] if len(entry.operands) > 1 else made


def numerical(call: Call, position: int, upstream: Sequence[Any]) -> Array:
    """The gradient of ``sum(<upstream, results>)`` for one operand by differences, element by element."""
    operand = call.operands[position]
    found = np.zeros(operand.shape)
    for place in np.ndindex(operand.shape):
        unit = np.zeros(operand.shape)
        unit[place] = 1.0
        direction = move(unit, device_of(operand))

        def along(t: float, direction: Array = direction) -> float:
            out = results(call.moved(position, t * direction))
            pairs = [(y, u) for y, u in zip(out, upstream, strict=True) if u is not None]
            return inner([y for y, _ in pairs], [u for _, u in pairs])

        found[place] = slope(along, 1.0).value
    return found


def of_second_order() -> Explained:
    """Why the gradient of the gradient is wrong where the gradient is right."""
    return _explained(
        Diagnosis(
            "second order",
            "if order 1 is right, the rule's own graph is wrong: it reads .array, detaches, computes "
            "a constant outside the graph, "
            "or a primitive in it has a wrong rule",
        )
    )


def of_exception(call: Call, error: BaseException) -> Explained:
    """Why a rule raised, or why the engine refused what it returned."""
    said = str(error)
    if "read-only" in said:
        return _explained(
            Diagnosis(
                "in place",
                "it writes into its upstream signal or an operand, which are shared: compute a new "
                "array instead",
            )
        )
    if "returned" in said or "sum_to" in said:
        return _of_misfit(call)
    if "NoneType" in said:
        return _explained(
            Diagnosis(
                "undefined upstream",
                "it computes with None: g_<name> is None where nothing came back for that result",
            )
        )
    if "cannot be multiplied" in said or "core dimension" in said:
        return _explained(
            Diagnosis(
                "transposed",
                "in the rule a product's shapes do not fit: a transpose is missing, too many, or the "
                "order is another",
            )
        )
    if isinstance(error, (ShapeError, ValueError, IndexError)):
        return _explained(
            Diagnosis(
                "shape",
                "in the rule shapes do not fit: a sum over broadcast axes is missing, or an axis, a "
                "slice, a padding is off by one",
            )
        )
    return Explained("exception", "")


def _of_misfit(call: Call) -> Explained:
    """Which operand's gradient does not fit, and how."""
    generator = np.random.default_rng(0)
    signals = [
        read_only(move(generator.uniform(0.5, 1, y.shape).astype(y.dtype), device_of(y)))
        for y in results(call)
    ]
    for position in call.wanted:
        operand = call.operands[position]
        found = raw_gradient(call, position, signals)
        if not hasattr(found, "shape"):
            return _explained(
                Diagnosis(
                    "shape",
                    f"the rule for {call.label(position)} returns {type(found).__name__}, not an array",
                )
            )
        fitted = _as_the_engine_fits(call, found, operand)
        if fitted.shape != operand.shape:
            return of_gradient(call, position, signals)
        if fitted.dtype != operand.dtype:
            said = (
                f"the gradient for {call.label(position)} has dtype {fitted.dtype}, the operand "
                f"{operand.dtype}"
            )
            return _explained(
                Diagnosis("dtype", f"{said}: a constant of another dtype; cast(..., dtype=g.dtype)")
            )
    return Explained("shape", "")
