"""Operators that move elements and compute nothing: their gradient moves the elements back."""

import numpy as np

from ._errors import ShapeError
from ._primitive import primitive


@primitive(view=True, linear=True)
def reshape(x, /, *, shape):
    """The same elements in another shape; -1 stands for the size that is left over."""
    try:
        return np.reshape(x, shape)
    except ValueError:
        raise ShapeError(f"shape '{list(shape)}' is invalid for input of size {x.size}") from None


@reshape.vjp("x")
def reshape_x(g, x_shape):
    return reshape(g, shape=x_shape)


reshape.samples(
    lambda draw: [
        draw.call(draw(2, 6), shape=(3, 4)),
        draw.call(draw(1), shape=()),
        draw.call(draw(0, 3), shape=(3, 0)),
    ]
)


def inverse_permutation(axes: tuple[int, ...]) -> tuple[int, ...]:
    """The permutation that undoes ``axes``."""
    ndim = len(axes)
    return tuple(sorted(range(ndim), key=lambda i: axes[i] % ndim))


@primitive(view=True, linear=True)
def transpose(x, /, *, axes):
    """The axes in another order."""
    if sorted(a % x.ndim if x.ndim else a for a in axes) != list(range(x.ndim)):
        raise ShapeError(f"transpose: axes {tuple(axes)} is no order of the {x.ndim} axes of shape {x.shape}")
    return np.transpose(x, axes)


@transpose.vjp("x")
def transpose_x(g, axes):
    return transpose(g, axes=inverse_permutation(axes))


transpose.samples(
    lambda draw: [
        draw.call(draw(2, 3, 4), axes=(2, 0, -2)),
        draw.call(draw(()), axes=()),
        draw.call(draw(0, 3), axes=(1, 0)),
    ]
)


@primitive(linear=True)
def flip(x, /, *, axis):
    """The elements in reverse order along ``axis``; a copy, as in PyTorch."""
    return np.flip(x, axis).copy()


@flip.vjp("x")
def flip_x(g, axis):
    return flip(g, axis=axis)


flip.samples(
    lambda draw: [
        draw.call(draw(2, 3), axis=(0,)),
        draw.call(draw(2, 3), axis=(0, -1)),
        draw.call(draw(0, 3), axis=(1,)),
    ]
)


@primitive(linear=True)
def roll(x, /, *, shift, axis):
    """The elements moved on by ``shift`` along ``axis``; what leaves at the end comes back at the start."""
    return np.roll(x, shift, axis)


@roll.vjp("x")
def roll_x(g, shift, axis):
    return roll(g, shift=tuple(-n for n in shift), axis=axis)


roll.samples(
    lambda draw: [
        draw.call(draw(2, 5), shift=(2,), axis=(1,)),
        draw.call(draw(3, 4), shift=(-1, 6), axis=(0, 1)),
        draw.call(draw(0, 3), shift=(1,), axis=(0,)),
    ]
)


@primitive(linear=True)
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


@primitive(promotes="common", linear=True)
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


@concatenate.vjp("xs", formula="slices(g, xs_shape, axis)")
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


@primitive(promotes="common", linear=True)
def stack(*xs, axis=0):
    """The arrays, all of one shape, along a new axis."""
    if any(x.shape != xs[0].shape for x in xs):
        raise ShapeError(f"stack: every array must have the same shape; got {[x.shape for x in xs]}")
    return np.stack(xs, axis)


@stack.vjp("xs", formula="unstack(g, axis)")
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
