"""Exponentials, logarithms and roots as methods."""

from ..._functions.exponential import *
from ..._functions.exponential import float_power_


class ExponentialMethods:
    """Exponentials, logarithms and roots, and their in-place forms."""

    __slots__ = ()

    exp = exp
    exp2 = exp2
    exp2_ = exp2_
    exp_ = exp_
    expm1 = expm1
    expm1_ = expm1_
    float_power = float_power
    float_power_ = float_power_
    log = log
    log10 = log10
    log10_ = log10_
    log1p = log1p
    log1p_ = log1p_
    log2 = log2
    log2_ = log2_
    log_ = log_
    logaddexp = logaddexp
    logaddexp2 = logaddexp2
    logit = logit
    logit_ = logit_
    rsqrt = rsqrt
    rsqrt_ = rsqrt_
    sigmoid = sigmoid
    sigmoid_ = sigmoid_
    sqrt = sqrt
    sqrt_ = sqrt_
    xlogy = xlogy
    xlogy_ = xlogy_
