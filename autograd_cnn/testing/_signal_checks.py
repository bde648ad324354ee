"""A gradient is linear in the upstream signal: several signals, and what each must give for what another one
gave."""

from collections.abc import Iterator, Sequence

import numpy as np

from .._devices.device import CPU
from .._devices.transfer import move
from .._engine.differentiate import grad
from .._tensor import tensor_of
from ._evidence import Diagnosis
from ._layouts import backwards, fortran, strided
from ._numeric import Array, read_only
from ._probe import Probe, like
from ._target import pull

SCALES = {8: 2.0**20, 4: 2.0**20, 2: 2.0**4}
"""By what a signal is multiplied and divided, by the bytes of its numbers."""


class SignalChecks(Probe):
    """Scaled, negated, added, sparse, zero, and laid out otherwise: a rule multiplies by its signal, once."""

    jacobians: dict[int, Array]
    whole: list[Array]
    """The gradients for the signals in ``upstream``."""

    def linear(self) -> None:
        """Every variable's gradient for signals that belong together."""
        if not self.outputs:
            return
        self.whole = pull(self.outputs, self.leaves, self.upstream)
        for check in (self.scaled, self.zero, self.added, self.laid_out, self.as_the_jacobian):
            with np.errstate(all="ignore"):
                for what, found, expected in check():
                    self.compare_signals(what, found, expected)
                    if self.report.problems:
                        return

    def compare_signals(self, what: str, found: Sequence[Array], expected: Sequence[Array]) -> None:
        """The same gradients found in two ways."""
        for k, (a, b) in enumerate(zip(found, expected, strict=True)):
            numbers = np.isfinite(move(self.whole[k], CPU))  # 0 times an infinite slope is no number
            a, b = (np.where(numbers, move(read_only(x), CPU), x.dtype.type(0)) for x in (a, b))
            if not self.same(k, a, b):
                layout = "in memory" in what
                why = (
                    "the memory's order is taken for the axes' order"
                    if layout
                    else "the rule must multiply by the upstream signal g, once, and use it for nothing else"
                )
                which = "output 0" if len(self.outputs) == 1 else "the outputs"
                said = f"Jacobian mismatch for {which} with respect to {self.target.labels[k]}: {what}: {why}"
                self.report.add(self.target.labels[k], Diagnosis("layout" if layout else "upstream", said))
                return

    def recorded(self) -> None:
        """A backward pass that is itself recorded gives the same gradients."""
        signals = [tensor_of(u) for u in self.upstream]
        live = [(o, u) for o, u in zip(self.outputs, signals, strict=True) if o.requires_grad]
        found = grad(
            [o for o, _ in live],
            self.leaves,
            [u for _, u in live],
            create_graph=True,
            materialize_grads=True,
        )
        for k, (a, b) in enumerate(zip(found, self.whole, strict=True)):
            if not self.same(k, a.array, b):
                said = "with create_graph=True the backward pass gives another gradient than without"
                self.report.add(self.target.labels[k], Diagnosis("second order", said))
                return

    def scaled(self) -> Iterator[tuple[str, list[Array], list[Array]]]:
        """A number times the signal gives that number times the gradient."""
        for up in (True, False):
            by = min(SCALES[o.array.dtype.itemsize] for o in (*self.outputs, *self.leaves))
            by = by if up else 1 / by
            if self._bears(by):
                found = pull(self.outputs, self.leaves, [u * u.dtype.type(by) for u in self.upstream])
                what = f"{by:.7g} times the upstream signal does not give {by:.7g} times the gradient"
                yield what, [g / g.dtype.type(by) for g in found], self.whole
        found = pull(self.outputs, self.leaves, [-u for u in self.upstream])
        yield "minus the upstream signal does not give minus the gradient", [-g for g in found], self.whole

    def _bears(self, by: float) -> bool:
        """Whether gradients times ``by`` are far from overflow and underflow."""
        for g in self.whole:
            size = abs(move(g, CPU).astype(np.float64))
            size = size[np.isfinite(size) & (size > 0)]
            info = np.finfo(g.dtype)
            if size.size and not (
                float(info.tiny) ** 0.75 < size.min() * by and size.max() * by < float(info.max) ** 0.75
            ):
                return False
        return True

    def zero(self) -> Iterator[tuple[str, list[Array], list[Array]]]:
        """Nothing comes of nothing."""
        found = pull(self.outputs, self.leaves, [np.zeros_like(u) for u in self.upstream])
        yield "zero as the upstream signal does not give zero", found, [np.zeros_like(g) for g in found]

    def added(self) -> Iterator[tuple[str, list[Array], list[Array]]]:
        """Parts of a signal, and two signals together, give what adds up."""
        masks = [like(self.draw.mask(*u.shape).astype(np.float64), u) for u in self.upstream]
        parts = [
            pull(self.outputs, self.leaves, [u * m for u, m in zip(self.upstream, masks, strict=True)]),
            pull(self.outputs, self.leaves, [u * (1 - m) for u, m in zip(self.upstream, masks, strict=True)]),
        ]
        what = "the gradients for two parts of an upstream signal (zero elsewhere) do not add up"
        yield what, [a + b for a, b in zip(*parts, strict=True)], self.whole
        other = [like(self.draw.direction(*u.shape), u) for u in self.upstream]
        second = pull(self.outputs, self.leaves, other)
        found = pull(self.outputs, self.leaves, [u + v for u, v in zip(self.upstream, other, strict=True)])
        what = "the sum of two upstream signals does not give the sum of their gradients"
        yield what, found, [a + b for a, b in zip(self.whole, second, strict=True)]
        if len(self.outputs) > 1:
            alone = [
                pull(self.outputs, self.leaves, [u if i == j else u * 0 for j, u in enumerate(self.upstream)])
                for i in range(len(self.outputs))
            ]
            what = "the gradients for one result after the other do not add up"
            yield what, [sum(gs[1:], gs[0]) for gs in zip(*alone, strict=True)], self.whole

    def laid_out(self) -> Iterator[tuple[str, list[Array], list[Array]]]:
        """The same number everywhere, as ``sum().backward()`` sends it, without memory of its own; and
        signals with gaps in memory, transposed, reversed."""
        ones = [np.ones_like(u) for u in self.upstream]
        spread = [np.broadcast_to(u.dtype.type(1), u.shape) for u in self.upstream]
        if all(isinstance(u, np.ndarray) for u in self.upstream):
            found = pull(self.outputs, self.leaves, spread)
            what = "an upstream signal expanded from one number in memory gives another gradient than ones"
            yield what, found, pull(self.outputs, self.leaves, ones)
        for name, layout in LAYOUTS.items():
            found = pull(self.outputs, self.leaves, [layout(u) for u in self.upstream])
            yield f"an upstream signal that is {name} in memory gives another gradient", found, self.whole

    def as_the_jacobian(self) -> Iterator[tuple[str, list[Array], list[Array]]]:
        """What signals of one element gave adds up to what a dense signal gives."""
        if len(self.jacobians) < len(self.leaves):
            return
        dense = {
            "the upstream signal": self.upstream,
            "ones as upstream signal": [np.ones_like(u) for u in self.upstream],
        }
        for name, signals in dense.items():
            found = pull(self.outputs, self.leaves, signals)
            u = np.concatenate([move(s, CPU).astype(np.float64).reshape(-1) for s in signals])
            with np.errstate(all="ignore"):
                expected = [
                    like((self.jacobians[k] @ u).reshape(g.shape), g) if g.size else g
                    for k, g in enumerate(found)
                ]
            if all(bool(np.isfinite(move(e, CPU)).all()) for e in expected):
                yield f"{name} does not give the sum of what its elements give alone", found, expected


LAYOUTS = {"with gaps": strided, "in Fortran's order": fortran, "reversed": backwards}
