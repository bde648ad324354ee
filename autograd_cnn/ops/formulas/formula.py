"""Functions of primitives as one operator: the definition is the text, the derivative follows from it.

Both run as compiled loops where these serve (float32 on the host, see :mod:`.fused`), and as they are
written everywhere else: in other dtypes, on a GPU, without Numba, and on Tensors, by which derivatives of any
order are recorded.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from typing import Any

from .._arrays import laid_in_rows
from .._plan import Plan, Rule, RuleEntry, plan_for, replanned
from .._primitive import Primitive, rule_in_single
from .derivative import gradients
from .expression import Expression, Trace
from .fused import Fused
from .loops import evaluate
from .shown import shown


class Formula(Primitive):
    """A primitive whose forward is a ``definition`` of primitives, and whose rules are derived from it.

    The definition is written like a primitive's forward: operands positional-only, parameters keyword-only.
    Its rules need the operands and compute again what lies between. ``formulas`` are the local gradients as
    docs and pictures show them, where what is derived for operands of one shape does not tell.
    """

    definition: Callable[..., Any]
    forward: Callable[..., Any]

    def __init__(
        self,
        definition: Callable[..., Any],
        *,
        piecewise_linear: bool = False,
        formulas: dict[str, str] | None = None,
    ) -> None:
        super().__init__(definition, piecewise_linear=piecewise_linear)
        self.definition = definition
        self._forwards = Fused(lambda symbols, params: [definition(*symbols, **params)])
        self.forward = self._run
        for name in self.operands:
            shown_as = (formulas or {}).get(name) or functools.partial(self._shown, name)
            self.rules[name] = self._entry((name,), shown_as)

    def _run(self, *arrays: Any, **params: Any) -> Any:
        found = self._forwards(self.operands, arrays, params)
        return self.definition(*arrays, **params) if found is None else found[0]

    def compile(self, wanted: int) -> Plan:
        """The plan with one rule for all operands that want a gradient."""
        names = tuple(n for i, n in enumerate(self.operands) if abs(wanted) >> i & 1 and n in self.rules)
        joint = copy.copy(self)
        joint.rules = self.rules if len(names) == 1 else dict.fromkeys(names, self._entry(names, None))
        plan = plan_for(joint, abs(wanted))
        plan = self.plans[wanted] = plan if wanted >= 0 else replanned(plan, rule_in_single)
        return plan

    def _entry(self, wanted: tuple[str, ...], formula: str | Callable[[], str] | None) -> RuleEntry:
        """The rule for some operands together."""
        needs, names = (*self.operands, *self.defaults), ("g", *self.operands)
        count = len(self.operands)

        def written(symbols: list[Expression], params: dict[str, Any]) -> list[Expression]:
            return self._derived(wanted, symbols, params)

        run = Fused(written)

        def rule(g: Any, *values: Any) -> Any:
            arrays, params = (g, *values[:count]), dict(zip(self.defaults, values[count:], strict=True))
            found = run(names, arrays, params)
            if found is None:
                known = dict(zip(names, arrays, strict=True))
                found = [evaluate(e, known, {}) for e in run.expressions(names, arrays, params)]
            return tuple(found) if len(wanted) > 1 else found[0]

        rule.__name__ = f"{self.name}_{'_'.join(wanted)}"
        return RuleEntry(rule, needs, wanted, formula)

    def _derived(
        self,
        wanted: tuple[str, ...],
        symbols: list[Expression],
        params: dict[str, Any],
        own_slopes: bool = True,
    ) -> list[Expression]:
        g, *operands = symbols
        out = self.definition(*operands, **params)
        return gradients(
            out, [operands[self.operands.index(name)] for name in wanted], g, own_slopes=own_slopes
        )

    def _shown(self, name: str) -> str:
        """The formula of a local gradient, for docs and pictures: of operands that all have one shape."""
        trace = Trace()
        g, *operands = (trace.operand(n, (2, 3)) for n in ("g", *self.operands))
        params = {n: trace.operand(n, ()) for n in self.defaults}
        return shown(self._derived((name,), [g, *operands], params, own_slopes=False)[0])


def looped(prim: Primitive, *, rows: bool = False) -> Primitive:
    """Let a primitive that formulas know run as compiled loops, forward and rules, where these serve; with
    ``rows`` its result lies in rows."""
    written = prim.forward
    loops = Fused(lambda symbols, params: [prim(*symbols, **params)])

    @functools.wraps(written)
    def forward(*arrays: Any, **params: Any) -> Any:
        found = loops(prim.operands, arrays, {**prim.defaults, **params})
        if found is None:
            return written(*arrays, **params)
        return laid_in_rows(found[0]) if rows else found[0]

    prim.forward = forward
    for name, entry in prim.rules.items():
        prim.rules[name] = entry._replace(rule=_looped_rule(prim, entry))
    prim.plans.clear()
    return prim


def _looped_rule(prim: Primitive, entry: RuleEntry) -> Rule:
    """A rule of one operand whose loops are compiled."""
    arrays_of = (*prim.operands, "out")
    names = ("g", *(n for n in entry.needs if n in arrays_of))

    def written(symbols: list[Expression], params: dict[str, Any]) -> list[Expression]:
        known = {**params, **dict(zip(names, symbols, strict=True))}
        return [entry.rule(known["g"], *[known[n] for n in entry.needs])]

    loops = Fused(written)

    @functools.wraps(entry.rule)
    def rule(g: Any, *values: Any) -> Any:
        known = dict(zip(entry.needs, values, strict=True))
        arrays = [g, *(known[n] for n in names[1:])]
        found = loops(names, arrays, {n: v for n, v in known.items() if n not in names})
        return entry.rule(g, *values) if found is None else found[0]

    return rule
