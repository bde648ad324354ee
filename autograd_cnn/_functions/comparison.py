"""Comparisons, tests and logic: results without a gradient. And ``where``, the choice by a mask."""

from typing import Any, Final, overload

import numpy as np

from .. import ops
from .._engine.handle import Handle, Number, Operand, T
from .._engine.single import in_single
from ..ops import _comparison as primitives
from ._arguments import names_arguments
from ._in_place import in_place
from .conversion import detach, to_dtype

__all__ = [
    "allclose",
    "eq",
    "equal",
    "ge",
    "greater",
    "greater_equal",
    "gt",
    "heaviside",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "isneginf",
    "isposinf",
    "isreal",
    "le",
    "less",
    "less_equal",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "lt",
    "ne",
    "not_equal",
    "signbit",
    "where",
]


def eq(input: Handle[T], other: Operand | Number) -> T:
    """input == other."""
    return primitives.equal(input, other)


eq_: Final = in_place(eq)


def ne(input: Handle[T], other: Operand | Number) -> T:
    """input != other."""
    return primitives.not_equal(input, other)


ne_: Final = in_place(ne)


def lt(input: Handle[T], other: Operand | Number) -> T:
    """input < other."""
    return primitives.less(input, other)


lt_: Final = in_place(lt)


def le(input: Handle[T], other: Operand | Number) -> T:
    """input <= other."""
    return primitives.less_equal(input, other)


le_: Final = in_place(le)


def gt(input: Handle[T], other: Operand | Number) -> T:
    """input > other."""
    return primitives.greater(input, other)


gt_: Final = in_place(gt)


def ge(input: Handle[T], other: Operand | Number) -> T:
    """input >= other."""
    return primitives.greater_equal(input, other)


ge_: Final = in_place(ge)


@names_arguments
def equal(input: Operand, other: Operand) -> bool:
    """Whether both tensors have the same shape and elements; a Python bool."""
    return bool(
        np.shape(input.array) == np.shape(other.array) and ops.all(primitives.equal(input, other)).array
    )


@names_arguments
@in_single
def isclose(
    input: Handle[T], other: Operand, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> T:
    """Whether |input - other| <= atol + rtol * |other|, or both are equal."""
    if input.array.dtype != other.array.dtype:
        raise RuntimeError(f"{input.dtype!r} did not match {other.dtype!r}; convert one with .to(dtype)")
    close = primitives.equal(input, other)
    if equal_nan:
        both = primitives.logical_and(primitives.isnan(input), primitives.isnan(other))
        close = primitives.logical_or(close, both)
    x, y = [
        t if t.array.dtype.kind == "f" else to_dtype(t, "float64") for t in (detach(input), detach(other))
    ]
    gap = ops.absolute(ops.subtract(x, y))
    near = primitives.less_equal(gap, ops.add(ops.multiply(ops.absolute(y), rtol), atol))
    return primitives.logical_or(close, primitives.logical_and(near, primitives.isfinite(gap)))


@names_arguments
def allclose(
    input: Operand, other: Operand, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> bool:
    """Whether all elements are close, as :func:`isclose` sees them; a Python bool."""
    return bool(ops.all(isclose(input, other, rtol, atol, equal_nan)).array)


def isnan(input: Handle[T]) -> T:
    """Whether each element is NaN."""
    return primitives.isnan(input)


def isinf(input: Handle[T]) -> T:
    """Whether each element is inf or -inf."""
    return primitives.isinf(input)


def isfinite(input: Handle[T]) -> T:
    """Whether each element is neither infinite nor NaN."""
    return primitives.isfinite(input)


def isposinf(input: Handle[T]) -> T:
    """Whether each element is inf."""
    return primitives.equal(input, np.inf)


def isneginf(input: Handle[T]) -> T:
    """Whether each element is -inf."""
    return primitives.equal(input, -np.inf)


def isreal(input: Handle[T]) -> T:
    """True everywhere: this engine is for real numbers."""
    return primitives.logical_or(primitives.equal(input, input), True)


@names_arguments
def signbit(input: Handle[T]) -> T:
    """Whether the sign is set, also that of -0.0."""
    return primitives.signbit(input)


@names_arguments
def heaviside(input: Handle[T], values: Operand) -> T:
    """0 where input is below 0, 1 above, ``values`` at 0."""
    if input.array.dtype != values.array.dtype:
        raise RuntimeError("heaviside is not yet implemented for tensors with different dtypes.")
    return primitives.heaviside(input, values)


heaviside_: Final = in_place(heaviside)


def logical_not(input: Handle[T]) -> T:
    """Not, of what counts as true."""
    return primitives.logical_not(input)


logical_not_: Final = in_place(logical_not)


def logical_and(input: Handle[T], other: Operand) -> T:
    """And, of what counts as true."""
    return primitives.logical_and(input, other)


logical_and_: Final = in_place(logical_and)


def logical_or(input: Handle[T], other: Operand) -> T:
    """Or, of what counts as true."""
    return primitives.logical_or(input, other)


logical_or_: Final = in_place(logical_or)


@names_arguments
def logical_xor(input: Handle[T], other: Operand) -> T:
    """Either, but not both, of what counts as true."""
    return primitives.logical_xor(input, other)


logical_xor_: Final = in_place(logical_xor)


@overload
def where(condition: Handle[T]) -> tuple[T, ...]: ...
@overload
def where(condition: Handle[T], input: Operand | Number, other: Operand | Number) -> T: ...
@names_arguments
def where(condition: Any, input: Any = None, other: Any = None) -> Any:
    """input where the condition holds, else other; the one not chosen gets zero gradient, also where it is
    NaN.

    With the condition alone: the indices where it holds, as ``nonzero(as_tuple=True)``.
    """
    if input is None and other is None:
        return condition.nonzero(as_tuple=True)
    if isinstance(condition, Handle) and condition.array.dtype not in (np.bool_, np.uint8):
        raise RuntimeError(
            "where expected condition to be a boolean tensor, but got a tensor with dtype "
            f"{condition.dtype!r}; compare it with != 0"
        )
    return primitives.where(condition, input, other)


not_equal = ne
less = lt
less_equal = le
greater = gt
greater_equal = ge
