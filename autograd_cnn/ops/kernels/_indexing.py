"""Reading and writing by an index beside an array, along one axis: of arrays (outer, n, inner), where outer
and inner are the sizes before and behind that axis.

Elements that only move are taken as integers of their size, so that one kernel serves every dtype of that
size. An index is looked at where it is used; where one is out of bounds nothing is returned, and NumPy's text
finds the words for it. What is added comes together in float64, one place after the other, so that the number
of threads has no part in it; who writes in the order of the index goes down whole columns.
"""

import math

import numpy as np
from numba import prange, types

from ._launch import INT, inner, kernel, read, written

LINES, WIDTH = 4096, 32
"""So many elements are a piece at least; so many columns are gone down side by side."""
LOOK = 2**14
"""So many indices are looked at as a piece."""

_Q = np.uint64
BAD = written(1, types.int64)
INDEX = types.int64
MOVED = (types.int32, types.int64)
"""What elements of four and of eight bytes are taken as."""
SUMMED = (types.float32, types.float64)


@inner
def place(j, n):
    """An index that may count from the end, as it counts from the front; n where it is out of bounds."""
    j = j + n if j < 0 else j
    return _Q(j) if _Q(j) < _Q(n) else _Q(n)


@inner
def take_line(x, at, step, index, out, first, count, n):
    """Elements of x, from ``at`` on and ``step`` apart, by the index and to ``out``, both from ``first`` on;
    whether one is out of bounds."""
    wrong = False
    for e in range(first, first + count):
        j = place(index[_Q(e)], n)
        wrong |= j == _Q(n)
        out[_Q(e)] = x[_Q(at) + (_Q(0) if j == _Q(n) else j) * _Q(step)]
    return wrong


