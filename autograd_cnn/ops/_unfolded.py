"""Convolution and its gradients in NumPy's words, as products with windows: where no kernels serve.

Images are (N, C, *spatial), weights (O, C / groups, *kernel); each group has a product of its own.
"""

import math

from ._arrays import laid_in_rows
from ._windows import fold_padded, padded_windows


def _columns(x, geometry, groups):
    """The windows of each group, for products: (N, C, *spatial) -> (groups, N positions, C / groups taps)."""
    n, c = x.shape[:2]
    axes = len(geometry.kernel)
    seen = padded_windows(x, geometry)
    order = (0, *range(2 + axes, 2 + 2 * axes), 1, *range(2, 2 + axes))
    taps, positions = math.prod(geometry.kernel), math.prod(seen.shape[2 + axes :])
    parts = seen.transpose(order).reshape(n * positions, groups, c // groups * taps)
    return parts.swapaxes(0, 1)


def _in_groups(x, groups):
    """(N, C, *spatial) -> (groups, N positions, C / groups)."""
    n, c, *size = x.shape
    last = x.transpose(0, *range(2, x.ndim), 1).reshape(n * math.prod(size), groups, c // groups)
    return last.swapaxes(0, 1)


def correlate(x, weight, bias, geometry, groups):
    """The convolution; its result lies channels-last, or in rows where there is one axis."""
    matrices = weight.reshape(groups, len(weight) // groups, -1).swapaxes(1, 2)
    out = _columns(x, geometry, groups) @ matrices
    out = out.swapaxes(0, 1).reshape(len(x), *geometry.positions(x.shape[2:]), len(weight))
    out = out if bias is None else out + bias
    return laid_in_rows(out.transpose(0, out.ndim - 1, *range(1, out.ndim - 1)))


def spread(dy, weight, bias, size, geometry, groups):
    """The gradient of an image of ``size``, plus a bias: the signal times the weights, folded."""
    n, _, *positions = dy.shape
    axes, kernel = len(positions), weight.shape[2:]
    cells = _in_groups(dy, groups) @ weight.reshape(groups, len(weight) // groups, -1)
    cells = cells.swapaxes(0, 1).reshape(n, *positions, groups * weight.shape[1], *kernel)
    cells = cells.transpose(0, axes + 1, *range(axes + 2, 2 * axes + 2), *range(1, axes + 1))
    out = fold_padded(cells, size, geometry)
    return out if bias is None else out + bias.reshape(-1, *(1,) * axes)


def weight_gradient(x, dy, shape, geometry, groups):
    """The gradient of weights of this ``shape``: the signal times the windows, summed over positions."""
    return (_in_groups(dy, groups).swapaxes(1, 2) @ _columns(x, geometry, groups)).reshape(shape)
