"""Runs a formula on arrays by compiled loops: traced once for each set of shapes, compiled once for each
structure."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import kernels
from .derivative import sorted_expressions
from .expression import Expression
from .layout import MOST_LANES, Layout, numbers
from .schedule import Schedule

_functions: dict[Any, int] = {}
"""Addresses of compiled functions by their structure."""


class Loops:
    """The compiled loops of a formula for operands of given shapes, dtypes and strides."""

    schedule: Schedule
    layout: Layout
    names: tuple[str, ...]
    address: int
    copies: list[bool]
    """Which operands lie so that they must be copied first."""
    table: np.ndarray
    """The list of numbers that the compiled function takes, without addresses."""
    work: int
    """Elements of the space."""
    sums: list[tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]]

    def __init__(
        self, outputs: Sequence[Expression], names: Sequence[str], arrays: Sequence[np.ndarray]
    ) -> None:
        self.schedule = Schedule(outputs)
        self.names = tuple(names)
        self.layout = layout = Layout(self.schedule, names, arrays)
        key = layout.structure()
        address = _functions.get(key)
        if address is None:
            from .emitter import Emitter
            from .machine import compiled

            name = f"formula_{len(_functions)}"
            address = _functions[key] = compiled(Emitter(self.schedule, layout, name).write(), name)
        self.address = address
        self.copies = [a is not b for a, b in zip(layout.arrays, arrays, strict=True)]
        layout.arrays = []  # what lasts holds no memory of the call that it was made for
        tensors = layout.tensors
        constants = [node.params[name] for node, name in numbers(self.schedule.nodes)]
        self.table = np.array(
            [
                *[0] * tensors,
                *layout.sizes,
                *[stride for moves in layout.moves for stride in moves],
                *np.array(constants, np.float64).view(np.int64),
                layout.chunk,
                *layout.total_sizes,
            ],
            np.int64,
        )
        self.work = math.prod(layout.sizes)
        self.sums = [self._sum_shapes(k) for k in range(len(layout.total_sizes))]

    def __call__(self, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The outputs' values for operands like those it was made for."""
        layout, schedule = self.layout, self.schedule
        given = [
            layout.copied(s, a) if copy and s is not None else a
            for a, copy, s in zip(arrays, self.copies, layout.symbols, strict=True)
        ]
        made = {i: layout.empty(schedule.outputs[i], np.float32) for i, _ in schedule.stored}
        sums = [np.zeros((layout.pieces, size // 8)) for size in layout.total_sizes]
        table = self.table.copy()
        table[: layout.tensors] = [a.__array_interface__["data"][0] for a in (*given, *made.values(), *sums)]
        k = kernels.loaded()
        assert k is not None
        k.pieces.run(self.address, layout.pieces, table, self.work)
        if not schedule.late:
            return [made[i] for i in range(len(schedule.outputs))]
        known = dict(zip(self.names, arrays, strict=True))
        totals = {t.meant: self._total(k, sums[k]) for k, t in enumerate(schedule.totals)}
        if schedule.singles:
            totals = {node: value.astype(np.float32) for node, value in totals.items()}
        return [
            made[i] if i in made else np.array(evaluate(output, known, totals), np.float32)
            for i, output in enumerate(schedule.outputs)
        ]

    def _sum_shapes(self, k: int) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        """Of a total as the loops gather it: the shape in the order of the space, with lanes last; which axes
        of it come in which order; and the shape with those at size 1 along which it is the same."""
        layout, node = self.layout, self.schedule.totals[k].meant
        axes = layout.total_axes[k]
        sizes = [self.schedule.sizes[a] for a in axes]
        lanes = (layout.total_sizes[k] // 8 - MOST_LANES) // math.prod(sizes)
        found = [None if a is None else node.trace.find(a) for a in node.axes]
        order = tuple(axes.index(a) for a in found if a in axes)
        shape = tuple(n if a in axes else 1 for a, n in zip(found, node.shape, strict=True))
        return (*sizes, lanes), order, shape

    def _total(self, k: int, sums: np.ndarray) -> np.ndarray:
        """A total in the shape of its expression: the sum over pieces and lanes."""
        gathered_in, order, shape = self.sums[k]
        gathered = np.add.reduce(sums, 0)[:-MOST_LANES].reshape(gathered_in)
        total = self.schedule.totals[k]
        value = np.add.reduce(gathered, -1).transpose(order).reshape(shape) * total.factor
        found: np.ndarray = np.broadcast_to(value, total.meant.shape)
        return found


def evaluate(node: Expression, known: dict[str, Any], found: dict[Expression, Any]) -> Any:
    """The value of an expression by its primitives, whose operands may be Tensors; with ``found``, values of
    what it is written as, from these."""
    values = dict(found)
    for e in sorted_expressions([node], through_meaning=bool(found), known=found):
        if e.op == "operand":
            values[e] = known[e.params["name"]]
        elif e.op == "constant":
            values[e] = e.params["value"]
        elif found and e.lowered is not None:
            values[e] = values[e.lowered]
        else:
            assert not isinstance(e.op, str)
            params = {k: v for k, v in e.params.items() if k != "reduced"}
            values[e] = e.op(*[values[a] for a in e.args], **params)
    return values[node]
