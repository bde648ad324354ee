"""Sums, products, quotients and powers as methods."""

from typing import Self

from ..._functions.arithmetic import *
from ..._functions.arithmetic import (
    add_,
    addcdiv_,
    addcmul_,
    copysign_,
    div_,
    lerp_,
    mul_,
    pow_,
    power_operator,
    power_written,
    sub_,
    true_divide_,
)


class ArithmeticMethods:
    """Sums, products, quotients and powers, and their in-place forms."""

    __slots__ = ()

    __ipow__ = power_written
    __pow__ = power_operator
    abs = abs
    abs_ = abs_
    absolute = abs
    absolute_ = abs_
    add = add
    add_ = add_
    addcdiv = addcdiv
    addcdiv_ = addcdiv_
    addcmul = addcmul
    addcmul_ = addcmul_
    angle = angle
    conj = real
    conj_physical = real
    copysign = copysign
    copysign_ = copysign_
    deg2rad = deg2rad
    deg2rad_ = deg2rad_
    div = div
    div_ = div_
    divide = div
    divide_ = div_
    frexp = frexp
    ldexp = ldexp
    ldexp_ = ldexp_
    lerp = lerp
    lerp_ = lerp_
    mul = mul
    mul_ = mul_
    multiply = mul
    multiply_ = mul_
    nan_to_num = nan_to_num
    nan_to_num_ = nan_to_num_
    neg = neg
    neg_ = neg_
    negative = neg
    negative_ = neg_
    positive = positive
    pow = pow
    pow_ = pow_
    rad2deg = rad2deg
    rad2deg_ = rad2deg_
    reciprocal = reciprocal
    reciprocal_ = reciprocal_
    resolve_conj = real
    resolve_neg = real
    square = square
    square_ = square_
    sub = sub
    sub_ = sub_
    subtract = sub
    subtract_ = sub_
    true_divide = true_divide
    true_divide_ = true_divide_

    @property
    def real(self) -> Self:
        """The tensor itself: this engine is for real numbers."""
        return self
