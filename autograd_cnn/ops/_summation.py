"""Sums of many float32 numbers, added in parts: n of them one after the other lose up to n/2 units of their
last place.

NumPy adds pairwise along the axis that lies closest in memory, and one after the other along all others: the
sum of a batch over its rows, or of an image over the pixels that lie channels-last. Here those axes are cut
into parts of BLOCK numbers, whose sums are added in float64. They are so few that it costs next to no time.
"""

import math

import numpy as np

from ._arrays import array_module, normalize_axes
from .kernels import compiled

BLOCK = 64
"""So many numbers are added one after the other where there are more than FEW."""
FEW = 128
SMALL = 2**12
"""Sums of less than this are NumPy's."""
LANES = 16
"""So many additions count as one product where it is decided whether a kernel is worth a launch."""

_FLOAT32 = np.dtype(np.float32)


def total(x, axis=None, keepdims=False):
    """The sum of x over ``axis``."""
    if x.size < SMALL or type(x) is not np.ndarray or x.dtype != _FLOAT32:
        return x.sum(axis=axis, keepdims=keepdims)
    axes = normalize_axes(axis, x.ndim)
    order = sorted(range(x.ndim), key=lambda i: -abs(x.strides[i]))
    groups = _groups(x, order, axes)
    far = groups[:-1] if groups[-1][0] else groups
    if math.prod(size for summed, size in far if summed) <= FEW:
        return x.sum(axis=axis, keepdims=keepdims)
    parts = x.transpose(order).reshape([size for _, size in groups])  # a view
    if len(groups) == 2 and far is groups and (k := compiled(x, work=x.size // LANES)) is not None:
        out = k.layout.channel_sum(np.ascontiguousarray(parts))
        return _in_place_of(x, out, order, axes, keepdims)
    summed = [i for i, (is_summed, _) in enumerate(groups) if is_summed]
    parts = parts.sum(axis=-1, keepdims=True) if far is not groups else _of_blocks(parts, summed[-1])
    out = parts.astype(np.float64).sum(axis=tuple(summed)).astype(x.dtype)
    return _in_place_of(x, out, order, axes, keepdims)


def _in_place_of(x, out, order, axes, keepdims):
    """Sums in the order of memory of x, as the sum of x over ``axes``."""
    kept = [i for i in order if i not in axes]
    out = out.reshape([x.shape[i] for i in kept]).transpose(np.argsort(kept))
    return out.reshape([1 if i in axes else n for i, n in enumerate(x.shape)]) if keepdims else out


def _groups(x, order, axes):
    """(whether they are summed, size) of runs of axes that lie in memory as one, in this order."""
    groups: list[tuple[bool, int]] = []
    step = None
    for i in order:
        n, stride = x.shape[i], x.strides[i]
        if n == 1 and groups:
            continue
        if groups and groups[-1][0] == (i in axes) and step == n * stride:
            groups[-1] = (groups[-1][0], groups[-1][1] * n)
        else:
            groups.append((i in axes, n))
        step = stride
    return groups


def _of_blocks(x, axis):
    """Sums of up to BLOCK numbers along ``axis``."""
    parts, rest = divmod(x.shape[axis], BLOCK)
    lead = (slice(None),) * axis
    out = np.empty((*x.shape[:axis], parts + (rest > 0), *x.shape[axis + 1 :]), x.dtype)
    whole = x[(*lead, slice(parts * BLOCK))]
    cut = whole.reshape(*x.shape[:axis], parts, BLOCK, *x.shape[axis + 1 :])  # a view, for any strides
    np.add.reduce(cut, axis=axis + 1, out=out[(*lead, slice(parts))])
    if rest:
        np.add.reduce(x[(*lead, slice(parts * BLOCK, None))], axis=axis, out=out[(*lead, -1)])
    return out


LEAST = {np.dtype(np.float32): 1e-30, np.dtype(np.float64): 1e-290}
"""Sums of powers below this may have lost terms that are too small for the dtype."""


def of_powers(sums, result, x, axis, keepdims=False, *, degree=1, smallest=False):
    """``result(sums(x))``, where sums of powers of x along ``axis`` (kept) may leave the dtype's range though
    the result does not: those are taken again of x over its largest (or smallest) element. The result grows
    with x to the power of ``degree``."""
    powers = sums(x)
    out = result(powers)
    # a GPU is not asked: it would be waited for
    if x.size and not (type(x) is np.ndarray and _all_fit(powers)):
        fits = (powers > LEAST.get(x.dtype, 0.0)) & (powers < np.inf)
        unit = (np.min if smallest else np.max)(np.absolute(x), axis=axis, keepdims=True)
        unit = array_module(x).where((unit > 0) & (unit < np.inf), unit, x.dtype.type(1))
        again = result(sums(x / unit))
        for _ in range(degree):
            again = again * unit
        out = np.where(fits, out, again)
    kept = normalize_axes(axis, x.ndim)
    return out if keepdims else np.reshape(out, [n for i, n in enumerate(out.shape) if i not in kept])


def _all_fit(powers):
    least = LEAST.get(powers.dtype, 0.0)
    if powers.size == 1:
        return least < powers.item() < np.inf
    return bool(((powers > least) & (powers < np.inf)).all())
