"""Exponentials, logarithms and roots. Integers become floats of the default dtype first."""

from typing import Any

from .. import ops
from ._arguments import names_arguments


def exp(input: Any) -> Any:
    """e to the power of input."""
    return ops.exp(input)


def exp2(input: Any) -> Any:
    """2 to the power of input."""
    return ops.exp2(input)


def expm1(input: Any) -> Any:
    """exp(input) - 1, exact near 0."""
    return ops.expm1(input)


def log(input: Any) -> Any:
    """The natural logarithm."""
    return ops.log(input)


def log2(input: Any) -> Any:
    """The logarithm to base 2."""
    return ops.log2(input)


def log10(input: Any) -> Any:
    """The logarithm to base 10."""
    return ops.log10(input)


def log1p(input: Any) -> Any:
    """log(1 + input), exact near 0."""
    return ops.log1p(input)


def sqrt(input: Any) -> Any:
    """The square root; gradient inf at 0."""
    return ops.sqrt(input)


def rsqrt(input: Any) -> Any:
    """1 / sqrt(input)."""
    return ops.rsqrt(input)


def sigmoid(input: Any) -> Any:
    """1 / (1 + exp(-input))."""
    return ops.sigmoid(input)


@names_arguments
def logit(input: Any, eps: float | None = None) -> Any:
    """log(input / (1 - input)); with ``eps`` input is first brought between eps and 1 - eps."""
    return ops.logit(input) if eps is None else ops.clamped_logit(input, eps=eps)


def logaddexp(input: Any, other: Any) -> Any:
    """log(exp(input) + exp(other)), without overflow."""
    return ops.logaddexp(input, other)


def logaddexp2(input: Any, other: Any) -> Any:
    """log2(2**input + 2**other), without overflow."""
    return ops.logaddexp2(input, other)


def xlogy(input: Any, other: Any) -> Any:
    """input * log(other), and 0 where input is 0 and other no NaN."""
    return ops.xlogy(input, other)
