"""The gradients of a function against differences."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from .._devices.device import CPU
from .._devices.transfer import move
from .._tensor import tensor_of
from ._diagnosis import diagnose
from ._differences import flat
from ._evidence import Diagnosis, Evidence, worst_element
from ._numeric import Array
from ._probe import Probe, like
from ._report import Options, Report
from ._slopes import Slopes, units
from ._target import Target, pull

_NOTHING_LEADS_BACK = "Numerical gradient for function expected to be zero, for nothing leads back. "


class ValueChecks(Probe):
    """Whole Jacobians, or projections on random directions; what is wrong is looked at more closely."""

    def __init__(self, target: Target, options: Options, report: Report) -> None:
        super().__init__(target, options, report)
        self.jacobians: dict[int, Array] = {}
        """The analytic Jacobian of each variable, where it was computed: inputs x results."""
        self.unheard = 0
        """How many gradients are too small for differences to tell."""

    def gradients(self) -> None:
        """Every variable's gradient against differences."""
        d = self.differences
        top, rounding = float(abs(d.start).max(initial=0.0)), 2 * float(d.noise.max(initial=0.0)) / d.step
        if d.given is not None and rounding > 0.5 * top > 0:
            said = (
                f"the step {d.step:g} is too small for {d.dtype}: differences are off by {rounding:.1e} for "
                "rounding alone"
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
        self.comparable()

    def comparable(self) -> None:
        """Say what can't be compared: nothing at all, or results that are not numbers."""
        infinite = int((~np.isfinite(self.differences.start)).sum())
        if infinite == self.differences.start.size > 0:
            said = "no element of the results is finite, so no gradient can be compared: give other inputs"
            self.report.add("nothing was checked", Diagnosis("nothing", said))
        elif infinite:
            self.report.notes.append(
                f"{infinite} of {self.differences.start.size} elements of the results are not finite: their "
                "gradients were not compared"
            )
        if self.unheard:
            self.report.notes.append(
                f"{self.unheard} elements of the Jacobian are smaller than the rounding of differences: they "
                "were not compared"
            )
        self.report.compared += self.differences.start.size - infinite

    def jacobian(self, k: int) -> None:
        """Column by column by differences, row by row by backward passes."""
        x, leaf = self.differences.values[k], self.leaves[k]
        rows = [
            move(g, CPU).astype(np.float64).reshape(-1)
            for unit in self.basis()
            for g in pull(self.outputs, [leaf], unit)
        ]
        if not rows or x.size == 0:
            return
        analytic = np.stack(rows, 1)
        self.jacobians[k] = analytic
        columns = [self.differences.along(k, unit) for unit in units(x)]
        column_scale = abs(analytic).max(0)
        for i, unit in enumerate(units(x)):
            if self.is_open(k, columns[i], analytic[i], column_scale):
                columns[i] = self.differences.closely(k, unit)
        self.note_kinks(k, x.shape, columns)
        self.compare(k, analytic, columns)

    def basis(self) -> Iterator[list[Array | None]]:
        """An upstream signal for each element of the results, nothing for the other results."""
        for i, o in enumerate(self.outputs):
            for unit in units(o.array):
                yield [unit if j == i else None for j in range(len(self.outputs))]

    def uncertainty(self, k: int, slopes: Slopes, scale: Array, far: float = 1.0) -> Array:
        """How far a right gradient may be from its differences, for rounding on both sides; ``scale`` is the
        size of the largest gradient of the same result, ``far`` the size of the direction."""
        precision = self.precision(k)
        top = float(abs(move(self.differences.values[k], CPU).astype(np.float64)).max(initial=0.0))
        bend = np.where(np.isfinite(slopes.bend) & ~slopes.kink, slopes.bend, 0.0)
        tiny = 64 * float(np.finfo(self.leaves[k].array.dtype).smallest_subnormal)
        rounding = (
            (50 * precision + self.lost(k)) * scale
            + 16 * precision * (top / far) * bend
            + self.level(k) * far
            + tiny
        )
        return np.asarray(3 * slopes.error + rounding)

    def allowed(self, k: int, analytic: Array, slopes: Slopes, scale: Array) -> Array:
        """How far each element may be off: relative to its own size, and what rounding asks for."""
        size = np.fmax(abs(analytic), abs(slopes.value))
        size = np.where(np.isfinite(size), size, 0.0)
        return self.options.atol + self.options.rtol * size + self.uncertainty(k, slopes, scale)

    def off(self, analytic: Array, slopes: Slopes) -> Array:
        """How far the analytic gradient is from the numerical one, or from its other candidate."""
        apart = abs(analytic - slopes.value)
        other = abs(analytic - slopes.other)
        return np.where(other <= 1e-3 * abs(analytic), np.fmin(apart, other), apart)

    def is_open(self, k: int, slopes: Slopes, analytic: Array, scale: Array) -> bool:
        """Whether a first look leaves a question."""
        with np.errstate(all="ignore"):
            off = self.off(analytic, slopes)
            unsure = (slopes.error > 1e-3 * abs(analytic)) & (off > 0)
            wrong = ~(off <= self.allowed(k, analytic, slopes, scale))
        return bool((slopes.doubt | wrong | unsure).any())

    def project(self, k: int) -> None:
        """Projected on random directions of input and results."""
        x = self.differences.values[k]
        if x.size == 0 or not self.outputs:
            return
        host = move(x, CPU).astype(np.float64)
        for number in range(self.options.draws):
            signals = [like(self.draw.direction(*o.shape), o.array) for o in self.outputs]
            # what is large is moved further, or its own rounding would swallow the step
            larger = np.exp2(np.round(np.log2(np.maximum(1.0, 1e-3 * abs(host)))))
            way = np.round(self.draw.direction(*x.shape) * 1024) / 1024 * larger  # few digits: sums are exact
            if number == 0:  # with the gradient, so that a factor does not cancel in the sum
                (g,) = pull(self.outputs, [self.leaves[k]], signals)
                way = abs(way) * np.where(move(g, CPU) < 0, -1.0, 1.0)
            v = like(way, x)
            if not self.along_one(k, v, signals):
                return

    def along_one(self, k: int, v: Array, signals: list[Array]) -> bool:
        """One projection; whether it is right."""
        (g,) = pull(self.outputs, [self.leaves[k]], signals)
        g, way, u = (
            move(g, CPU).astype(np.float64),
            move(v, CPU).astype(np.float64),
            flat([tensor_of(s) for s in signals]),
        )
        found, weight = float((g * way).sum()), float((abs(g) * abs(way)).sum())
        far = float(abs(way).max())
        slopes = self.differences.along(k, v)
        low, high, allowed, size = self.projected(k, slopes, u, weight, far)
        sure = float(abs(u) @ slopes.error) <= 0.1 * self.options.rtol * size and not slopes.kink.any()
        if not (sure and low - allowed <= found <= high + allowed):
            slopes = self.differences.closely(k, v)
            low, high, allowed, size = self.projected(k, slopes, u, weight, far)
        if slopes.kink.any():
            x = self.differences.values[k]
            columns = [self.differences.surely(k, e) for e in units(x)] if x.size <= 1000 else [slopes]
            self.note_kinks(k, x.shape, columns)
        if (slopes.jump & slopes.kink).any() or low - allowed <= found <= high + allowed:
            apart = max(low - found, found - high, 0.0)
            self.report.error = max(self.report.error, apart / size if size > 0 else 0.0)
            return True
        self.explain(
            k,
            f"{self.mismatch(k, signals)}: along a random direction the analytic derivative is "
            f"{found:.10g}, the numerical {(low + high) / 2:.10g}",
            signals,
        )
        return False

    def mismatch(self, k: int, signals: Sequence[Any]) -> str:
        """What is said of a derivative by variable ``k`` of the results that ``signals`` choose."""
        chosen = [i for i, s in enumerate(signals) if s is not None]
        which = f"output {chosen[0]}" if len(chosen) == 1 else "the outputs"
        nothing = "" if any(self.outputs[i].requires_grad for i in chosen) else _NOTHING_LEADS_BACK
        return f"{nothing}Jacobian mismatch for {which} with respect to {self.target.labels[k]}"

    def projected(
        self, k: int, slopes: Slopes, u: Array, weight: float, far: float
    ) -> tuple[float, float, float, float]:
        """The numerical derivative along a direction, at a kink from one slope to the other; how far the
        analytic one may be off, and the size of both."""
        here = np.isfinite(self.differences.start)
        sides = np.stack([u * slopes.left, u * slopes.right])
        settled = np.where(here, u * slopes.value, 0.0)
        low = float(np.where(slopes.kink, sides.min(0), settled).sum())
        high = float(np.where(slopes.kink, sides.max(0), settled).sum())
        size = max(weight, abs(low), abs(high))
        loose = self.uncertainty(k, slopes, np.zeros(u.shape), far)
        narrow = (50 * self.precision(k)) * size
        if self.leaves[k].array.dtype.itemsize < 8:
            narrow *= 4
        rounding = float(np.where(here, abs(u) * loose, 0.0).sum()) + narrow
        return low, high, self.options.atol + self.options.rtol * size + rounding, size

    def compare(self, k: int, analytic: Array, columns: Sequence[Slopes]) -> None:
        """The whole Jacobian (inputs x results), one result after the other."""
        scale = abs(np.where(np.isfinite(analytic), analytic, 0.0)).max(0)
        slopes = Slopes(*(np.stack(parts) for parts in zip(*columns, strict=True)))
        allowed = self.allowed(k, analytic, slopes, scale)
        numbers = np.broadcast_to(np.isfinite(self.differences.start), analytic.shape)
        lower, upper = np.minimum(slopes.left, slopes.right), np.maximum(slopes.left, slopes.right)
        with np.errstate(all="ignore"):
            outside = np.maximum(np.maximum(lower - analytic, analytic - upper), 0.0)
            outside = np.where(slopes.jump, 0.0, outside)
            off = np.where(slopes.kink, outside, self.off(analytic, slopes))
            wrong = ~(off <= allowed) & numbers
            size = np.fmax(abs(analytic), abs(slopes.value))
            unclear = (self.uncertainty(k, slopes, scale) > 0.1 * size) | slopes.kink
        self.unheard += int((unclear & numbers & (analytic != 0) & ~slopes.kink).sum())
        self.tell_wrong(k, analytic, slopes, wrong)
        clear = ~unclear & numbers & (size > 0) & ~wrong
        if clear.any():
            self.report.error = max(self.report.error, float((off[clear] / size[clear]).max()))

    def tell_wrong(self, k: int, analytic: Array, slopes: Slopes, wrong: Array) -> None:
        """For each result whose gradient is wrong, where it is so most, and why."""
        start = 0
        for i, o in enumerate(self.outputs):
            part = slice(start, start + o.array.size)
            start += o.array.size
            if not wrong[:, part].any():
                continue
            n = np.where(slopes.kink, (slopes.left + slopes.right) / 2, slopes.value)[:, part]
            found, right = (np.where(wrong[:, part], x, 0.0) for x in (analytic[:, part], n))
            where = worst_element(found, right, self.leaves[k].array.dtype)
            signals = [self.upstream[j] if j == i else None for j in range(len(self.outputs))]
            heading = f"{self.mismatch(k, signals)}: {where} (indices: input element, output element)"
            self.explain(k, heading, signals)

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
                    "a jump, or a slope without bound"
                    if c.jump[i]
                    else f"slopes {c.left[i]:.4g} on the left, {c.right[i]:.4g} on the right"
                )
                said = f"{at} = {float(self.differences.values[k][place]):.6g}: {kind}"
                if said not in self.report.kinks:
                    self.report.kinks.append(said)
