"""The incomplete gamma functions. Integers become floats of the default dtype first."""

from typing import Any, Final

from .._engine.dtypes import get_default_dtype
from .._engine.handle import Handle, Operand, T
from .._engine.operands import result_dtype
from ..ops import _incomplete_gamma as primitives
from ._arguments import names_arguments
from ._in_place import in_place
from .conversion import to_dtype

__all__ = ["igamma", "igammac"]


def _in_one_dtype(*operands: Operand) -> list[Any]:
    """The operands in their common floating-point dtype; the order, which gets no gradient, too."""
    common = result_dtype([x.array for x in operands])
    return [to_dtype(x, common if common.kind == "f" else get_default_dtype()) for x in operands]


@names_arguments
def igamma(input: Handle[T], other: Operand) -> T:
    """The lower regularized incomplete gamma function of ``other``, of order ``input``, which gets no
    gradient."""
    return primitives.igamma(*_in_one_dtype(input, other))


igamma_: Final = in_place(igamma)


@names_arguments
def igammac(input: Handle[T], other: Operand) -> T:
    """The upper regularized incomplete gamma function of ``other``, of order ``input``, which gets no
    gradient."""
    return primitives.igammac(*_in_one_dtype(input, other))


igammac_: Final = in_place(igammac)
