"""Comparisons, tests, logic and bits: results without a gradient. And ``where``, the choice by a mask."""

from typing import Any

import numpy as np

from .. import ops
from ._arguments import names_arguments


def eq(input: Any, other: Any) -> Any:
    """input == other."""
    return ops.equal(input, other)


def ne(input: Any, other: Any) -> Any:
    """input != other."""
    return ops.not_equal(input, other)


def lt(input: Any, other: Any) -> Any:
    """input < other."""
    return ops.less(input, other)


def le(input: Any, other: Any) -> Any:
    """input <= other."""
    return ops.less_equal(input, other)


def gt(input: Any, other: Any) -> Any:
    """input > other."""
    return ops.greater(input, other)


def ge(input: Any, other: Any) -> Any:
    """input >= other."""
    return ops.greater_equal(input, other)


not_equal, less, less_equal, greater, greater_equal = ne, lt, le, gt, ge


@names_arguments
def equal(input: Any, other: Any) -> bool:
    """Whether both tensors have the same shape and elements; a Python bool."""
    return bool(np.shape(input.array) == np.shape(other.array) and ops.all(ops.equal(input, other)).array)


@names_arguments
def isclose(input: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Any:
    """Whether |input - other| <= atol + rtol * |other|, or both are equal."""
    if input.array.dtype != other.array.dtype:
        raise RuntimeError(f"{input.dtype!r} did not match {other.dtype!r}; convert one with .to(dtype)")
    close = ops.equal(input, other)
    if equal_nan:
        close = ops.logical_or(close, ops.logical_and(ops.isnan(input), ops.isnan(other)))
    x, y = (t.detach() if t.array.dtype.kind == "f" else t.detach().double() for t in (input, other))
    gap = ops.absolute(ops.subtract(x, y))
    near = ops.less_equal(gap, ops.add(ops.multiply(ops.absolute(y), rtol), atol))
    return ops.logical_or(close, ops.logical_and(near, ops.isfinite(gap)))


@names_arguments
def allclose(
    input: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> bool:
    """Whether all elements are close, as :func:`isclose` sees them; a Python bool."""
    return bool(ops.all(isclose(input, other, rtol, atol, equal_nan)).array)


def isnan(input: Any) -> Any:
    """Whether each element is NaN."""
    return ops.isnan(input)


def isinf(input: Any) -> Any:
    """Whether each element is inf or -inf."""
    return ops.isinf(input)


def isfinite(input: Any) -> Any:
    """Whether each element is neither infinite nor NaN."""
    return ops.isfinite(input)


def isposinf(input: Any) -> Any:
    """Whether each element is inf."""
    return ops.equal(input, np.inf)


def isneginf(input: Any) -> Any:
    """Whether each element is -inf."""
    return ops.equal(input, -np.inf)


def isreal(input: Any) -> Any:
    """True everywhere: this engine is for real numbers."""
    return ops.logical_or(ops.equal(input, input), True)


@names_arguments
def signbit(input: Any) -> Any:
    """Whether the sign is set, also that of -0.0."""
    return ops.signbit(input)


@names_arguments
def heaviside(input: Any, values: Any) -> Any:
    """0 where input is below 0, 1 above, ``values`` at 0."""
    if input.array.dtype != values.array.dtype:
        raise RuntimeError("heaviside is not yet implemented for tensors with different dtypes.")
    return ops.heaviside(input, values)


def logical_not(input: Any) -> Any:
    """Not, of what counts as true."""
    return ops.logical_not(input)


def logical_and(input: Any, other: Any) -> Any:
    """And, of what counts as true."""
    return ops.logical_and(input, other)


def logical_or(input: Any, other: Any) -> Any:
    """Or, of what counts as true."""
    return ops.logical_or(input, other)


@names_arguments
def logical_xor(input: Any, other: Any) -> Any:
    """Either, but not both, of what counts as true."""
    return ops.logical_xor(input, other)


def bitwise_not(input: Any) -> Any:
    """The bits of integers inverted; not, of booleans."""
    return ops.bitwise_not(input)


def bitwise_and(input: Any, other: Any) -> Any:
    """And of the bits of integers, or of booleans."""
    return ops.bitwise_and(input, other)


def bitwise_or(input: Any, other: Any) -> Any:
    """Or of the bits of integers, or of booleans."""
    return ops.bitwise_or(input, other)


def bitwise_xor(input: Any, other: Any) -> Any:
    """Exclusive or of the bits of integers, or of booleans."""
    return ops.bitwise_xor(input, other)


def bitwise_left_shift(input: Any, other: Any) -> Any:
    """The bits of integers moved to the left."""
    return ops.left_shift(input, other)


def bitwise_right_shift(input: Any, other: Any) -> Any:
    """The bits of integers moved to the right."""
    return ops.right_shift(input, other)


@names_arguments
def where(condition: Any, input: Any = None, other: Any = None) -> Any:
    """input where the condition holds, else other; the one not chosen gets zero gradient, also where it is
    NaN.

    With the condition alone: the indices where it holds, as ``nonzero(as_tuple=True)``.
    """
    if input is None and other is None:
        return condition.nonzero(as_tuple=True)
    if hasattr(condition, "array") and condition.array.dtype not in (np.bool_, np.uint8):
        raise RuntimeError(
            "where expected condition to be a boolean tensor, but got a tensor with dtype "
            f"{condition.dtype!r}; compare it with != 0"
        )
    return ops.where(condition, input, other)
