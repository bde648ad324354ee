"""The checks that every primitive passes on each of its samples. A check raises :class:`CheckError`, or
returns its error."""

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from .._devices.device import device, device_of
from .._devices.transfer import move
from ..ops import Primitive, ShapeError, sum_to
from ..ops import _formula as formulas
from . import _causes as causes
from ._agreement import CheckError, along_a_direction, close
from ._draw import Draw
from ._layouts import backwards, fortran, strided
from ._numeric import (
    Array,
    Call,
    inner,
    known_to_rules,
    magnitude,
    read_only,
    recorded,
    results,
    vjp,
    vjp_of_vjp,
)


def declared(primitive: Primitive) -> None:
    """Samples, a rule for each operand that is not declared nondifferentiable, and a formula for each
    rule."""
    name = primitive.name
    if primitive.make_samples is None:
        raise CheckError(f"{name} declares no samples: {name}.samples(lambda draw: [draw(2, 3), ...])")
    for operand in primitive.operands:
        if operand in primitive.without_rule:
            continue
        if operand not in primitive.rules:
            raise CheckError(
                f"{name} has no local gradient for {operand!r}: @{name}.vjp({operand!r}), or "
                f"{name}.nondifferentiable({operand!r})"
            )
        try:
            formulas.rule_expression(primitive, operand)
        except LookupError as error:
            raise CheckError(f"{name} has no formula for {operand!r}: {error}") from error


def values(call: Call, draw: Draw) -> float:
    """Finite, deterministic, in fresh memory (or a declared view), the same on Tensors; float32 stays float32
    and close."""
    out, again = results(call), results(call)
    for y, z in zip(out, again, strict=True):
        if not hasattr(y, "dtype") or not hasattr(y, "shape"):
            raise CheckError(f"{call} returned {type(y).__name__}, not an array")
        if y.dtype.kind == "f" and not bool(np.isfinite(y).all()):
            raise CheckError(f"{call} returned values that are not finite")
        if not bool((y == z).all()):
            raise CheckError(f"{call} returned other values when it was called again")
        shared = isinstance(y, np.ndarray) and any(
            isinstance(x, np.ndarray) and np.may_share_memory(x, y) for x in call.operands
        )
        if shared and not call.primitive.view:
            raise CheckError(f"{call} returned memory of an operand: copy it, or declare view=True")
    for y, t in zip(out, recorded(call, ())[1], strict=True):
        if t.requires_grad or t.array.dtype != y.dtype or not bool((t.array == y).all()):
            raise CheckError(f"{call} gave another result on Tensors")
    narrow = [x.dtype for x in call.operands if x.dtype.kind == "f"]
    if (
        narrow
        and "dtype" not in call.primitive.defaults
        and any(y.dtype.kind == "f" and y.dtype not in narrow for y in out)
    ):
        raise CheckError(
            f"{call} returned {[str(y.dtype) for y in out]}: a constant or a division raised the dtype"
        )
    wide = results(_widened(call))
    return max(
        (
            close(f"result {i} of {call}", y, z, _rounding(call))
            for i, (y, z) in enumerate(zip(out, wide, strict=True))
        ),
        default=0.0,
    )


def first_order(call: Call, draw: Draw) -> float:
    """Each local gradient against slopes of the forward, in float64; in other dtypes against the float64
    gradient."""
    out, worst = results(call), 0.0
    for chosen in _subsets(out):
        upstream = [
            read_only(move(draw(*y.shape).astype(y.dtype), _place(call))) if i in chosen else None
            for i, y in enumerate(out)
        ]
        together = vjp(call, call.wanted, upstream)
        if _rounding(call) > 0:
            reference = vjp(
                _widened(call), call.wanted, [None if u is None else u.astype(np.float64) for u in upstream]
            )
        for position, g in zip(call.wanted, together, strict=True):
            what = f"the gradient for {call.label(position)} of {call}"
            if _rounding(call) > 0:
                worst = max(
                    worst,
                    close(what, g, reference[call.wanted.index(position)], 10 * _rounding(call), "precision"),
                )
                continue
            v = move(draw.direction(*g.shape), _place(call))

            def along(
                t: float, position: int = position, v: Array = v, upstream: Sequence[Any] = upstream
            ) -> float:
                return _project(results(call.moved(position, t * v)), upstream)

            scale = magnitude([g], [v])
            why = functools.partial(causes.of_gradient, call, position, upstream)
            worst = max(worst, along_a_direction(what, inner([g], [v]), along, scale, 1e-7, why))
            (alone,) = vjp(call, [position], upstream)
            close(f"{what}, wanted alone,", alone, g, 1e-12)
        _steady(call, upstream)
    return worst


