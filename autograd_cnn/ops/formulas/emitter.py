"""Writes a formula as a function of LLVM: loops over its outer axes and rows, in vectors.

The function takes the number of a piece and one list of whole numbers: addresses, sizes, distances in bytes,
constants. What depends on shapes stands there, so that one function serves all sizes.

Along rows numbers are singles; what is one number per row (a sum, a mean) is a double.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from .elements import ELEMENTS
from .expression import Expression
from .layout import NUMBERS, Layout
from .reductions import across, combined, identity
from .schedule import Schedule, name_of
from .vector import DOUBLE, LANES, SINGLE, Kind, Mask, Value, filled
from .writer import BYTE, Writer, number

ONLY_SINGLE = frozenset(("ndtr", "erf", "erfc"))
"""Functions that are written for singles alone."""


PRODUCTS = frozenset(("multiply", "square"))


class Emitter(Writer):
    """Writes one function; see :meth:`write`."""

    schedule: Schedule
    layout: Layout
    row_kind: Kind
    """Of what is one number per row."""
    pointers: list[Any]
    sizes: list[Any]
    strides: list[list[Any]]
    """By loop axis and tensor."""
    offsets: list[Any]
    first_constant: int
    sums: dict[int, Any]
    """Registers of totals over everything."""

    def __init__(self, schedule: Schedule, layout: Layout, name: str) -> None:
        super().__init__(name)
        self.schedule, self.layout = schedule, layout
        self.row_kind = DOUBLE if schedule.rows else SINGLE
        self.constants: dict[tuple[int, str], Value] = {}
        self.cell: dict[Expression, Any] = {}

    # addresses

    def moved(self, offsets: list[Any], axis: int, index: Any) -> list[Any]:
        """The tensors' offsets, ``index`` places further along a loop axis."""
        b = self.builder
        strides = self.strides[axis]
        return [b.add(o, b.mul(index, s)) for o, s in zip(offsets, strides, strict=True)]

    def write(self) -> ir.Module:
        """The whole module."""
        layout, b = self.layout, self.builder
        self.pointers = [self.argument(i) for i in range(layout.tensors)]
        self.sizes = [self.argument(layout.tensors + k) for k in range(layout.loops)]
        first = layout.tensors + layout.loops
        self.strides = [
            [self.argument(first + k * layout.tensors + t) for t in range(layout.tensors)]
            for k in range(layout.loops)
        ]
        self.first_constant = first + layout.loops * layout.tensors
        chunk = self.argument(self.first_constant + layout.constants)
        self.offsets = [number(0)] * layout.tensors
        for t, bytes_ in layout.per_piece(self.first_constant + layout.constants + 1):
            self.offsets[t] = b.mul(self.piece, self.argument(bytes_))
        self.sums = {k: self._whole_sum() for k in range(len(layout.total_axes)) if not layout.total_axes[k]}
        self._outer(0, self.offsets, chunk)
        for k, slot in self.sums.items():
            tensor = layout.total(k)
            address = b.add(self.pointers[tensor], self.offsets[tensor])
            b.store(b.load(slot), b.inttoptr(address, slot.type), align=8)
        self.builder.ret_void()
        return self.module

    def _whole_sum(self) -> Any:
        """A register for a total over everything."""
        type_ = ir.VectorType(DOUBLE.type, LANES)
        slot = self.slot(type_)
        self.builder.store(filled(DOUBLE.type, LANES, 0.0), slot)
        return slot

    def _range(self, axis: int, chunk: Any) -> tuple[Any, Any]:
        b, size = self.builder, self.sizes[axis]
        if axis != self.layout.split:
            return number(0), size
        begin = b.mul(self.piece, chunk)
        end = b.add(begin, chunk)
        return begin, b.select(b.icmp_signed("<", end, size), end, size)

    def _outer(self, axis: int, offsets: list[Any], chunk: Any) -> None:
        layout = self.layout
        if axis < layout.plain_outer:
            begin, end = self._range(axis, chunk)
            self.loop(begin, end, 1, lambda i: self._outer(axis + 1, self.moved(offsets, axis, i), chunk))
        elif layout.lane_in_row:
            self._cell(offsets, None)
        else:
            begin, end = self._range(axis, chunk)
            self.lanes_loop(begin, end, lambda i, live: self._cell(self.moved(offsets, axis, i), live))

    def _row(
        self, offsets: list[Any], live: Mask | None, body: Callable[[list[Any], Mask | None], None]
    ) -> None:
        """Pass over the row."""
        axes = list(self.layout.row_axes)

        def along(place: int, offsets: list[Any]) -> None:
            if place == len(axes):
                body(offsets, live)
            elif place == len(axes) - 1 and self.layout.lane_in_row:
                axis = axes[place]
                self.lanes_loop(
                    number(0),
                    self.sizes[axis],
                    lambda i, rest: body(self.moved(offsets, axis, i), rest),
                )
            else:
                axis = axes[place]
                self.loop(
                    number(0), self.sizes[axis], 1, lambda i: along(place + 1, self.moved(offsets, axis, i))
                )

        along(0, offsets)

    # one place of the outer axes

    def _cell(self, offsets: list[Any], live: Mask | None) -> None:
        schedule = self.schedule
        self.cell = {}
        if not schedule.rows:
            self._finish(offsets, live, rows=None)
            return
        for level in range(schedule.levels + 1):
            for node in schedule.nodes:
                if schedule.level[node] == level and not schedule.in_rows(node) and node not in self.cell:
                    value = self._compute(node, self.cell, offsets, live, self.row_kind)
                    self.cell[node] = self._rounded(value)
            if level < schedule.levels:
                self._reduce(level, offsets, live)
        self._finish(offsets, live, rows=False)
        if any(schedule.in_rows(n) or o.varies() & schedule.rows for _, n, o in self._stores()) or any(
            schedule.in_rows(t.value) for t in schedule.totals
        ):
            self._row(offsets, live, lambda at, mask: self._finish(at, mask, rows=True))

    def _stores(self) -> list[tuple[int, Expression, Expression]]:
        return [(i, value, self.schedule.outputs[i]) for i, value in self.schedule.stored]

    def _finish(self, offsets: list[Any], live: Mask | None, rows: bool | None) -> None:
        """Write the results and add to the totals: those along the row, those beside it, or (None) all."""
        inner: dict[Expression, Any] = {}
        schedule = self.schedule
        for i, value, output in self._stores():
            if rows is None or bool(output.varies() & schedule.rows) == rows:
                self._store(self._value(value, inner, offsets, live), self.layout.output(i), offsets, live)
        for k, total in enumerate(schedule.totals):
            if rows is None or schedule.in_rows(total.value) == rows:
                self._gather(k, inner, offsets, live)

    # reductions along the row

    def _reduce(self, level: int, offsets: list[Any], live: Mask | None) -> None:
        schedule, b = self.schedule, self.builder
        found = [n for n in schedule.nodes if schedule.level[n] == level + 1 and schedule.reduced.get(n)]
        slots = []
        for node in found:
            kind, start = identity(node)
            slot = self.slot(ir.VectorType(kind.type, LANES))
            b.store(filled(kind.type, LANES, start), slot)
            slots.append((node, kind, start, slot))

        def body(at: list[Any], mask: Mask | None) -> None:
            inner: dict[Expression, Any] = {}
            for node, kind, start, slot in slots:
                so_far = Value(b, b.load(slot), kind, LANES)
                value = self._addend(self.schedule.resolved(node.args[0]), inner, at, mask, kind).spread(
                    LANES
                )
                if mask is not None:
                    value = mask.choose(value, start)
                b.store(combined(node, so_far, value).bits, slot)

        self._row(offsets, live, body)
        for node, kind, _, slot in slots:
            value = Value(b, b.load(slot), kind, LANES)
            if self.layout.lane_in_row:
                value = across(node, value)
            self.cell[node] = self._rounded(value.to(self.row_kind))

    def _rounded(self, value: Any) -> Any:
        """``value`` as a single where all are: what leaves the range is infinite."""
        if not self.schedule.singles or isinstance(value, Mask):
            return value
        return value.to(SINGLE).to(value.kind)

    def _addend(
        self, node: Expression, inner: dict[Expression, Any], at: list[Any], mask: Mask | None, kind: Kind
    ) -> Value:
        """What goes into a sum: a product is made in its precision."""
        own = node not in self.cell and not self.schedule.singles
        if kind is DOUBLE and own and name_of(node) in PRODUCTS:
            a, b = (
                self._value(self.schedule.resolved(x), inner, at, mask, kind) for x in (node.args * 2)[:2]
            )
            return a.to(kind) * b.to(kind)
        return self._value(node, inner, at, mask, kind).to(kind)

    def _gather(self, k: int, inner: dict[Expression, Any], offsets: list[Any], live: Mask | None) -> None:
        """Add to a total: numbers side by side to numbers side by side."""
        b, node, tensor = self.builder, self.schedule.totals[k].value, self.layout.total(k)
        value = self._addend(node, inner, offsets, live, DOUBLE)
        beside_row = self.layout.lane_in_row and not self.schedule.in_rows(node)
        lanes = 1 if beside_row else LANES
        value = value.spread(lanes)
        if live is not None:
            value = live.choose(value, 0.0)
        if k in self.sums:
            slot = self.sums[k]
            if lanes == 1:
                value = self._first_lane(value)
            b.store((Value(b, b.load(slot), DOUBLE, LANES) + value).bits, slot)
            return
        address = b.add(self.pointers[tensor], offsets[tensor])
        type_ = DOUBLE.type if lanes == 1 else ir.VectorType(DOUBLE.type, lanes)
        pointer = b.inttoptr(address, type_.as_pointer())
        so_far = Value(b, b.load(pointer, align=8), DOUBLE, lanes)
        b.store((so_far + value).bits, pointer, align=8)

    def _first_lane(self, value: Value) -> Value:
        """One number beside zeros."""
        zeros = filled(value.kind.type, LANES, 0.0)
        zero = ir.Constant(ir.IntType(32), 0)
        return Value(self.builder, self.builder.insert_element(zeros, value.bits, zero), value.kind, LANES)

    # values

    def _value(
        self,
        node: Expression,
        inner: dict[Expression, Any],
        offsets: list[Any],
        live: Mask | None,
        kind: Kind = SINGLE,
    ) -> Any:
        if node in self.cell:
            return self.cell[node]
        if node.op == "constant":
            return self._constant(node, kind)
        if node not in inner:
            inner[node] = self._compute(node, inner, offsets, live, SINGLE)
        return inner[node]

    def _compute(
        self,
        node: Expression,
        inner: dict[Expression, Any],
        offsets: list[Any],
        live: Mask | None,
        kind: Kind,
    ) -> Any:
        if node.op == "operand":
            return self._load(node, offsets, live, kind)
        if node.op == "constant":
            return self._constant(node, kind)
        args = [self._value(self.schedule.resolved(a), inner, offsets, live, kind) for a in node.args]
        if name_of(node) in ("sum", "amax", "amin", "sum_to"):  # over axes of size 1
            return args[0]
        if name_of(node) == "cast":
            ones = Value(self.builder, filled(kind.type, args[0].lanes, 1.0), kind, args[0].lanes)
            return args[0].choose(ones, 0.0)
        if name_of(node) in ONLY_SINGLE:
            args = [a.to(SINGLE) for a in args]
        given = {name: self._constant(node, args[0].kind, name) for name in NUMBERS if name in node.params}
        if name_of(node) in PRODUCTS and self.schedule.singles:
            return args[0].times_exactly(args[-1]).to(kind)
        result = ELEMENTS[name_of(node)](*args, **given)
        return result if isinstance(result, Mask) else result.to(kind)

    def _constant(self, node: Expression, kind: Kind, name: str = "value") -> Value:
        place = self.layout.constant(node, name)
        found = self.constants.get((place, kind.suffix))
        if found is None:
            with self.builder.goto_block(self.entry):
                b = self.builder
                bits = b.load(b.gep(self.table, [number(self.first_constant + place)]))
                value = Value(b, b.bitcast(bits, DOUBLE.type), DOUBLE, 1)
                found = self.constants[place, kind.suffix] = value.to(kind)
        return found

    def _load(self, node: Expression, offsets: list[Any], live: Mask | None, kind: Kind) -> Any:
        b, tensor = self.builder, self.layout.operand(node)
        lanes = LANES if self.layout.lane_moves(tensor) else 1
        stored = BYTE if node.truth else SINGLE.type
        bits = self.load(b.add(self.pointers[tensor], offsets[tensor]), stored, lanes, live)
        if node.truth:
            return Mask(b, b.icmp_unsigned("!=", bits, filled(stored, lanes, 0)), lanes)
        return Value(b, bits, SINGLE, lanes).to(kind)

    def _store(self, value: Any, tensor: int, offsets: list[Any], live: Mask | None) -> None:
        b = self.builder
        address, value = b.add(self.pointers[tensor], offsets[tensor]), value.to(SINGLE)
        if self.layout.lane_moves(tensor):
            self.store(value.spread(LANES).bits, address, live)
        else:
            self.store(value.bits, address, None)
