"""Elements added around an array, and taken away again: each is the other's gradient."""

import numpy as np

from ._errors import ShapeError
from ._primitive import primitive


@primitive(linear=True, half="same")
def pad(x, /, *, widths, value=0.0):
    """x with ``widths[i] = (before, after)`` elements of ``value`` around axis i. Linear where the value is
    0."""
    if len(widths) != x.ndim or any(n < 0 for pair in widths for n in pair):
        raise ShapeError(
            f"pad: widths {widths} must be {x.ndim} pairs of numbers >= 0, one for each axis of shape "
            f"{x.shape}"
        )
    return np.pad(x, widths, constant_values=value) if widths else x.copy()


@pad.vjp("x")
def pad_x(g, widths):
    return crop(g, widths=widths)


@primitive(view=True, linear=True)
def crop(x, /, *, widths):
    """x without ``widths[i] = (before, after)`` elements at the ends of axis i."""
    if len(widths) != x.ndim or any(
        a < 0 or b < 0 or a + b > n for (a, b), n in zip(widths, x.shape, strict=False)
    ):
        raise ShapeError(f"crop: widths {widths} do not fit shape {x.shape}")
    return x[tuple(slice(a, n - b) for (a, b), n in zip(widths, x.shape, strict=True))]


@crop.vjp("x")
def crop_x(g, widths):
    return pad(g, widths=widths)


pad.samples(
    lambda draw: [
        draw.call(draw(2, 3), widths=((1, 2), (0, 1))),
        draw.call(draw(()), widths=()),
        draw.call(draw(0, 3), widths=((1, 1), (0, 0))),
    ]
)
crop.samples(
    lambda draw: [
        draw.call(draw(4, 5), widths=((1, 2), (0, 1))),
        draw.call(draw(2, 3), widths=((1, 1), (0, 0))),
    ]
)
