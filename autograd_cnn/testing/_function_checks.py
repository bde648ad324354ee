"""The checks of a function of Tensors, each one method; what they find goes into a report."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .._devices.device import CPU
from .._devices.transfer import move
from .._engine.differentiate import grad
from .._tensor import Tensor
from ..func import jvp, vmap
from ._diagnosis import diagnose
from ._evidence import Diagnosis, Evidence, worst_element
from ._gradient_checks import Gradients, like
from ._layouts import fortran, strided
from ._numeric import Array, read_only
from ._report import Report
from ._target import Differences, flat, pull


class Checks(Gradients):
    """All checks of one target; what they find goes into the report."""

    def run(self) -> Report:
        options, report = self.options, self.report
        try:
            self.leaves, self.outputs = self.target.run(self.target.values)
        except ValueError as error:
            if "read-only" not in str(error):
                raise
            report.add(
                "inputs",
                Diagnosis("in place", "the function writes into an input: clone() it first"),
                str(error),
            )
            return report
        self.upstream = [like(self.draw.direction(*o.shape), o.array) for o in self.outputs]
        self.differences = Differences(self.target, options.eps, options.nondeterminism)
        if not self.differences.wide:
            report.notes.append(f"differences run in {self.differences.dtype}: the function takes no float64")
        steps = [self.stable, self.gradients] if options.backward else []
        steps += [self.variations] if options.variations and options.backward else []
        steps += [self.undefined] if options.undefined and options.backward and len(self.outputs) > 1 else []
        steps += [self.forward] if options.forward else []
        steps += [self.batched] if options.batched else []
        steps += [self.independent] if options.independent else []
        for step in steps:
            if not self.guarded(step):
                break
        return report

    def guarded(self, step: Callable[[], None]) -> bool:
        """Run one check; an exception out of a backward pass is a problem too. Whether to go on."""
        try:
            step()
        except (RuntimeError, TypeError, ValueError, NotImplementedError) as error:
            self.report.add("backward", of_exception(error), f"{type(error).__name__}: {error}")
        return not self.report.problems

    # the same twice, and nothing overwritten

    def stable(self) -> None:
        """Equal calls give equal results and gradients; inputs, upstream signals and earlier results stay as
        they are."""
        report, allowed = self.report, self.options.nondeterminism
        inputs = [x.copy() for x in self.target.values]
        signals = [u.copy() for u in self.upstream]
        first, kept = flat(self.outputs), [o.array.copy() for o in self.outputs]
        again = flat(self.target.run(self.target.values)[1])
        if not _near(first, again, allowed):
            report.add(
                "forward",
                Diagnosis(
                    "not deterministic", "two equal calls give different results: seed it, or call eval()"
                ),
            )
            return
        one = pull(self.outputs, self.leaves, self.upstream)
        copies = [g.copy() for g in one]
        pull(self.outputs, self.leaves, [2 * u for u in self.upstream])
        if any(not _near(g, c, 0.0) for g, c in zip(one, copies, strict=True)):
            report.add(
                "backward",
                Diagnosis(
                    "aliasing",
                    "a second backward pass overwrote the gradient of the first: the rule returns a "
                    "buffer that it uses again",
                ),
            )
        two = pull(self.outputs, self.leaves, self.upstream)
        if any(not _near(a, b, allowed) for a, b in zip(copies, two, strict=True)):
            report.add(
                "backward",
                Diagnosis(
                    "not deterministic",
                    "Backward is not reentrant: two equal backward passes give different gradients; a "
                    "rule keeps state",
                ),
            )
        changed = [("input", inputs, self.target.values), ("upstream signal", signals, self.upstream)]
        changed.append(("result", kept, [o.array for o in self.outputs]))
        for what, before, after in changed:
            for i, (a, b) in enumerate(zip(before, after, strict=True)):
                if not _near(a, b, 0.0):
                    report.add(
                        f"{what} {i}",
                        Diagnosis(
                            "in place",
                            f"{what} {i} was overwritten by a backward pass; a rule must not write in place",
                        ),
                    )

    # the same in other ways

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
                if not _near(a, b, loose * (1 + float(abs(b).max(initial=0.0)))):
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
        if not _near(together[k], expected, 1e-5 * (1 + float(abs(expected).max(initial=0.0)))):
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
                if not _near(x, y, 1e-6 * (1 + float(abs(y).max(initial=0.0)))):
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
        values = tuple(Tensor(x) for x in self.target.values)
        for k, leaf in enumerate(self.leaves):
            tangents = [np.zeros_like(x) for x in self.target.values]
            tangents[k] = like(self.draw.direction(*leaf.shape), leaf.array)
            _, pushed = jvp(
                lambda *args: self.target.applied(args), values, tuple(Tensor(t) for t in tangents)
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

        together = vmap(one)(*[Tensor(s) for s in stacks])
        for b in range(3):
            for label, many, single in zip(
                self.target.labels,
                together,
                pull(self.outputs, self.leaves, [s[b] for s in stacks]),
                strict=True,
            ):
                if not _near(many.array[b], single, 1e-6 * (1 + float(abs(single).max(initial=0.0)))):
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


def of_exception(error: BaseException) -> Diagnosis:
    """What an exception out of a backward pass says of the cause."""
    said = str(error)
    if "read-only" in said:
        return Diagnosis(
            "in place", "a rule writes into its upstream signal or an operand: compute a new array instead"
        )
    if "returned a gradient of shape" in said or "sum_to" in said or "broadcast" in said or "shape" in said:
        return Diagnosis(
            "shape",
            "the local gradient has another shape or dtype than its operand: a sum over broadcast "
            "axes, a transpose or a cast is missing",
        )
    if "NoneType" in said:
        return Diagnosis(
            "undefined upstream", "a rule computes with None: nothing came back for one of the outputs"
        )
    return Diagnosis("exception", "the backward pass failed")


def _near(a: Array, b: Array, allowed: float) -> bool:
    """Equal up to ``allowed``, NaN equal to NaN."""
    a, b = move(read_only(a), CPU), move(read_only(b), CPU)
    if a.shape != b.shape:
        return False
    return bool(
        (np.isclose(a.astype(np.float64), b.astype(np.float64), rtol=0.0, atol=allowed, equal_nan=True)).all()
    )


LAYOUTS: dict[str, Callable[[Array], Array]] = {"strided": strided, "in Fortran's order": fortran}
