"""The gradients of a function, asked for in other ways: they must be the same."""

from typing import Any

import numpy as np

from .._devices.device import CPU
from .._devices.transfer import move
from .._engine.differentiate import grad
from .._tensor import tensor_of
from ..func import jvp, vmap
from ._diagnosis import diagnose
from ._evidence import Diagnosis, Evidence, worst_element
from ._layouts import fortran, strided
from ._probe import Probe, like, near
from ._target import flat, pull

LAYOUTS = {"strided": strided, "in Fortran's order": fortran}


class WayChecks(Probe):
    """Other layouts of memory, one tensor given twice, outputs left out, forward mode, batches."""

    def variations(self) -> None:
        """The same results and gradients for other memory layouts; the same tensor as two inputs."""
        reference = flat(self.outputs), pull(self.outputs, self.leaves, self.upstream)
        for name, layout in LAYOUTS.items():
            leaves, outputs = self.target.run([layout(x) for x in self.target.values])
            found = pull(outputs, leaves, [layout(u) for u in self.upstream])
            for what, a, b in zip(
                ["the results", *self.target.labels],
                [flat(outputs), *found],
                [reference[0], *reference[1]],
                strict=True,
            ):
                loose = 1e-10 if a.dtype.itemsize == 8 else 1e-3
                if not near(a, b, loose * (1 + float(abs(b).max(initial=0.0)))):
                    self.report.add(
                        what,
                        Diagnosis(
                            "layout",
                            f"other values where inputs and upstream signals are {name}: the memory's "
                            "order is taken for the axes' order",
                        ),
                    )
        values = self.target.values
        for j in range(1, len(self.target.places)):
            same = [
                k
                for k in range(j)
                if values[k].shape == values[j].shape and values[k].dtype == values[j].dtype
            ]
            if same:
                self.same_twice(same[0], j)

    def same_twice(self, k: int, j: int) -> None:
        """f(x, x): what comes back over both inputs adds up."""
        values = [x if i != j else self.target.values[k] for i, x in enumerate(self.target.values)]
        leaves, outputs = self.target.run(values)
        if [o.shape for o in outputs] != [o.shape for o in self.outputs]:
            return
        apart = pull(outputs, leaves, self.upstream)
        tied = self.target.with_same(k, j)
        leaves, outputs = tied.run(tied.values)
        together = pull(outputs, leaves, self.upstream)
        expected = apart[k] + apart[j]
        if not near(together[k], expected, 1e-5 * (1 + float(abs(expected).max(initial=0.0)))):
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
            for label, x, y in zip(
                self.target.labels, a, pull(self.outputs, self.leaves, zeros), strict=True
            ):
                if not near(x, y, 1e-6 * (1 + float(abs(y).max(initial=0.0)))):
                    self.report.add(
                        label,
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
            slopes = self.differences.along(k, tangents[k].astype(self.differences.values[k].dtype))
            found, scale = flat(pushed), float(abs(slopes.value).max(initial=0.0))
            off = np.where(slopes.kink, 0.0, abs(found - slopes.value))
            if not bool((off <= self.tolerance(scale, slopes.rounding, leaf.array.dtype)).all()):
                text = f"forward mode: {worst_element(found, slopes.value, leaf.array.dtype)}"
                self.report.add(self.target.labels[k], diagnose(Evidence(found, slopes.value)), text)
            u = np.concatenate([move(s, CPU).astype(np.float64).reshape(-1) for s in self.upstream])
            (g,) = pull(self.outputs, [leaf], self.upstream)
            reverse = float((move(g, CPU).astype(np.float64) * move(tangents[k], CPU)).sum())
            if not abs(float(u @ found) - reverse) <= self.tolerance(
                float(abs(u) @ abs(found)), 0.0, leaf.array.dtype
            ):
                said = (
                    f"<u, J v> is {float(u @ found):.10g} in forward mode, <Jᵀ u, v> is {reverse:.10g} in "
                    "reverse mode"
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
            for label, many, single in zip(
                self.target.labels,
                together,
                pull(self.outputs, self.leaves, [s[b] for s in stacks]),
                strict=True,
            ):
                if not near(many.array[b], single, 1e-6 * (1 + float(abs(single).max(initial=0.0)))):
                    self.report.add(
                        label,
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
