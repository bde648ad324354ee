"""broadcast_to and sum_to: repeating along an axis and summing over it are each other's gradient.

Caffe writes the bias of a fully connected layer as ``ones(M, 1) @ b``: a broadcast. Its gradient is the sum
over columns.
"""

import numpy as np

from ._errors import ShapeError
from ._half import single
from ._primitive import primitive
from ._summation import total


@primitive(view=True, linear=True)
def broadcast_to(x, /, *, shape):
    """x repeated along new leading axes and axes of size 1; a view, read-only where elements share memory."""
    try:
        lead = len(shape) - x.ndim
        if tuple(shape) == (1,) * lead + x.shape:
            return x[(None,) * lead + (...,)]
        return np.broadcast_to(x, shape)
    except ValueError:
        raise ShapeError(f"broadcast_to: shape {x.shape} does not broadcast to {tuple(shape)}") from None


@broadcast_to.vjp("x")
def broadcast_to_x(g, x_shape):
    return sum_to(g, shape=x_shape)


@primitive(view=True, linear=True)
def sum_to(x, /, *, shape):
    """x summed over the axes that a broadcast from ``shape`` repeated; x itself where there is none."""
    if x.shape == shape:
        return x.view()
    lead = x.ndim - len(shape)
    if lead < 0 or any(n not in (1, m) for n, m in zip(shape, x.shape[lead:], strict=True)):
        raise ShapeError(
            f"sum_to: {tuple(shape)} does not broadcast to {x.shape}, so there is nothing to sum back"
        )
    axes = (*range(lead), *(i + lead for i, n in enumerate(shape) if n == 1 and x.shape[i + lead] != 1))
    return np.reshape(total(single(x), axes), shape).astype(x.dtype, copy=False)


@sum_to.vjp("x")
def sum_to_x(g, x_shape):
    return broadcast_to(g, shape=x_shape)


broadcast_to.samples(
    lambda draw: [
        draw.call(draw(3, 1), shape=(2, 3, 4)),
        draw.call(draw(()), shape=(2, 3)),
        draw.call(draw(1, 3), shape=(0, 3)),
        draw.call(draw(2), shape=(2,)),
    ]
)
sum_to.samples(
    lambda draw: [
        draw.call(draw(2, 3, 4), shape=(3, 1)),
        draw.call(draw(2, 3), shape=()),
        draw.call(draw(0, 3), shape=(1, 3)),
        draw.call(draw(2), shape=(2,)),
    ]
)
