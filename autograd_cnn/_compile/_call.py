"""The call of a compiled function: operators that formulas know wait until somebody looks at a result.

What Python does is done by Python, at each call. A Tensor whose operator waits has no ``array`` and no
``_node`` yet; who reads one of them makes it run (:func:`late`), together with what waits for it and is held
by nobody any more, as one loop.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from .._engine import memory
from .._engine.attachment import piecewise_linear
from .._engine.handle import INFERENCE
from .._engine.modes import State, state
from .._tensor import Tensor
from .._tensor.tensor import lift
from ..ops import Primitive
from ..ops.formulas.fused import SMALL
from ._glance import is_glance
from ._groups import Group, Line, Text, group_of
from ._report import Report
from ._steps import (
    Signature,
    Step,
    common_order,
    eligible,
    fact_of,
    order_of,
    reference,
    size_of,
    stand_in,
)

DEEPEST = 24
"""So many steps wait for each other at most."""

LARGEST = 40
"""So many steps are one loop at most."""

_EXACT = 2**24
"""Whole numbers below it are singles."""

_F32, _BOOL = np.dtype(np.float32), np.dtype(np.bool_)
_new, _mode, _record = object.__new__, state.get, Tensor.__primitive__
_may_wait: dict[Primitive, bool] = {}


def plain(mode: State) -> bool:
    """Whether nobody watches, hooks or transforms what operators do."""
    return (
        mode.fusion
        and not mode.lines
        and mode.observer is None
        and mode.saved_hooks is None
        and mode.running is None
        and not mode.forward_mode
        and not mode.transposing
        and not (mode.scope is not None and mode.scope.name in piecewise_linear)
    )


def late(tensor: Any, name: str) -> Any:
    """What ``Tensor.__getattr__`` does, called for what a Tensor has not: the array and the node of one whose
    operator waits."""
    if name == "array" or name == "_node":
        for call in tuple(memory.waiting):
            step = call.step_of(tensor)
            if step is not None:
                if name == "array" and is_glance(sys._getframe(1)):
                    return step.stand_in
                call.run(step)
    return object.__getattribute__(tensor, name)


def prepare() -> None:
    """Let Tensors without an array make one. Programs that compile nothing do without: where a class has this
    method, Python 3.11 reads all its attributes more slowly."""
    if "__getattr__" not in vars(Tensor):
        Tensor.__getattr__ = late  # type: ignore[attr-defined]  # set here for that reason


class Call:
    """One call of a compiled function."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.steps: dict[int, Step] = {}
        """Those that wait, by the identity of their Tensor."""
        self.owners: set[int] = set()
        """The identities of the memory that they read."""
        self.lock = threading.RLock()
        self.open = False
        """Whether it runs: a task that it started has its state, and may go on when it has ended."""
        self._count = 0
        steps = self.steps

        def forget(reference: Any) -> None:
            steps.pop(reference.key, None)

        self._forget = forget

    def __enter__(self) -> Call:
        memory.waiting.append(self)
        self.open = True
        self._token = state.set(_mode()._replace(ahead=self))
        return self

    def __exit__(self, *_: object) -> None:
        state.reset(self._token)
        with self.lock:
            self.open = False
        try:
            self.settle()
        finally:
            memory.waiting.remove(self)

    # what the engine asks

    def step_of(self, tensor: Any) -> Step | None:
        """The step that ``tensor`` stands for."""
        step = self.steps.get(id(tensor))
        return step if step is not None and step.tensor() is tensor else None

    def call(
        self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], mode: State
    ) -> tuple[tuple[Any, ...], dict[str, Any], State]:
        """What a composition is given."""
        return args, kwargs, mode

    def before(self, prim: Primitive, args: Any, params: Any, forward: Any) -> tuple[Any, Any]:
        """Asked before ``prim`` runs: its operands, and a Tensor for its result where it waits."""
        may = _may_wait.get(prim)
        if may is None:
            may = _may_wait[prim] = eligible(prim)
        mode = _mode()
        if not may or forward is not None or not self.open or not plain(mode):
            return args, None
        step = self._step(prim, args, params or {}, mode)
        if step is None:
            return args, None
        tensor = _new(Tensor)
        tensor._view, tensor._grad = mode.made, None
        step.tensor = reference(tensor, self._forget)
        with self.lock:
            if not self.open:
                return args, None
            self._count += 1
            step.number = self._count
            self.steps[id(tensor)] = step
        self.report.waited += 1
        return args, tensor

    def before_write(self, array: Any) -> None:
        """Run what reads the memory of ``array``."""
        if self.owners and id(memory.owner(array)) in self.owners:
            self.settle()

    def settle(self) -> None:
        """Run all that waits and is held by somebody."""
        with self.lock:
            for step in sorted(self.steps.values(), key=lambda step: step.number):
                if step.done is None:
                    self.run(step)
            self.owners.clear()

    # putting off

    def _step(self, prim: Primitive, args: Sequence[Any], params: dict[str, Any], mode: State) -> Step | None:
        """The call as a step; None where it does not wait."""
        operands: list[Any] = []
        signs: list[Any] = []
        described: list[Any] = []
        owners: list[int] = []
        most, wants, depth = 0, False, 0
        for place, a in enumerate(args):
            waits = self.step_of(a)
            if waits is not None:
                if waits.depth >= DEEPEST:
                    self.run(waits)
                else:
                    fact = waits.fact
                    operands.append(waits)
                    signs.append((fact.shape, fact.truth))
                    described.append((fact.shape, waits.order))
                    depth = max(depth, waits.depth)
                    wants = wants or (waits.wants and prim.operands[place] not in prim.without_rule)
                    most = max(most, waits.space)
                    continue
            if isinstance(a, Tensor):
                node = a._present_node()
                array = a.array
                kind = getattr(array, "dtype", None)
                if type(array) is not np.ndarray or kind not in (_F32, _BOOL):
                    return None
                if not array.size or not array.flags.aligned or (order := order_of(array)) is None:
                    return None
                own = id(memory.owner(array))
                if own in memory.lent or (a._view is not None and a._view.root is INFERENCE and mode.grad):
                    return None
                owners.append(own)
                wants = wants or (node is not None and prim.operands[place] not in prim.without_rule)
                operands.append(lift(array, node if mode.grad else None))
                signs.append((array.shape, kind == _BOOL))
                described.append((array.shape, order))
                most = max(most, array.size)
            elif type(a) is float or (type(a) is int and -_EXACT < a < _EXACT):
                operands.append(a)
                signs.append(repr(float(a)) if prim.name == "power" else "1.0")
            else:
                return None
        if most < SMALL or any(isinstance(p, Tensor) for p in params.values()):
            return None
        step = self._of(prim, params, mode, operands, signs, described, owners)
        if step is not None:
            step.wants = wants and mode.grad and not step.fact.truth and prim.differentiable
            step.depth, step.space = depth + 1, max(most, size_of(step.fact.shape))
        return step

    def _of(
        self,
        prim: Primitive,
        params: dict[str, Any],
        mode: State,
        operands: list[Any],
        signs: list[Any],
        described: list[Any],
        owners: list[int],
    ) -> Step | None:
        told = repr(params) if params else ""
        fact = fact_of(Signature(prim, told, tuple(signs)), params)
        if fact is None:
            return None
        order = common_order(fact, described)
        if order is None:
            return None
        step = Step()
        step.prim, step.params, step.told, step.mode = prim, dict(params), told, mode
        step.operands, step.fact, step.order = tuple(operands), fact, order
        step.uses, step.done = 0, None
        step.stand_in = stand_in(fact.shape, fact.truth, order)
        self.owners.update(owners)
        for operand in operands:
            if isinstance(operand, Step):
                operand.uses += 1
        return step

    # running

    def run(self, step: Step) -> None:
        """Compute ``step``, with what only it waits for."""
        with self.lock:
            if step.done is not None:
                return
            members = self._members(step)
            for member in members:
                for operand in member.operands:
                    if isinstance(operand, Step) and operand not in members:
                        self.run(operand)
            result = self._together(step, members) if len(members) > 1 else None
            if result is None:
                for operand in step.operands:
                    if isinstance(operand, Step):
                        self.run(operand)
                operands = [o.done if isinstance(o, Step) else o for o in step.operands]
                result = self._computed(step, step.prim, operands, step.params)
                self.report.alone += 1
            step.done = result
            step.operands = ()
            tensor = step.tensor()
            if tensor is not None:
                tensor.array, tensor._node = result.array, result._node
            self.steps.pop(id(tensor), None)

    def _computed(self, step: Step, prim: Primitive, operands: list[Any], params: dict[str, Any]) -> Any:
        token = state.set(step.mode._replace(ahead=None))
        try:
            return _record(prim, tuple(operands), params)
        finally:
            state.reset(token)

    def _members(self, root: Step) -> dict[Step, None]:
        """The steps that run together with ``root``: those that nobody holds, and nobody else waits for; the
        earlier first."""
        found: dict[Step, None] = {}
        readers: dict[Step, int] = {root: root.uses}
        waiting = [root]
        while waiting and len(found) < LARGEST:
            waiting.sort(key=lambda s: s.number)
            step = waiting.pop()
            apart = step.tensor() is not None or readers[step] < step.uses
            if step is not root and (apart or (root.wants and not step.mode.grad)):
                continue
            found[step] = None
            for operand in step.operands:
                if isinstance(operand, Step) and operand.done is None:
                    if operand not in readers:
                        readers[operand] = 0
                        waiting.append(operand)
                    readers[operand] += 1
        return dict.fromkeys(sorted(found, key=lambda s: s.number))

    def _together(self, root: Step, members: dict[Step, None]) -> Any:
        """The result of ``root`` by one loop for all ``members``; None where there is none."""
        text, params, operands = self._text(root, members)
        group = group_of(text, params)
        if isinstance(group, Group) and not group.fits(
            tuple(n for n, o in zip(group.operands, operands, strict=True) if o._node is not None)
        ):
            group = "its gradient is no formula"
        if not isinstance(group, Group):
            self.report.refused[group] += 1
            return None
        self.report.kernels += 1
        result = self._computed(root, group, operands, {})
        laid = order_of(result.array)
        if laid != root.order:
            result.array = _laid(result.array, root.order)
        return result

    def _text(self, root: Step, members: dict[Step, None]) -> tuple[Text, list[dict[str, Any]], list[Tensor]]:
        """The group as it is written, the parameters of its lines, and its operands."""
        places = {step: i for i, step in enumerate(members)}
        flows = _flows(root, members)
        arrays: dict[tuple[int, int], int] = {}
        operands: list[Tensor] = []
        lines: list[Line] = []
        for step in members:
            said: list[tuple[str, Any]] = []
            for place, o in enumerate(step.operands):
                if isinstance(o, Step) and o in places:
                    said.append(("line", places[o]))
                    continue
                if isinstance(o, (int, float)):
                    said.append(("number", repr(float(o))))
                    continue
                tensor = o.done if isinstance(o, Step) else o
                asks = flows[step] and step.prim.operands[place] not in step.prim.without_rule
                node = tensor._node if asks else None
                key = id(tensor.array), id(node)
                if key not in arrays:
                    arrays[key] = len(operands)
                    operands.append(tensor if node is tensor._node else lift(tensor.array, node))
                said.append(("array", arrays[key]))
            lines.append(Line(step.prim, step.told, tuple(said)))
        shapes = tuple((o.array.shape, o.array.dtype == _BOOL) for o in operands)
        return Text(tuple(lines), shapes), [step.params for step in members], operands


def _flows(root: Step, members: dict[Step, None]) -> dict[Step, bool]:
    """By step: whether a gradient of ``root`` reaches it."""
    flows = dict.fromkeys(members, False)
    flows[root] = root.wants
    for step in reversed(members):
        if flows[step]:
            for name, o in zip(step.prim.operands, step.operands, strict=True):
                if isinstance(o, Step) and o in flows and o.wants and name not in step.prim.without_rule:
                    flows[o] = True
    return flows


def _laid(array: np.ndarray, order: tuple[int, ...]) -> np.ndarray:
    """``array`` in this order of memory."""
    if not order:
        return np.ascontiguousarray(array)
    axes = [*(i for i in range(array.ndim) if i not in order), *order]
    return np.ascontiguousarray(array.transpose(axes)).transpose(np.argsort(axes))
