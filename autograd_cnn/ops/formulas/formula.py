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

from .._plan import Plan, RuleEntry, plan_for, replanned
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
