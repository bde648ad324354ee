"""How good the gradient checks are: faults are put into rules, one at a time, and counted are those that the
sweep catches, and those whose cause its report names rightly.

A fault that changes no gradient on any sample is none (a transposed 1 x 1 matrix) and is not counted.
"""

import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from autograd_cnn import ops
from autograd_cnn.ops import Primitive, registry
from autograd_cnn.ops.formulas.formula import Formula
from autograd_cnn.testing._draw import Draw, draw_for, samples_of
from autograd_cnn.testing._numeric import call_of, known_to_rules, read_only, results, vjp, vjp_of_vjp
from autograd_cnn.testing._sweep import cases, run

from .kinds import KINDS, Kind

PER_KIND = 12
"""To how many rules each kind of fault is put."""


class Fault(NamedTuple):
    """A fault put into the rule of one operand."""

    kind: Kind
    primitive: Primitive
    operand: str

    def __str__(self) -> str:
        return f"{self.kind.name} in {self.primitive.name} for {self.operand}"


def sites() -> list[tuple[Primitive, str]]:
    """The rules that faults are put into: those of one result, for one operand. Formulas have none that
    anybody wrote."""
    return [
        (primitive, operand)
        for primitive in registry.values()
        if not primitive.outputs and not primitive.variadic and not isinstance(primitive, Formula)
        for operand, entry in primitive.rules.items()
        if len(entry.operands) == 1 and primitive.make_samples is not None
    ]


def faults(per_kind: int) -> Iterator[Fault]:
    """Every kind, in rules spread over all operators, another choice for each kind."""
    everywhere = sites()
    for number, each in enumerate(KINDS):
        fitting = [(p, o) for p, o in everywhere if each.fits(p, o)]
        order = np.random.default_rng(number).permutation(len(fitting))
        found = 0
        for i in order:
            fault = Fault(each, *fitting[i])
            if found < per_kind and changes_something(fault):
                found += 1
                yield fault


class Planted:
    """``with Planted(fault):`` the rule is faulty."""

    def __init__(self, fault: Fault) -> None:
        self.fault, self.entry = fault, fault.primitive.rules[fault.operand]

    def __enter__(self) -> None:
        p, entry = self.fault.primitive, self.entry
        p.rules[self.fault.operand] = entry._replace(rule=self.fault.kind.make(entry.rule, entry.needs))
        p.plans.clear()

    def __exit__(self, *error: object) -> None:
        self.fault.primitive.rules[self.fault.operand] = self.entry
        self.fault.primitive.plans.clear()


def changes_something(fault: Fault) -> bool:
    """Whether the fault shows in any gradient of first or second order, on any sample."""
    right = _observed(fault)
    with Planted(fault):
        faulty = _observed(fault)
    return right != faulty


def _observed(fault: Fault) -> list[Any]:
    seen: list[Any] = []
    p = fault.primitive
    for sample in samples_of(p, draw_for(p)):
        for dtype in ("float64", "float32"):
            call = call_of(p, sample, dtype)
            position = p.operands.index(fault.operand)
            if position not in call.wanted:
                continue
            draw = Draw(5)
            upstream = [read_only(draw(*y.shape).astype(y.dtype)) for y in results(call)]
            again = [read_only(draw(*y.shape).astype(y.dtype)) for y in results(call)]
            second = [draw(*call.operands[position].shape).astype(dtype)]
            try:
                first = vjp(call, [position], upstream)[0]
                kept = first.copy()
                later = vjp(call, [position], again)[0].copy()
                twice = vjp_of_vjp(call, [position], upstream, second)
                seen.append([_text(g) for g in (kept, first, later, *twice)])
            except Exception as error:  # noqa: BLE001 - a fault may raise anything; that it does is a change
                seen.append(type(error).__name__)
    return seen


def _text(g: Any) -> tuple[Any, ...]:
    """A gradient to compare: rounded, for another order of sums is no fault."""
    g = np.asarray(g, np.float64)
    return g.shape, (np.round(g, 5) + 0.0).tobytes()


class Outcome(NamedTuple):
    """What the checks made of a fault."""

    caught: bool
    named: bool
    said: str


