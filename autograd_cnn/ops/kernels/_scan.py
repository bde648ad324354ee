"""Scans along one axis of arrays (outer, n, columns): each line is gone down in float64, and rounded where it
is written. Columns that lie side by side are gone down together."""

import numpy as np
from numba import prange

from ._indexing import LINES, SUMMED, sizes
from ._launch import BOOL, INT, exactly, read, written

WIDTH = 64
"""So many columns are gone down together."""

_Q = np.uint64


def _scan(x, out, n, columns, product, reverse):
    """Sums, or products, of what stands before (or behind) each element, and of itself."""
    start, step = (0, columns) if not reverse else ((n - 1) * columns, -columns)
    width = min(WIDTH, columns)
    across = (columns + width - 1) // width
    lines = x.size // (n * columns) * across
    many = max(1, LINES // (n * width))
    for piece in prange((lines + many - 1) // many):
        totals = np.empty(width)
        for line in range(piece * many, min((piece + 1) * many, lines)):
            o = line // across
            first = (line - o * across) * width
            base, wide = o * n * columns + start + first, min(width, columns - first)
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
    width = min(WIDTH, columns)
    across = (columns + width - 1) // width
    lines = b.size // (n * columns) * across
    many = max(1, LINES // (n * width))
    for piece in prange((lines + many - 1) // many):
        totals = np.empty(width)
        for line in range(piece * many, min((piece + 1) * many, lines)):
            o = line // across
            first = (line - o * across) * width
            base, wide = o * n * columns + first, min(width, columns - first)
            for c in range(wide):
                totals[c] = b[_Q(base + c)]
                out[_Q(base + c)] = totals[c]
            for i in range(1, n):
                row = base + i * columns
                for c in range(wide):
                    totals[c] = a[_Q(row + c)] * totals[c] + b[_Q(row + c)]
                    out[_Q(row + c)] = totals[c]


_SCAN = {str(d): exactly(read(1, d), written(1, d), INT, INT, BOOL, BOOL)(_scan) for d in SUMMED}
_RECUR = {str(d): exactly(read(1, d), read(1, d), written(1, d), INT, INT)(_recur) for d in SUMMED}


def scan(x, axis, product, reverse):
    """The sums or products along ``axis`` up to each element, or from it on; None for other dtypes than
    float32 and float64."""
    if str(x.dtype) not in _SCAN:
        return None
    _, n, columns = sizes(x.shape, axis % x.ndim)
    out = np.empty(x.shape, x.dtype)
    source = np.ascontiguousarray(x).reshape(-1)
    _SCAN[str(x.dtype)].sized(2 * x.size, source, out.reshape(-1), n, columns, product, reverse)
    return out


def recurrence(a, b, axis):
    """h[t] = a[t] h[t-1] + b[t] along ``axis``; None for other dtypes."""
    if str(b.dtype) not in _RECUR or a.dtype != b.dtype or a.shape != b.shape:
        return None
    _, n, columns = sizes(b.shape, axis % b.ndim)
    out = np.empty(b.shape, b.dtype)
    factors, terms = (np.ascontiguousarray(x).reshape(-1) for x in (a, b))
    _RECUR[str(b.dtype)].sized(2 * b.size, factors, terms, out.reshape(-1), n, columns)
    return out
