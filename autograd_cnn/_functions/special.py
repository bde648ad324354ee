"""Special functions. Integers become floats of the default dtype first."""

import math
from typing import Any, Final, overload

from .. import ops
from .._engine.handle import Handle, Number, Operand, T
from .._engine.single import in_single
from ..ops import _special as primitives
from ._arguments import names_arguments
from ._in_place import in_place

__all__ = [
    "digamma",
    "erf",
    "erf_",
    "erfc",
    "erfc_",
    "erfinv",
    "i0",
    "i0_",
    "lgamma",
    "mvlgamma",
    "polygamma",
]


@names_arguments
def erf(input: Handle[T]) -> T:
    """The error function."""
    return primitives.erf(input)


erf_: Final = in_place(erf)


@names_arguments
def erfc(input: Handle[T]) -> T:
    """1 - erf(input), exact in the tail."""
    return primitives.erfc(input)


erfc_: Final = in_place(erfc)


@names_arguments
def erfinv(input: Handle[T]) -> T:
    """The inverse of the error function."""
    return primitives.erfinv(input)


erfinv_: Final = in_place(erfinv)


@names_arguments
def lgamma(input: Handle[T]) -> T:
    """log |gamma(input)|."""
    return primitives.lgamma(input)


lgamma_: Final = in_place(lgamma)


@names_arguments
def digamma(input: Handle[T]) -> T:
    """The derivative of lgamma."""
    return primitives.digamma(input)


digamma_: Final = in_place(digamma)


@names_arguments
def polygamma(n: int, input: Handle[T]) -> T:
    """The nth derivative of digamma."""
    if n < 0:
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    return primitives.digamma(input) if n == 0 else primitives.polygamma(input, n=n)


@names_arguments
@in_single
def mvlgamma(input: Handle[T], p: int) -> T:
    """The logarithm of the multivariate gamma function of dimension ``p``."""
    total = primitives.lgamma(input)
    for i in range(1, p):
        total = ops.add(total, primitives.lgamma(ops.subtract(input, i / 2)))
    return ops.add(total, p * (p - 1) / 4 * math.log(math.pi))


mvlgamma_: Final = in_place(mvlgamma)


@names_arguments
def i0(input: Handle[T]) -> T:
    """Bessel's modified function of the first kind, of order 0."""
    return primitives.i0(input)


i0_: Final = in_place(i0)


@names_arguments
def i1(input: Handle[T]) -> T:
    """Bessel's modified function of the first kind, of order 1."""
    return primitives.i1(input)


@in_single
def entr(input: Handle[T]) -> T:
    """-input log(input); 0 at 0, -inf below."""
    zero = ops.equal(input, 0)
    some = ops.where(zero, 1.0, input)
    out = ops.where(
        zero, ops.sqrt(ops.where(zero, input, 1.0)), ops.negative(ops.multiply(some, ops.log(some)))
    )  # as steep as a root at 0
    return ops.where(ops.less(input, 0), -math.inf, out)


@overload
def xlog1py(input: Handle[T], other: Operand | Number) -> T: ...
@overload
def xlog1py(input: Number, other: Handle[T]) -> T: ...
@in_single
def xlog1py(input: Handle[T] | Number, other: Handle[T] | Number) -> Any:
    """input log(1 + other); 0 where ``input`` is 0 and ``other`` a number."""
    infinite = ops.logical_or(ops.less_equal(other, -1), ops.equal(other, math.inf))
    known = ops.where(ops.logical_and(ops.equal(input, 0), infinite), 0.0, other)
    return ops.multiply(input, ops.log1p(known))


@in_single
def ndtr(input: Handle[T]) -> T:
    """The area of the standard normal density to the left of ``input``."""
    return ops.multiply(primitives.erfc(ops.multiply(input, -math.sqrt(0.5))), 0.5)


@in_single
def log_ndtr(input: Handle[T]) -> T:
    """log ndtr(input), exact far to the left too."""
    left = ops.less(input, -1.0)
    low, high = ops.where(left, input, -1.0), ops.where(left, 0.0, input)
    scaled = ops.multiply(low, math.sqrt(0.5))
    tail = ops.subtract(ops.log(ops.multiply(ops.erfcx(ops.negative(scaled)), 0.5)), ops.square(scaled))
    rest = ops.log1p(ops.multiply(primitives.erfc(ops.multiply(high, math.sqrt(0.5))), -0.5))
    return ops.where(left, tail, rest)


@in_single
def ndtri(input: Handle[T]) -> T:
    """The point to whose left the standard normal density has the area ``input``."""
    return ops.multiply(primitives.erfinv(ops.subtract(ops.multiply(input, 2.0), 1.0)), math.sqrt(2.0))
