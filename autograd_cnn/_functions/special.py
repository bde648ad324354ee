"""Special functions. Integers become floats of the default dtype first."""

import math
from typing import Any

from .. import ops
from ._arguments import names_arguments


@names_arguments
def erf(input: Any) -> Any:
    """The error function."""
    return ops.erf(input)


@names_arguments
def erfc(input: Any) -> Any:
    """1 - erf(input), exact in the tail."""
    return ops.erfc(input)


@names_arguments
def erfinv(input: Any) -> Any:
    """The inverse of the error function."""
    return ops.erfinv(input)


@names_arguments
def lgamma(input: Any) -> Any:
    """log |gamma(input)|."""
    return ops.lgamma(input)


@names_arguments
def digamma(input: Any) -> Any:
    """The derivative of lgamma."""
    return ops.digamma(input)


@names_arguments
def polygamma(n: int, input: Any) -> Any:
    """The nth derivative of digamma."""
    if n < 0:
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    return ops.digamma(input) if n == 0 else ops.polygamma(input, n=n)


@names_arguments
def mvlgamma(input: Any, p: int) -> Any:
    """The logarithm of the multivariate gamma function of dimension ``p``."""
    total = ops.lgamma(input)
    for i in range(1, p):
        total = ops.add(total, ops.lgamma(ops.subtract(input, i / 2)))
    return ops.add(total, p * (p - 1) / 4 * math.log(math.pi))


@names_arguments
def i0(input: Any) -> Any:
    """Bessel's modified function of the first kind, of order 0."""
    return ops.i0(input)


@names_arguments
def igamma(input: Any, other: Any) -> Any:
    """The lower regularized incomplete gamma function of ``other``, of order ``input``, which gets no
    gradient."""
    return ops.igamma(input, other)


@names_arguments
def igammac(input: Any, other: Any) -> Any:
    """The upper regularized incomplete gamma function of ``other``, of order ``input``, which gets no
    gradient."""
    return ops.igammac(input, other)


@names_arguments
def erfcx(input: Any) -> Any:
    """exp(input**2) erfc(input), which neither overflows nor underflows on the right."""
    return ops.erfcx(input)


@names_arguments
def i0e(input: Any) -> Any:
    """exp(-|input|) i0(input); its gradient at 0 takes |input| for flat."""
    return ops.i0e(input)


@names_arguments
def i1(input: Any) -> Any:
    """Bessel's modified function of the first kind, of order 1."""
    return ops.i1(input)


@names_arguments
def i1e(input: Any) -> Any:
    """exp(-|input|) i1(input); its gradient at 0 is 0.5."""
    return ops.i1e(input)


def entr(input: Any) -> Any:
    """-input log(input); 0 at 0, -inf below."""
    zero = ops.equal(input, 0)
    some = ops.where(zero, 1.0, input)
    out = ops.where(
        zero, ops.sqrt(ops.where(zero, input, 1.0)), ops.negative(ops.multiply(some, ops.log(some)))
    )  # as steep as a root at 0
    return ops.where(ops.less(input, 0), -math.inf, out)


def xlog1py(input: Any, other: Any) -> Any:
    """input log(1 + other); 0 where ``input`` is 0 and ``other`` a number."""
    infinite = ops.logical_or(ops.less_equal(other, -1), ops.equal(other, math.inf))
    known = ops.where(ops.logical_and(ops.equal(input, 0), infinite), 0.0, other)
    return ops.multiply(input, ops.log1p(known))


def ndtr(input: Any) -> Any:
    """The area of the standard normal density to the left of ``input``."""
    return ops.multiply(ops.erfc(ops.multiply(input, -math.sqrt(0.5))), 0.5)


def log_ndtr(input: Any) -> Any:
    """log ndtr(input), exact far to the left too."""
    left = ops.less(input, -1.0)
    low, high = ops.where(left, input, -1.0), ops.where(left, 0.0, input)
    scaled = ops.multiply(low, math.sqrt(0.5))
    tail = ops.subtract(ops.log(ops.multiply(ops.erfcx(ops.negative(scaled)), 0.5)), ops.square(scaled))
    rest = ops.log1p(ops.multiply(ops.erfc(ops.multiply(high, math.sqrt(0.5))), -0.5))
    return ops.where(left, tail, rest)


def ndtri(input: Any) -> Any:
    """The point to whose left the standard normal density has the area ``input``."""
    return ops.multiply(ops.erfinv(ops.subtract(ops.multiply(input, 2.0), 1.0)), math.sqrt(2.0))
