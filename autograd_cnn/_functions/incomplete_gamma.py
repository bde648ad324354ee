"""The incomplete gamma functions. An integer operand takes the dtype of the other one."""

from typing import Any, Final

from .._engine.handle import Handle, Operand, T
from .._engine.operands import result_dtype
from ..ops import _incomplete_gamma as primitives
from ._arguments import names_arguments
from ._in_place import in_place
from .conversion import to_dtype

__all__ = ["igamma", "igammac"]


def _floats(name: str, *operands: Any) -> list[Any]:
    """Both operands in their common dtype; the order too, which has no gradient and is not promoted by
    itself."""
    common = result_dtype([x.array for x in operands])
    if common.kind != "f":
        raise NotImplementedError(f'"{name}" not implemented for {common}; convert the inputs with .float()')
    return [to_dtype(x, common) for x in operands]


@names_arguments
def igamma(input: Handle[T], other: Operand) -> T:
    """The lower regularized incomplete gamma function of ``other``, of order ``input``, which gets no
    gradient."""
    return primitives.igamma(*_floats("igamma", input, other))


igamma_: Final = in_place(igamma)


@names_arguments
def igammac(input: Handle[T], other: Operand) -> T:
    """The upper regularized incomplete gamma function of ``other``, of order ``input``, which gets no
    gradient."""
    return primitives.igammac(*_floats("igammac", input, other))


igammac_: Final = in_place(igammac)
