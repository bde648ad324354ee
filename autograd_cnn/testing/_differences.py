"""Derivatives of a target by differences: in float64 wherever the function lets it."""

from collections.abc import Sequence

import numpy as np

from .._devices.device import CPU, device_of
from .._devices.transfer import move
from .._tensor import Tensor, tensor_of
from ._draw import Draw
from ._numeric import Array, read_only
from ._slopes import Curve, Slopes, closer_look, first_look, ladder, power_of_two, rounding_of, units
from ._target import Target

STEPS = {"float64": 2.0**-11, "float32": 2.0**-5, "float16": 0.25}
"""The step of differences where the function computes in this dtype: with Richardson the error is the step's
fourth power, and the rounding error divided by the step."""


def flat(outputs: Sequence[Tensor]) -> Array:
    """All results in one vector of float64, on the CPU."""
    parts = [move(o.array, CPU).astype(np.float64).reshape(-1) for o in outputs]
    return np.concatenate(parts) if parts else np.zeros(0)


class Differences:
    """Derivatives of a target by differences."""

    def __init__(self, target: Target, eps: float | None = None, nondeterminism: float = 0.0) -> None:
        self.target, self.wide, self.nondeterminism = target, True, nondeterminism
        self.values = [x.astype(np.float64) if x.dtype.kind == "f" else x for x in target.values]
        try:
            _, out = target.run(self.values, wide=True)
        except RuntimeError:  # tensors inside the function have another dtype: it computes as it was given
            self.wide = False
            self.values = list(target.values)
            _, out = target.run(self.values)
        kinds = [o.array.dtype for o in out] + ([] if self.wide else [x.dtype for x in self.values])
        self.dtype = min(kinds, key=lambda d: d.itemsize, default=np.dtype(np.float64))
        self.given = eps
        self.step = STEPS[str(self.dtype)] if eps is None else eps
        self.sizes = [o.array.size for o in out]
        self._kinds = [(o.array.shape, o.array.dtype) for o in out]
        self.start = flat(out)
        self._rounding: dict[int, Array] = {}

    def at(self, k: int, by: Array) -> Array:
        """All results with ``by`` added to variable ``k``; NaN where the function does not take that.

        AssertionError where it returns results of another shape or dtype: then there is no derivative.
        """
        moved = [read_only(x + by).astype(x.dtype) if i == k else x for i, x in enumerate(self.values)]
        try:
            out = self.target.run(moved, wide=self.wide)[1]
        except (ArithmeticError, ValueError, RuntimeError, AssertionError):  # outside of its domain
            return np.full_like(self.start, np.nan)
        kinds = [(o.array.shape, o.array.dtype) for o in out]
        for (shape, dtype), (before, kind) in zip(kinds, self._kinds, strict=len(kinds) == len(self._kinds)):
            for what, a, b in (("shape", list(before), list(shape)), ("dtype", kind, dtype)):
                if a != b:
                    raise AssertionError(
                        f"Expected `func` to return outputs with the same {what} when inputs are perturbed, "
                        f"but it returned {a} and {b}"
                    )
        made = flat(out)
        return made if made.shape == self.start.shape else np.full_like(self.start, np.nan)

    @property
    def noise(self) -> Array:
        """How far each result may be off for rounding at least, and for what differs from call to call."""
        info = np.finfo(self.dtype)
        return 2 * float(info.eps) * abs(self.start) + float(info.smallest_subnormal) + self.nondeterminism

    def curve(self, k: int, v: Array) -> Curve:
        """The results where variable ``k`` moves along ``v``."""
        return lambda t: self.at(k, t * v)

    def along(self, k: int, v: Array) -> Slopes:
        """The slopes where variable ``k`` moves along ``v``, at a glance."""
        return first_look(self.curve(k, v), self.start, self._step(k, v), self.noise)

    def closely(self, k: int, v: Array) -> Slopes:
        """The same with the best of many steps."""
        return closer_look(self.curve(k, v), self.start, self._steps(k, v), self.rounding(k))

    def surely(self, k: int, v: Array) -> Slopes:
        """At a glance where that is enough, otherwise closely."""
        slopes = self.along(k, v)
        return self.closely(k, v) if bool(slopes.doubt.any()) else slopes

    def gradient(self, k: int, upstream: Sequence[Array]) -> Array:
        """The gradient of ``sum(<upstream, results>)`` for variable ``k``, element by element."""
        u = flat([tensor_of(s) for s in upstream])
        x = self.values[k]
        found = [float(np.nansum(self.surely(k, unit).value * u)) for unit in units(x)]
        return np.array(found).reshape(x.shape)

    def rounding(self, k: int) -> Array:
        """The rounding of each result, measured where all of variable ``k`` moves a little."""
        if k not in self._rounding:
            x = self.values[k]
            v = move(np.asarray(Draw(0).direction(*x.shape), x.dtype), device_of(x))
            size, smallest = self._size(k, v)
            if self.dtype.itemsize == 8:
                found = rounding_of(
                    self.curve(k, v),
                    self.start,
                    power_of_two(min(size, smallest or size)),
                    self.noise,
                    2.0**-52,
                )
            else:
                found = 4 * self.noise
            self._rounding[k] = found
        return self._rounding[k]

    def _size(self, k: int, v: Array) -> tuple[float, float]:
        """The largest and the smallest size of what moves; steps are relative to what is larger than 1."""
        moving = abs(move(self.values[k], CPU).astype(np.float64))[move(v, CPU) != 0]
        some = moving[moving > 0]
        top = float(moving.max(initial=0.0))
        # along a direction of many elements the direction itself is as large as they are
        size = max(1.0, top / float(abs(move(v, CPU)).max(initial=1.0))) if moving.size == 1 else 1.0
        return size, float(some.min(initial=np.inf)) if some.size else 0.0

    def _step(self, k: int, v: Array) -> float:
        return power_of_two(self.step * self._size(k, v)[0]) if self.given is None else self.given

    def _steps(self, k: int, v: Array) -> list[float]:
        if self.given is not None:
            return [self.given / by for by in (1, 10, 100)]
        return ladder(self.step, *self._size(k, v))
