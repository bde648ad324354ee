"""The same elements in other orders of memory."""

import numpy as np

from ._numeric import Array


def strided(x: Array) -> Array:
    """Every second element of a larger array."""
    return np.repeat(x, 2, axis=-1)[..., ::2] if x.ndim else x


def backwards(x: Array) -> Array:
    """Negative strides along every axis."""
    return np.flip(np.flip(x).copy())


def fortran(x: Array) -> Array:
    """The first index running fastest."""
    return x.copy(order="F")
