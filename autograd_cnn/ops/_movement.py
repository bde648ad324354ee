"""Operators that move elements and compute nothing: their gradient moves the elements back."""

import numpy as np

from ._arrays import in_rows
from ._errors import ShapeError
from ._primitive import primitive


@primitive(view=True, linear=True)
def reshape(x, /, *, shape):
    """The same elements in another shape; -1 stands for the size that is left over."""
    try:
        return np.reshape(x, shape)
    except ValueError:
        if not x.size and -1 in shape and 0 in shape:
            raise ShapeError(
                f"cannot reshape tensor of 0 elements into shape {list(shape)} because the unspecified "
                "dimension size -1 can be any value and is ambiguous"
            ) from None
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


@primitive(linear=True, half="same")
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


@primitive(linear=True, half="same")
@in_rows
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
