"""Primitives as compiled loops: their text, and their local gradients, where NumPy computes number by number,
in several passes or in double precision."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from .._arrays import laid_in_rows
from .._plan import Rule, RuleEntry
from .._primitive import Primitive, registry
from .elements import ELEMENTS, IN_ONE_PASS
from .expression import Expression
from .fused import Fused

LEAST = 2**13
"""From so many elements on a launch, of some 15 us, is worth it."""

ROWS = frozenset(("softmax", "log_softmax"))
"""Primitives along rows that run in loops too."""

_PARAMETERS = (int, float, bool, str, tuple, type(None))
"""What loops are made for; what a rule keeps may be arrays."""


def _array(operand: Any) -> Any:
    """A number beside arrays of singles as one of these."""
    return np.array(operand, np.float32) if type(operand) in (int, float) else operand


def run_in_loops() -> None:
    """Let every primitive that formulas know, and that gains by it, run in loops; called when all are
    registered."""
    for name in sorted(ELEMENTS.keys() - IN_ONE_PASS):
        _looped(registry[name], LEAST)
    for name in sorted(ROWS):
        _looped(registry[name], least=1, rows=True)


def _looped(prim: Primitive, least: int, rows: bool = False) -> None:
    """Let a primitive run as compiled loops, forward and rules, where these serve and one operand has at
    least so many elements; with ``rows`` its result lies in rows."""
    written = prim.forward
    loops = Fused(lambda symbols, params: [prim(*symbols, **params)])

    def large(arrays: tuple[Any, ...], params: dict[str, Any]) -> Any:
        found = loops(prim.operands, [*map(_array, arrays)], {**prim.defaults, **params})
        if found is None:
            return written(*arrays, **params)
        return laid_in_rows(found[0]) if rows else found[0]

    @functools.wraps(written)
    def forward(*arrays: Any, **params: Any) -> Any:
        for a in arrays:
            if type(a) is np.ndarray and a.size >= least:
                return large(arrays, params)
        return written(*arrays, **params)

    @functools.wraps(written)
    def of_one(x: Any, /) -> Any:  # the same in fewer steps: of small arrays these are what takes time
        return large((x,), {}) if type(x) is np.ndarray and x.size >= least else written(x)

    prim.forward = forward if len(prim.operands) > 1 or prim.defaults else of_one
    for name, entry in prim.rules.items():
        prim.rules[name] = entry._replace(rule=_looped_rule(prim, entry, least))
    prim.plans.clear()


def _looped_rule(prim: Primitive, entry: RuleEntry, least: int) -> Rule:
    """A rule of one operand whose loops are compiled."""
    arrays_of = (*prim.operands, "out")
    names = ("g", *(n for n in entry.needs if n in arrays_of))

    def written(symbols: list[Expression], params: dict[str, Any]) -> list[Expression]:
        known = {**params, **dict(zip(names, symbols, strict=True))}
        return [entry.rule(known["g"], *[known[n] for n in entry.needs])]

    loops = Fused(written)

    @functools.wraps(entry.rule)
    def rule(g: Any, *values: Any) -> Any:
        if type(g) is np.ndarray and g.size >= least:
            known = dict(zip(entry.needs, values, strict=True))
            params = {n: v for n, v in known.items() if n not in names}
            if all(isinstance(v, _PARAMETERS) for v in params.values()):
                found = loops(names, [g, *(_array(known[n]) for n in names[1:])], params)
                if found is not None:
                    return found[0]
        return entry.rule(g, *values)

    return rule
