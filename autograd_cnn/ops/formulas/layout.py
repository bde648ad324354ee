"""Where a formula's operands lie, brought to few loops: axes in the order of memory, neighbours joined where
every array allows it."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .expression import Expression
from .makers import NoFormulaError
from .schedule import Schedule, name_of

NUMBERS = ("value", "rate", "negative_slope")
"""Parameters of expressions that are numbers."""

PIECE = 2**14
"""Elements that a thread takes at a time, or so."""

MOST_PIECES = 64
"""Of a formula that gathers totals: each piece has totals of its own."""

MOST_LANES = 16
"""At most so many numbers are in a vector."""


class Layout:
    """Sizes and distances of one call, and what of them a compiled function depends on: ``structure()``."""

    schedule: Schedule
    names: dict[str, int]
    arrays: list[np.ndarray]
    symbols: list[Expression | None]
    order: list[int]
    """The axes of the space in the order of memory."""
    constants: int
    tensors: int
    loops: int
    plain_outer: int
    """Outer loops that are no vectors'."""
    row_axes: tuple[int, ...]
    split: int
    """Which loop is cut for threads; -1 is none."""
    lane_in_row: bool
    lanes_move: list[bool]
    """Which tensors move on along a vector."""
    sizes: list[int]
    moves: list[list[int]]
    """Distances in bytes, by loop and tensor."""
    pieces: int
    chunk: int
    total_axes: list[list[int]]
    total_sizes: list[int]
    """Bytes of a total in one piece."""

    def __init__(self, schedule: Schedule, names: Sequence[str], arrays: Sequence[np.ndarray]) -> None:
        self.schedule = schedule
        self.names = {name: i for i, name in enumerate(names)}
        nodes = schedule.nodes
        self._constants = {place: i for i, place in enumerate(numbers(nodes))}
        self.constants = len(self._constants)
        self.arrays = list(arrays)
        operands = {n.params["name"]: n for n in nodes if n.op == "operand"}
        self.symbols = [operands.get(name) for name in names]
        self._order()
        distances = self._distances()
        self.tensors = len(distances)
        self._join(distances)
        self._cut()

    # structure

    def operand(self, node: Expression) -> int:
        return self.names[node.params["name"]]

    def output(self, number: int) -> int:
        return self._output_places[number]

    def total(self, k: int) -> int:
        return len(self.names) + len(self._output_places) + k

    def constant(self, node: Expression, name: str = "value") -> int:
        return self._constants[node, name]

    def lane_moves(self, tensor: int) -> bool:
        return self.lanes_move[tensor]

    def per_piece(self, first: int) -> list[tuple[int, int]]:
        """The totals' numbers, and where the list says how far a piece's totals are from the last one's."""
        return [(self.total(k), first + k) for k in range(len(self.schedule.totals))]

    # axes

    def _strides(self, node: Expression, strides: Sequence[int]) -> dict[int, int]:
        """An array's distances by axes of the space."""
        found: dict[int, int] = {}
        for name, stride in zip(node.axes, strides, strict=True):
            if name is not None:
                axis = node.trace.find(name)
                if axis in found:
                    raise NoFormulaError("an axis that runs along two of one operand")
                found[axis] = stride
        return found

    def _order(self) -> None:
        """All axes in the order of memory of the largest operand; along the last one vectors are made."""
        schedule = self.schedule
        moves = [
            {} if s is None else self._strides(s, a.strides)
            for s, a in zip(self.symbols, self.arrays, strict=True)
        ]
        if not schedule.sizes:
            raise NoFormulaError("no axes")
        lead = max(
            range(len(moves)), key=lambda i: math.prod(schedule.sizes[a] for a, n in moves[i].items() if n)
        )
        first = moves[lead]
        # what the largest operand does not move along comes first
        self.order = sorted(schedule.sizes, key=lambda a: (-(abs(first.get(a, 0)) or math.inf), a))
        lane = self.order[-1]
        self.lane_in_row = lane in schedule.rows
        for i, (move, symbol) in enumerate(zip(moves, self.symbols, strict=True)):
            if symbol is not None and move.get(lane, 0) not in (0, self.arrays[i].itemsize):
                self.arrays[i] = self.copied(symbol, self.arrays[i])

    def copied(self, symbol: Expression, array: np.ndarray) -> np.ndarray:
        """The array, in the order of the space."""
        out = self.empty(symbol, array.dtype)
        out[...] = array
        return out

    def empty(self, node: Expression, dtype: Any) -> np.ndarray:
        """Memory in the shape of ``node`` and the order of the space."""
        shape = node.shape
        places = sorted(
            range(len(shape)),
            key=lambda i: -1 if (a := node.axes[i]) is None else self.order.index(node.trace.find(a)),
        )
        moving = [i for i in places if node.axes[i] is not None]
        if moving == sorted(moving):
            return np.empty(shape, dtype)
        memory = np.empty([shape[i] for i in places], dtype)
        return memory.transpose(np.argsort(places))

    def _distances(self) -> list[dict[int, int]]:
        """Of every tensor by axes: operands, stored outputs, totals."""
        schedule = self.schedule
        found = [
            {} if s is None else self._strides(s, a.strides)
            for s, a in zip(self.symbols, self.arrays, strict=True)
        ]
        self._output_places: dict[int, int] = {}
        for i, _ in schedule.stored:
            output = schedule.outputs[i]
            out = self.empty(output, np.float32)
            self._output_places[i] = len(found)
            found.append(self._strides(output, out.strides))
        lane = self.order[-1]
        self.total_axes: list[list[int]] = []
        self.total_sizes: list[int] = []
        for total in schedule.totals:
            depends = schedule.depends[total.node]
            kept = [a for a in self.order if a in depends]
            self.total_axes.append(kept)
            distance, moves = 8, {}
            gathers = lane not in kept and (schedule.in_rows(total.value) or not self.lane_in_row)
            if gathers:
                distance *= MOST_LANES
            for a in reversed(kept):
                moves[a] = distance
                distance *= schedule.sizes[a]
            self.total_sizes.append(distance + 8 * MOST_LANES)
            found.append(moves)
        return found

    def _join(self, distances: list[dict[int, int]]) -> None:
        """The loops: neighbouring axes over which every tensor moves on evenly are one."""
        schedule, lane = self.schedule, self.order[-1]
        outer = [a for a in self.order if a in schedule.outer and a != lane]
        rows = [a for a in self.order if a in schedule.rows]
        beside = [] if self.lane_in_row else [lane]
        outer_loops = self._joined(outer + beside, distances)
        self.plain_outer = len(outer_loops) - len(beside)
        row_loops = self._joined(rows, distances)
        loops = outer_loops + row_loops
        self.loops = len(loops)
        self.row_axes = tuple(range(len(outer_loops), len(loops)))
        self.sizes = [size for size, _ in loops]
        self.moves = [moves for _, moves in loops]
        self.lanes_move = [m.get(lane, 0) != 0 for m in distances]

    def _joined(self, axes: list[int], distances: list[dict[int, int]]) -> list[tuple[int, list[int]]]:
        loops: list[tuple[int, list[int]]] = []
        for a in axes:
            size, moves = self.schedule.sizes[a], [m.get(a, 0) for m in distances]
            if loops and all(x == y * size for x, y in zip(loops[-1][1], moves, strict=True)):
                loops[-1] = (loops[-1][0] * size, moves)
            else:
                loops.append((size, moves))
        return loops

    # pieces

    def _cut(self) -> None:
        """Which loop is cut for threads, and how."""
        outer = self.plain_outer + (0 if self.lane_in_row else 1)
        work = math.prod(self.sizes)
        self.split = max(range(outer), key=lambda k: (self.sizes[k], -k), default=-1)
        self.pieces, self.chunk = 1, 0
        if self.split < 0:
            return
        size = self.sizes[self.split]
        step = MOST_LANES if not self.lane_in_row and self.split == self.plain_outer else 1
        most = 2**20
        if self.schedule.totals:  # which are not to be more than the numbers they are made of
            most = min(MOST_PIECES, max(1, 8 * work // sum(self.total_sizes)))
        wanted = max(1, min(most, work // PIECE))
        chunk = -(-size // wanted)
        self.chunk = max(1, -(-chunk // step)) * step
        self.pieces = max(1, -(-size // self.chunk))

    def structure(self) -> tuple[Any, ...]:
        """What the compiled function depends on."""
        return (
            *(self.tensors, self.loops, self.constants, self.plain_outer, self.row_axes, self.split),
            *(self.lane_in_row, tuple(self.lanes_move), tuple(map(bool, self.total_axes))),
            *(tuple(self.names), text(self.schedule)),
        )


def numbers(nodes: Sequence[Expression]) -> list[tuple[Expression, str]]:
    """The numbers of a formula, which are arguments of the compiled function: constants, and parameters."""
    found = [(node, name) for node in nodes for name in NUMBERS if name in node.params]
    return [place for place in found if place[0].op != "operand"]


def text(schedule: Schedule) -> str:
    """A formula without its numbers and sizes."""
    place = {node: i for i, node in enumerate(schedule.nodes)}
    lines = []
    for node in schedule.nodes:
        params = node.params["name"] if node.op == "operand" else ""
        lines.append(
            (
                *(
                    name_of(node),
                    tuple(place[schedule.resolved(a)] for a in node.args),
                    params,
                    node.truth,
                ),
                *(schedule.in_rows(node), schedule.level[node], bool(schedule.reduced.get(node))),
            )
        )
    stored = [(place[v], bool(schedule.outputs[i].varies() & schedule.rows)) for i, v in schedule.stored]
    totals = [place[t.value] for t in schedule.totals]
    return repr((lines, stored, totals, schedule.levels, schedule.singles))
