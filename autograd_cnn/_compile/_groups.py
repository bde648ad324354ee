"""Steps that waited for each other as one operator: a formula whose text is what the program called."""

from __future__ import annotations

import copy
import threading
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .._engine.differentiate import grad
from .._engine.modes import enable_grad
from .._tensor import Tensor
from ..ops import Primitive
from ..ops._plan import Operator, Plan, RuleEntry, plan_for
from ..ops.formulas import Formula
from ..ops.formulas.derivative import gradients, sorted_expressions
from ..ops.formulas.expression import Expression, Trace
from ..ops.formulas.fused import Fused
from ..ops.formulas.loops import evaluate
from ..ops.formulas.makers import NoFormulaError
from ..ops.formulas.schedule import Schedule
from ._steps import applied

MOST = 1024
"""So many groups are remembered."""

VARIANTS = 16
"""The same steps with more other numbers in them than this run one by one: each would be traced anew."""


class Line(NamedTuple):
    """A step of a group: what it calls, and on what."""

    prim: Primitive
    told: str
    operands: tuple[tuple[str, Any], ...]
    """("array", its number among the operands of the group), ("line", the number of an earlier line),
    ("number", as text: 0.0 is not -0.0)."""


class Text(NamedTuple):
    """What a group computes: equal ones are one operator."""

    lines: tuple[Line, ...]
    arrays: tuple[tuple[tuple[int, ...], bool], ...]
    """Shape of each operand, and whether it is true or false."""


class Group(Formula):
    """The operator that a group of steps is. Its definition runs the steps; on Tensors, which is how
    derivatives of the second order come about, as the program ran them."""

    def __init__(self, text: Text, params: Sequence[dict[str, Any]]) -> None:
        names = tuple(f"x{i}" for i in range(len(text.arrays)))
        Operator.__init__(self, "compiled", names, {})
        self.text, self.params_of = text, tuple(params)
        self.__name__ = self.__qualname__ = "compiled"
        self.booleans, self.make_samples, self.half = True, None, "same"
        self.plans = {}
        self.definition = self._run_steps
        self._forwards = Fused(lambda symbols, _: [self._run_steps(*symbols)], singles=True)
        self.forward = self._run
        trace = Trace(singles=True)
        Schedule([self._run_steps(*self._symbols(trace))])  # NoFormulaError where it can't be one loop
        self._unfit: dict[tuple[str, ...], bool] = {}

    def _run_steps(self, *arrays: Any) -> Any:
        made: list[Any] = []
        for line, params in zip(self.text.lines, self.params_of, strict=True):
            values = [
                arrays[of] if kind == "array" else made[of] if kind == "line" else float(of)
                for kind, of in line.operands
            ]
            made.append(applied(line.prim, values, params))
        return made[-1]

    def _symbols(self, trace: Trace, known: dict[str, Expression] | None = None) -> list[Expression]:
        known = known or {}
        return [
            known[name] if name in known else trace.operand(name, *array)
            for name, array in zip(self.operands, self.text.arrays, strict=True)
        ]

    # gradients

    def fits(self, wanted: tuple[str, ...]) -> bool:
        """Whether the gradients of these operands can be one loop too."""
        found = self._unfit.get(wanted)
        if found is None:
            found = False
            try:
                if wanted:
                    self._derivative(wanted)
            except NoFormulaError:
                found = True
            self._unfit[wanted] = found
        return not found

    def _derivative(self, wanted: tuple[str, ...]) -> tuple[str, ...]:
        """The operands that the gradients of ``wanted`` depend on; NoFormulaError where there is no loop."""
        trace = Trace(singles=True)
        symbols = self._symbols(trace)
        out = self._run_steps(*symbols)
        g = trace.operand("g", out.shape)
        found = self._gradients(wanted, symbols, g)
        read = {
            e.params["name"]
            for through in (False, True)
            for e in sorted_expressions(found, through_meaning=through)
            if e.op == "operand"
        }
        Schedule(found)
        return tuple(name for name in self.operands if name in read)

    def _gradients(
        self, wanted: tuple[str, ...], symbols: list[Expression], g: Expression
    ) -> list[Expression]:
        out = self._run_steps(*symbols)
        return gradients(out, [symbols[self.operands.index(name)] for name in wanted], g)

    def compile(self, wanted: int) -> Plan:
        """The plan with one rule for all operands that want a gradient; it keeps what that reads."""
        names = tuple(n for i, n in enumerate(self.operands) if wanted >> i & 1)
        joint = copy.copy(self)
        joint.rules = dict.fromkeys(names, self._rule_of(names))
        plan = self.plans[wanted] = plan_for(joint, wanted)
        return plan

    def _rule_of(self, wanted: tuple[str, ...]) -> RuleEntry:
        needs = self._derivative(wanted)
        names = ("g", *needs)

        def written(symbols: list[Expression], _: dict[str, Any]) -> list[Expression]:
            g, *given = symbols
            return self._gradients(wanted, self._symbols(g.trace, dict(zip(needs, given, strict=True))), g)

        run = Fused(written, singles=True)

        def rule(g: Any, *values: Any) -> Any:
            if isinstance(g, Tensor):
                found: Any = self._recorded(wanted, dict(zip(needs, values, strict=True)), g)
            elif (found := run(names, (g, *values), {})) is None:
                known = dict(zip(names, (g, *values), strict=True))
                found = [evaluate(e, known, {}) for e in run.expressions(names, (g, *values), {})]
            return tuple(found) if len(wanted) > 1 else found[0]

        return RuleEntry(rule, needs, wanted, None)

    def _recorded(self, wanted: tuple[str, ...], known: dict[str, Any], g: Tensor) -> Sequence[Tensor]:
        """The gradients by the steps' own rules, recorded: the steps are run again. What no gradient depends
        on may be anything."""
        with enable_grad():
            operands = []
            for name, (shape, truth) in zip(self.operands, self.text.arrays, strict=True):
                value = known.get(name)
                if value is None:
                    value = Tensor._sharing(
                        np.zeros(shape, np.bool_ if truth else np.float32), requires_grad=name in wanted
                    )
                elif not isinstance(value, Tensor):
                    value = Tensor._sharing(value)
                elif name in wanted:
                    value = value.view(value.shape)  # one operand may be made of another one
                operands.append(value)
            out = self._run_steps(*operands)
            places = [operands[self.operands.index(name)] for name in wanted]
            return grad(out, places, g, create_graph=True, materialize_grads=True)


_groups: dict[Text, Group | str] = {}
_variants: Counter[Any] = Counter()
_making = threading.Lock()


def group_of(text: Text, params: Sequence[dict[str, Any]]) -> Group | str:
    """The operator of these steps; why there is none."""
    found = _groups.get(text)
    if found is None:
        with _making:
            found = _groups.get(text) or _made(text, params)
            if len(_groups) >= MOST:
                _groups.clear()
                _variants.clear()
            _groups[text] = found
    return found


def _made(text: Text, params: Sequence[dict[str, Any]]) -> Group | str:
    numberless = tuple(
        (line.prim, tuple(of for of in line.operands if of[0] != "number")) for line in text.lines
    )
    if any(kind == "number" for line in text.lines for kind, _ in line.operands):
        _variants[numberless, text.arrays] += 1
        if _variants[numberless, text.arrays] > VARIANTS:
            return f"a number in it is another one at each call (after {VARIANTS})"
    try:
        return Group(text, params)
    except NoFormulaError as error:
        return str(error)