def _steady(call: Call, upstream: Sequence[Any]) -> None:
    """A rule keeps nothing between two calls: equal signals give equal gradients, and an earlier gradient is
    not written again."""
    first = vjp(call, call.wanted, upstream)
    kept = [g.copy() for g in first]
    more = {
        # powers of two: exact in any linear rule
        by: [
            g.copy()
            for g in vjp(call, call.wanted, [None if u is None else read_only(by * u) for u in upstream])
        ]
        for by in (2.0, -(2.0**20), 2.0**-20)
    }
    for position, g, copy in zip(call.wanted, first, kept, strict=True):
        if not bool((g == copy).all()):
            what = f"the gradient for {call.label(position)} of {call}"
            raise CheckError(
                f"{what} was overwritten by the next backward pass: the rule returns a buffer that it "
                "uses again",
                "aliasing",
            )
    again = vjp(call, call.wanted, upstream)
    for at, position in enumerate(call.wanted):
        what, copy = f"the gradient for {call.label(position)} of {call}", kept[at]
        for by, larger in more.items():
            if not _size(larger[at] - by * copy) <= (1e-9 + _rounding(call)) * abs(by) * _size(copy):
                raise CheckError(
                    f"{what} is not proportional to the upstream signal: {by:g} times it does not give "
                    f"{by:g} times the gradient",
                    "upstream" if by != 2.0 else "stale",
                )
        # sums on a GPU come in any order
        if not _size(again[at] - copy) <= (1e-9 + _rounding(call)) * (1 + _size(copy)):
            raise CheckError(
                f"{what} is another one after other calls: the rule keeps a value from an earlier "
                "call (a stale buffer)",
                "stale",
            )


def _size(x: Array) -> float:
    """The largest element's."""
    return float(abs(x).max()) if x.size else 0.0


def second_order(call: Call, draw: Draw) -> float:
    """The derivative of the projected gradient, for operands and upstream, against its slopes; float32
    against float64."""
    out, place, wanted = results(call), _place(call), call.wanted
    if not wanted or any(y.dtype.kind != "f" for y in out):
        return 0.0
    upstream = [read_only(move(draw(*y.shape).astype(y.dtype), place)) for y in out]
    second = [
        read_only(move(draw(*call.operands[i].shape).astype(call.operands[i].dtype), place)) for i in wanted
    ]
    twice = vjp_of_vjp(call, wanted, upstream, second)
    labels = [*map(call.label, wanted), *(f"upstream {i}" for i in range(len(out)))]
    if _rounding(call) > 0:
        wide = vjp_of_vjp(
            _widened(call),
            wanted,
            [u.astype(np.float64) for u in upstream],
            [c.astype(np.float64) for c in second],
        )
        pairs = zip(labels, twice, wide, strict=True)
        return max(
            close(f"the second-order gradient for {label} of {call}", g, w, 100 * _rounding(call))
            for label, g, w in pairs
        )
    worst = 0.0
    for k, (label, g) in enumerate(zip(labels, twice, strict=True)):
        v = move(draw.direction(*g.shape), place)

        def along(t: float, k: int = k, v: Array = v) -> float:
            if k < len(wanted):
                return inner(vjp(call.moved(wanted[k], t * v), wanted, upstream), second)
            shifted = [u + t * v if i == k - len(wanted) else u for i, u in enumerate(upstream)]
            return inner(vjp(call, wanted, shifted), second)

        scale, found = magnitude([g], [v]), inner([g], [v])
        worst = max(
            worst,
            along_a_direction(
                f"the second-order gradient for {label} of {call}",
                found,
                along,
                scale,
                1e-6,
                causes.of_second_order,
            ),
        )
    return worst


def layouts(call: Call, draw: Draw) -> float:
    """The same results and gradients where operands and upstream are strided, reversed, or in Fortran's
    order."""
    worst, out = 0.0, results(call)
    upstream = [move(draw(*y.shape).astype(y.dtype), _place(call)) for y in out]
    expected = vjp(call, call.wanted, upstream)
    for layout in (strided, backwards, fortran):
        other = call.at(list(map(layout, call.operands)))
        if _refuses(other):
            continue
        for i, (y, z) in enumerate(zip(results(other), out, strict=True)):
            worst = max(
                worst,
                close(
                    f"result {i} of {call} on operands of another memory layout ({layout.__name__})",
                    y,
                    z,
                    1e-10,
                    "layout",
                ),
            )
        for g, e in zip(
            vjp(other, call.wanted, [read_only(layout(u)) for u in upstream]), expected, strict=True
        ):
            worst = max(
                worst,
                close(
                    f"a gradient of {call} in another memory layout ({layout.__name__})",
                    g,
                    e,
                    1e-10,
                    "layout",
                ),
            )
    return worst


