"""Bits, and whole numbers: what has no gradient."""

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


@primitive(broadcasts=True, promotes="common", differentiable=False)
def heaviside(x, y, /):
    """0 below 0, 1 above, y at 0."""
    return np.where(np.equal(x, 0), y, np.greater(x, 0).astype(x.dtype))


@primitive(outputs=("mantissa", "exponent"), differentiable=False)
def frexp(x, /):
    """mantissa * 2**exponent, with a mantissa of at least 1/2 and below 1."""
    return np.frexp(x)


for connective in (bitwise_and, bitwise_or, bitwise_xor):
    connective.samples(
        lambda draw: [(draw.index(9, (2, 3)), draw.index(9, (3,))), (draw.mask(2, 3), draw.mask(()))]
    )
bitwise_not.samples(lambda draw: [draw.index(9, (2, 3)), draw.mask(2, 3)])
for operator in (left_shift, right_shift, gcd, lcm):
    operator.samples(lambda draw: [(draw.index(9, (2, 3)), draw.index(5, (3,)))])
heaviside.samples(lambda draw: [(draw(2, 3), draw(3)), (draw(()), draw(2))])
frexp.samples(lambda draw: [draw(2, 3), draw(()), draw(0, 3)])
