"""Comparisons, masks, and the choice by a mask. Masks have no gradient; a rule turns one into numbers with
``cast``."""

import numpy as np

from ._primitive import primitive


@primitive(broadcasts=True, promotes="common", differentiable=False)
def equal(x, y, /):
    return np.equal(x, y)


@primitive(broadcasts=True, promotes="common", differentiable=False)
def not_equal(x, y, /):
    return np.not_equal(x, y)


@primitive(broadcasts=True, promotes="common", differentiable=False)
def less(x, y, /):
    return np.less(x, y)


@primitive(broadcasts=True, promotes="common", differentiable=False)
def less_equal(x, y, /):
    return np.less_equal(x, y)


@primitive(broadcasts=True, promotes="common", differentiable=False)
def greater(x, y, /):
    return np.greater(x, y)


@primitive(broadcasts=True, promotes="common", differentiable=False)
def greater_equal(x, y, /):
    return np.greater_equal(x, y)


for comparison in (equal, not_equal, less, less_equal, greater, greater_equal):
    comparison.samples(lambda draw: [(draw(2, 3), draw(3)), (draw(()), draw(2)), (draw(0, 3), draw(3))])


@primitive(broadcasts=True, differentiable=False)
def logical_and(x, y, /):
    return np.logical_and(x, y)


@primitive(broadcasts=True, differentiable=False)
def logical_or(x, y, /):
    return np.logical_or(x, y)


@primitive(broadcasts=True, differentiable=False)
def logical_xor(x, y, /):
    return np.logical_xor(x, y)


for connective in (logical_and, logical_or, logical_xor):
    connective.samples(lambda draw: [(draw.mask(2, 3), draw.mask(3)), (draw.mask(0), draw.mask(()))])


@primitive(differentiable=False)
def logical_not(x, /):
    return np.logical_not(x)


logical_not.samples(lambda draw: [draw.mask(2, 3), draw.mask(())])


@primitive(differentiable=False)
def isnan(x, /):
    return np.isnan(x)


@primitive(differentiable=False)
def isfinite(x, /):
    return np.isfinite(x)


@primitive(differentiable=False)
def isinf(x, /):
    return np.isinf(x)


@primitive(differentiable=False)
def signbit(x, /):
    """Whether the sign is set: also for -0.0."""
    return np.signbit(x) if x.dtype.kind == "f" else np.less(x, 0)


for test in (isnan, isfinite, isinf, signbit):
    test.samples(lambda draw: [draw(2, 3), draw(()), draw(0, 3)])


@primitive(broadcasts=True, promotes="common", differentiable=False)
def heaviside(x, y, /):
    """0 below 0, 1 above, y at 0."""
    return np.where(np.equal(x, 0), y, np.greater(x, 0).astype(x.dtype))


heaviside.samples(lambda draw: [(draw(2, 3), draw(3)), (draw(()), draw(2))])


@primitive(broadcasts=True, promotes="common", linear=False, half="same")
def where(mask, x, y, /):
    """x where the mask holds, else y. The branch not taken gets exactly zero, also where its value is NaN."""
    return np.where(mask, x, y)


where.nondifferentiable("mask")


@where.vjp("x")
def where_x(g, mask):
    return where(mask, g, 0.0)


@where.vjp("y")
def where_y(g, mask):
    return where(mask, 0.0, g)


where.samples(
    lambda draw: [
        (draw.mask(2, 3), draw(2, 3), draw(2, 3)),
        (draw.mask(2, 1), draw(3), draw(())),
        (draw.mask(0, 3), draw(0, 3), draw(3)),
    ]
)
