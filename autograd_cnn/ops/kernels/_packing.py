"""Weights laid out in panels, in the order in which a product reads them: packed once, read many times."""

from functools import lru_cache

import numpy as np
from numba import prange

from ._launch import INT, inner, kernel, read, written
from ._micro import COLUMNS
from ._vectors import LANES, address_of, transpose_tile

NO_BIAS = np.empty(0, np.float32)


@inner
def panel_width(columns):
    return (min(columns, COLUMNS) + LANES - 1) // LANES * LANES


@inner
def padded(columns):
    """Columns of panels, with those that fill the last vector."""
    return (columns + LANES - 1) // LANES * LANES


@kernel(read(1), INT, INT, read(1, INT), written(1))
def pack(source, column_stride, columns, rows, packed):
    """Lay the transpose of a matrix out in panels of at most COLUMNS columns; what stands in columns that are
    missing is never read.

    Column c of the panels is ``source[c column_stride :][: rows.size]``; its element j goes to row
    ``rows[j]``. Each group of ``columns`` has panels of its own, one group's behind those of the other.
    """
    depth = rows.size
    groups = ((source.size - depth) // column_stride + 1) // columns
    panels = (columns + COLUMNS - 1) // COLUMNS
    for piece in prange(groups * panels):
        group, first = piece // panels, piece % panels * COLUMNS
        width = panel_width(columns - first)
        begin_of_panel = (group * padded(columns) + first) * depth
        out = packed[begin_of_panel : begin_of_panel + depth * width]
        table = np.empty(LANES, np.int64)
        for begin in range(0, depth, LANES):
            some = min(LANES, depth - begin)
            for j in range(some):
                table[j] = rows[begin + j] * width
            for c in range(0, width, LANES):
                at = address_of(source[(group * columns + first + c) * column_stride + begin :])
                transpose_tile(
                    at,
                    column_stride,
                    min(LANES, columns - first - c),
                    some,
                    address_of(out[c:]),
                    address_of(table),
                )


@lru_cache(maxsize=256)
def plain_rows(depth):
    """Rows in their own order."""
    return np.arange(depth)


@lru_cache(maxsize=256)
def tap_rows(channels, taps):
    """Where element (channel, tap) of a filter goes: row (tap, channel)."""
    return np.arange(channels * taps).reshape(taps, channels).T.reshape(-1).copy()


@kernel(read(3), read(2, INT), INT, written(1))
def pack_taps(weight, taps, groups, packed):
    """Weights (O, C, taps) in panels over C, those of the gradient of the image.

    For each row (tap, begin, k, count) of ``taps``, elements (O of the group, C) are rows k of the panels of
    ``count`` taps that begin at ``packed[begin]``.
    """
    outputs, channels, _ = weight.shape
    rows = outputs // groups
    for o in prange(outputs):
        group, row_in_tap = o // rows, o % rows
        for t in range(len(taps)):
            tap, begin, k, count = taps[t, 0], taps[t, 1], taps[t, 2], taps[t, 3]
            depth = count * rows
            for first in range(0, channels, COLUMNS):
                width = panel_width(channels - first)
                at = begin + (group * padded(channels) + first) * depth + (k * rows + row_in_tap) * width
                row = packed[at : at + width]
                for c in range(width):
                    row[c] = weight[o, first + c, tap] if first + c < channels else np.float32(0)
