"""Where two libraries differ in one call: but for roundings, and what is anybody's at infinities and NaN."""

import math
import warnings
from typing import Any

import numpy as np

from ._call import Call
from ._draw import FLOATS, Made
from ._outcomes import Difference, differences
from ._run import Outcome, Seen, run
from ._surface import words

NUMERIC = words("value gradient second modified")
"""Kinds of differences between numbers."""


def _numbers_differ(found: list[Difference]) -> bool:
    return any(d.kind in NUMERIC for d in found)


def _is_rounding(call: Call, theirs: Any, outcome: Outcome) -> bool:
    """Whether ``theirs`` answers differently from its ``outcome`` where the numbers that it is given are
    moved by some units in their last place.

    Then both are right as far as anybody can be: a quotient beside a whole number is rounded to either side,
    a matrix is singular but for its last digits, of a slope nothing is left but what was rounded away.
    """
    for step in (1, -1, 3, -3, 9, -9):
        moved = call._replace(made=tuple(made.moved(step) for made in call.made))
        if _numbers_differ(differences(moved, run(moved, theirs), outcome)):
            return True
    return False


GREAT = (1e40, 500.0)
"""What stands for an infinity where a limit is asked for, in float64: of powers, and of what grows faster."""

FAR = 1e10
"""Limits that are as good as infinite."""


def _is_finite(call: Call) -> bool:
    return all(math.isfinite(n) for made in call.made for n in made.numbers)


def _in_other_memory(call: Call) -> Call:
    """The same tensors with gaps between their elements, which PyTorch's vectors do not read: one by one they
    have other results at NaN and at infinities."""

    def apart(made: Made) -> Made:
        if made.of or not made.shape:
            return made
        copied = f"[..., None].expand({'-1, ' * len(made.shape)}2).clone()[..., 0]"
        return made._replace(
            shape=(*made.shape, 2),
            numbers=tuple(n for n in made.numbers for _ in range(2)),
            steps="[..., 0]" + made.steps.replace(".clone()", copied),
        )

    return call._replace(made=tuple(map(apart, call.made)))


def _at_limits(call: Call, mine: Outcome, theirs: Any, outcome: Outcome, great: float) -> Outcome:
    """``outcome`` of ``theirs`` with its values at a great number in place of the NaN that it has at the
    infinity, where ``mine`` has a number."""
    moved = [
        made._replace(
            dtype="float64" if made.dtype in FLOATS else made.dtype,
            numbers=tuple(math.copysign(great, n) if math.isinf(n) else n for n in made.numbers),
        )
        for made in call.made
    ]
    limit = run(call._replace(made=tuple(moved)), theirs)
    if limit.error is not None:
        return outcome
    return outcome._replace(
        result=_filled(outcome.result, limit.result, mine.result),
        after=tuple(map(_filled, outcome.after, limit.after, mine.after)),
    )


def _filled(value: Any, limit: Any, mine: Any) -> Any:
    """``value``, of any parts, with ``limit`` where it is NaN and ``mine`` is a number."""
    if isinstance(value, Seen):
        return value._replace(array=_filled(value.array, limit.array, mine.array))
    if isinstance(value, tuple):
        return tuple(map(_filled, value, limit, mine))
    if isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.shape == mine.shape:
        far = np.where(np.abs(limit) > FAR, np.copysign(np.inf, limit), limit)
        return np.where(np.isnan(value) & ~np.isnan(mine), far, value).astype(value.dtype)
    return value


def _is_of_infinity(call: Call, mine: Outcome, theirs: Any, outcome: Outcome) -> bool:
    """Whether ``mine`` is what PyTorch says of NaN and infinities where the numbers lie otherwise in memory;
    or the limit, where PyTorch comes to NaN."""
    if _is_finite(call):
        return False
    others = [outcome, run(_in_other_memory(call), theirs)]
    others += [_at_limits(call, mine, theirs, other, great) for other in others for great in GREAT]
    return not all(_numbers_differ(differences(call, mine, other)) for other in others)


def compare(call: Call, mine: Any, theirs: Any) -> list[Difference]:
    """Where ``call`` in the library ``mine`` differs from what it does in ``theirs``, but for roundings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        outcome = run(call, theirs)
        own = run(call, mine)
        found = differences(call, own, outcome)
        if _numbers_differ(found) and (
            _is_of_infinity(call, own, theirs, outcome) or _is_rounding(call, theirs, outcome)
        ):
            return [d for d in found if d.kind not in NUMERIC]
        return found
