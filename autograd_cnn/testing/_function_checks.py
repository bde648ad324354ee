"""The checks of a function of Tensors, each one method; what they find goes into a report."""

from collections.abc import Callable

import numpy as np

from .._tensor import Tensor
from ..func._tree import flatten
from ._differences import flat
from ._evidence import Diagnosis
from ._probe import like, near
from ._report import Report
from ._signal_checks import SignalChecks
from ._target import pull
from ._way_checks import WayChecks


class Checks(WayChecks, SignalChecks):
    """All checks of one target; what they find goes into the report."""

    def run(self) -> Report:
        options, report = self.options, self.report
        try:
            self.begin()
        except ValueError as error:
            if "read-only" not in str(error):
                raise
            report.add(
                "inputs",
                Diagnosis("in place", "the function writes into an input: clone() it first"),
                str(error),
            )
            return report
        if not self.anything():
            return report
        if not self.differences.wide:
            report.notes.append(f"differences run in {self.differences.dtype}: the function takes no float64")
        steps = [self.stable, self.gradients, self.linear] if options.backward else []
        steps += [self.variations] if options.variations and options.backward else []
        steps += [self.undefined] if options.undefined and options.backward and len(self.outputs) > 1 else []
        steps += [self.forward] if options.forward else []
        steps += [self.batched] if options.batched else []
        steps += [self.independent] if options.independent else []
        for step in steps:
            if not self.guarded(step):
                break
        return report

    def anything(self) -> bool:
        """Whether there is something to check; where not, that is a problem: nothing was shown to be
        right."""
        returned = type(self.target.returned).__name__
        found = [leaf for leaf in flatten(self.target.returned)[0] if leaf is not None]
        kinds = sorted({str(x.dtype) if isinstance(x, Tensor) else type(x).__name__ for x in found})
        cause = "nothing"
        if not found and isinstance(self.target.returned, tuple):
            cause, said = "no elements", "it returned an empty tuple: return the results"
        elif not self.outputs:
            what = f"it returned {returned}" + (
                f" of {', '.join(kinds)}" if found and kinds != [returned] else ""
            )
            said = f"{what}, in which there is no floating-point Tensor: return the results as Tensors"
        elif not any(x.size for x in self.target.values):
            cause, said = "no elements", "every input that requires a gradient is without elements: give some"
        elif not any(o.array.size for o in self.outputs):
            cause, said = "no elements", "every result is without elements: give inputs that lead to some"
        elif (
            not self.options.constant and not any(o.requires_grad for o in self.outputs) and not self.moves()
        ):
            said = "no result depends on an input that requires a gradient: compute them from the inputs"
        else:
            return True
        self.report.add("nothing was checked", Diagnosis(cause, said))
        return False

    def moves(self) -> bool:
        """Whether some result changes where the inputs do."""
        start, d = self.differences.start, self.differences
        return any(
            not np.array_equal(d.at(k, h * like(self.draw.direction(*x.shape), x)), start, equal_nan=True)
            for k, x in enumerate(d.values)
            for h in (d.step, 1.0)
        )

    def guarded(self, step: Callable[[], None]) -> bool:
        """Run one check; an exception out of a backward pass is a problem too. Whether to go on."""
        try:
            step()
        except (RuntimeError, TypeError, ValueError, NotImplementedError) as error:
            self.report.add("backward", of_exception(error), f"{type(error).__name__}: {error}")
        return not self.report.problems

    def stable(self) -> None:
        """Equal calls give equal results and gradients; inputs, upstream signals and earlier results stay as
        they are."""
        report, allowed = self.report, self.options.nondeterminism
        inputs = [x.copy() for x in self.target.values]
        signals = [u.copy() for u in self.upstream]
        first, kept = flat(self.outputs), [o.array.copy() for o in self.outputs]
        again = flat(self.target.run(self.target.values)[1])
        if not near(first, again, allowed):
            report.add(
                "forward",
                Diagnosis(
                    "not deterministic",
                    "Backward is not reentrant: " * self.options.constant  # the function is a gradient
                    + "two equal calls give different results: seed it, or call eval()",
                ),
            )
            return
        one = pull(self.outputs, self.leaves, self.upstream)
        copies = [g.copy() for g in one]
        pull(self.outputs, self.leaves, [2 * u for u in self.upstream])
        if any(not near(g, c, 0.0) for g, c in zip(one, copies, strict=True)):
            report.add(
                "backward",
                Diagnosis(
                    "aliasing",
                    "a second backward pass overwrote the gradient of the first: the rule returns a "
                    "buffer that it uses again",
                ),
            )
        two = pull(self.outputs, self.leaves, self.upstream)
        if any(not near(a, b, allowed) for a, b in zip(copies, two, strict=True)):
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
                if not near(a, b, 0.0):
                    report.add(
                        f"{what} {i}",
                        Diagnosis(
                            "in place",
                            f"{what} {i} was overwritten by a backward pass; a rule must not write in place",
                        ),
                    )


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
