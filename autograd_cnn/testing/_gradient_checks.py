"""The gradients of a function of Tensors against differences: its whole Jacobian, or projections of it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._devices.device import CPU, device_of
from .._devices.transfer import move
from .._tensor import Tensor
from ._diagnosis import diagnose
from ._draw import Draw
from ._evidence import Diagnosis, Evidence, worst_element
from ._numeric import Array
from ._report import Options, Report
from ._target import Differences, Slopes, Target, pull, units


def like(array: Array, other: Array) -> Array:
    """A drawn array with the dtype and device of another one."""
    return move(array.astype(other.dtype), device_of(other))


class Gradients:
    """The checks of gradients of one target; what they find goes into the report."""

    leaves: list[Tensor]
    outputs: tuple[Tensor, ...]
    upstream: list[Array]
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

    def gradients(self) -> None:
        """Every variable's gradient against differences."""
        step, noise = self.differences.step, self.differences.noise(self.differences.step)
        if noise > 0.5 * float(abs(self.differences.start).max(initial=0.0)) > 0:
            said = (
                f"the step {step:g} is too small for {self.differences.dtype}: differences are off by "
                f"{noise:.1e} for rounding alone"
            )
            self.report.add("differences", Diagnosis("step", f"{said}; give float64 inputs, or a larger eps"))
            return
        for k, leaf in enumerate(self.leaves):
            (found,) = pull(self.outputs, [leaf], self.upstream)
            if self.options.dtypes and found.dtype != leaf.array.dtype:
                self.report.add(
                    self.target.labels[k],
                    Diagnosis("dtype", f"the gradient has dtype {found.dtype}, the input {leaf.array.dtype}"),
                )
            if self.options.fast:
                self.project(k)
            else:
                self.jacobian(k)

    def jacobian(self, k: int) -> None:
        """Column by column by differences, row by row by backward passes."""
        x, leaf = self.differences.values[k], self.leaves[k]
        columns = [self.differences.along(k, unit) for unit in units(x)]
        if not columns or not self.outputs:
            return
        rows = [
            move(g, CPU).astype(np.float64).reshape(-1)
            for unit in self.basis()
            for g in pull(self.outputs, [leaf], unit)
        ]
        analytic = np.stack(rows, 1) if rows else np.zeros((x.size, 0))
        low, value, high = (
            np.stack([getattr(c, side) for c in columns]) for side in ("left", "value", "right")
        )
        kink = np.stack([c.kink for c in columns])
        self.note_kinks(k, x.shape, columns)
        rounding = max(c.rounding for c in columns)
        self.compare(k, analytic, value, low, high, kink, np.stack([c.jump for c in columns]), rounding)

    def basis(self) -> Any:
        """An upstream signal for each element of the results, nothing for the other results."""
        for i, o in enumerate(self.outputs):
            for unit in units(o.array):
                yield [unit if j == i else None for j in range(len(self.outputs))]

    def project(self, k: int) -> None:
        """Projected on random directions of input and results."""
        for _ in range(self.options.draws):
            x = self.differences.values[k]
            v = like(self.draw.direction(*x.shape), x)
            signals = [like(self.draw.direction(*o.shape), o.array) for o in self.outputs]
            slopes = self.differences.along(k, v)
            u = (
                np.concatenate([move(s, CPU).astype(np.float64).reshape(-1) for s in signals])
                if signals
                else np.zeros(0)
            )
            (g,) = pull(self.outputs, [self.leaves[k]], signals)
            g, way = move(g, CPU).astype(np.float64), move(v, CPU).astype(np.float64)
            sides = np.stack([u * slopes.left, u * slopes.right])
            settled, size = (
                u * slopes.value,
                max(float((abs(g) * abs(way)).sum()), float((abs(u * slopes.value)).sum())),
            )
            low = float(np.where(slopes.kink, sides.min(0), settled).sum())
            high = float(np.where(slopes.kink, sides.max(0), settled).sum())
            if slopes.kink.any():
                self.note_kinks(
                    k,
                    x.shape,
                    [self.differences.along(k, unit) for unit in units(x)] if x.size <= 1000 else [slopes],
                )
            found = float((g * way).sum())
            allowed = self.tolerance(size, slopes.rounding * abs(u).sum(), self.leaves[k].array.dtype)
            wrong = not low - allowed <= found <= high + allowed and not (slopes.jump & slopes.kink).any()
            if wrong:
                self.explain(
                    k,
                    f"along a random direction the analytic derivative is {found:.10g}, the numerical "
                    f"{(low + high) / 2:.10g}",
                    signals,
                )
                return
            self.report.error = max(
                self.report.error, 0.0 if slopes.kink.any() else abs(found - low) / (1 + size)
            )

    def compare(
        self,
        k: int,
        analytic: Array,
        value: Array,
        low: Array,
        high: Array,
        kink: Array,
        jump: Array,
        rounding: float,
    ) -> None:
        """The whole Jacobian (inputs x results), one result after the other."""
        start, settled = 0, ~kink
        for i, o in enumerate(self.outputs):
            part = slice(start, start + o.array.size)
            start += o.array.size
            a, n = analytic[:, part], value[:, part]
            fine = settled[:, part]
            scale = float(abs(n[fine]).max(initial=0.0))
            allowed = self.tolerance(scale, rounding, self.leaves[k].array.dtype)
            off = np.where(fine, abs(a - n), 0.0)
            lower, upper = np.minimum(low[:, part], high[:, part]), np.maximum(low[:, part], high[:, part])
            outside = np.maximum(np.maximum(lower - a, a - upper), 0.0)
            off = np.where(fine | jump[:, part], off, outside)
            if not bool((off <= allowed).all()):
                where = worst_element(
                    a if fine.all() else np.where(fine, a, n), n, self.leaves[k].array.dtype
                )
                signals = [self.upstream[j] if j == i else None for j in range(len(self.outputs))]
                heading = (
                    f"Jacobian mismatch for output {i} with respect to {self.target.labels[k]}: {where} "
                    "(indices: input element, output element)"
                )
                self.explain(k, heading, signals)
            else:
                self.report.error = max(self.report.error, float(off.max(initial=0.0)) / (1 + scale))

    def explain(self, k: int, heading: str, signals: Sequence[Any]) -> None:
        """Both gradients, element by element, for one upstream signal, and what the difference looks like."""
        live = [i for i, s in enumerate(signals) if s is not None]
        leaf, zeros = (
            self.leaves[k],
            [np.zeros_like(o.array) if s is None else s for o, s in zip(self.outputs, signals, strict=True)],
        )
        (found,) = pull(self.outputs, [leaf], signals)
        where = self.target.labels[k]
        if found.size > 2000:
            self.report.add(
                where,
                Diagnosis("unknown", "too large to look at element by element: check it on smaller inputs"),
                heading,
            )
            return
        expected = self.differences.gradient(k, zeros)
        found = move(found, CPU).astype(np.float64)
        again = None
        if len(live) == 1:

            def again(u: Array) -> Array:
                (other,) = pull(
                    self.outputs,
                    [leaf],
                    [
                        like(np.asarray(u), o.array) if i == live[0] else None
                        for i, o in enumerate(self.outputs)
                    ],
                )
                return move(other, CPU).astype(np.float64)

        arrays = dict(zip(self.target.labels, (move(x, CPU) for x in self.target.values), strict=True))
        upstream = None
        if len(live) == 1:
            arrays["the result"] = move(self.outputs[live[0]].array, CPU)
            upstream = move(signals[live[0]], CPU)
        cause = diagnose(Evidence(found, expected, upstream, arrays, again))
        text = f"{heading}\n    for one upstream signal: {worst_element(found, expected, leaf.array.dtype)}"
        self.report.add(where, cause, text)

    def note_kinks(self, k: int, shape: tuple[int, ...], columns: Sequence[Slopes]) -> None:
        """Where the function has a kink or a jump."""
        for place, c in zip(np.ndindex(shape), columns, strict=False):
            if c.kink.any():
                i = int(np.argmax(c.kink))
                at = f"{self.target.labels[k]}{list(place) if place else ''}"
                kind = (
                    "a jump"
                    if c.jump[i]
                    else f"slopes {c.left[i]:.4g} on the left, {c.right[i]:.4g} on the right"
                )
                said = f"{at} = {float(self.differences.values[k][place]):.6g}: {kind}"
                if said not in self.report.kinks:
                    self.report.kinks.append(said)
