"""The gradients of a function, asked for in other ways: they must be the same."""

from typing import Any

import numpy as np

from .._devices.device import CPU
from .._devices.transfer import move
from .._engine.differentiate import grad
from .._tensor import tensor_of
from ..func import jvp, vmap
from ._diagnosis import diagnose
from ._differences import flat
from ._evidence import Diagnosis, Evidence, worst_element
from ._layouts import fortran, strided
from ._numeric import Array
from ._probe import LOOSE, like, near
from ._target import pull
from ._value_checks import ValueChecks

LAYOUTS = {"strided": strided, "in Fortran's order": fortran}


class WayChecks(ValueChecks):
    """Other layouts of memory, one tensor given twice, outputs left out, forward mode, batches."""

    def variations(self) -> None:
        """The same results and gradients for other memory layouts; the same tensor as two inputs."""
        reference = flat(self.outputs), pull(self.outputs, self.leaves, self.upstream)
        for name, layout in LAYOUTS.items():
            leaves, outputs = self.target.run([layout(x) for x in self.target.values])
            found = pull(outputs, leaves, [layout(u) for u in self.upstream])
            results = self.results_near(flat(outputs), reference[0])
            wrong = [] if results else ["the results"]
            wrong += [
                label
                for k, (label, a, b) in enumerate(zip(self.target.labels, found, reference[1], strict=True))
                if not self.same(k, a, b)
            ]
            for what in wrong:
                said = (
                    f"other values where inputs and upstream signals are {name}: the memory's order is taken "
                    "for the axes' order"
                )
                self.report.add(what, Diagnosis("layout", said))
        values = self.target.values
        for j in range(1, len(self.target.places)):
            same = [
                k
                for k in range(j)
                if values[k].shape == values[j].shape and values[k].dtype == values[j].dtype
            ]
            if same:
                self.same_twice(same[0], j)

    def results_near(self, found: Array, expected: Array) -> bool:
        """Whether results found in two ways are the same, for the dtype they were computed in."""
        narrowest = min((o.array.dtype.itemsize for o in self.outputs), default=8)
        size = np.where(np.isfinite(expected), abs(expected), 0.0).max(initial=0.0)
        noise = max(float(np.nan_to_num(self.differences.rounding(k)).max()) for k in self.filled())
        return near(found, expected, LOOSE[narrowest] * float(size) + 64 * noise)

    def filled(self) -> list[int]:
        """The variables that have elements."""
        return [k for k, x in enumerate(self.differences.values) if x.size]

    def same_twice(self, k: int, j: int) -> None:
        """f(x, x): what comes back over both inputs adds up."""
        values = [x if i != j else self.target.values[k] for i, x in enumerate(self.target.values)]
        leaves, outputs = self.target.run(values)
        if [o.shape for o in outputs] != [o.shape for o in self.outputs]:
            return
        apart = pull(outputs, leaves, self.upstream)
        leaves, outputs = self.target.run(values, same=(k, j))
        together = pull(outputs, leaves, self.upstream)
        if not self.same(k, together[k], apart[k] + apart[j], 1e-5):
            what = f"{self.target.labels[k]} given twice"
            self.report.add(
                what,
                Diagnosis("same tensor twice", "what comes back over two uses of one tensor does not add up"),
            )

    def undefined(self) -> None:
        """Nothing for an output is as good as zeros."""
        for i in range(len(self.outputs)):
            some = [u if j == i else None for j, u in enumerate(self.upstream)]
            zeros = [u if j == i else np.zeros_like(u) for j, u in enumerate(self.upstream)]
            try:
                a = pull(self.outputs, self.leaves, some)
            except (RuntimeError, TypeError, AttributeError, ValueError) as error:
                said = (
                    "Expected backward function to handle undefined output grads: a rule gets None where "
                    "nothing came back, and has to take it for zeros"
                )
                self.report.add(
                    f"output {i} alone",
                    Diagnosis("undefined upstream", said),
                    f"{type(error).__name__}: {error}",
                )
                continue
            for k, (x, y) in enumerate(zip(a, pull(self.outputs, self.leaves, zeros), strict=True)):
                if not self.same(k, x, y):
                    self.report.add(
                        self.target.labels[k],
                        Diagnosis(
                            "undefined upstream",
                            f"another gradient where only output {i} is used than where zeros come "
                            "back for the others",
                        ),
                    )

    def forward(self) -> None:
        """J v in forward mode against differences, and against reverse mode: <u, J v> = <Jᵀ u, v>."""
        values = tuple(tensor_of(x) for x in self.target.values)
        for k, leaf in enumerate(self.leaves):
            tangents = [np.zeros_like(x) for x in self.target.values]
            tangents[k] = like(self.draw.direction(*leaf.shape), leaf.array)
            _, pushed = jvp(
                lambda *args: self.target.applied(args), values, tuple(tensor_of(t) for t in tangents)
            )
            if leaf.array.size == 0 or not self.outputs:
                continue
            way, found = tangents[k].astype(self.differences.values[k].dtype), flat(pushed)
            slopes = self.differences.along(k, way)
            if self.is_open(k, slopes, found, abs(found)):
                slopes = self.differences.closely(k, way)
            with np.errstate(all="ignore"):
                off = np.where(slopes.kink, 0.0, self.off(found, slopes))
                wrong = ~(off <= self.allowed(k, found, slopes, abs(found)))
            wrong &= np.isfinite(self.differences.start)
            if wrong.any():
                shown = np.where(wrong, found, slopes.value)
                i = int(np.searchsorted(np.cumsum(self.differences.sizes), int(wrong.argmax()), "right"))
                text = (
                    f"Jacobian computed with forward mode mismatch for output {i} with respect to "
                    f"{self.target.labels[k]}: {worst_element(shown, slopes.value, leaf.array.dtype)}"
                )
                self.report.add(self.target.labels[k], diagnose(Evidence(found, slopes.value)), text)
            if self.options.backward:
                self._against_reverse(k, way, found)

    def _against_reverse(self, k: int, way: Any, found: Any) -> None:
        """<u, J v> = <Jᵀ u, v>, where ``found`` is J v."""
        u = flat([tensor_of(s) for s in self.upstream])
        (g,) = pull(self.outputs, [self.leaves[k]], self.upstream)
        g, way = move(g, CPU).astype(np.float64), move(way, CPU)
        reverse = float((g * way).sum())
        size = float(abs(u) @ abs(found)) + float((abs(g) * abs(way)).sum())
        loose = self.options.rtol + 50 * self.precision(k)
        rounding = float(self.level(k) @ abs(u))
        if not abs(float(u @ found) - reverse) <= self.options.atol + loose * size + rounding:
            said = (
                f"<u, J v> is {float(u @ found):.10g} in forward mode, <Jᵀ u, v> is {reverse:.10g} in "
                f"reverse mode"
            )
            self.report.add(self.target.labels[k], Diagnosis("forward against reverse", said))

    def batched(self) -> None:
        """Several upstream signals at once, under vmap, against one after the other."""
        stacks = [np.stack([u, 2 * u, -u]) for u in self.upstream]

        def one(*signals: Any) -> Any:
            return grad(
                list(self.outputs), self.leaves, list(signals), retain_graph=True, materialize_grads=True
            )

        together = vmap(one)(*[tensor_of(s) for s in stacks])
        for b in range(3):
            alone = pull(self.outputs, self.leaves, [s[b] for s in stacks])
            for k, (many, single) in enumerate(zip(together, alone, strict=True)):
                if not self.same(k, many.array[b], single):
                    self.report.add(
                        self.target.labels[k],
                        Diagnosis(
                            "batched",
                            "a batch of upstream signals under vmap gives other gradients than one "
                            "after the other",
                        ),
                    )

    def independent(self) -> None:
        """Upstream for one example of the batch brings no gradient to another; an example alone has the same
        result."""
        for i, o in enumerate(self.outputs):
            for k in range(len(self.target.places)):
                leaf = self.leaves[k]
                if o.array.ndim == 0 or leaf.array.ndim == 0 or o.shape[0] != leaf.shape[0]:
                    continue
                for example in range(o.shape[0]):
                    signal = np.zeros_like(o.array)
                    signal[example] = self.upstream[i][example]
                    (g,) = pull(
                        self.outputs, [leaf], [signal if j == i else None for j in range(len(self.outputs))]
                    )
                    others = np.delete(move(g, CPU), example, 0)
                    if others.size and bool((others != 0).any()):
                        said = (
                            f"example {example} of output {i} sends a gradient to other examples: a sum, "
                            "a reshape or a mean over the batch axis"
                        )
                        self.report.add(self.target.labels[k], Diagnosis("batch mixing", said))
                        return
