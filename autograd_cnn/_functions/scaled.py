"""Special functions times an exponential that keeps them in range. Integers become floats of the default
dtype first."""

from .._engine.handle import Handle, T
from ..ops import _scaled as primitives
from ._arguments import names_arguments

__all__ = ["erfcx", "i0e", "i1e"]


@names_arguments
def erfcx(input: Handle[T]) -> T:
    """exp(input**2) erfc(input), which neither overflows nor underflows on the right."""
    return primitives.erfcx(input)


@names_arguments
def i0e(input: Handle[T]) -> T:
    """exp(-|input|) i0(input); its gradient at 0 takes |input| for flat."""
    return primitives.i0e(input)


@names_arguments
def i1e(input: Handle[T]) -> T:
    """exp(-|input|) i1(input); its gradient at 0 is 0.5."""
    return primitives.i1e(input)
