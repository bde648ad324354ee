"""What the checks of a function share: the function, what is asked of it, its results at one point, and how
far numbers may be apart."""

from typing import Any

import numpy as np

from .._devices.device import CPU, device_of
from .._devices.transfer import move
from .._tensor import Tensor
from ._draw import Draw
from ._numeric import Array, read_only
from ._report import Options, Report
from ._target import Differences, Target


class Probe:
    """One target, its report, and what was computed of it when the checks began."""

    leaves: list[Tensor]
    outputs: tuple[Tensor, ...]
    upstream: list[Array]
    """An upstream signal for each result."""
    differences: Differences

    def __init__(self, target: Target, options: Options, report: Report) -> None:
        self.target, self.options, self.report = target, options, report
        self.draw = Draw(options.seed)

    def tolerance(self, scale: float, rounding: float, dtype: Any) -> float:
        """How far two gradients whose size is ``scale`` may be apart."""
        eps = float(np.finfo(dtype).eps)
        narrow = 0.0 if eps < 1e-12 else 50 * eps
        return (
            self.options.atol + (self.options.rtol + narrow) * (scale + (1.0 if narrow else 0.0)) + rounding
        )


def like(array: Array, other: Array) -> Array:
    """A drawn array with the dtype and device of another one."""
    return move(array.astype(other.dtype), device_of(other))


def near(a: Array, b: Array, allowed: float) -> bool:
    """Equal up to ``allowed``, NaN equal to NaN."""
    a, b = move(read_only(a), CPU), move(read_only(b), CPU)
    if a.shape != b.shape:
        return False
    return bool(
        (np.isclose(a.astype(np.float64), b.astype(np.float64), rtol=0.0, atol=allowed, equal_nan=True)).all()
    )
