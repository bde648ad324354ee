"""Lengths of vectors along axes. Where the length is 0 the gradient is 0, as in PyTorch."""

import numpy as np

from ._arithmetic import absolute
from ._arrays import in_rows
from ._comparison import where
from ._primitive import primitive
from ._reduction import unreduce
from ._rounding import sign
from ._summation import of_powers, total


@primitive
@in_rows
def euclidean_norm(x, /, *, axis=None, keepdims=False):
    """The square root of the sum of squares."""
    return of_powers(lambda z: total(np.square(z), axis, keepdims=True), np.sqrt, x, axis, keepdims)


@euclidean_norm.vjp("x")
def euclidean_norm_x(g, x, out, axis):
    return (x / unreduce(where(out == 0, 1.0, out), x.shape, axis)) * unreduce(
        where(out == 0, 0.0, g), x.shape, axis
    )


@primitive
@in_rows
def p_norm(x, /, *, p, axis=None, keepdims=False):
    """The sum of ``|x|**p``, to the power 1/p; ``p`` is not 0."""
    return of_powers(
        lambda z: total(np.absolute(z) ** p, axis, keepdims=True),
        lambda q: q ** (1.0 / p),
        x,
        axis,
        keepdims,
        smallest=p < 0,
    )


@p_norm.vjp(
    "x",
    formula="where(x == 0, 0.0, unreduce(g, x.shape, axis) * sign(x) * (absolute(x) / unreduce(out, "
    "x.shape, axis)) ** (p - 1))",
)
def p_norm_x(g, x, out, p, axis):
    size = where(
        x == 0, 1.0, absolute(x)
    )  # no power of 0: its derivative would be infinite in the branch not taken
    length = unreduce(where(out == 0, 1.0, out), x.shape, axis)
    none = (x == 0) | (unreduce(out, x.shape, axis) == 0)  # below p = 0 one 0 makes the whole norm 0
    return where(none, 0.0, unreduce(g, x.shape, axis) * sign(x) * (size / length) ** (p - 1))


euclidean_norm.samples(
    lambda draw: [
        draw(2, 3),
        draw.call(draw(2, 3, 4), axis=(0, 2)),
        draw.call(draw(2, 3), axis=1, keepdims=True),
        draw.away_from_zero(()),
        draw.call(draw(0, 3), axis=1),
    ]
)
p_norm.samples(
    lambda draw: [
        draw.call(draw.away_from_zero(2, 3), p=3.0),
        draw.call(draw.away_from_zero(2, 3, 4), p=1.5, axis=(0, 2)),
        draw.call(draw.away_from_zero(2, 3), p=0.5, axis=1, keepdims=True),
    ]
)
