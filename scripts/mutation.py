"""How good the gradient checks are: faults are put into rules, one at a time, and counted are those that the sweep catches,
and those whose cause its report names rightly.

    python scripts/mutation.py               the score, a line for each kind of fault
    python scripts/mutation.py --verbose     and each fault that was missed or misnamed
    python scripts/mutation.py --torch       the same faults, as torch.autograd.Functions, against PyTorch's gradcheck

A fault that changes no gradient on any sample is none (a transposed 1 x 1 matrix) and is not counted.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from autograd_cnn import ops
from autograd_cnn.ops import Primitive, registry
from autograd_cnn.testing._draw import Draw, draw_for, samples_of
from autograd_cnn.testing._numeric import call_of, read_only, results, vjp, vjp_of_vjp
from autograd_cnn.testing._sweep import cases, run

PER_KIND = 12
"""To how many rules each kind of fault is put."""


class Kind(NamedTuple):
    """A kind of fault."""

    name: str
    causes: frozenset[str]
    """What the report may call it."""
    make: Callable[[Callable[..., Any], tuple[str, ...]], Callable[..., Any]]
    """From a rule, and the names it asks for after g, the faulty one."""
    fits: Callable[[Primitive, str], bool] = lambda primitive, operand: True


class Fault(NamedTuple):
    """A fault put into the rule of one operand."""

    kind: Kind
    primitive: Primitive
    operand: str

    def __str__(self) -> str:
        return f"{self.kind.name} in {self.primitive.name} for {self.operand}"


# Kinds. Results are arrays, or Tensors where the second order is checked: written so that both work.


def _raw(x: Any) -> Any:
    return getattr(x, "array", x)


def after(change: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """A fault that changes what the rule returns: ``change(result, g)``."""
    return lambda rule, needs: lambda g, *known: change(rule(g, *known), g)


def before(change: Callable[[Any], Any]) -> Callable[..., Any]:
    """A fault that changes the upstream signal before the rule sees it."""
    return lambda rule, needs: lambda g, *known: rule(change(g), *known)


def on_known(change: Callable[[str, Any], Any]) -> Callable[..., Any]:
    """A fault that changes what the rule asked for: ``change(name, value)``."""
    return lambda rule, needs: lambda g, *known: rule(g, *[change(name, value) for name, value in zip(needs, known, strict=True)])


def _averaged(r: Any, g: Any) -> Any:
    return ops.mean(r, axis=(0,), keepdims=True) + r * 0.0 if r.ndim and r.shape[0] > 1 else r


def _moved(r: Any, g: Any) -> Any:
    return ops.roll(r, shift=(1,), axis=(r.ndim - 1,)) if r.ndim and r.shape[-1] > 2 else r


def _moved_in_zeros(r: Any, g: Any) -> Any:
    if not r.ndim or r.shape[-1] < 3:
        return r
    mask = np.ones(r.shape[-1])
    mask[0] = 0
    return ops.roll(r, shift=(1,), axis=(r.ndim - 1,)) * ops.cast(mask, dtype=r.dtype)


def _reversed(r: Any, g: Any) -> Any:
    return ops.flip(r, axis=(r.ndim - 1,)) if r.ndim and r.shape[-1] > 1 else r


def _transposed(r: Any, g: Any) -> Any:
    return ops.swap_last(r) if r.ndim > 1 else r


def _without_border(r: Any, g: Any) -> Any:
    if not r.ndim or r.shape[0] < 3:
        return r
    mask = np.ones((r.shape[0],) + (1,) * (r.ndim - 1))
    mask[-1] = 0
    return r * ops.cast(mask, dtype=r.dtype)


def _one_element(r: Any, g: Any) -> Any:
    factor = np.ones(r.shape)
    if factor.size > 2:
        factor.flat[factor.size // 2] = 1.5
    return r * ops.cast(factor, dtype=r.dtype)


def _extra_axis(r: Any, g: Any) -> Any:
    return r + ops.cast(np.zeros((2, *r.shape)), dtype=r.dtype)


def _term(r: Any, g: Any) -> Any:
    return r + 0.5 * g if r.shape == g.shape else r


def _in_place(rule: Any, needs: Any) -> Any:
    def faulty(g: Any, *known: Any) -> Any:
        result = rule(g, *known)
        g *= 2.0
        return result

    return faulty


def _buffer(rule: Any, needs: Any) -> Any:
    kept: dict[Any, Any] = {}

    def faulty(g: Any, *known: Any) -> Any:
        result = rule(g, *known)
        if not isinstance(result, np.ndarray):
            return result
        buffer = kept.setdefault((result.shape, result.dtype), np.empty_like(result))
        np.copyto(buffer, result)
        return buffer

    return faulty


def _stale(rule: Any, needs: Any) -> Any:
    kept: dict[Any, Any] = {}

    def faulty(g: Any, *known: Any) -> Any:
        result = rule(g, *known)
        return kept.setdefault((result.shape, result.dtype), result) if isinstance(result, np.ndarray) else result

    return faulty


def _detached(name: str, value: Any) -> Any:
    return value.detach() if hasattr(value, "detach") else value


def _lifted_only(r: Any, g: Any) -> Any:
    return r if isinstance(r, np.ndarray) or not hasattr(r, "detach") else r + 0.5 * (r - r.detach())


def _off_by_one(name: str, value: Any) -> Any:
    if name in SHIFTED and not isinstance(value, str):
        return tuple(n + 1 if isinstance(n, int) else n for n in value) if isinstance(value, tuple) else value + 1
    return value


SHIFTED = ("padding", "stride", "dilation", "kernel", "offset", "k", "shift")


def _other_axis(name: str, value: Any) -> Any:
    if name not in ("axis", "axes"):
        return value
    if isinstance(value, tuple):
        return value[::-1] if len(value) > 1 else tuple(n - 1 for n in value)
    return value - 1 if isinstance(value, int) else value


def _positive_only(rule: Any, needs: Any) -> Any:
    def faulty(g: Any, *known: Any) -> Any:
        result = rule(g, *known)
        x = _raw(known[needs.index("x")])
        return result * ops.cast(x < 0, dtype=result.dtype) if x.shape == result.shape else result

    return faulty


def _divided(rule: Any, needs: Any) -> Any:
    def faulty(g: Any, *known: Any) -> Any:
        result = rule(g, *known)
        x = known[needs.index("x")]
        return result * x if x.shape == result.shape else result

    return faulty


def _asks(*names: str) -> Callable[[Primitive, str], bool]:
    return lambda primitive, operand: any(name in primitive.rules[operand].needs for name in names)


def _asks_safely(*names: str) -> Callable[[Primitive, str], bool]:
    """As _asks, where a wrong parameter is refused or gives wrong numbers; views of raw memory would read what is not theirs."""
    raw = ("_strided", "_fused_pooling", "_fused_convolution")
    return lambda primitive, operand: not primitive.__module__.endswith(raw) and _asks(*names)(primitive, operand)


def _own_dtype(primitive: Primitive, operand: str) -> bool:
    """Whether the engine leaves dtypes alone, so that a gradient of another dtype is the rule's fault."""
    return not (primitive.broadcasts or primitive.promotes)


