"""The first wrong node of a whole model: the graph is cut in two, and the half behind the cut is checked alone.

After k operators every value that is still needed is replaced by a fresh leaf. The gradients that arrive there come from the
operators behind the cut only; differences are taken by moving the same values. Where they agree, all operators behind the
cut are right. So a bisection over k finds the last operator that is wrong, with a handful of runs of the model.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import _source
from .._differentiate import grad
from .._dtype import CPU
from .._graph import Leaf
from .._modes import Mode, Observers, lines, state
from .._tensor import Tensor
from .._transfer import move
from ..ops import Primitive
from ._diagnosis import Diagnosis, Evidence, diagnose, worst_element
from ._draw import Draw
from ._numeric import STEP, Array, slope
from ._target import Target


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
            f"the first wrong node on the way back is operator {self.number}, {self.operator}({shapes}){place}, at {self.line}\n"
            f"    {self.details}\n    likely cause: {self.diagnosis}"
        )


class Record(NamedTuple):
    """An operator that ran: where, and on which of the values seen so far."""

    primitive: Primitive
    shapes: tuple[tuple[int, ...], ...]
    scope: Any
    line: Any
    operands: list[int]


class _Run(Mode):
    """An observer of one run of the model: it counts operators, and after ``cut`` of them replaces values by leaves."""

    def __init__(self, cut: int | None, moves: dict[int, Array] | None = None) -> None:
        super().__init__()
        self.cut, self.moves = cut, moves or {}
        self.count = 0
        self.live: list[Tensor] = []
        self.leaves: list[Tensor] = []
        self.records: list[Record] = []
        self.order: dict[int, int] = {}
        """For each tensor the place where it was first seen, by its identity: the tensors are kept alive by ``live``."""

    def __enter__(self) -> "_Run":
        now = state.get()
        observer = self if now.observer is None else Observers((now.observer, self))
        self._tokens.append(state.set(now._replace(lines=True, fusion=now.fusion, observer=observer)))
        return self

    def see(self, tensor: Any) -> None:
        """Remember a tensor that has a gradient."""
        if isinstance(tensor, Tensor) and tensor._node is not None and id(tensor) not in self.order:
            self.order[id(tensor)] = len(self.live)
            self.live.append(tensor)

    def recorded(self, prim: Primitive, operands: Sequence[Any], params: dict[str, Any], results: tuple[Any, ...]) -> None:
        """An operator ran; the cut comes right after the one whose turn it is."""
        if not any(t._node is not None for t in results):
            return
        for x in operands:
            self.see(x)
        for t in results:
            self.see(t)
        node = results[0]._node
        shapes = tuple(np.shape(getattr(x, "array", x)) for x in operands)
        node = node.edges[0] if node is not None and not hasattr(node, "prim") and node.edges else node
        seen = [self.order[id(x)] for x in operands if id(x) in self.order]
        self.records.append(Record(prim, shapes, getattr(node, "scope", None), getattr(node, "line", None), seen))
        self.count += 1
        if self.count - 1 == self.cut:
            self.sever()

    def sever(self) -> None:
        """Every value so far becomes a leaf of its own, moved where a move is asked for."""
        for number, t in enumerate(self.live):
            by = self.moves.get(number)
            if by is not None:
                t.array = t.array + by
            leaf = Leaf()
            leaf.tensor, leaf.shape, leaf.dtype, leaf.hooks = (lambda t=t: t), t.array.shape, t.array.dtype, None  # type: ignore[misc]  # t is kept by this run
            t._node, t._view = leaf, None
        self.leaves = list(self.live)

    def left(self, tensor: Any, how: str, result: Any) -> None:
        """Not looked at."""

    def began(self, roots: list[Any]) -> None:
        """Not looked at."""

    def step(self, node: Any, upstream: Any, contributions: list[tuple[int, Any]]) -> None:
        """Not looked at."""


class _Bisection:
    """The search in one model."""

    def __init__(self, target: Target, seed: int) -> None:
        self.target, self.seed = target, seed
        self.values = [x.astype(np.float64) if x.dtype.kind == "f" else x for x in target.values]
        _, outputs, run = self.run(None)
        draw = Draw(seed)
        self.weights = [draw.direction(*o.shape) for o in outputs]
        self.records, self.count = run.records, run.count

    def run(self, cut: int | None, moves: dict[int, Array] | None = None) -> tuple[list[Tensor], tuple[Tensor, ...], _Run]:
        """The model once, cut after operator ``cut``; -1 cuts before the first."""
        watch = _Run(cut, moves)
        with watch, lines():
            leaves, outputs = self.target.run(self.values, wide=True, writeable=True)
        return leaves, outputs, watch

    def total(self, outputs: Sequence[Tensor]) -> float:
        """The results as one number."""
        return sum(float((move(o.array, CPU) * w).sum()) for o, w in zip(outputs, self.weights, strict=True))

    def gradients(self, cut: int) -> tuple[list[Tensor], list[Array | None]]:
        """The values at a cut, and their gradients by the operators behind it."""
        _, outputs, watch = self.run(cut)
        return watch.leaves, self.pulled(outputs, watch.leaves)

    def right(self, cut: int) -> bool:
        """Whether everything behind the cut is right, along one random direction of all values there."""
        values, found = self.gradients(cut)
        draw = Draw(self.seed + cut + 1)
        ways = {i: draw.direction(*t.shape) for i, t in enumerate(values)}
        return self.agrees(found, ways, self.slope(cut, ways))

    def slope(self, cut: int, ways: dict[int, Array]) -> float:
        """How the results change where the values at a cut move."""
        return slope(lambda t: self.total(self.run(cut, {i: t * v for i, v in ways.items()})[1]), 1.0, STEP).value

    def search(self) -> WrongNode | None:
        """Bisect: right behind ``high``, wrong behind ``low``."""
        low, high = -1, self.count - 1
        if self.count == 0 or self.right_from_the_start():
            return None
        while high - low > 1:
            middle = (low + high) // 2
            if self.right(middle):
                high = middle
            else:
                low = middle
        return self.found(high)

    def right_from_the_start(self) -> bool:
        """Whether the gradients of the inputs and parameters are right."""
        leaves, outputs, _ = self.run(None)
        found = self.pulled(outputs, leaves)
        draw = Draw(self.seed)
        ways = {i: draw.direction(*leaf.shape) for i, leaf in enumerate(leaves)}
        return self.agrees(found, ways, self.slope_along(ways))

    @staticmethod
    def agrees(found: Sequence[Array | None], ways: dict[int, Array], expected: float) -> bool:
        """Whether gradients along ``ways`` give the slope that differences give."""
        analytic = sum(float((g * ways[i]).sum()) for i, g in enumerate(found) if g is not None)
        scale = sum(float((abs(g) * abs(ways[i])).sum()) for i, g in enumerate(found) if g is not None)
        return abs(analytic - expected) <= 1e-6 * (scale + abs(expected)) + 1e-9

    def pulled(self, outputs: Sequence[Tensor], leaves: Sequence[Tensor]) -> list[Array | None]:
        """The analytic gradient of each leaf, None where nothing reaches it."""
        live = [(o, Tensor(w)) for o, w in zip(outputs, self.weights, strict=True) if o.requires_grad]
        if not live or not leaves:
            return [None] * len(leaves)
        found = grad([o for o, _ in live], list(leaves), [w for _, w in live], allow_unused=True)
        return [None if g is None else g.array for g in found]

    def found(self, number: int) -> WrongNode:
        """The operator that is wrong, and how its gradient differs."""
        prim, shapes, scope, line, operands = self.records[number]
        diagnosis, details = Diagnosis("unknown", "its gradients are wrong together, but not one by one"), ""
        values, gradients = self.gradients(number - 1) if number else self.at_the_start()
        for k in operands:
            if k >= len(values) or values[k].array.size > 2000:
                continue
            g = gradients[k]
            found = np.zeros(values[k].shape) if g is None else move(g, CPU)
            expected = self.differences(number - 1, k, values[k].array)
            if abs(found - expected).max(initial=0.0) > 1e-6 * (1 + abs(expected).max(initial=0.0)):
                diagnosis = diagnose(Evidence(found, expected))
                details = f"for its operand of shape {list(found.shape)} {worst_element(found, expected, np.float64)}"
                break
        names: list[str] = []
        while scope is not None:
            names.append(scope.name)
            scope = scope.outer
        where = _source.describe(line) if line is not None else "an unknown line"
        return WrongNode(number, prim.name, shapes, "/".join(reversed(names)), where, diagnosis, details)

    def at_the_start(self) -> tuple[list[Tensor], list[Array | None]]:
        """The inputs and parameters as the first operator meets them, and their gradients."""
        _, outputs, watch = self.run(None)
        first = watch.live[: 1 + max(self.records[0].operands)]
        return first, self.pulled(outputs, first)

    def differences(self, cut: int, k: int, x: Array) -> Array:
        """The gradient of value ``k`` at a cut, element by element; before the first operator it is an input that moves."""
        out = np.zeros(x.shape)
        for place in np.ndindex(x.shape):
            unit = np.zeros(x.shape)
            unit[place] = 1.0
            out[place] = self.slope(cut, {k: unit}) if cut >= 0 else self.slope_of_input(k, unit)
        return out

    def slope_of_input(self, k: int, way: Array) -> float:
        """How the results change where the input moves that was met as number ``k``."""
        leaves, _, watch = self.run(None)
        i = next(i for i, leaf in enumerate(leaves) if leaf is watch.live[k])
        return self.slope_along({i: way})

    def slope_along(self, ways: dict[int, Array], scale: float = 1.0) -> float:
        """How the results change where inputs and parameters move."""
        original = self.values

        def along(t: float) -> float:
            self.values = [x + t * ways[i] if i in ways else x for i, x in enumerate(original)]
            return self.total(self.run(None)[1])

        try:
            return slope(along, scale).value
        finally:
            self.values = original


def bisect(model: Callable[..., Any], *inputs: Any, seed: int = 0) -> WrongNode | None:
    """The first wrong node of ``model(*inputs)`` on the way back, or None where all gradients are right.

    The model (a function, or a module with its parameters) runs in float64, some ten times for every halving. It has to be
    deterministic. An ``autograd.Function`` counts with the operator that uses its result.
    """
    target = Target(model, inputs)
    if not target.places and not target.names:
        raise ValueError("bisect expects an input or a parameter that requires a gradient")
    return _Bisection(target, seed).search()
