"""What the checks of a function share: the function, what is asked of it, its results at one point, and how
far numbers may be apart."""

import functools

import numpy as np

from .._devices.device import CPU, device_of
from .._devices.transfer import move
from .._tensor import Tensor
from ._differences import Differences, flat
from ._draw import Draw
from ._numeric import Array, read_only
from ._report import Options, Report
from ._target import Target


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

    def begin(self) -> None:
        """Run the function, draw a signal for each result, and make the differences ready."""
        self.leaves, self.outputs = self.target.run(self.target.values)
        self.upstream = [like(self.draw.direction(*o.shape), o.array) for o in self.outputs]
        self.differences = Differences(self.target, self.options.eps, self.options.nondeterminism)

    def precision(self, k: int) -> float:
        """The rounding error of one number of variable ``k``."""
        return float(np.finfo(self.leaves[k].array.dtype).eps)

    def level(self, k: int) -> Array:
        """How large rounding may be in the gradient of variable ``k`` for a signal of size 1 to each result,
        where terms that are much larger cancel: what the results show of it."""
        x, noise = self.differences.values[k], self.differences.rounding(k)
        wider = self.precision(k) / float(np.finfo(self.differences.dtype).eps)
        noise = np.maximum(max(1.0, wider) * noise, self.narrow_rounding)
        top = float(abs(move(x, CPU).astype(np.float64)).max(initial=0.0)) or 1.0
        return np.asarray(16 * np.where(np.isfinite(noise), noise, 0.0) / top)

    @functools.cached_property
    def narrow_rounding(self) -> Array:
        """How far each result is off where the function computes in a narrower dtype than differences do."""
        d = self.differences
        found = np.zeros(d.start.shape)
        narrow = any(x.dtype.itemsize < 8 for x in self.target.values if x.dtype.kind == "f")
        for by in (0.0, 1.0, -2.0) if d.wide and narrow else ():
            values = [
                x + x * like(by * float(np.finfo(x.dtype).eps) * self.draw.mask(*x.shape), x)
                for x in self.target.values
            ]
            runs = [flat(self.target.run(values, wide=wide)[1]) for wide in (False, True)]
            if runs[0].shape == runs[1].shape == found.shape:
                with np.errstate(all="ignore"):
                    found = np.fmax(found, abs(runs[0] - runs[1]))
        top = float(np.nan_to_num(found).max(initial=0.0))
        return np.where(
            abs(d.start) <= 4 * top, np.fmax(found, top), found
        )  # among rounding, all is rounding

    def lost(self, k: int) -> Array:
        """The relative rounding of the results in the dtype of variable ``k``, where it is more than usual:
        their gradients have lost as many digits."""
        with np.errstate(all="ignore"):
            relative = self.narrow_rounding / abs(self.differences.start)
        return np.where(relative > self.precision(k), np.minimum(16 * relative, 0.05), 0.0)

    def same(self, k: int, found: Array, expected: Array, loose: float = 1e-6) -> bool:
        """Whether two gradients of variable ``k`` for signals of size 1, found in two ways, are the same."""
        size = abs(move(read_only(expected), CPU).astype(np.float64))
        scale = float(np.nan_to_num(size, posinf=0.0).max(initial=0.0))
        narrow = max(loose, LOOSE.get(found.dtype.itemsize, 0.0))
        rounding = float(self.level(k).sum())
        return near(found, expected, narrow * scale + rounding + self.options.nondeterminism)


LOOSE = {8: 1e-10, 4: 1e-3, 2: 0.1}
"""How far, relative to the largest element, two ways to one gradient may be apart, by the bytes of a
number."""


def like(array: Array, other: Array) -> Array:
    """A drawn array with the dtype and device of another one."""
    return move(np.asarray(array, other.dtype), device_of(other))


def near(a: Array, b: Array, allowed: float) -> bool:
    """Equal up to ``allowed``, NaN equal to NaN."""
    a, b = move(read_only(a), CPU), move(read_only(b), CPU)
    if a.shape != b.shape:
        return False
    return bool(
        (np.isclose(a.astype(np.float64), b.astype(np.float64), rtol=0.0, atol=allowed, equal_nan=True)).all()
    )