def _keeps_arrays(primitive: Primitive, operand: str) -> bool:
    return any(name in (*primitive.operands, "out") for name in primitive.rules[operand].needs)


def kind(name: str, causes: str, make: Any, fits: Any = lambda primitive, operand: True) -> Kind:
    return Kind(name, frozenset(causes.split(", ")), make, fits)


KINDS = [
    kind("wrong sign", "sign", after(lambda r, g: -r)),
    kind("factor 2", "factor", after(lambda r, g: r * 2.0)),
    kind("factor 1/2", "factor", after(lambda r, g: r * 0.5)),
    kind("factor 1.0001", "factor, precision", after(lambda r, g: r * 1.0001)),
    kind("divided by the size", "factor", after(lambda r, g: r * (1.0 / max(r.size if isinstance(r, np.ndarray) else r.array.size, 1)))),
    kind("upstream ignored", "upstream", before(lambda g: g * 0.0 + 1.0)),
    kind("upstream squared", "upstream", before(lambda g: g * g)),
    kind("zero", "zero", after(lambda r, g: r * 0.0)),
    kind("no gradient", "zero, shape", after(lambda r, g: None)),
    kind("not a number", "not finite", after(lambda r, g: r * float("nan"))),
    kind("missing transpose", "transposed, permuted", after(_transposed)),
    kind("missing unbroadcast", "unbroadcast", after(_extra_axis), lambda p, o: not p.broadcasts),
    kind("averaged over an axis", "axis", after(_averaged)),
    kind("reversed", "reversed, permuted, transposed, sign", after(_reversed)),
    kind("moved by one", "shifted, permuted, reversed", after(_moved)),
    kind("padding off by one", "shifted, border, places", after(_moved_in_zeros)),
    kind("border left out", "border, places, condition", after(_without_border)),
    kind("one element wrong", "border, places, condition", after(_one_element)),
    kind("a term too many", "term, factor, operand factor", after(_term)),
    kind("a factor too many", "operand factor, term, upstream", _divided, _asks("x")),
    kind("wrong condition", "condition, border, places, zero", _positive_only, _asks("x")),
    kind("parameter off by one", "shape, shifted, border, places, unbroadcast, transposed, axis, factor, permuted", on_known(_off_by_one), _asks_safely(*SHIFTED)),
    kind("wrong axis", "axis, shape, transposed, unbroadcast, permuted, reversed, shifted, places, border", on_known(_other_axis), _asks_safely("axis", "axes")),
    kind("writes its upstream", "in place", _in_place),
    kind("returns a buffer", "aliasing", _buffer),
    kind("stale buffer", "stale, upstream", _stale),
    kind("wrong dtype", "dtype", after(lambda r, g: ops.cast(r, dtype=np.float64)), _own_dtype),
    kind("rounded to half", "precision", after(lambda r, g: ops.cast(ops.cast(r, dtype=np.float16), dtype=r.dtype))),
    kind("constant copy", "second order", on_known(_detached), _keeps_arrays),
    kind("wrong only at second order", "second order", after(_lifted_only), _keeps_arrays),
]  # fmt: skip


