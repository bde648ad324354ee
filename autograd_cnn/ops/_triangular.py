"""The lower and upper triangle of matrices: linear, and each its own adjoint."""

import numpy as np

from ._arrays import in_rows
from ._errors import ShapeError
from ._movement import transpose
from ._primitive import primitive


def _check(name, x):
    if x.ndim < 2:
        raise ShapeError(f"{name}: input tensor must have at least 2 dimensions, got shape {x.shape}")


@primitive(linear=True, half="same")
@in_rows
def tril(x, /, *, k=0):
    """The elements on and below diagonal ``k`` of the last two axes, zeros elsewhere."""
    _check("tril", x)
    return np.tril(x, k)


@tril.vjp("x")
def tril_x(g, k):
    return tril(g, k=k)


@primitive(linear=True, half="same")
@in_rows
def triu(x, /, *, k=0):
    """The elements on and above diagonal ``k`` of the last two axes, zeros elsewhere."""
    _check("triu", x)
    return np.triu(x, k)


@triu.vjp("x")
def triu_x(g, k):
    return triu(g, k=k)


def _matrices(draw):
    return [draw(3, 4), draw.call(draw(2, 4, 3), k=1), draw.call(draw(3, 3), k=-2), draw(0, 3)]


tril.samples(_matrices)
triu.samples(_matrices)


def mirrored(x):
    """The symmetric matrix that has the lower triangle of x: tril(x) + tril(x, -1)ᵀ."""
    return tril(x) + transpose(tril(x, k=-1), axes=(*range(x.ndim - 2), x.ndim - 1, x.ndim - 2))
