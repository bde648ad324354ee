"""Scans along one axis of arrays (outer, n, columns): each line is gone down in float64, and rounded where it
is written. Columns that lie side by side are gone down together."""

import numpy as np
from numba import prange

from ._indexing import INDEX, LINES, SUMMED, sizes
from ._launch import BOOL, INT, exact, exactly, read, written

WIDTH = 64
"""So many columns are gone down together."""

_Q = np.uint64


@exact
def _cut(size, n, columns):
    """How many columns are gone down together, how many such lines there are, and how many are a piece."""
    width = min(WIDTH, columns)
    return width, size // (n * columns) * ((columns + width - 1) // width), max(1, LINES // (n * width))


@exact
def _begin(line, width, n, columns):
    """The place of a line's first element, and how many columns it has."""
    across = (columns + width - 1) // width
    o = line // across
    first = (line - o * across) * width
    return o * n * columns + first, min(width, columns - first)


def _scan(x, out, n, columns, product, reverse):
    """Sums, or products, of what stands before (or behind) each element, and of itself."""
    start, step = (0, columns) if not reverse else ((n - 1) * columns, -columns)
    width, lines, many = _cut(x.size, n, columns)
    for piece in prange((lines + many - 1) // many):
        totals = np.empty(width)
        for line in range(piece * many, min((piece + 1) * many, lines)):
            base, wide = _begin(line, width, n, columns)
            base += start
            if columns == 1:
                total = 1.0 if product else 0.0
                for i in range(n):
                    e = _Q(base + i * step)
                    total = total * x[e] if product else total + x[e]
                    out[e] = total
                continue
            totals[:] = 1 if product else 0
            for i in range(n):
                row = base + i * step
                for c in range(wide):
                    value = x[_Q(row + c)]
                    totals[c] = totals[c] * value if product else totals[c] + value
                    out[_Q(row + c)] = totals[c]


def _recur(a, b, out, n, columns):
    """h[t] = a[t] h[t-1] + b[t], from h[0] = b[0]."""
    width, lines, many = _cut(b.size, n, columns)
    for piece in prange((lines + many - 1) // many):
        totals = np.empty(width)
        for line in range(piece * many, min((piece + 1) * many, lines)):
            base, wide = _begin(line, width, n, columns)
            for c in range(wide):
                totals[c] = b[_Q(base + c)]
                out[_Q(base + c)] = totals[c]
            for i in range(1, n):
                row = base + i * columns
                for c in range(wide):
                    totals[c] = a[_Q(row + c)] * totals[c] + b[_Q(row + c)]
                    out[_Q(row + c)] = totals[c]


def _extremes(x, out, n, columns, least):
    """Where the largest (or least) element up to each stands, the last of equals; NaN is beyond all."""
    width, lines, many = _cut(x.size, n, columns)
    for piece in prange((lines + many - 1) // many):
        best, where = np.empty(width), np.empty(width, np.int64)
        for line in range(piece * many, min((piece + 1) * many, lines)):
            base, wide = _begin(line, width, n, columns)
            best[:] = -np.inf
            where[:] = 0
            for i in range(n):
                row = base + i * columns
                for c in range(wide):
                    value = -x[_Q(row + c)] if least else x[_Q(row + c)]
                    if value >= best[c] or value != value:
                        best[c], where[c] = value, i
                    out[_Q(row + c)] = where[c]


_SCAN = {str(d): exactly(read(1, d), written(1, d), INT, INT, BOOL, BOOL)(_scan) for d in SUMMED}
_RECUR = {str(d): exactly(read(1, d), read(1, d), written(1, d), INT, INT)(_recur) for d in SUMMED}

_EXTREMES = {str(d): exactly(read(1, d), written(1, INDEX), INT, INT, BOOL)(_extremes) for d in SUMMED}


def _gone_down(kernels, axis, dtype, arrays, *how):
    """What a kernel makes of ``arrays`` of one shape, along ``axis``; None where none is of their dtype."""
    x = arrays[0]
    if (launch := kernels.get(str(x.dtype))) is None:
        return None
    _, n, columns = sizes(x.shape, axis % x.ndim)
    out = np.empty(x.shape, dtype)
    read_from = [np.ascontiguousarray(a).reshape(-1) for a in arrays]
    launch.sized(2 * x.size, *read_from, out.reshape(-1), n, columns, *how)
    return out


def scan(x, axis, product, reverse):
    """The sums or products along ``axis`` up to each element, or from it on; None for other dtypes than
    float32 and float64."""
    return _gone_down(_SCAN, axis, x.dtype, [x], product, reverse)


def recurrence(a, b, axis):
    """h[t] = a[t] h[t-1] + b[t] along ``axis``; None for other dtypes."""
    if a.dtype != b.dtype or a.shape != b.shape:
        return None
    return _gone_down(_RECUR, axis, b.dtype, [a, b])


def extremes(x, axis, least):
    """Where the largest (or least) element up to each stands along ``axis``; None for other dtypes."""
    return _gone_down(_EXTREMES, axis, np.int64, [x], least)
