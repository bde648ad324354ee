"""How far a library is from mathematics: values, first and second slopes in units in the last place."""

import itertools
import math
from typing import Any, NamedTuple

import mpmath as mp
import numpy as np

from . import jets
from .digits_table import Row

ORDERS = ("value", "slope", "second slope")
BITS = {"float64": (53, -1074, 1024), "float32": (24, -149, 128)}
"""Of each dtype: the digits, the exponent of the smallest number, and of what is too large."""


class Wanted(NamedTuple):
    """What mathematics says of one function: points (operands by places), and for each order and live operand
    the exact numbers, None where none is compared."""

    points: Any
    live: tuple[int, ...]
    exact: dict[tuple[int, int], list[Any]]


def points(row: Row, dtype: str) -> list[tuple[float, ...]]:
    """The places where ``row`` is compared."""
    with np.errstate(over="ignore"):
        grids = [dict.fromkeys(str(float(np.dtype(dtype).type(x))) for x in grid) for grid in row.grids]
    found = [tuple(map(float, place)) for place in itertools.product(*grids)]
    if len(row.grids) > 1:
        found = [place for place in found if all(map(math.isfinite, place))]
    return [place for place in found if row.domain(*place)]


def wanted(row: Row, dtype: str, most: int | None = None) -> Wanted:
    """The exact values and slopes of ``row``, at all places, or at about so many."""
    places = points(row, dtype)
    if most is not None:
        places = places[:: -(-len(places) // most)]
    live = row.live or tuple(range(len(row.grids)))
    exact: dict[tuple[int, int], list[Any]] = {
        (order, k): [] for order in range(row.order + 1) for k in (live if order else (0,))
    }
    with mp.workdps(row.digits):
        for place in places:
            smooth = row.smooth(*place)
            for k in live:
                levels = _levels(row, place, k if smooth else -1)
                for order in range(row.order + 1):
                    if order == 0 and k == live[0]:
                        exact[0, 0].append(levels[0])
                    elif order:
                        compared = smooth and (order == 1 or _twice(row, place))
                        exact[order, k].append(levels[order] if compared else None)
    return Wanted(places, live, exact)


def _twice(row: Row, place: tuple[float, ...]) -> bool:
    return all(map(math.isfinite, place)) and row.twice(*place)


def _levels(row: Row, place: tuple[float, ...], k: int) -> list[Any]:
    """Value, first and second slope for operand ``k``; at infinity and at 0 the limit, where there is no
    number."""
    if len(place) == 1 and math.isinf(place[0]):
        near, far = (_at(row, (mp.sign(place[0]) * mp.mpf(10) ** n,), 0) for n in (400, 800))
        return [_limit(a, b) for a, b in zip(near, far, strict=True)]
    return _at(row, place, k)


def _at(row: Row, place: tuple[Any, ...], k: int) -> list[Any]:
    result = jets.jet(row.truth(*(jets.Jet(x, i == k) for i, x in enumerate(place))))
    return [result.value, result.first, result.second]


def _limit(near: Any, far: Any) -> Any:
    return mp.sign(far) * mp.inf if abs(far) > 1.5 * abs(near) and abs(near) > 100 else far


def off(found: float, exact: Any, dtype: str, signed: bool = True, least_unit: float = 0.0) -> float:
    """How many units in the last place ``found`` is from ``exact``; inf for NaN, and for a wrong sign of
    0 where that is ``signed``. No unit is less than ``least_unit``."""
    digits, least, most = BITS[dtype]
    if math.isnan(found):
        return math.inf
    if exact == 0 and not least_unit:
        return 0.0 if found == 0 else math.inf
    if signed and found == 0 and (math.copysign(1, found) < 0) != (exact < 0):
        return math.inf
    top = mp.mpf(2) ** most
    exact = max(min(exact, top), -top)
    there = mp.sign(found) * top if math.isinf(found) else mp.mpf(found)
    exponent = mp.frexp(exact)[1] if exact else least
    unit = max(mp.mpf(2) ** max(exponent - digits, least), mp.mpf(least_unit))
    return float(abs(there - exact) / unit)


def computed(library: Any, row: Row, want: Wanted, dtype: str) -> dict[tuple[int, int], Any]:
    """What ``library`` computes at the places, by order and operand."""
    columns = np.array(want.points, dtype).reshape(-1, len(row.grids)).T.copy()
    operands = [library.from_numpy(c) for c in columns]
    if row.name.startswith("prelu"):
        operands[1] = operands[1][:1].clone()
    live = want.live if row.order else ()
    for k in live:
        operands[k].requires_grad_()
    result = row.call(library, *operands)
    found = {(0, 0): result.detach().numpy()}
    for k in live:
        (first,) = library.autograd.grad(result.sum(), [operands[k]], create_graph=True)
        found[1, k] = first.detach().numpy()
        second = None
        if first.requires_grad:
            (second,) = library.autograd.grad(
                first.sum(), [operands[k]], retain_graph=True, allow_unused=True
            )
        found[2, k] = np.zeros_like(found[1, k]) if second is None else second.detach().numpy()
    return found


def errors(library: Any, row: Row, want: Wanted, dtype: str) -> dict[tuple[int, int], list[float]]:
    """How far ``library`` is off at each place, by order and operand; 0 where nothing is compared."""
    found = computed(library, row, want, dtype)
    unit = float(np.finfo(dtype).eps)
    return {
        (order, k): [
            0.0
            if e is None
            else off(
                float(f),
                e,
                dtype,
                signed=order == 0,
                least_unit=unit if order == 2 and row.flat and max(map(abs, place)) <= row.flat else 0.0,
            )
            for place, f, e in zip(want.points, found[order, k], exact, strict=True)
        ]
        for (order, k), exact in want.exact.items()
    }
