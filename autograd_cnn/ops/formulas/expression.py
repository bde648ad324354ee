"""A formula as a graph of symbols: what primitives return when they are called with symbols.

A primitive asks its operands for a hook, and an :class:`Expression` has one. So a definition written with
primitives, and every local gradient, can be applied to symbols as it stands. Equal expressions are one
object.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .._arithmetic import absolute, add, divide, multiply, negative, power, subtract
from .._comparison import (
    equal,
    greater,
    greater_equal,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    not_equal,
)
from .._primitive import Primitive
from .makers import NoFormulaError, maker


class Trace:
    """The expressions of one formula, each once; and which of their axes run together."""

    def __init__(self, *, singles: bool = False) -> None:
        self.known: dict[Any, Expression] = {}
        self.singles = singles
        """Whether every value is a single, as where a program calls the operators one by one: a number of a
        row too, which otherwise has the digits and the range of a double."""
        self._same: list[int] = []
        self.sizes: list[int] = []

    def axis(self, size: int) -> int:
        """A new axis of this size."""
        self._same.append(len(self._same))
        self.sizes.append(size)
        return len(self._same) - 1

    def find(self, axis: int) -> int:
        """The axis that stands for all those that run together with ``axis``."""
        while self._same[axis] != axis:
            axis = self._same[axis]
        return axis

    def join(self, a: int | None, b: int | None) -> int | None:
        """Let two aligned axes run together; None is an axis of size 1."""
        if a is None or b is None:
            return b if a is None else a
        if self.sizes[a] != self.sizes[b]:
            raise NoFormulaError(f"axes of {self.sizes[a]} and {self.sizes[b]} side by side")
        a, b = self.find(a), self.find(b)
        self._same[max(a, b)] = min(a, b)
        return min(a, b)

    def make(
        self,
        op: Primitive | str,
        args: "tuple[Expression, ...]",
        params: dict[str, Any],
        axes: tuple[int | None, ...],
        truth: bool = False,
    ) -> "Expression":
        """The expression, made once."""
        key = (op, tuple(map(id, args)), repr(sorted(params.items())), axes if not args else None)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = Expression(self, op, args, params, axes, truth)
        return found

    def operand(self, name: str, shape: Sequence[int], truth: bool = False) -> "Expression":
        """A symbol for an array of this shape."""
        axes = tuple(None if n == 1 else self.axis(n) for n in shape)
        return self.make("operand", (), {"name": name}, axes, truth)

    def constant(self, value: Any) -> "Expression":
        """A number."""
        return self.make("constant", (), {"value": float(value)}, ())

    def lift(self, value: Any) -> "Expression":
        """``value`` as an expression: a number is a constant."""
        if isinstance(value, Expression):
            return value
        if isinstance(value, (int, float, np.generic)) or (isinstance(value, np.ndarray) and not value.ndim):
            return self.constant(value)
        raise NoFormulaError(f"{type(value).__name__} is no number")


_Operator = Callable[[Any, Any], Any]


def _operator(prim: Primitive, *, swapped: bool = False) -> _Operator:
    def apply(a: Any, b: Any) -> Any:
        return prim(b, a) if swapped else prim(a, b)

    return apply


class Expression:
    """An operand, a constant, or a primitive of expressions, with the shape of its value."""

    __slots__ = ("args", "axes", "lowered", "op", "params", "trace", "truth")

    trace: Trace
    op: Primitive | str
    args: "tuple[Expression, ...]"
    params: dict[str, Any]
    axes: tuple[int | None, ...]
    """By dimension; None is one of size 1."""
    truth: bool
    """Whether it is true or false."""
    lowered: "Expression | None"
    """What it is written as."""

    def __init__(
        self,
        trace: Trace,
        op: Primitive | str,
        args: "tuple[Expression, ...]",
        params: dict[str, Any],
        axes: tuple[int | None, ...],
        truth: bool,
    ) -> None:
        self.trace, self.op, self.args, self.params = trace, op, args, params
        self.axes, self.truth = axes, truth
        self.lowered = None

    @property
    def ndim(self) -> int:
        return len(self.axes)

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(1 if a is None else self.trace.sizes[a] for a in self.axes)

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(np.bool_ if self.truth else np.float32)

    @staticmethod
    def __primitive__(prim: Primitive, args: Sequence[Any], params: dict[str, Any]) -> "Expression":
        trace = next(a.trace for a in args if isinstance(a, Expression))
        operands = tuple(map(trace.lift, args))
        params = {**prim.defaults, **params}
        return maker(prim.name)(trace, prim, operands, params)

    __add__: _Operator = _operator(add)
    __radd__: _Operator = _operator(add)
    __mul__: _Operator = _operator(multiply)
    __rmul__: _Operator = _operator(multiply)
    __sub__: _Operator = _operator(subtract)
    __rsub__: _Operator = _operator(subtract, swapped=True)
    __truediv__: _Operator = _operator(divide)
    __rtruediv__: _Operator = _operator(divide, swapped=True)
    __lt__: _Operator = _operator(less)
    __le__: _Operator = _operator(less_equal)
    __gt__: _Operator = _operator(greater)
    __ge__: _Operator = _operator(greater_equal)
    __eq__: _Operator = _operator(equal)
    __ne__: _Operator = _operator(not_equal)
    __and__: _Operator = _operator(logical_and)
    __or__: _Operator = _operator(logical_or)

    def __hash__(self) -> int:
        return id(self)

    def __neg__(self) -> "Expression":
        return negative(self)

    def __abs__(self) -> "Expression":
        return absolute(self)

    def __invert__(self) -> "Expression":
        return logical_not(self)

    def __pow__(self, exponent: Any) -> "Expression":
        return power(self, exponent)

    def __bool__(self) -> bool:
        raise NoFormulaError("a choice that depends on values")

    def varies(self) -> frozenset[int]:
        """The axes of the formula's space that the value depends on, after axes were joined."""
        return frozenset(self.trace.find(a) for a in self.axes if a is not None)
