"""Bits, and what only whole numbers have: nothing here has a gradient."""

from typing import Final

from .._engine.handle import Handle, Number, Operand, T
from ..ops import _integers as primitives
from ._in_place import in_place

__all__ = [
    "bitwise_and",
    "bitwise_left_shift",
    "bitwise_not",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "gcd",
    "gcd_",
    "lcm",
    "lcm_",
]


def bitwise_not(input: Handle[T]) -> T:
    """The bits of integers inverted; not, of booleans."""
    return primitives.bitwise_not(input)


bitwise_not_: Final = in_place(bitwise_not)


def bitwise_and(input: Handle[T], other: Operand | Number) -> T:
    """And of the bits of integers, or of booleans."""
    return primitives.bitwise_and(input, other)


bitwise_and_: Final = in_place(bitwise_and)


def bitwise_or(input: Handle[T], other: Operand | Number) -> T:
    """Or of the bits of integers, or of booleans."""
    return primitives.bitwise_or(input, other)


bitwise_or_: Final = in_place(bitwise_or)


def bitwise_xor(input: Handle[T], other: Operand | Number) -> T:
    """Exclusive or of the bits of integers, or of booleans."""
    return primitives.bitwise_xor(input, other)


bitwise_xor_: Final = in_place(bitwise_xor)


def bitwise_left_shift(input: Handle[T], other: Operand | Number) -> T:
    """The bits of integers moved to the left."""
    return primitives.left_shift(input, other)


bitwise_left_shift_: Final = in_place(bitwise_left_shift)


def bitwise_right_shift(input: Handle[T], other: Operand | Number) -> T:
    """The bits of integers moved to the right."""
    return primitives.right_shift(input, other)


bitwise_right_shift_: Final = in_place(bitwise_right_shift)


def gcd(input: Handle[T], other: Operand) -> T:
    """The greatest common divisor of integers."""
    return primitives.gcd(input, other)


gcd_: Final = in_place(gcd)


def lcm(input: Handle[T], other: Operand) -> T:
    """The least common multiple of integers."""
    return primitives.lcm(input, other)


lcm_: Final = in_place(lcm)
