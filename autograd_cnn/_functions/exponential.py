"""Exponentials, logarithms, roots and powers of floats. Integers become floats of the default dtype first."""

from typing import Any, Final, overload

import numpy as np

from .. import ops
from .._engine.handle import Handle, Number, Operand, T
from ..ops import _exponential as primitives
from ..ops._errors import scalar_type
from ._arguments import array_in, names_arguments
from ._dims import number
from ._in_place import S, in_place
from .conversion import to_dtype

__all__ = [
    "exp",
    "exp2",
    "exp2_",
    "exp_",
    "expm1",
    "expm1_",
    "float_power",
    "log",
    "log1p",
    "log1p_",
    "log2",
    "log2_",
    "log10",
    "log10_",
    "log_",
    "logaddexp",
    "logaddexp2",
    "logit",
    "logit_",
    "rsqrt",
    "rsqrt_",
    "sigmoid",
    "sigmoid_",
    "sqrt",
    "sqrt_",
    "xlogy",
    "xlogy_",
]


def exp(input: Handle[T]) -> T:
    """e to the power of input."""
    return primitives.exp(input)


exp_: Final = in_place(exp)


def exp2(input: Handle[T]) -> T:
    """2 to the power of input."""
    return primitives.exp2(input)


exp2_: Final = in_place(exp2)


def expm1(input: Handle[T]) -> T:
    """exp(input) - 1, exact near 0."""
    return primitives.expm1(input)


expm1_: Final = in_place(expm1)


def log(input: Handle[T]) -> T:
    """The natural logarithm."""
    return primitives.log(input)


log_: Final = in_place(log)


def log2(input: Handle[T]) -> T:
    """The logarithm to base 2."""
    return primitives.log2(input)


log2_: Final = in_place(log2)


def log10(input: Handle[T]) -> T:
    """The logarithm to base 10."""
    return primitives.log10(input)


log10_: Final = in_place(log10)


def log1p(input: Handle[T]) -> T:
    """log(1 + input), exact near 0."""
    return primitives.log1p(input)


log1p_: Final = in_place(log1p)


def sqrt(input: Handle[T]) -> T:
    """The square root; gradient inf at 0."""
    return primitives.sqrt(input)


sqrt_: Final = in_place(sqrt)


def rsqrt(input: Handle[T]) -> T:
    """1 / sqrt(input)."""
    return primitives.rsqrt(input)


rsqrt_: Final = in_place(rsqrt)


def sigmoid(input: Handle[T]) -> T:
    """1 / (1 + exp(-input)); its gradient y (1 - y) needs the output alone."""
    return primitives.sigmoid(input)


sigmoid_: Final = in_place(sigmoid)


@names_arguments
def logit(input: Handle[T], eps: float | None = None) -> T:
    """log(input / (1 - input)); with ``eps`` input is first brought between eps and 1 - eps."""
    kind = input.array.dtype
    if eps is None:
        return primitives.logit(input)
    eps = number("eps", eps)
    in_its_digits = float(kind.type(eps)) if kind.kind == "f" else eps  # so that eps itself is not beyond eps
    return primitives.clamped_logit(input, eps=in_its_digits)


logit_: Final = in_place(logit)


def logaddexp(input: Handle[T], other: Operand) -> T:
    """log(exp(input) + exp(other)), without overflow."""
    return primitives.logaddexp(input, other)


def logaddexp2(input: Handle[T], other: Operand) -> T:
    """log2(2**input + 2**other), without overflow."""
    return primitives.logaddexp2(input, other)


@overload
def xlogy(input: Handle[T], other: Operand | Number) -> T: ...
@overload
def xlogy(input: Number, other: Handle[T]) -> T: ...
def xlogy(input: Handle[T] | Number, other: Handle[T] | Number) -> Any:
    """input * log(other), and 0 where input is 0 and other no NaN."""
    return primitives.xlogy(input, other)


xlogy_: Final = in_place(xlogy)


@overload
def float_power(input: Handle[T], exponent: Operand | Number) -> T: ...
@overload
def float_power(input: Number, exponent: Handle[T]) -> T: ...
@names_arguments
def float_power(input: Handle[T] | Number, exponent: Handle[T] | Number) -> Any:
    """input to the power of exponent, in float64."""
    return ops.power(
        *(to_dtype(x, "float64") if isinstance(x, Handle) else float(array_in(x)) for x in (input, exponent))
    )


_overwrite_with_power: Final = in_place(float_power)


def float_power_(input: S, exponent: Number | Operand) -> S:
    """In place, see :func:`float_power`; RuntimeError unless ``input`` is a float64."""
    if isinstance(input, Handle) and input.array.dtype != np.float64:
        raise RuntimeError(
            f"the base given to float_power_ has dtype {scalar_type(input.array)} but the operation's result "
            "requires dtype Double"
        )
    return _overwrite_with_power(input, exponent)
