"""Numbers in the registers of a processor, several side by side: what a formula's functions are written with.

A :class:`Value` is a vector of LLVM (or one number, or a mask) and has Python's operators, so that an
approximation reads as in a book; to evaluate the expression is to write the instructions.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from llvmlite import binding, ir

_features = binding.get_host_cpu_features()
LANES = 16 if _features.get("avx512f") else 8
"""Numbers in a vector."""

INDEX: Any = ir.IntType(64)
_CONTRACT = ("contract",)


class Kind(NamedTuple):
    """What differs between singles and doubles."""

    type: Any
    whole: Any
    """The integer of the same width."""
    mantissa: int
    """Bits of it behind the point."""
    bias: int
    suffix: str

    @property
    def magic(self) -> float:
        """Added to a number and taken away again, it leaves the whole number next to it."""
        return math.ldexp(1.5, self.mantissa)


SINGLE = Kind(ir.FloatType(), ir.IntType(32), 23, 127, "f32")
DOUBLE = Kind(ir.DoubleType(), ir.IntType(64), 52, 1023, "f64")


def splat(builder: Any, value: Any, lanes: int) -> Any:
    """``value`` in every lane."""
    if lanes == 1:
        return value
    nothing = ir.Constant(ir.VectorType(value.type, lanes), ir.Undefined)
    zero = ir.Constant(ir.IntType(32), 0)
    one = builder.insert_element(nothing, value, zero)
    return builder.shuffle_vector(one, nothing, ir.Constant(ir.VectorType(zero.type, lanes), [0] * lanes))


def filled(type_: Any, lanes: int, value: Any) -> Any:
    """A constant in every lane."""
    return (
        ir.Constant(type_, value) if lanes == 1 else ir.Constant(ir.VectorType(type_, lanes), [value] * lanes)
    )


class Mask:
    """Truth values, one per lane."""

    builder: Any
    bits: Any
    lanes: int

    def __init__(self, builder: Any, bits: Any, lanes: int) -> None:
        self.builder, self.bits, self.lanes = builder, bits, lanes

    def __and__(self, other: Mask) -> Mask:
        return Mask(self.builder, self.builder.and_(*_alike(self, other)), max(self.lanes, other.lanes))

    def __or__(self, other: Mask) -> Mask:
        return Mask(self.builder, self.builder.or_(*_alike(self, other)), max(self.lanes, other.lanes))

    def __xor__(self, other: Mask) -> Mask:
        return Mask(self.builder, self.builder.xor(*_alike(self, other)), max(self.lanes, other.lanes))

    def __invert__(self) -> Mask:
        return Mask(self.builder, self.builder.not_(self.bits), self.lanes)

    def spread(self, lanes: int) -> Mask:
        """The same in so many lanes."""
        return (
            self if self.lanes == lanes else Mask(self.builder, splat(self.builder, self.bits, lanes), lanes)
        )

    def choose(self, yes: Any, no: Any) -> Value:
        """``yes`` where it holds, else ``no``."""
        like = yes if isinstance(yes, Value) else no
        assert isinstance(like, Value)
        yes, no = like.like(yes), like.like(no)
        yes, no = yes.matched(no), no.matched(yes)
        lanes = max(self.lanes, yes.lanes)
        mask, yes, no = self.spread(lanes), yes.spread(lanes), no.spread(lanes)
        return Value(self.builder, self.builder.select(mask.bits, yes.bits, no.bits), yes.kind, lanes)


def _alike(a: Mask, b: Mask) -> tuple[Any, Any]:
    lanes = max(a.lanes, b.lanes)
    return a.spread(lanes).bits, b.spread(lanes).bits


class Value:
    """Singles or doubles, one per lane."""

    builder: Any
    bits: Any
    kind: Kind
    lanes: int

    def __init__(self, builder: Any, bits: Any, kind: Kind, lanes: int) -> None:
        self.builder, self.bits, self.kind, self.lanes = builder, bits, kind, lanes

    def like(self, number: Any) -> Value:
        """``number`` as a value beside this one."""
        if isinstance(number, Value):
            return number
        return self._with(filled(self.kind.type, self.lanes, float(number)))

    def _with(self, bits: Any) -> Value:
        return Value(self.builder, bits, self.kind, self.lanes)

    def spread(self, lanes: int) -> Value:
        """The same in so many lanes."""
        if self.lanes == lanes:
            return self
        return Value(self.builder, splat(self.builder, self.bits, lanes), self.kind, lanes)

    def to(self, kind: Kind) -> Value:
        """Rounded to singles, or widened to doubles."""
        if kind is self.kind:
            return self
        type_ = kind.type if self.lanes == 1 else ir.VectorType(kind.type, self.lanes)
        change = self.builder.fpext if kind is DOUBLE else self.builder.fptrunc
        return Value(self.builder, change(self.bits, type_), kind, self.lanes)

    def double(self) -> Value:
        return self.to(DOUBLE)

    def matched(self, other: Value) -> Value:
        """This one as wide and as exact as what it meets: beside singles a double is rounded."""
        found = self.to(SINGLE) if other.kind is SINGLE else self
        return found.spread(max(self.lanes, other.lanes))

    def _pair(self, other: Any) -> tuple[Value, Value]:
        other = self.like(other)
        return self.matched(other), other.matched(self)

    def __add__(self, other: Any) -> Value:
        a, b = self._pair(other)
        return a._with(self.builder.fadd(a.bits, b.bits, flags=_CONTRACT))

    def __radd__(self, other: Any) -> Value:
        return self.like(other) + self

    def __sub__(self, other: Any) -> Value:
        other = self.like(other)
        if self.kind is SINGLE and other.kind is DOUBLE:  # a mean: its digits beyond a single's count too
            high = other.to(SINGLE)
            low = (other - high.to(DOUBLE)).to(SINGLE)
            return (self - high) - _finite(high).choose(low, 0.0)
        if self.kind is DOUBLE and other.kind is SINGLE:
            return -(other - self)
        a, b = self._pair(other)
        return a._with(self.builder.fsub(a.bits, b.bits, flags=_CONTRACT))

    def __rsub__(self, other: Any) -> Value:
        return self.like(other) - self

    def minus_exactly(self, other: Any) -> Value:
        """The difference, which must not be contracted with the product that made this number."""
        a, b = self._pair(other)
        return a._with(self.builder.fsub(a.bits, b.bits))

    def __mul__(self, other: Any) -> Value:
        a, b = self._pair(other)
        return a._with(self.builder.fmul(a.bits, b.bits, flags=_CONTRACT))

    def times_exactly(self, other: Value) -> Value:
        """The product, rounded before anything is added to it."""
        a, b = self._pair(other)
        return a._with(self.builder.fmul(a.bits, b.bits))

    def __rmul__(self, other: Any) -> Value:
        return self.like(other) * self

    def __truediv__(self, other: Any) -> Value:
        other = self.like(other)
        if self.kind is SINGLE and other.kind is DOUBLE:  # one divisor for a row: its inverse, in two parts
            scale = (other.intrinsic("fabs") < 1e-30).choose(2.0**64, other.like(1.0))
            inverse = 1 / (other * scale)
            high = inverse.to(SINGLE)
            low = (inverse - high.to(DOUBLE)).to(SINGLE)
            scaled = self * scale
            quotient = scaled * high
            return _finite(quotient).choose(quotient + scaled * _finite(high).choose(low, 0.0), quotient)
        a, b = self._pair(other)
        return a._with(self.builder.fdiv(a.bits, b.bits))

    def __rtruediv__(self, other: Any) -> Value:
        return self.like(other) / self

    def __neg__(self) -> Value:
        return self._with(self.builder.fneg(self.bits))

    def _compare(self, how: str, other: Any, ordered: bool = True) -> Mask:
        a, b = self._pair(other)
        compare = self.builder.fcmp_ordered if ordered else self.builder.fcmp_unordered
        return Mask(self.builder, compare(how, a.bits, b.bits), a.lanes)

    def __lt__(self, other: Any) -> Mask:
        return self._compare("<", other)

    def __le__(self, other: Any) -> Mask:
        return self._compare("<=", other)

    def __gt__(self, other: Any) -> Mask:
        return self._compare(">", other)

    def __ge__(self, other: Any) -> Mask:
        return self._compare(">=", other)

    def equals(self, other: Any) -> Mask:
        """Where both are the same number."""
        return self._compare("==", other)

    def differs(self, other: Any) -> Mask:
        """Where they are not: NaN differs from itself."""
        return self._compare("!=", other, ordered=False)

    def is_nan(self) -> Mask:
        return self.differs(self)

    def intrinsic(self, name: str, *others: Any) -> Value:
        """A function that LLVM has itself."""
        operands = [self, *(self.like(o) for o in others)]
        lanes = max(o.lanes for o in operands)
        operands = [o.matched(self).spread(lanes) for o in operands]
        vector = f"v{lanes}" if lanes > 1 else ""
        full = f"llvm.{name}.{vector}{self.kind.suffix}"
        module, bits = self.builder.module, [o.bits for o in operands]
        function = module.globals.get(full) or ir.Function(
            module, ir.FunctionType(bits[0].type, [b.type for b in bits]), full
        )
        return Value(self.builder, self.builder.call(function, bits), self.kind, lanes)

    def seldom(self, where: Mask, compute: Callable[[], Value]) -> Value:
        """What ``compute`` writes in the lanes of ``where``, this elsewhere; where there is no such lane, and
        that is the rule, it does not run."""
        b, where = self.builder, where.spread(self.lanes)
        with b.goto_entry_block():
            slot = b.alloca(self.bits.type)
        b.store(self.bits, slot)
        bits = where.bits if self.lanes == 1 else b.bitcast(where.bits, ir.IntType(self.lanes))
        some = bits if self.lanes == 1 else b.icmp_unsigned("!=", bits, ir.Constant(bits.type, 0))
        with b.if_then(some, likely=False):
            b.store(where.choose(compute(), self).bits, slot)
        return self._with(b.load(slot))

    def bitcast(self) -> Whole:
        """The bits, as whole numbers."""
        type_ = self.kind.whole if self.lanes == 1 else ir.VectorType(self.kind.whole, self.lanes)
        return Whole(self.builder, self.builder.bitcast(self.bits, type_), self.kind, self.lanes)


def _finite(x: Value) -> Mask:
    return x.intrinsic("fabs") < math.inf


class Whole:
    """The bits of numbers, as whole numbers."""

    builder: Any
    bits: Any
    kind: Kind
    lanes: int

    def __init__(self, builder: Any, bits: Any, kind: Kind, lanes: int) -> None:
        self.builder, self.bits, self.kind, self.lanes = builder, bits, kind, lanes

    def _with(self, bits: Any) -> Whole:
        return Whole(self.builder, bits, self.kind, self.lanes)

    def _constant(self, number: int) -> Any:
        return filled(self.kind.whole, self.lanes, number)

    def plus(self, other: int | Whole) -> Whole:
        bits = self._constant(other) if isinstance(other, int) else other.bits
        return self._with(self.builder.add(self.bits, bits))

    def minus(self, other: Whole) -> Whole:
        return self._with(self.builder.sub(self.bits, other.bits))

    def shifted(self, places: int) -> Whole:
        """To the left, or with a negative number to the right, with the sign."""
        if places >= 0:
            return self._with(self.builder.shl(self.bits, self._constant(places)))
        return self._with(self.builder.ashr(self.bits, self._constant(-places)))

    def floating(self) -> Value:
        """The numbers whose bits these are."""
        type_ = self.kind.type if self.lanes == 1 else ir.VectorType(self.kind.type, self.lanes)
        return Value(self.builder, self.builder.bitcast(self.bits, type_), self.kind, self.lanes)
