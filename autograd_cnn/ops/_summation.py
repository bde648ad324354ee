"""Sums of many float32 numbers, added in parts: n of them one after the other lose up to n/2 units of their
last place, in parts of parts about log n.

NumPy adds pairwise along the axis that lies closest in memory, and one after the other along all others: the
sum of a batch over its rows, or of an image over the pixels that lie channels-last. Here those axes are cut
into parts of at most BLOCK. The first parts read all numbers and the others almost none, so it costs no time.
"""

import math

import numpy as np

from ._arrays import array_module, normalize_axes

BLOCK = 128
"""So many numbers are added one after the other."""
FEW = 2**12
"""Sums of less are NumPy's."""

_FLOAT32 = np.dtype(np.float32)


def total(x, axis=None, keepdims=False):
    """The sum of x over ``axis``."""
    if x.size < FEW or type(x) is not np.ndarray or x.dtype != _FLOAT32:
        return x.sum(axis=axis, keepdims=keepdims)
    axes = normalize_axes(axis, x.ndim)
    order = sorted((i for i in range(x.ndim) if x.shape[i] > 1), key=lambda i: abs(x.strides[i]))
    pairwise = _run(x, order, axes)
    if math.prod(x.shape[i] for i in axes if i not in pairwise) <= BLOCK:
        return x.sum(axis=axis, keepdims=keepdims)
    out = x.sum(axis=pairwise, keepdims=True) if pairwise else x
    for i in order:
        if i in axes and i not in pairwise:
            out = _along(out, i)
    return out.sum(axis=axis, keepdims=keepdims)  # of axes of size 1


def _run(x, order, axes):
    """The axes of the sum that lie closest in memory without a gap: NumPy sees them as one, and adds
    pairwise."""
    run, step = [], None
    for i in order:
        if i not in axes or (step is not None and abs(x.strides[i]) != step):
            break
        run.append(i)
        step = abs(x.strides[i]) * x.shape[i]
    return tuple(run)


def _along(x, axis):
    """The sum over one axis, kept at size 1."""
    while x.shape[axis] > BLOCK:
        parts, rest = divmod(x.shape[axis], BLOCK)
        lead = (slice(None),) * axis
        out = np.empty((*x.shape[:axis], parts + (rest > 0), *x.shape[axis + 1 :]), x.dtype)
        whole = x[(*lead, slice(parts * BLOCK))]
        cut = whole.reshape(*x.shape[:axis], parts, BLOCK, *x.shape[axis + 1 :])  # a view, for any strides
        np.add.reduce(cut, axis=axis + 1, out=out[(*lead, slice(parts))])
        if rest:
            np.add.reduce(x[(*lead, slice(parts * BLOCK, None))], axis=axis, out=out[(*lead, -1)])
        x = out
    return x.sum(axis=axis, keepdims=True)


LEAST = {np.dtype(np.float32): 1e-30, np.dtype(np.float64): 1e-290}
"""Sums of powers below this may have lost terms that are too small for the dtype."""


def of_powers(sums, result, x, axis, keepdims=False, *, degree=1, smallest=False):
    """``result(sums(x))``, where sums of powers of x along ``axis`` (kept) may leave the dtype's range though
    the result does not: those are taken again of x over its largest (or smallest) element. The result grows
    with x to the power of ``degree``."""
    powers = sums(x)
    out = result(powers)
    on_host = type(x) is np.ndarray
    fits = (powers > LEAST.get(x.dtype, 0.0)) & (powers < np.inf)
    if x.size and not (on_host and fits.all()):  # a GPU is not asked: it would be waited for
        unit = (np.min if smallest else np.max)(np.absolute(x), axis=axis, keepdims=True)
        unit = array_module(x).where((unit > 0) & (unit < np.inf), unit, x.dtype.type(1))
        again = result(sums(x / unit))
        for _ in range(degree):
            again = again * unit
        out = np.where(fits, out, again)
    kept = normalize_axes(axis, x.ndim)
    return out if keepdims else np.reshape(out, [n for i, n in enumerate(out.shape) if i not in kept])
