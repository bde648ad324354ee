"""Sums, products, quotients and powers as methods."""

from typing import Self

from ..._functions.arithmetic import *
from ..._functions.arithmetic import (
    absolute_,
    add_,
    addcdiv_,
    addcmul_,
    copysign_,
    div_,
    divide_,
    float_power_,
    lerp_,
    mul_,
    multiply_,
    pow_,
    sub_,
    subtract_,
    true_divide_,
)


class ArithmeticMethods:
    """Sums, products, quotients and powers, and their in-place forms."""

    __slots__ = ()

    __ipow__ = pow_
    __pow__ = pow
    abs = abs
    abs_ = abs_
    absolute = absolute
    absolute_ = absolute_
    add = add
    add_ = add_
    addcdiv = addcdiv
    addcdiv_ = addcdiv_
    addcmul = addcmul
    addcmul_ = addcmul_
    angle = angle
    conj = conj
    conj_physical = conj_physical
    copysign = copysign
    copysign_ = copysign_
    deg2rad = deg2rad
    deg2rad_ = deg2rad_
    div = div
    div_ = div_
    divide = divide
    divide_ = divide_
    float_power = float_power
    float_power_ = float_power_
    frexp = frexp
    ldexp = ldexp
    ldexp_ = ldexp_
    lerp = lerp
    lerp_ = lerp_
    mul = mul
    mul_ = mul_
    multiply = multiply
    multiply_ = multiply_
    nan_to_num = nan_to_num
    nan_to_num_ = nan_to_num_
    neg = neg
    neg_ = neg_
    negative = negative
    negative_ = negative_
    positive = positive
    pow = pow
    pow_ = pow_
    rad2deg = rad2deg
    rad2deg_ = rad2deg_
    reciprocal = reciprocal
    reciprocal_ = reciprocal_
    resolve_conj = resolve_conj
    resolve_neg = resolve_neg
    square = square
    square_ = square_
    sub = sub
    sub_ = sub_
    subtract = subtract
    subtract_ = subtract_
    true_divide = true_divide
    true_divide_ = true_divide_

    @property
    def real(self) -> Self:
        """The tensor itself: this engine is for real numbers."""
        return self