def _take(x, index, out, n, count, columns, bad):
    many = max(1, LINES // count)
    outer = index.size // (count * columns)
    for piece in prange((outer + many - 1) // many):
        wrong = False
        for o in range(piece * many, min((piece + 1) * many, outer)):
            wrong |= take_line(x, o * n, 1, index, out, o * count, count, n)
        if wrong:
            bad[0] = 1


def _take_columns(x, index, out, n, count, columns, bad):
    rows = index.size // columns
    many = max(1, LINES // columns)
    for piece in prange((rows + many - 1) // many):
        wrong = False
        for row in range(piece * many, min((piece + 1) * many, rows)):
            base = row // count * n * columns
            for c in range(columns):
                e = _Q(row * columns + c)
                j = place(index[e], n)
                wrong |= j == _Q(n)
                out[e] = x[_Q(base + c) + (_Q(0) if j == _Q(n) else j) * _Q(columns)]
        if wrong:
            bad[0] = 1


@inner
def _blocks(lines, count, columns):
    """Lines along the axis are taken in blocks of ``width``, that lie side by side, a piece ``many`` blocks:
    ``width``, ``many``, the number of blocks and that of pieces."""
    width = min(WIDTH, columns)
    blocks = lines // columns * ((columns + width - 1) // width)
    many = max(1, LINES // (count * width))
    return width, many, blocks, (blocks + many - 1) // many


@inner
def _block(block, width, count, columns):
    """Where a block is, and how to go through it: its outer place, its first column; how many turns, how many
    elements in each, and how far apart these are in the other array. A single line is gone down in one
    turn."""
    across = (columns + width - 1) // width
    o = block // across
    first = (block - o * across) * width
    if columns == 1:
        return o, first, 1, count, 0
    return o, first, count, min(width, columns - first), 1


def _put(x, index, out, n, count, columns, bad):
    """Add x to zeros at the places of the index."""
    width, many, blocks, pieces = _blocks(out.size // n, count, columns)
    for piece in prange(pieces):
        sums, wrong = np.empty((n + 1) * width), False
        for block in range(piece * many, min((piece + 1) * many, blocks)):
            o, first, turns, across, apart = _block(block, width, count, columns)
            sums[:] = 0
            for i in range(turns):
                base = (o * count + i) * columns + first
                for c in range(across):
                    j = place(index[_Q(base + c)], n)
                    wrong |= j == _Q(n)
                    sums[j * _Q(width) + _Q(c * apart)] += x[_Q(base + c)]
            o, first, turns, across, apart = _block(block, width, n, columns)
            for i in range(turns):
                base = (o * n + i) * columns + first
                for c in range(across):
                    out[_Q(base + c)] = sums[_Q(i * width + c)]
        if wrong:
            bad[0] = 1


def _write(x, index, out, step, n, count, columns, bad):
    """Write x, or its only element where ``step`` is 0, at the places of the index; the last one stays."""
    width, many, blocks, pieces = _blocks(out.size // n, count, columns)
    for piece in prange(pieces):
        wrong = False
        for block in range(piece * many, min((piece + 1) * many, blocks)):
            o, first, turns, across, apart = _block(block, width, count, columns)
            for i in range(turns):
                base = (o * count + i) * columns + first
                for c in range(across):
                    j = place(index[_Q(base + c)], n)
                    if j == _Q(n):
                        wrong = True
                    else:
                        to = _Q(o * n * columns + first + c * apart) + j * _Q(columns)
                        out[to] = x[_Q(base + c) * _Q(step)]
        if wrong:
            bad[0] = 1


def _keep(x, index, out, n, count, columns, bad):
    """Read x at the places of the index, and 0 where a later one of them names the same place: they are gone
    through from the last on, and a place that was seen is a mask of no bits. (A branch would be foreseen as
    often as not.)"""
    width, many, blocks, pieces = _blocks(x.size // n, count, columns)
    for piece in prange(pieces):
        mask, wrong = np.empty((n + 1) * width, np.int8), False
        for block in range(piece * many, min((piece + 1) * many, blocks)):
            o, first, turns, across, apart = _block(block, width, count, columns)
            mask[:] = -1
            for i in range(turns):
                base = (o * count + turns - 1 - i) * columns + first
                source = o * n * columns + first
                for k in range(across):
                    c = across - 1 - k
                    j = place(index[_Q(base + c)], n)
                    wrong |= j == _Q(n)
                    j = _Q(0) if j == _Q(n) else j
                    known = j * _Q(width) + _Q(c * apart)
                    out[_Q(base + c)] = x[_Q(source + c * apart) + j * _Q(columns)] & mask[known]
                    mask[known] = 0
        if wrong:
            bad[0] = 1


def _look(index, n, bad):
    for piece in prange((index.size + LOOK - 1) // LOOK):
        part, wrong = index[piece * LOOK : (piece + 1) * LOOK], False
        for i in range(part.size):
            wrong |= bool(_Q(part[i]) >= _Q(n))  # a negative one is a large one
        if wrong:
            bad[0] = 1


def _for_each(dtypes, function, *numbers):
    """For each dtype, by its name, a kernel of what is read, the index, what is written, and some numbers."""
    return {
        str(d): kernel(read(1, d), read(1, INDEX), written(1, d), *numbers, INT, INT, INT, BAD)(function)
        for d in dtypes
    }


_TAKE, _TAKE_COLUMNS = _for_each(MOVED, _take), _for_each(MOVED, _take_columns)
_PUT, _WRITE, _KEEP = _for_each(SUMMED, _put), _for_each(MOVED, _write, INT), _for_each(MOVED, _keep)


def _bits(x):
    """x, flat, as integers of the size of its elements."""
    return x.reshape(-1).view(f"i{x.itemsize}")


def sizes(shape, axis):
    """How many elements lie before, along and behind an axis."""
    return math.prod(shape[:axis]), shape[axis], math.prod(shape[axis + 1 :])


def _beside(shape, index, axis):
    """Whether an index has the other axes of an array of ``shape``."""
    return shape[:axis] + shape[axis + 1 :] == index.shape[:axis] + index.shape[axis + 1 :]


def _launched(kernels, source, index, axis, to, n, *numbers):
    """Run it on the two arrays, flat, and say whether every index was in bounds."""
    bad, places = np.zeros(1, np.int64), np.ascontiguousarray(index, np.int64)
    _, count, columns = sizes(index.shape, axis)
    kernels[str(source.dtype)].sized(
        2 * index.size, source, places.reshape(-1), to, *numbers, n, count, columns, bad
    )
    return not bad[0]


def _read(by_row, by_column, x, index, axis):
    axis %= x.ndim
    if not _beside(x.shape, index, axis):
        x = x[tuple([slice(None if i == axis else size) for i, size in enumerate(index.shape)])]
    if x.itemsize not in (4, 8) or (not x.flags.c_contiguous and x.size > 4 * index.size):
        return None  # of no such size, or much to copy for little that is read
    source, out = _bits(np.ascontiguousarray(x)), np.empty(index.shape, x.dtype)
    kernels = by_row if math.prod(x.shape[axis + 1 :]) == 1 else by_column
    return out if _launched(kernels, source, index, axis, _bits(out), x.shape[axis]) else None


_LOOK = kernel(read(1, INDEX), INT, BAD)(_look)


def in_bounds(index, n):
    """Whether all of an index is from 0 to n - 1."""
    bad = np.zeros(1, np.int64)
    _LOOK.sized(index.size // 4, np.ascontiguousarray(index, np.int64).reshape(-1), n, bad)
    return not bad[0]


def take(x, index, axis):
    """x read along ``axis`` where the index says; None where no kernel serves it, or the index is out of
    bounds."""
    return _read(_TAKE, _TAKE_COLUMNS, x, index, axis)


def kept(x, index, axis):
    """What :func:`take` reads, and 0 where a later index names the same place."""
    return _read(_KEEP, _KEEP, x, index, axis)


def put(x, index, axis, shape):
    """x added to zeros of ``shape`` at the places of the index; None where no kernel serves it, or the index
    is out of bounds."""
    axis %= len(shape)
    if str(x.dtype) not in _PUT or not _beside(shape, index, axis):
        return None
    out, source = np.empty(shape, x.dtype), np.ascontiguousarray(x).reshape(-1)
    return out if _launched(_PUT, source, index, axis, out.reshape(-1), shape[axis]) else None


def write(out, index, axis, x):
    """Write x into ``out`` at the places of the index; whether a kernel could. Where the index is out of
    bounds some of it is written."""
    axis %= out.ndim
    if not (_beside(out.shape, index, axis) and out.flags.c_contiguous and out.itemsize in (4, 8)):
        return False
    x = np.asarray(x, out.dtype)
    step = int(x.ndim > 0)
    source = _bits(np.ascontiguousarray(np.broadcast_to(x, index.shape) if step else x))
    return _launched(_WRITE, source, index, axis, _bits(out), out.shape[axis], step)
