"""Whole rows by a vector of their numbers, along one axis: reading them, and adding to them."""

import numpy as np
from numba import prange

from ._indexing import BAD, INDEX, LINES, MOVED, SUMMED, place, sizes, take_line
from ._launch import exact, inner, kernel, read, scratch, written

_Q = np.uint64


def _rows(x, index, out, bad):
    """Read the rows that a vector names, of each outer place."""
    outer, n, columns = x.shape
    count = index.size
    many = max(1, LINES // columns)
    blocks = (count + many - 1) // many
    for piece in prange(outer * blocks):
        o, wrong = piece // blocks, False
        first = (piece - o * blocks) * many
        if columns == 1:
            wrong = take_line(
                x[o, :, 0],
                0,
                1,
                index[first : first + many],
                out[o, first : first + many, 0],
                0,
                min(many, count - first),
                n,
            )
        else:
            for i in range(first, min(first + many, count)):
                j = place(index[i], n)
                wrong |= j == _Q(n)
                source, to = x[o, 0 if j == _Q(n) else np.int64(j)], out[o, i]
                for c in range(columns):
                    to[c] = source[c]
        if wrong:
            bad[0] = 1


@inner
def _group(index, n, starts, order):
    """The places of a vector in the order of what they name, and where in this order each begins."""
    wrong = False
    starts[:] = 0
    for i in range(index.size):
        j = place(index[i], n)
        wrong |= j == _Q(n)
        starts[(_Q(0) if j == _Q(n) else j) + _Q(1)] += 1
    for row in range(n):
        starts[row + 1] += starts[row]
    for i in range(index.size - 1, -1, -1):
        j = place(index[i], n)
        j = (_Q(0) if j == _Q(n) else j) + _Q(1)
        starts[j] -= 1
        order[starts[j]] = i
    for row in range(n):  # each has come down to its own beginning
        starts[row] = starts[row + 1]
    starts[n] = index.size
    return wrong


@exact
def _add_numbers(x, index, out):
    """Add single numbers to zeros; whether an index is out of bounds."""
    n, wrong = out.size, False
    sums = np.zeros(n + 1)
    for i in range(x.size):
        j = place(index[i], n)
        wrong |= j == _Q(n)
        sums[j] += x[i]
    for row in range(n):
        out[row] = sums[row]
    return wrong


@inner
def _add_lines(x, order, starts, begin, end, out):
    """Sums of whole rows; one that stands alone is copied."""
    sums = np.empty(x.shape[1])
    for row in range(begin, end):
        first, last, to = starts[row], starts[row + 1], out[row]
        if first == last:
            to[:] = 0
            continue
        source = x[order[first]]
        if last == first + 1:
            for c in range(sums.size):
                to[c] = source[c]
            continue
        for c in range(sums.size):
            sums[c] = source[c]
        for k in range(first + 1, last):
            source = x[order[k]]
            for c in range(sums.size):
                sums[c] += source[c]
        for c in range(sums.size):
            to[c] = sums[c]


def _add_rows(x, index, starts, order, out, bad):
    """Add the rows of x to zeros, at the rows that a vector names, of each outer place."""
    outer, n, columns = out.shape
    if columns == 1:
        for o in prange(outer):
            if _add_numbers(x[o, :, 0], index, out[o, :, 0]):
                bad[0] = 1
        return
    if _group(index, n, starts, order):
        bad[0] = 1
    many = max(1, LINES // columns)
    pieces = (n + many - 1) // many
    for piece in prange(outer * pieces):
        o = piece // pieces
        begin = (piece - o * pieces) * many
        _add_lines(x[o], order, starts, begin, min(begin + many, n), out[o])


_ROWS = kernel(read(3, MOVED[0]), read(1, INDEX), written(3, MOVED[0]), BAD)(_rows)
_ADD_ROWS = {
    str(d): kernel(read(3, d), read(1, INDEX), written(1, INDEX), written(1, INDEX), written(3, d), BAD)(
        _add_rows
    )
    for d in SUMMED
}


def rows(x, index, axis):
    """The slices of x along ``axis`` that an array of integers names."""
    outer, n, columns = sizes(x.shape, axis)
    if not x.flags.c_contiguous or columns * x.itemsize % 4:
        return None
    words = columns * x.itemsize // 4
    out = np.empty((*x.shape[:axis], *index.shape, *x.shape[axis + 1 :]), x.dtype)
    names, bad = np.ascontiguousarray(index, np.int64).reshape(-1), np.zeros(1, np.int64)
    source = x.reshape(-1).view(np.int32).reshape(outer, n, words)
    to = out.reshape(-1).view(np.int32).reshape(outer, names.size, words)
    _ROWS.sized(out.size, source, names, to, bad)
    return None if bad[0] else out


def add_rows(x, index, axis, shape):
    """The adjoint: x added to zeros of ``shape`` at these slices."""
    if str(x.dtype) not in _ADD_ROWS:
        return None
    outer, n, columns = sizes(shape, axis)
    names, bad = np.ascontiguousarray(index, np.int64).reshape(-1), np.zeros(1, np.int64)
    out, source = np.empty(shape, x.dtype), np.ascontiguousarray(x).reshape(outer, names.size, columns)
    starts, order = scratch("starts", n + 1, np.int64), scratch("order", names.size, np.int64)
    to = out.reshape(outer, n, columns)
    _ADD_ROWS[str(x.dtype)].sized(x.size + out.size, source, names, starts, order, to, bad)
    return None if bad[0] else out
