"""The first wrong node of a whole model: the graph is cut in two, and the half behind the cut is checked
alone.

After k operators every value that is still needed is replaced by a fresh leaf. The gradients that arrive
there come from the operators behind the cut only; differences are taken by moving the same values. Where they
agree, all operators behind the cut are right. So a bisection over k finds the last operator that is wrong,
with a handful of runs of the model.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .._devices.device import CPU
from .._devices.transfer import move
from .._engine import source
from .._engine.differentiate import grad
from .._engine.modes import Observing
from .._engine.node import leaf_of, maker, scopes
from .._tensor import Tensor, tensor_of
from ..ops import Operator
from ._diagnosis import diagnose
from ._draw import Draw
from ._evidence import Diagnosis, Evidence, worst_element
from ._numeric import STEP, Array, slope
from ._slopes import slope_closely
from ._target import Target

Moves = dict[int, Array]


class WrongNode(NamedTuple):
    """The operator behind which all gradients are right, and before which they are not."""

    number: int
    """Its place in the order in which the operators ran."""
    operator: str
    operands: tuple[tuple[int, ...], ...]
    """The shapes of its operands."""
    scope: str
    """The modules and compositions it ran in: ``"Sequential/fc1"``."""
    line: str
    diagnosis: Diagnosis
    details: str

    def __str__(self) -> str:
        shapes = ", ".join(str(list(shape)) for shape in self.operands)
        place = f" in {self.scope}" if self.scope else ""
        return (
            f"the first wrong node on the way back is operator {self.number}, "
            f"{self.operator}({shapes}){place}, at {self.line}\n"
            f"    {self.details}\n    likely cause: {self.diagnosis}"
        )


class Record(NamedTuple):
    """An operator that ran: where, and on which of the values seen so far."""

    primitive: Operator
    shapes: tuple[tuple[int, ...], ...]
    scope: Any
    line: Any
    operands: list[int]
    results: list[int]


class _Run(Observing):
    """An observer of one run of the model: it counts operators, and after ``cut`` of them replaces values by
    leaves."""

    def __init__(self, cut: int | None, moves: dict[int, Array] | None = None) -> None:
        super().__init__(lines=True)
        self.cut, self.moves = cut, moves or {}
        self.count = 0
        self.live: list[Tensor] = []
        self.leaves: list[Tensor] = []
        self.records: list[Record] = []
        self.order: dict[int, int] = {}
        """For each tensor the place where it was first seen, by its identity: the tensors are kept alive by
        ``live``."""

    def see(self, tensor: Any) -> None:
        """Remember a tensor that has a gradient."""
        if isinstance(tensor, Tensor) and tensor._node is not None and id(tensor) not in self.order:
            self.order[id(tensor)] = len(self.live)
            self.live.append(tensor)

    def recorded(
        self, prim: Operator, operands: Sequence[Any], params: dict[str, Any], results: tuple[Any, ...]
    ) -> None:
        """An operator ran; the cut comes right after the one whose turn it is."""
        if not any(t._node is not None for t in results):
            return
        for x in operands:
            self.see(x)
        for t in results:
            self.see(t)
        node = next(maker(t._node) for t in results if t._node is not None)
        shapes = tuple(tuple(getattr(x, "shape", ())) for x in operands)
        seen = [self.order[id(x)] for x in operands if id(x) in self.order]
        made = [self.order[id(t)] for t in results if id(t) in self.order]
        self.records.append(
            Record(prim, shapes, getattr(node, "scope", None), getattr(node, "line", None), seen, made)
        )
        self.count += 1
        if self.count - 1 == self.cut:
            self.sever()

    def sever(self) -> None:
        """Every value so far becomes a leaf of its own, moved where a move is asked for."""
        for number, t in enumerate(self.live):
            by = self.moves.get(number)
            if by is not None:
                t.array = np.asarray(t.array + by)
            t._node, t._view = leaf_of(t), None
        self.leaves = list(self.live)


class _Bisection:
    """The search in one model. Values at a cut are numbered as the operators met them; inputs not met yet are
    on their own."""

    def __init__(self, target: Target, seed: int) -> None:
        self.target, self.seed = target, seed
        self.values = [x.astype(np.float64) if x.dtype.kind == "f" else x for x in target.values]
        leaves, outputs, run = self.run(None)
        draw = Draw(seed)
        self.sizes = [o.array.size for o in outputs if o.requires_grad]
        self.weights = [draw.direction(*o.shape) for o in outputs]
        self.records, self.count = run.records, run.count
        self.inputs = {
            number: i for number, t in enumerate(run.live) for i, leaf in enumerate(leaves) if leaf is t
        }
        """Which input or parameter was met under which number."""

    def run(
        self, cut: int | None, moves: Moves | None = None, shifts: Moves | None = None
    ) -> tuple[list[Tensor], tuple[Tensor, ...], _Run]:
        """The model once, cut after operator ``cut``; values at the cut are moved, inputs and parameters
        shifted."""
        watch = _Run(cut, moves)
        values = [
            np.asarray(x + shifts[i]) if shifts and i in shifts else x for i, x in enumerate(self.values)
        ]
        with watch:
            leaves, outputs = self.target.run(values, wide=True, writeable=True)
        return leaves, outputs, watch

    def total(self, outputs: Sequence[Tensor]) -> float:
        """The results as one number."""
        return sum(float((move(o.array, CPU) * w).sum()) for o, w in zip(outputs, self.weights, strict=True))

    def gradients(self, cut: int) -> tuple[dict[int, Array], dict[int, Array]]:
        """What the operators behind a cut send back: to the values there, and to inputs that were not met
        before it."""
        leaves, outputs, watch = self.run(cut)
        unmet = [i for i, leaf in enumerate(leaves) if all(leaf is not t for t in watch.leaves)]
        asked = [*watch.leaves, *(leaves[i] for i in unmet)]
        live = [(o, tensor_of(w)) for o, w in zip(outputs, self.weights, strict=True) if o.requires_grad]
        if not live:
            return {}, {i: np.zeros(leaves[i].shape) for i in unmet}
        found = grad([o for o, _ in live], asked, [w for _, w in live], materialize_grads=True)
        arrays = [move(g.array, CPU) for g in found]
        count = len(watch.leaves)
        return dict(enumerate(arrays[:count])), dict(zip(unmet, arrays[count:], strict=True))

    def right(self, cut: int) -> bool:
        """Whether everything behind the cut is right, along one random direction of all values there and of
        all other inputs."""
        at_cut, others = self.gradients(cut)
        draw = Draw(self.seed + cut + 2)
        moves, shifts = (
            {i: draw.direction(*g.shape) for i, g in found.items()} for found in (at_cut, others)
        )
        pairs = [*((g, moves[i]) for i, g in at_cut.items()), *((g, shifts[i]) for i, g in others.items())]
        analytic = sum(float((g * v).sum()) for g, v in pairs)
        scale = sum(float((abs(g) * abs(v)).sum()) for g, v in pairs)
        return self.agrees(analytic, scale, cut, moves, shifts)

    def agrees(self, analytic: float, scale: float, cut: int, moves: Moves, shifts: Moves) -> bool:
        """Whether a gradient along a direction is the slope there, relative to its size."""
        expected = self.slope(cut, moves, shifts)
        if abs(analytic - expected) <= 1e-6 * (scale + abs(expected)):
            return True
        closer, error = slope_closely(self.along(cut, moves, shifts), STEP)
        return bool(abs(analytic - closer) <= 1e-6 * (scale + abs(closer)) + 3 * error)

    def slope(self, cut: int, moves: Moves, shifts: Moves) -> float:
        """How the results change where values at a cut and inputs move."""
        return slope(self.along(cut, moves, shifts), 1.0, STEP).value

    def along(self, cut: int, moves: Moves, shifts: Moves) -> Callable[[float], float]:
        """The results as one number, where values at a cut and inputs move by a multiple of these ways."""

        def at(t: float) -> float:
            scaled = ({i: t * v for i, v in ways.items()} for ways in (moves, shifts))
            return self.total(self.run(cut, *scaled)[1])

        return at

    def search(self) -> WrongNode | None:
        """Bisect: right behind ``high``, wrong behind ``low``."""
        low, high = -1, self.count - 1
        if self.count == 0 or self.right(-1):
            return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.right(middle) else (middle, high)
        return self.found(high)

    def found(self, number: int) -> WrongNode:
        """The operator that is wrong, and how its gradient differs."""
        record, diagnosis, details = (
            self.records[number],
            Diagnosis("unknown", "its gradients are wrong together, but not one by one"),
            "",
        )
        at_cut, others = self.gradients(number - 1)
        later, _ = self.gradients(number)  # what comes back over later uses of the same value, and is right
        for k in record.operands:
            met = k in at_cut
            found = at_cut[k] if met else others[self.inputs[k]]
            if found.size > 2000:
                continue
            expected, wrong = np.zeros(found.shape), False
            for place in np.ndindex(found.shape):
                unit = np.zeros(found.shape)
                unit[place] = 1.0
                moved: tuple[Moves, Moves] = ({k: unit}, {}) if met else ({}, {self.inputs[k]: unit})
                expected[place] = self.slope(number - 1, *moved)
                size = abs(float(found[place]))
                wrong = wrong or not self.agrees(float(found[place]), size, number - 1, *moved)
            if wrong:
                found, expected = found - later.get(k, 0.0), expected - later.get(k, 0.0)
                diagnosis = diagnose(self.evidence(record, found, expected, later))
                details = (
                    f"for its operand of shape {list(found.shape)} "
                    f"{worst_element(found, expected, np.float64)}"
                )
                break
        names = [scope.name for scope in scopes(record.scope)]
        where = source.describe(record.line) if record.line is not None else "an unknown line"
        return WrongNode(
            number, record.primitive.name, record.shapes, "/".join(names), where, diagnosis, details
        )

    def evidence(self, record: Record, found: Array, expected: Array, later: dict[int, Array]) -> Evidence:
        """Both gradients, and the values and the upstream signal that they were made of."""
        live = self.run(None)[2].live
        known = {f"operand {i}": move(live[k].array, CPU) for i, k in enumerate(record.operands)}
        upstream = later.get(record.results[0]) if len(record.results) == 1 else None
        if record.results:
            known["the result"] = move(live[record.results[0]].array, CPU)
        return Evidence(found, expected, upstream, known)


def bisect(model: Callable[..., Any], *inputs: Any, seed: int = 0) -> WrongNode | None:
    """The first wrong node of ``model(*inputs)`` on the way back, or None where all gradients are right.

    The model (a function, or a module with its parameters) runs in float64, some ten times for every halving.
    It has to be deterministic. An ``autograd.Function`` is one operator.
    """
    target = Target(model, inputs)
    if not target.places and not target.names:
        raise ValueError("bisect expects an input or a parameter that requires a gradient")
    search = _Bisection(target, seed)
    if not any(search.sizes):
        raise ValueError(
            "bisect: nothing to check: the model returned no floating-point Tensor with elements that "
            "depends on an input or a parameter that requires a gradient"
        )
    return search.search()
