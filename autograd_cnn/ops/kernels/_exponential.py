"""The exponential of singles, written so that the compiler turns a loop over it into vectors; ``np.exp`` in a
kernel is one call per number."""

from functools import partial

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from ._launch import OPTIONS, inner


@intrinsic
def _as_float(typing, bits):
    """The single with these 32 bits."""

    def emit(context, builder, signature, args):
        return builder.bitcast(args[0], ir.FloatType())

    return types.float32(types.int32), emit


@partial(inner, options={**OPTIONS, "fastmath": {"contract"}})  # sums in another order would spoil r
def exp(x):
    """exp(x) within one unit in the last place; 0 below -87, inf above 88, NaN of NaN.

    exp(x) = 2^n exp(r), n the integer next to x / ln 2; exp(r) by eight terms of its series, for |r| <= ln(2)
    / 2. ln 2 is taken in two parts, the first of few digits, so that n times it is exact (Cody and Waite
    1980).
    """
    inside = min(max(x, np.float32(-87)), np.float32(88))
    n = np.floor(inside * np.float32(1.4426950408889634) + np.float32(0.5))
    r = (inside - n * np.float32(0.693359375)) - n * np.float32(-2.12194440e-4)
    p = np.float32(1 / 5040)
    p = p * r + np.float32(1 / 720)
    p = p * r + np.float32(1 / 120)
    p = p * r + np.float32(1 / 24)
    p = p * r + np.float32(1 / 6)
    p = p * r + np.float32(1 / 2)
    p = p * r + np.float32(1)
    p = p * r + np.float32(1)
    value = p * _as_float((np.int32(n) + np.int32(127)) << np.int32(23))
    value = np.float32(0) if x < np.float32(-87) else value
    value = np.float32(np.inf) if x > np.float32(88) else value
    return x if x != x else value
