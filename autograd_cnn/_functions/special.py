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
    return ops.lgamma(input)


lgamma_: Final = in_place(lgamma)


@names_arguments
def digamma(input: Handle[T]) -> T:
    """The derivative of lgamma."""
    return ops.digamma(input)


digamma_: Final = in_place(digamma)


@names_arguments
def polygamma(n: int, input: Handle[T]) -> T:
    """The nth derivative of digamma."""
    if n < 0:
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    return ops.digamma(input) if n == 0 else ops.polygamma(input, n=n)


@names_arguments
@in_single
def mvlgamma(input: Handle[T], p: int) -> T:
    """The logarithm of the multivariate gamma function of dimension ``p``."""
    total = ops.lgamma(input)
    for i in range(1, p):
        total = ops.add(total, ops.lgamma(ops.subtract(input, i / 2)))
    return ops.add(total, p * (p - 1) / 4 * math.log(math.pi))


mvlgamma_: Final = in_place(mvlgamma)


@names_arguments
def i0(input: Handle[T]) -> T:
    """Bessel's modified function of the first kind, of order 0."""
    return ops.i0(input)


i0_: Final = in_place(i0)


@names_arguments
def i1(input: Handle[T]) -> T:
    """Bessel's modified function of the first kind, of order 1."""
    return ops.i1(input)


@names_arguments
def entr(input: Handle[T]) -> T:
    """-input log(input); 0 at 0, -inf below."""
    return ops.entropy(input)


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


@names_arguments
def ndtr(input: Handle[T]) -> T:
    """The area of the standard normal density to the left of ``input``."""
    return ops.ndtr(input)


@names_arguments
def log_ndtr(input: Handle[T]) -> T:
    """log ndtr(input), exact far to the left too."""
    return ops.log_ndtr(input)


@names_arguments
def ndtri(input: Handle[T]) -> T:
    """The point to whose left the standard normal density has the area ``input``."""
    return ops.ndtri(input)
