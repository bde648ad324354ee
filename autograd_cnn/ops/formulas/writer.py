"""The parts of a function of LLVM that any formula has: its list of numbers, loops, memory under masks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from .vector import INDEX, LANES, SINGLE, Mask, filled, splat

BYTE: Any = ir.IntType(8)
VOID: Any = ir.VoidType()


def number(value: int) -> Any:
    return ir.Constant(INDEX, value)


class Writer:
    """A function of the number of a piece and the address of a list of whole numbers, being written."""

    module: Any
    function: Any
    entry: Any
    builder: Any
    piece: Any
    table: Any

    def __init__(self, name: str) -> None:
        self.module = ir.Module(name)
        kind = ir.FunctionType(VOID, [INDEX, INDEX.as_pointer()])
        self.function = ir.Function(self.module, kind, name)
        self.entry = self.function.append_basic_block("entry")
        self.builder = ir.IRBuilder(self.entry)
        self.piece, self.table = self.function.args

    def argument(self, place: int) -> Any:
        return self.builder.load(self.builder.gep(self.table, [number(place)]))

    def slot(self, type_: Any) -> Any:
        """Memory of the function's own, that becomes a register."""
        with self.builder.goto_block(self.entry):
            self.builder.position_at_start(self.entry)
            return self.builder.alloca(type_)

    def loop(self, begin: Any, end: Any, step: int, body: Callable[[Any], None]) -> None:
        """``for i in range(begin, end, step)``, for an end that ``begin`` reaches in whole steps, or passes
        at once."""
        b = self.builder
        before = b.block
        turn, done = b.append_basic_block("turn"), b.append_basic_block("done")
        b.cbranch(b.icmp_signed("<", begin, end), turn, done)
        b.position_at_end(turn)
        i = b.phi(INDEX)
        i.add_incoming(begin, before)
        body(i)
        following = b.add(i, number(step))
        i.add_incoming(following, b.block)
        b.cbranch(b.icmp_signed("<", following, end), turn, done)
        b.position_at_end(done)

    def lanes_loop(self, begin: Any, end: Any, body: Callable[[Any, Mask | None], None]) -> None:
        """Whole vectors, then the numbers that are left, under a mask."""
        b = self.builder
        count = b.sub(end, begin)
        whole = b.add(begin, b.and_(count, number(-LANES)))
        self.loop(begin, whole, LANES, lambda i: body(i, None))
        rest, done = b.append_basic_block("rest"), b.append_basic_block("done")
        b.cbranch(b.icmp_signed("<", whole, end), rest, done)
        b.position_at_end(rest)
        lanes = ir.VectorType(INDEX, LANES)
        left = splat(b, b.sub(end, whole), LANES)
        live = b.icmp_signed("<", ir.Constant(lanes, list(range(LANES))), left)
        body(whole, Mask(b, live, LANES))
        b.branch(done)
        b.position_at_end(done)

    def load(self, address: Any, stored: Any, lanes: int, live: Mask | None) -> Any:
        """Numbers side by side, 0 where a mask does not hold."""
        b = self.builder
        if lanes == 1:
            return b.load(b.inttoptr(address, stored.as_pointer()))
        type_ = ir.VectorType(stored, lanes)
        pointer = b.inttoptr(address, type_.as_pointer())
        if live is None:
            return b.load(pointer, align=1 if stored == BYTE else 4)
        return self._masked("load", type_, [pointer], live, filled(stored, lanes, 0))

    def store(self, bits: Any, address: Any, live: Mask | None) -> None:
        """Write numbers side by side, where the mask holds."""
        b = self.builder
        pointer = b.inttoptr(address, bits.type.as_pointer())
        if live is None:
            b.store(bits, pointer, align=4)
        else:
            self._masked("store", bits.type, [bits, pointer], live)

    def _masked(self, what: str, type_: Any, first: list[Any], live: Mask, other: Any = None) -> Any:
        align = ir.Constant(ir.IntType(32), 1 if type_.element == BYTE else 4)
        args = [*first, align, live.bits, *([] if other is None else [other])]
        suffix = {BYTE: "i8", SINGLE.type: "f32"}[type_.element]
        name = f"llvm.masked.{what}.v{LANES}{suffix}.p0"
        result = type_ if what == "load" else VOID
        function = self.module.globals.get(name) or ir.Function(
            self.module, ir.FunctionType(result, [a.type for a in args]), name
        )
        return self.builder.call(function, args)
