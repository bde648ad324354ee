"""Steps: the sign, rounding, and what a division leaves. The gradient of a step is zero."""

from typing import Any, Final, overload

from .. import ops
from .._engine.handle import Handle, Number, Operand, T
from .._engine.single import in_single
from ..ops import _rounding as primitives
from ._arguments import names_arguments
from ._in_place import in_place

__all__ = [
    "ceil",
    "ceil_",
    "fix",
    "fix_",
    "floor",
    "floor_",
    "floor_divide",
    "fmod",
    "frac",
    "frac_",
    "nextafter",
    "remainder",
    "round",
    "round_",
    "sgn",
    "sign",
    "trunc",
    "trunc_",
]


@names_arguments
def sign(input: Handle[T]) -> T:
    """-1, 0 or 1; 0 for NaN."""
    return primitives.sign(input)


sign_: Final = in_place(sign)


@names_arguments
def floor(input: Handle[T]) -> T:
    """The largest whole number not above input."""
    return primitives.floor(input)


floor_: Final = in_place(floor)


@names_arguments
def ceil(input: Handle[T]) -> T:
    """The smallest whole number not below input."""
    return primitives.ceil(input)


ceil_: Final = in_place(ceil)


@names_arguments
def trunc(input: Handle[T]) -> T:
    """input without its fraction."""
    return primitives.trunc(input)


trunc_: Final = in_place(trunc)


@names_arguments
def round(input: Handle[T], *, decimals: int = 0) -> T:
    """The nearest whole number (or number of that many decimals); halves go to the even one."""
    if decimals and input.array.dtype.kind != "f":
        raise RuntimeError(
            f"round: decimals={decimals} is not implemented for {input.dtype!r}; convert it with .float()"
        )
    return primitives.round(input, decimals=decimals)


round_: Final = in_place(round)


@names_arguments
@in_single
def frac(input: Handle[T]) -> T:
    """The fraction of input, with its sign; gradient 1."""
    if input.array.dtype.kind != "f":
        raise RuntimeError(f"frac is not implemented for {input.dtype!r}; convert it with .float()")
    return ops.subtract(input, primitives.trunc(input))


frac_: Final = in_place(frac)


def floor_divide(input: Handle[T], other: Operand | Number) -> T:
    """The quotient rounded down; its gradient is zero."""
    return primitives.floor_divide(input, other)


floor_divide_: Final = in_place(floor_divide)


@overload
def remainder(input: Handle[T], other: Operand | Number) -> T: ...
@overload
def remainder(input: Number, other: Handle[T]) -> T: ...
def remainder(input: Handle[T] | Number, other: Handle[T] | Number) -> Any:
    """What is left of input over whole multiples of other; it has the sign of other, as Python's ``%``."""
    return primitives.remainder(input, other)


remainder_: Final = in_place(remainder)


@names_arguments
def fmod(input: Handle[T], other: Operand | Number) -> T:
    """What is left of input over whole multiples of other; it has the sign of input, as C's ``fmod``."""
    return primitives.fmod(input, other)


fmod_: Final = in_place(fmod)


def nextafter(input: Handle[T], other: Operand) -> T:
    """The next floating-point number from input towards other."""
    return primitives.nextafter(input, other)


nextafter_: Final = in_place(nextafter)


sgn = sign
fix = trunc
fix_ = trunc_
