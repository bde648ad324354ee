"""A line search for a step that fulfils the strong Wolfe conditions (Nocedal and Wright, Numerical
Optimization, section 3.5).

Along a direction d, with φ(t) = f(x + t d): sufficient decrease, φ(t) ≤ φ(0) + c₁ t φ'(0), and
curvature,
|φ'(t)| ≤ -c₂ φ'(0).
"""

import math
from collections.abc import Callable
from typing import NamedTuple

from .._tensor import Tensor

C1, C2 = 1e-4, 0.9
SHORTEST = 1e-9
"""An interval that moves no parameter by more than this is not narrowed further."""


class Point(NamedTuple):
    """A place on the line: how far along it, and what the function is there."""

    t: float
    loss: float
    gradient: Tensor
    slope: float
    """φ'(t): the gradient times the direction."""


def strong_wolfe(
    at: Callable[[float], Point], start: Point, t: float, length: float, most: int
) -> tuple[Point, int]:
    """The point found, and how often the function was evaluated.

    ``at(t)`` evaluates the function; ``start`` is the point at 0, and t the first guess. Bracketing steps out
    until the interval holds a good point; zooming narrows it. ``length`` is the direction's largest element.
    The search ends after ``most`` evaluations beside the first.
    """
    bracket, found, evaluations = _bracket(at, start, t, most)
    if found or evaluations - 1 == most:
        return min(bracket, key=lambda point: point.loss), evaluations
    return _zoom(at, start, bracket, evaluations, length, most)


def _bracket(
    at: Callable[[float], Point], start: Point, t: float, most: int
) -> tuple[list[Point], bool, int]:
    """One point that fulfils both conditions (and True), or two with such a point between them; and the
    evaluations."""
    before, now = start, at(t)
    for evaluations in range(1, most + 1):
        if now.loss > start.loss + C1 * now.t * start.slope or (evaluations > 2 and now.loss >= before.loss):
            return [before, now], False, evaluations
        if abs(now.slope) <= -C2 * start.slope:
            return [now], True, evaluations
        if now.slope >= 0:
            return [before, now], False, evaluations
        nearest, farthest = now.t + 0.01 * (now.t - before.t), now.t * 10
        before, now = now, at(_minimum_of_cubic(before, now, nearest, farthest))
    return [start, now], False, most + 1


def _zoom(
    at: Callable[[float], Point],
    start: Point,
    bracket: list[Point],
    evaluations: int,
    length: float,
    most: int,
) -> tuple[Point, int]:
    """Narrow the bracket until its lower end fulfils both conditions."""
    low, high = (0, 1) if bracket[0].loss <= bracket[1].loss else (1, 0)
    was_near = False
    while evaluations - 1 < most:
        left, right = sorted(point.t for point in bracket)
        if (right - left) * length < SHORTEST:
            break
        t = _minimum_of_cubic(bracket[0], bracket[1], left, right)
        near = min(right - t, t - left) < 0.1 * (right - left)
        if near and (was_near or not left < t < right):
            t = (
                right - 0.1 * (right - left)
                if abs(t - right) < abs(t - left)
                else left + 0.1 * (right - left)
            )
            near = False
        was_near = near
        now = at(t)
        evaluations += 1
        if now.loss > start.loss + C1 * t * start.slope or now.loss >= bracket[low].loss:
            bracket[high] = now
            low, high = (0, 1) if bracket[0].loss <= bracket[1].loss else (1, 0)
            continue
        done = abs(now.slope) <= -C2 * start.slope
        if not done and now.slope * (bracket[high].t - bracket[low].t) >= 0:
            bracket[high] = bracket[low]
        bracket[low] = now
        if done:
            break
    return bracket[low], evaluations


def _minimum_of_cubic(a: Point, b: Point, low: float, high: float) -> float:
    """Where the cubic with the values and slopes of ``a`` and ``b`` is least, kept between ``low`` and
    ``high`` (equation 3.59)."""
    if a.t > b.t:
        a, b = b, a
    middle = (low + high) / 2
    if a.t == b.t:
        return middle
    d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.t - b.t)
    square = d1 * d1 - a.slope * b.slope
    if not square >= 0:
        return middle
    d2 = math.sqrt(square)
    curvature = b.slope - a.slope + 2 * d2
    if curvature == 0:
        return middle
    t = b.t - (b.t - a.t) * ((b.slope + d2 - d1) / curvature)
    return float(min(max(t, low), high))
