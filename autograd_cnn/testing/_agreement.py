"""Whether two numbers agree: elementwise, or a projected gradient with the slope of the forward."""

from collections.abc import Callable

import numpy as np

from .._devices.device import CPU
from .._devices.transfer import move
from . import _causes as causes
from ._numeric import STEP, Array, read_only, slope
from ._slopes import slope_closely


class CheckError(AssertionError):
    """A primitive that breaks its contract; the message says where, by how much, and what the likely cause
    is."""

    def __init__(self, message: str, cause: str = "") -> None:
        super().__init__(message)
        self.cause = cause
        """The short name of the likely cause, where one is known: ``"sign"``."""


def close(what: str, found: Array, expected: Array, tolerance: float, cause: str = "") -> float:
    """Elementwise, relative to the largest expected value; returns the largest error."""
    found, expected = move(read_only(found), CPU), move(read_only(expected), CPU)
    if found.shape != expected.shape:
        raise CheckError(f"{what} has shape {list(found.shape)}, expected {list(expected.shape)}")
    if found.size == 0:
        return 0.0
    difference = abs(found.astype(np.float64) - expected.astype(np.float64))
    scale = 1.0 + float(abs(expected.astype(np.float64)).max())
    worst = float(difference.max()) / scale
    if not worst <= tolerance:  # also where it is NaN
        place = np.unravel_index(int(difference.argmax()), difference.shape)
        at = [int(i) for i in place]
        raise CheckError(
            f"{what} is {found[place]!s} at {at}, expected {expected[place]!s} (relative error "
            f"{worst:.1e}, allowed {tolerance:.1e})",
            cause,
        )
    return worst


def along_a_direction(
    what: str,
    found: float,
    along: Callable[[float], float],
    scale: float,
    tolerance: float,
    why: Callable[[], causes.Explained],
) -> float:
    """A projected gradient against the slope of ``along`` at 0, relative to its size ``scale``, and as far as
    rounding lets differences tell.

    Where it is wrong, ``why`` looks closer, to say what the mistake may be.
    """
    expected, _, smooth = slope(along, scale)
    if not abs(found - expected) <= tolerance * scale:  # relative to its size, however small that is
        closer, error = slope_closely(along, STEP)
        expected = expected if np.isnan(closer) else closer
        allowed = tolerance * scale + 3 * error
    else:
        allowed = tolerance * scale
    if not abs(found - expected) <= allowed:
        hint = (
            ""
            if smooth
            else "; differences with smaller steps disagree: is there a kink or a jump? Give samples away "
            "from it"
        )
        likely = why()
        raise CheckError(
            f"{what}: the rule gives {found:.10g} along a random direction, differences give "
            f"{expected:.10g}{hint}{likely.text}",
            likely.cause,
        )
    return abs(found - expected) / scale if scale > 0 else 0.0
