"""Functions of one element, or of one element of each of two tensors, that broadcast."""

from typing import Any

from .. import ops


def add(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    """input + alpha * other."""
    return ops.add(input, other if alpha == 1 else ops.multiply(other, alpha))


def sub(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    """input - alpha * other."""
    return ops.subtract(input, other if alpha == 1 else ops.multiply(other, alpha))


def mul(input: Any, other: Any) -> Any:
    """input * other."""
    return ops.multiply(input, other)


def div(input: Any, other: Any) -> Any:
    """input / other; integers give floats."""
    return ops.divide(input, other)


def pow(input: Any, exponent: Any) -> Any:
    """input to the power of exponent."""
    return ops.power(input, exponent)


def neg(input: Any) -> Any:
    """-input."""
    return ops.negative(input)


def abs(input: Any) -> Any:
    """|input|; gradient 0 at 0."""
    return ops.absolute(input)


def sign(input: Any) -> Any:
    """-1, 0 or 1."""
    return ops.sign(input)


def exp(input: Any) -> Any:
    """e to the power of input."""
    return ops.exp(input)


def log(input: Any) -> Any:
    """The natural logarithm."""
    return ops.log(input)


def sqrt(input: Any) -> Any:
    """The square root; gradient inf at 0."""
    return ops.sqrt(input)


def tanh(input: Any) -> Any:
    """The hyperbolic tangent."""
    return ops.tanh(input)


def sigmoid(input: Any) -> Any:
    """1 / (1 + exp(-input))."""
    return ops.sigmoid(input)


def relu(input: Any) -> Any:
    """max(input, 0); gradient 0 at 0."""
    return ops.relu(input)


def maximum(input: Any, other: Any) -> Any:
    """The larger of both; equal ones share the gradient."""
    return ops.maximum(input, other)


def minimum(input: Any, other: Any) -> Any:
    """The smaller of both; equal ones share the gradient."""
    return ops.minimum(input, other)


def where(condition: Any, input: Any, other: Any) -> Any:
    """input where the condition holds, else other."""
    return ops.where(condition, input, other)


def isnan(input: Any) -> Any:
    """Whether each element is NaN."""
    return ops.isnan(input)


def isfinite(input: Any) -> Any:
    """Whether each element is finite."""
    return ops.isfinite(input)


def logical_not(input: Any) -> Any:
    """Not, of what counts as true."""
    return ops.logical_not(input)


def logical_and(input: Any, other: Any) -> Any:
    """And, of what counts as true."""
    return ops.logical_and(input, other)


def logical_or(input: Any, other: Any) -> Any:
    """Or, of what counts as true."""
    return ops.logical_or(input, other)


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
