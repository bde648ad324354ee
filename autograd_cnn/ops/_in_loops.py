"""Which primitives run in compiled loops, on float32 arrays of the host that are large enough: those whose
functions NumPy computes number by number, in several passes or in double precision."""

from ._activation import leaky_relu, log_softmax, soft_sign, softmax
from ._arithmetic import power
from ._bounds import clamp
from ._comparison import where
from ._exponential import (
    exp,
    exp2,
    expm1,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    rsqrt,
    sigmoid,
)
from ._gamma import digamma, lgamma
from ._normal import ndtr
from ._rounding import sign
from ._special import bell, erf, erfc, erfinv
from ._trigonometric import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cos,
    cosh,
    hypot,
    sin,
    sinh,
    tan,
    tanh,
)
from .formulas import looped

_LEAST = 2**13
"""From so many elements on a launch, of some 15 us, is worth it."""

for function in (softmax, log_softmax):
    looped(function, rows=True)
looped(leaky_relu)
for function in (
    *(exp, exp2, expm1, log, log2, log10, log1p, logaddexp, power, rsqrt, sigmoid, soft_sign),
    *(sin, cos, tan, asin, acos, atan, atan2, sinh, cosh, tanh, asinh, acosh, atanh, hypot),
    *(sign, clamp, where),
    *(erf, erfc, erfinv, ndtr, bell, lgamma, digamma),
):
    looped(function, least=_LEAST)
