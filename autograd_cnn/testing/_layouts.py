"""The same numbers in another order of memory."""

import numpy as np

from ._numeric import Array


def strided(x: Array) -> Array:
    """Every second element of a larger array."""
    if x.ndim == 0:
        return x
    wide = np.repeat(x, 2, axis=-1)
    return wide[..., ::2]


def backwards(x: Array) -> Array:
    """Negative strides along every axis."""
    flipped = np.flip(x).copy()
    return np.flip(flipped)


def fortran(x: Array) -> Array:
    """The first index running fastest."""
    return x.copy(order="F")
