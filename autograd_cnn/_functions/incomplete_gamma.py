"""The incomplete gamma functions. Integers become floats of the default dtype first."""

from typing import Final

from .._engine.handle import Handle, Operand, T
from ..ops import _incomplete_gamma as primitives
from ._arguments import names_arguments
from ._in_place import in_place

__all__ = ["igamma", "igammac"]


@names_arguments
def igamma(input: Handle[T], other: Operand) -> T:
    """The lower regularized incomplete gamma function of ``other``, of order ``input``, which gets no
    gradient."""
    return primitives.igamma(input, other)


igamma_: Final = in_place(igamma)


@names_arguments
def igammac(input: Handle[T], other: Operand) -> T:
    """The upper regularized incomplete gamma function of ``other``, of order ``input``, which gets no
    gradient."""
    return primitives.igammac(input, other)


igammac_: Final = in_place(igammac)
