"""Special functions. Integers become floats of the default dtype first."""

import math
from typing import Any

from .. import ops


def erf(input: Any) -> Any:
    """The error function."""
    return ops.erf(input)


def erfc(input: Any) -> Any:
    """1 - erf(input), exact in the tail."""
    return ops.erfc(input)


def erfinv(input: Any) -> Any:
    """The inverse of the error function."""
    return ops.erfinv(input)


def lgamma(input: Any) -> Any:
    """log |gamma(input)|."""
    return ops.lgamma(input)


def digamma(input: Any) -> Any:
    """The derivative of lgamma."""
    return ops.digamma(input)


def polygamma(n: int, input: Any) -> Any:
    """The nth derivative of digamma."""
    if n < 0:
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    return ops.digamma(input) if n == 0 else ops.polygamma(input, n=n)


def mvlgamma(input: Any, p: int) -> Any:
    """The logarithm of the multivariate gamma function of dimension ``p``."""
    total = ops.lgamma(input)
    for i in range(1, p):
        total = ops.add(total, ops.lgamma(ops.subtract(input, i / 2)))
    return ops.add(total, p * (p - 1) / 4 * math.log(math.pi))


def i0(input: Any) -> Any:
    """Bessel's modified function of the first kind, of order 0."""
    return ops.i0(input)
