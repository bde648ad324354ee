"""Arrays put together along an axis, old or new; the gradient is taken apart again."""

import numpy as np

from ._arrays import in_rows
from ._errors import ShapeError
from ._movement import reshape
from ._padding import crop
from ._primitive import primitive


@primitive(promotes="common", linear=True, half="same")
@in_rows
def concatenate(*xs, axis=0):
    """The arrays one behind the other along ``axis``."""
    first = xs[0].shape
    if any(len(x.shape) != len(first) or x.ndim == 0 for x in xs):
        raise ShapeError(
            "concatenate: the arrays must have the same number of axes, at least one; got "
            f"{[x.shape for x in xs]}"
        )
    at = axis % len(first)
    if any(x.shape[:at] + x.shape[at + 1 :] != first[:at] + first[at + 1 :] for x in xs):
        raise ShapeError(
            f"concatenate: the shapes must agree in every axis but {axis}; got {[x.shape for x in xs]}"
        )
    return np.concatenate(xs, axis)


@concatenate.vjp("xs")
def concatenate_xs(g, xs_shape, axis):
    return slices(g, xs_shape, axis)


def slices(g, shapes, axis):
    """g cut into consecutive pieces of these shapes along ``axis``."""
    axis %= len(shapes[0])
    pieces, start = [], 0
    for shape in shapes:
        stop = start + shape[axis]
        before, after = [(0, 0)] * axis, [(0, 0)] * (g.ndim - axis - 1)
        pieces.append(crop(g, widths=(*before, (start, g.shape[axis] - stop), *after)))
        start = stop
    return pieces


concatenate.samples(
    lambda draw: [
        draw.call(draw(2, 3), draw(1, 3), draw(0, 3)),
        draw.call(draw(2, 3), draw(2, 1), axis=-1),
        draw.call(draw(2)),
    ]
)


@primitive(promotes="common", linear=True, half="same")
@in_rows
def stack(*xs, axis=0):
    """The arrays, all of one shape, along a new axis."""
    if any(x.shape != xs[0].shape for x in xs):
        raise ShapeError(f"stack: every array must have the same shape; got {[x.shape for x in xs]}")
    return np.stack(xs, axis)


@stack.vjp("xs")
def stack_xs(g, axis):
    return unstack(g, axis)


def unstack(g, axis):
    """The slices of g along ``axis``, without that axis."""
    axis %= g.ndim
    shapes = [(*g.shape[:axis], 1, *g.shape[axis + 1 :])] * g.shape[axis]
    return [
        reshape(piece, shape=shapes[0][:axis] + shapes[0][axis + 1 :]) for piece in slices(g, shapes, axis)
    ]


stack.samples(
    lambda draw: [
        draw.call(draw(2, 3), draw(2, 3)),
        draw.call(draw(2), draw(2), axis=-1),
        draw.call(draw(()), draw(())),
    ]
)
