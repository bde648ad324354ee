"""Max-pooling through its mask: the index of each window's winner. Reading there, and adding back there, is
``take_along``."""

import math

import numpy as np

from ._arrays import array_module
from ._errors import ShapeError
from ._geometry import Geometry
from ._primitive import primitive
from ._windows import padded_windows


def winners(seen, axis):
    """Where the maximum along ``axis`` is: the first of equal ones, but the last NaN where there is any, as
    in PyTorch."""
    first = seen.argmax(axis)
    if seen.dtype.kind != "f":
        return first
    nan = np.isnan(seen)
    if type(seen) is np.ndarray and not nan.any():  # a GPU is not asked: it would be waited for
        return first
    last = seen.shape[axis] - 1 - np.flip(nan, axis).argmax(axis)
    return np.where(nan.any(axis), last, first)


def least(dtype):
    """What every number of a dtype is larger than, or equal to."""
    return -np.inf if dtype.kind == "f" else np.iinfo(dtype).min


@primitive(differentiable=False)
def max_pool_index(x, /, *, kernel, stride, padding, dilation, ceil_mode=False):
    """Where each window's maximum is, as a position in the flattened plane: ``(N, C, *spatial) -> (N, C,
    *positions)``.

    The first of equal maxima wins; NaN counts as the maximum, and the last NaN wins. Padding never wins. A
    window whose taps all lie in the padding names, as in PyTorch, where its first tap behind the front would
    be, which may be no place of the plane.
    """
    axes, spatial = len(kernel), x.shape[2:]
    if x.ndim != axes + 2 or any(2 * p > k for p, k in zip(padding, kernel, strict=True)):
        raise ShapeError(
            f"max pooling with kernel {kernel} and padding {padding} needs an array (N, C and {axes} "
            "spatial axes) and "
            f"padding of at most half the kernel, got shape {x.shape}"
        )
    geometry = Geometry.even(kernel, stride, padding, dilation)
    positions = geometry.positions(spatial, ceil=ceil_mode)
    if min(positions) < 1:
        raise ShapeError(
            f"max pooling with kernel {kernel}, dilation {dilation} and padding {padding} makes no "
            f"window of shape {x.shape}"
        )
    seen = padded_windows(x, geometry.covering(spatial, positions), least(x.dtype))[
        ..., *map(slice, positions)
    ]
    winner = winners(seen.reshape(*seen.shape[:2], math.prod(kernel), *positions), 2)
    xp = array_module(x)
    out = xp.zeros(winner.shape, np.int64)
    offsets = xp.unravel_index(winner, kernel)
    grids = xp.ogrid[tuple(slice(n) for n in positions)]
    for axis in range(axes):
        start = grids[axis] * stride[axis] - padding[axis]
        first_inside = start + dilation[axis] * -(xp.minimum(start, 0) // dilation[axis])
        place = start + offsets[axis] * dilation[axis]
        out = out * spatial[axis] + xp.where(place < 0, first_inside, place)
    return out


max_pool_index.samples(
    lambda draw: [
        draw.call(draw.distinct(2, 2, 4, 5), kernel=(2, 2), stride=(2, 2), padding=(0, 0), dilation=(1, 1)),
        draw.call(
            draw.distinct(1, 2, 5, 5),
            kernel=(3, 3),
            stride=(2, 1),
            padding=(1, 1),
            dilation=(1, 1),
            ceil_mode=True,
        ),
    ]
)


@primitive(differentiable=False)
def adaptive_max_pool_index(x, /, *, size):
    """As ``max_pool_index``, for windows from floor(i n / m) to ceil((i + 1) n / m) along each axis, m of
    ``size`` and n long."""
    spatial, xp = x.shape[2:], array_module(x)
    if len(size) != len(spatial):
        raise ShapeError(
            f"adaptive max pooling to {tuple(size)} needs an array (N, C and {len(size)} spatial "
            f"axes), got shape {x.shape}"
        )
    if not all(size):
        return xp.zeros((*x.shape[:2], *size), np.int64)
    places = []
    for axis, (n, m) in enumerate(zip(spatial, size, strict=True)):
        starts = np.arange(m) * n // m
        ends = -(-(np.arange(m) + 1) * n // m)
        taps = np.arange((ends - starts).max())
        window = np.minimum(
            starts[:, None] + taps, ends[:, None] - 1
        )  # a shorter window repeats its last element
        places.append(
            xp.asarray(
                window.reshape(
                    tuple(k for i in range(len(size)) for k in (window.shape if i == axis else (1, 1)))
                )
            )
        )
    seen = x[(slice(None), slice(None), *places)]
    axes = len(size)
    seen = seen.transpose(0, 1, *range(2, 2 + 2 * axes, 2), *range(3, 3 + 2 * axes, 2))
    winner = winners(seen.reshape(*seen.shape[: 2 + axes], math.prod(seen.shape[2 + axes :])), -1)
    offsets = xp.unravel_index(winner, seen.shape[2 + axes :])
    grids = xp.ogrid[tuple(slice(m) for m in size)]
    out = xp.zeros(winner.shape, np.int64)
    for axis, n in enumerate(spatial):
        window = places[axis].reshape(size[axis], -1)
        out = out * n + window[grids[axis], offsets[axis]]
    return out


adaptive_max_pool_index.samples(
    lambda draw: [
        draw.call(draw.distinct(2, 2, 5, 7), size=(3, 2)),
        draw.call(draw.distinct(1, 2, 5), size=(5,)),
    ]
)
