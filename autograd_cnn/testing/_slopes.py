"""Derivatives by differences, of a function of one number whose results are a vector, with how far they may
be off.

A first look takes one step. Where that leaves a doubt, a closer look goes down a ladder of steps and keeps
for each result the one that is best: large steps suffer from what bends the function, small ones from
rounding. At the edge of a domain the differences are taken from inside.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from ..ops import unit_vector

Array = Any
Curve = Callable[[float], Array]
"""The results, flat and in float64, where the argument moves by a number; NaN outside of its domain."""

RATIO = 4
"""Between two rungs of the ladder. Steps are powers of two, so that a sum with them is exact."""


class Slopes(NamedTuple):
    """The derivative of every result along one direction, flat, in float64."""

    value: Array
    error: Array
    """How far ``value`` may be off: for what is left of the bend, and for rounding."""
    bend: Array
    """The size of the second derivative."""
    left: Array
    right: Array
    """The slopes on both sides, which are apart at a kink."""
    kink: Array
    """Where differences do not settle: a kink, a jump, or an edge with an infinite slope is there."""
    jump: Array
    """Of these, where the slopes grow without bound."""
    other: Array
    """What larger steps gave where smaller ones gave something else: the function may live on a smaller
    scale, or move in steps of its own rounding. NaN where there is but one answer."""
    doubt: Array
    """Where a closer look is needed, or was of no help."""


class _Rung(NamedTuple):
    """Differences at a step and at half of it."""

    value: Array
    coarse: Array
    """The same with an error of a lower order: the distance tells how much the function bends."""
    left: Array
    right: Array
    gap: Array
    """How far the one-sided slopes are apart, at the whole step."""
    inner: Array
    """The same at half of it."""
    rounding: Array
    one_sided: Array


def power_of_two(step: float) -> float:
    """The nearest power of two."""
    return 2.0 ** round(math.log2(step))


def _rung(curve: Curve, start: Array, h: float, noise: Array) -> _Rung:
    far, near = (curve(h), curve(-h)), (curve(h / 2), curve(-h / 2))
    with np.errstate(all="ignore"):
        wide, narrow = (far[0] - far[1]) / (2 * h), (near[0] - near[1]) / h
        value, rounding = (4 * narrow - wide) / 3, 2 * noise / h
        after, before = ((near[0] - start) / (h / 2), (start - near[1]) / (h / 2))
        right, left = 2 * after - (far[0] - start) / h, 2 * before - (start - far[1]) / h
        lonely = np.isfinite(start) & (np.isfinite(value) ^ True) & (np.isfinite(right) ^ np.isfinite(left))
        side, simple = np.where(np.isfinite(right), right, left), np.where(np.isfinite(right), after, before)
        return _Rung(
            np.where(lonely, side, value),
            np.where(lonely, simple, narrow),
            np.where(lonely, side, left),
            np.where(lonely, side, right),
            np.where(lonely, 0.0, abs(far[0] - 2 * start + far[1]) / h),
            np.where(lonely, 0.0, abs(near[0] - 2 * start + near[1]) / (h / 2)),
            np.where(lonely, 6.0, 1.0) * rounding,
            lonely,
        )


def _bent(rung: _Rung) -> Array:
    """Where the two sides stay apart at half the step: smooth functions halve what is between them."""
    visible = rung.inner > 1e-3 * abs(rung.coarse) + 4 * rung.rounding
    return (rung.inner > 0.75 * rung.gap) & visible


def first_look(curve: Curve, start: Array, h: float, noise: Array) -> Slopes:
    """Central differences at ``h`` and ``h / 2``, extrapolated (Richardson): what bends the function enters
    with the fourth power of the step."""
    rung = _rung(curve, start, h, noise)
    with np.errstate(all="ignore"):
        apart = abs(rung.value - rung.coarse)
        relative = apart / np.maximum(abs(rung.coarse), 1e-300)
        error = apart * np.minimum(1.0, relative) + rung.rounding
        bent = _bent(rung)
        doubt = bent | rung.one_sided | ~np.isfinite(error) | ((relative > 1e-4) & (apart > rung.rounding))
    return Slopes(
        rung.value,
        error,
        rung.inner / (h / 2),
        rung.left,
        rung.right,
        bent,
        np.zeros_like(bent),
        np.full(start.shape, np.nan),
        doubt,
    )


def closer_look(curve: Curve, start: Array, steps: list[float], noise: Array) -> Slopes:
    """The best of a ladder of steps, the largest first, for each result."""
    n = start.shape
    value, bend, left, right = (np.full(n, np.nan) for _ in range(4))
    other = np.full(n, np.nan)
    error, rounding, side_error = np.full(n, np.inf), np.zeros(n), np.full(n, np.inf)
    kink, grows, seen = np.zeros(n, bool), np.zeros(n, bool), np.zeros(n)
    before: _Rung | None = None
    for h in steps:
        rung = _rung(curve, start, h, noise)
        with np.errstate(all="ignore"):
            last = abs(rung.value - rung.coarse) if before is None else abs(rung.value - before.value) / RATIO
            off = np.where(np.isfinite(last), last, np.inf) + rung.rounding
            refuted = abs(rung.value - value) > 16 * (error + off)  # a small step knows more than a large one
            better = (off < error) | refuted
            settled = refuted & np.isnan(other) & (error <= 1e-3 * abs(value)) & ~kink
            other = np.where(settled, value, other)
            value, error = np.where(better, rung.value, value), np.where(better, off, error)
            rounding = np.where(better, rung.rounding, rounding)
            bend = np.where(better, rung.inner / (h / 2), bend)
            bent, visible = _bent(rung), rung.inner > 8 * rung.rounding
            seen = np.fmax(seen, abs(rung.coarse))
            calm = ~visible & (rung.rounding <= 1e-3 * seen)
            kink = np.where(visible, bent, kink & ~calm)
            grows = np.where(visible, bent & (rung.inner > 1.5 * rung.gap), grows & ~calm)
            if before is not None:
                sides = abs(rung.left - before.left) + abs(rung.right - before.right) + rung.rounding
                better = np.where(np.isfinite(sides), sides, np.inf) < side_error
                left, right = np.where(better, rung.left, left), np.where(better, rung.right, right)
                side_error = np.where(better, sides, side_error)
                clear = rung.rounding < 0.1 * abs(rung.value)
                grows = np.where(clear & (abs(rung.value) > 1.2 * abs(before.value)), True, grows)
            agreed = abs(rung.value - value) <= 16 * (error + rung.rounding)
            done = ~kink & agreed & ((error <= 1e-9 * abs(value)) | (rung.rounding >= error))
        before = rung
        if bool(done.all()):
            break
    unsettled = (error > 1e-2 * abs(value)) & (error > 8 * rounding) & np.isfinite(error) & ~kink
    left, right = (
        np.where(unsettled | np.isnan(side), value + by * RATIO * error, side)
        for side, by in ((left, -1), (right, 1))
    )
    kink = kink | unsettled
    return Slopes(value, error, bend, left, right, kink, grows & kink, other, ~np.isfinite(error))


def rounding_of(curve: Curve, start: Array, size: float, floor: Array, eps: float) -> Array:
    """How far each result may be off for rounding, measured: of values close together the high differences
    are rounding only (Moré and Wild, "Estimating computational noise", SIAM J. Sci. Comput. 33, 2011). Their
    median, for a jump at the start itself is in one of them."""

    def spread(order: int, h: float) -> Array:
        values = np.stack([start, *(curve(i * h) for i in range(1, order + 4))])
        with np.errstate(all="ignore"):
            usual = math.sqrt(math.comb(2 * order, order))
            found = np.median(abs(np.diff(values, order, axis=0)), axis=0) / usual
        return np.where(np.isfinite(found), found, 0.0)

    h = size * eps
    # what bends the function shows in the larger of two steps, rounding in both
    near = np.minimum(spread(3, h * 2.0**12), spread(3, h * 2.0**5))
    wide, half = spread(5, h * 2.0**32), spread(5, h * 2.0**31)  # results may move in steps of their own
    steps = (wide <= 8 * half) & (wide <= 1e-9 * float(np.nan_to_num(abs(start)).max(initial=0.0)))
    return np.asarray(np.maximum(floor, 3 * np.maximum(near, np.where(steps, wide, 0.0))))


def ladder(step: float, size: float, smallest: float) -> list[float]:
    """Steps for a closer look, the largest first: from sixteen times the usual one down, and small parts of
    an argument that is itself small (``smallest``), whose function may live on that scale."""
    steps = {power_of_two(step * size) * float(RATIO) ** -i for i in range(-2, 17)}
    if 0 < smallest < step * size * 16:
        near = power_of_two(smallest)
        steps |= {near * 2.0**-i for i in range(2, 24, 3)}
    return sorted((h for h in steps if h > 0), reverse=True)


def slope_closely(along: Callable[[float], float], step: float) -> tuple[float, float]:
    """The slope of a function of one number with one result at 0, and how far it may be off."""

    def curve(t: float) -> Array:
        return np.array([along(t)])

    start = curve(0.0)
    eps = float(np.finfo(np.float64).eps)
    noise = rounding_of(curve, start, 1.0, 4 * eps * abs(start), eps)
    found = closer_look(curve, start, ladder(step, 1.0, 0.0), noise)
    return float(found.value[0]), float(found.error[0])


def units(x: Array) -> Iterator[Array]:
    """The unit vectors of the shape of ``x``, one after the other."""
    return (unit_vector(x, i) for i in range(x.size))