def judge(fault: Fault) -> Outcome:
    """Run the operator's cases until one fails."""
    with Planted(fault):
        for case in cases(fault.primitive.name):
            if case.check in ("declared", "values", "formula"):
                continue
            result = run(case)
            if result.failure is not None:
                return Outcome(
                    True, result.cause in fault.kind.causes, f"{case}: [{result.cause}] {result.failure}"
                )
    return Outcome(False, False, "nothing")


def torch_catches(fault: Fault) -> bool | None:
    """Whether PyTorch's gradcheck catches the same fault in a Function made of the same arrays; None where it
    can't be ported."""
    import torch

    if fault.kind.name in ("constant copy", "wrong only at second order", "wrong dtype"):
        return None  # these show in float32 or at second order, which NumPy code in a Function has not
    p, position = fault.primitive, fault.primitive.operands.index(fault.operand)
    sound = [s for s in samples_of(p, draw_for(p)) if s.operands[position].size]
    if not sound:
        return None
    for sample in sound:
        call = call_of(p, sample)
        entry = p.rules[fault.operand]
        rule = fault.kind.make(entry.rule, entry.needs)

        class Ported(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, x: Any, call: Any = call, rule: Any = rule, entry: Any = entry) -> Any:
                ctx.call = call.at(
                    [x.detach().numpy().copy() if i == position else a for i, a in enumerate(call.operands)]
                )
                ctx.known = known_to_rules(ctx.call)
                ctx.rule, ctx.entry = rule, entry
                return torch.from_numpy(np.array(results(ctx.call)[0]))

            @staticmethod
            def backward(ctx: Any, g: Any) -> Any:
                made = ctx.rule(g.numpy(), *[ctx.known[name] for name in ctx.entry.needs])
                if made is None:
                    return None
                made = np.asarray(made)
                if p.broadcasts and made.shape != ctx.call.operands[position].shape:
                    made = ops.sum_to(made, shape=ctx.call.operands[position].shape)
                return torch.from_numpy(made.copy() if fault.kind.name != "returns a buffer" else made)

        x = torch.from_numpy(np.array(call.operands[position])).requires_grad_()
        try:
            torch.autograd.gradcheck(Ported.apply, (x,))
        except Exception:  # noqa: BLE001 - an error of any kind tells of the fault
            return True
    return False


def score(per_kind: int, *, ported: bool = False, verbose: bool = False) -> bool:
    """Print the score; whether it reaches the aim: all caught, nine in ten named. ``ported``: against
    PyTorch's gradcheck too."""
    began = time.perf_counter()
    tally: dict[str, list[Any]] = {}
    for fault in faults(per_kind):
        outcome = judge(fault)
        theirs = torch_catches(fault) if ported else None
        tally.setdefault(fault.kind.name, []).append((outcome, theirs))
        if verbose and not outcome.named:
            print(f"{'misnamed' if outcome.caught else 'MISSED'}: {fault}\n    {outcome.said}\n")
    _report(tally, ported, time.perf_counter() - began)
    every = [outcome for entries in tally.values() for outcome, _ in entries]
    return all(o.caught for o in every) and sum(o.named for o in every) >= 0.9 * len(every)


def _report(tally: dict[str, list[Any]], ported: bool, seconds: float) -> None:
    """The table."""
    width = max(map(len, tally))
    print(f"{'fault'.ljust(width)}  faults  caught   named" + ("  PyTorch catches" if ported else ""))
    totals = [0, 0, 0, 0, 0]
    for name, entries in tally.items():
        line = [len(entries), sum(o.caught for o, _ in entries), sum(o.named for o, _ in entries)]
        line += [sum(t is True for _, t in entries), sum(t is not None for _, t in entries)]
        totals = [a + b for a, b in zip(totals, line, strict=True)]
        theirs = f"  {line[3]:>3} of {line[4]}" if ported else ""
        print(f"{name.ljust(width)}  {line[0]:>6}  {line[1]:>6}  {line[2]:>6}{theirs}")
    n, caught, named = totals[:3]
    print(
        f"{n} faults: {caught} caught ({caught / n:.1%}), the cause of {named} named rightly "
        f"({named / n:.1%}); {seconds:.0f} s"
    )
    if ported:
        print(
            f"PyTorch's gradcheck catches {totals[3]} of the {totals[4]} that can be ported (first "
            "order, float64)"
        )