def adjoint(call: Call, draw: Draw) -> float:
    """``<A x, y> == <x, Aᵀ y>`` for a primitive that says it is linear; Aᵀ is taken at another point,
    where it is the same."""
    if not call.wanted:
        return 0.0
    out = results(call)
    upstream = [move(draw(*y.shape), _place(call)) for y in out]
    elsewhere = call.at(
        [move(draw(*x.shape), _place(call)) if i in call.wanted else x for i, x in enumerate(call.operands)]
    )
    forward = inner(out, upstream)
    backward = inner([call.operands[i] for i in call.wanted], vjp(elsewhere, call.wanted, upstream))
    scale = magnitude(out, upstream)
    if not abs(forward - backward) <= 1e-12 * (1 + scale):
        raise CheckError(
            f"{call} is declared linear, but <Ax, y> is {forward!r} and <x, A^T y> is {backward!r}"
        )
    return abs(forward - backward) / (1 + scale)


def formula(call: Call, draw: Draw) -> float:
    """Every formula that was written beside a rule, evaluated, against what the rule returns."""
    prim, worst = call.primitive, 0.0
    entries = {id(entry): entry for entry in prim.rules.values() if entry.formula is not None}
    if not entries:
        return worst
    known = known_to_rules(call)
    upstream = [move(draw(*y.shape).astype(y.dtype), _place(call)) for y in results(call)]
    names = [f"g_{name}" for name in prim.outputs] or ["g"]
    for entry in entries.values():
        tree = formulas.written(entry)
        told = {**known, **dict(zip(names, upstream, strict=True))}
        try:
            shown = formulas.evaluate(tree, entry, told)
        except Exception as error:  # whatever a wrong formula raises is its failure
            raise CheckError(
                f"{entry.rule.__name__}: its formula {entry.formula!r} can't be evaluated on {call}: {error}"
            ) from error
        runs = entry.rule(*upstream, *[known[name] for name in entry.needs])
        several = prim.variadic or len(entry.operands) > 1
        pairs = zip(runs, shown, strict=True) if several else [(runs, shown)]
        operands = (
            call.operands
            if prim.variadic
            else [call.operands[prim.operands.index(name)] for name in entry.operands]
        )
        for (a, b), x in zip(pairs, operands, strict=True):
            what = f"the formula {entry.formula!r} of {entry.rule.__name__} on {call}"
            worst = max(worst, close(what, _fitted(prim, b, x, what), _fitted(prim, a, x, what), 1e-10))
    return worst


def _fitted(prim: Primitive, g: Any, x: Array, what: str) -> Array:
    """A gradient brought to its operand's shape where the engine would do so."""
    try:
        return sum_to(g, shape=x.shape) if prim.broadcasts else g
    except (ShapeError, AttributeError) as error:
        raise CheckError(f"{what}: {error}") from error


def _subsets(out: Sequence[Array]) -> list[set[int]]:
    """All floating-point results at once, and where there are several, each alone."""
    numbers = [i for i, y in enumerate(out) if y.dtype.kind == "f"]
    return [set(numbers), *({i} for i in numbers)] if len(numbers) > 1 else [set(numbers)]


def _project(out: Sequence[Array], upstream: Sequence[Any]) -> float:
    chosen = [(y, u) for y, u in zip(out, upstream, strict=True) if u is not None]
    return inner([y for y, _ in chosen], [u for _, u in chosen])


def _widened(call: Call) -> Call:
    return call.at([x.astype(np.float64) if x.dtype.kind == "f" else x for x in call.operands])


def _rounding(call: Call) -> float:
    """0 in float64, else a few times the rounding error of the narrowest operand."""
    coarse = max((float(np.finfo(x.dtype).eps) for x in call.operands if x.dtype.kind == "f"), default=0.0)
    return 0.0 if coarse < 1e-12 else 50 * coarse


def _place(call: Call) -> device:
    return device_of(call.operands[0])


def _refuses(call: Call) -> bool:
    """Whether the primitive says that its operands must be contiguous: then it is not wrong, only strict."""
    try:
        results(call)
    except ShapeError as error:
        if "contiguous" in str(error):
            return True
        raise
    return False