def sites() -> list[tuple[Primitive, str]]:
    """The rules that faults are put into: those of one result, for one operand."""
    return [
        (primitive, operand)
        for primitive in registry.values()
        if not primitive.outputs and not primitive.variadic
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
            except Exception as error:  # noqa: BLE001 - a fault may raise anything, and that it raises is a change
                seen.append(type(error).__name__)
    return seen


def _text(g: Any) -> tuple[Any, ...]:
    """A gradient to compare: rounded, for another order of sums is no fault."""
    g = np.asarray(g, np.float64)
    return g.shape, (np.round(g, 6) + 0.0).tobytes()


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
                return Outcome(True, result.cause in fault.kind.causes, f"{case}: [{result.cause}] {result.failure}")
    return Outcome(False, False, "nothing")


def torch_catches(fault: Fault) -> bool | None:
    """Whether PyTorch's gradcheck catches the same fault in a Function made of the same arrays; None where it can't be ported."""
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
                from autograd_cnn.testing._numeric import known_to_rules

                ctx.call = call.at([x.detach().numpy().copy() if i == position else a for i, a in enumerate(call.operands)])
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


def main() -> int:
    """Print the score; 1 where it is below the aim: all caught, nine in ten named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--per-kind", type=int, default=PER_KIND, metavar="N", help=f"faults of each kind (default: {PER_KIND})")
    parser.add_argument("--verbose", action="store_true", help="show the faults that were missed or misnamed")
    parser.add_argument("--torch", action="store_true", help="the same faults against PyTorch's gradcheck")
    options = parser.parse_args()
    began = time.perf_counter()
    tally: dict[str, list[Any]] = {}
    for fault in faults(options.per_kind):
        outcome = judge(fault)
        theirs = torch_catches(fault) if options.torch else None
        tally.setdefault(fault.kind.name, []).append((outcome, theirs))
        if options.verbose and not outcome.named:
            print(f"{'misnamed' if outcome.caught else 'MISSED'}: {fault}\n    {outcome.said}\n")
    report(tally, options.torch, time.perf_counter() - began)
    every = [outcome for entries in tally.values() for outcome, _ in entries]
    return int(not all(o.caught for o in every) or sum(o.named for o in every) < 0.9 * len(every))


def report(tally: dict[str, list[Any]], ported: bool, seconds: float) -> None:
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
    print(f"{n} faults: {caught} caught ({caught / n:.1%}), the cause of {named} named rightly ({named / n:.1%}); {seconds:.0f} s")
    if ported:
        print(f"PyTorch's gradcheck catches {totals[3]} of the {totals[4]} that can be ported (first order, float64)")


if __name__ == "__main__":
    sys.exit(main())
