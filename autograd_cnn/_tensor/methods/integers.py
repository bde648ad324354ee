"""Bits and whole numbers as methods."""

from ..._functions.integers import *
from ..._functions.integers import (
    bitwise_and_,
    bitwise_left_shift_,
    bitwise_not_,
    bitwise_or_,
    bitwise_right_shift_,
    bitwise_xor_,
)


class IntegersMethods:
    """Bits and whole numbers, and their in-place forms."""

    __slots__ = ()

    bitwise_and = bitwise_and
    bitwise_and_ = bitwise_and_
    bitwise_left_shift = bitwise_left_shift
    bitwise_left_shift_ = bitwise_left_shift_
    bitwise_not = bitwise_not
    bitwise_not_ = bitwise_not_
    bitwise_or = bitwise_or
    bitwise_or_ = bitwise_or_
    bitwise_right_shift = bitwise_right_shift
    bitwise_right_shift_ = bitwise_right_shift_
    bitwise_xor = bitwise_xor
    bitwise_xor_ = bitwise_xor_
    gcd = gcd
    gcd_ = gcd_
    lcm = lcm
    lcm_ = lcm_
