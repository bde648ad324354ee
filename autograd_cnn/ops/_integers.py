"""Bits, and what only whole numbers have: nothing here has a gradient."""

import numpy as np

from ._primitive import primitive


@primitive(broadcasts=True, promotes="common", differentiable=False)
def bitwise_and(x, y, /):
    return np.bitwise_and(x, y)


@primitive(broadcasts=True, promotes="common", differentiable=False)
def bitwise_or(x, y, /):
    return np.bitwise_or(x, y)


@primitive(broadcasts=True, promotes="common", differentiable=False)
def bitwise_xor(x, y, /):
    return np.bitwise_xor(x, y)


@primitive(differentiable=False)
def bitwise_not(x, /):
    return np.invert(x)


@primitive(broadcasts=True, promotes="common", differentiable=False)
def left_shift(x, y, /):
    return np.left_shift(x, y)


@primitive(broadcasts=True, promotes="common", differentiable=False)
def right_shift(x, y, /):
    return np.right_shift(x, y)


@primitive(broadcasts=True, promotes="common", differentiable=False)
def gcd(x, y, /):
    """The greatest common divisor."""
    return np.gcd(x, y)


@primitive(broadcasts=True, promotes="common", differentiable=False)
def lcm(x, y, /):
    """The least common multiple, never negative."""
    return np.lcm(x, y)


for connective in (bitwise_and, bitwise_or, bitwise_xor):
    connective.samples(
        lambda draw: [(draw.index(9, (2, 3)), draw.index(9, (3,))), (draw.mask(2, 3), draw.mask(()))]
    )
bitwise_not.samples(lambda draw: [draw.index(9, (2, 3)), draw.mask(2, 3)])
for operator in (left_shift, right_shift, gcd, lcm):
    operator.samples(lambda draw: [(draw.index(9, (2, 3)), draw.index(5, (3,)))])
