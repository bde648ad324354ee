"""The incomplete gamma functions. An integer operand takes the dtype of the other one."""

from typing import Final

from .._engine.handle import Handle, Operand, T
from .._engine.operands import result_dtype
from ..ops import _incomplete_gamma as primitives
from ._arguments import floating, names_arguments
from ._in_place import in_place

__all__ = ["igamma", "igammac"]


def _check(name: str, *operands: Operand) -> None:
    common = result_dtype([x.array for x in operands])
    if common.kind != "f":
        floating(name, operands[0])


@names_arguments
def igamma(input: Handle[T], other: Operand) -> T:
    """The lower regularized incomplete gamma function of ``other``, of order ``input``, which gets no
    gradient."""
    _check("igamma", input, other)
    return primitives.igamma(input, other)


igamma_: Final = in_place(igamma)


@names_arguments
def igammac(input: Handle[T], other: Operand) -> T:
    """The upper regularized incomplete gamma function of ``other``, of order ``input``, which gets no
    gradient."""
    _check("igammac", input, other)
    return primitives.igammac(input, other)


igammac_: Final = in_place(igammac)
