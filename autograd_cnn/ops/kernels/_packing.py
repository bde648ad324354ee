"""Weights laid out in panels, in the order in which a product reads them: packed once, read many times."""

from functools import lru_cache

import numpy as np
from numba import prange

from ._launch import INT, inner, kernel, read, written
from ._micro import COLUMNS
from ._vectors import LANES, transpose_tile

NO_BIAS = np.empty(0, np.float32)


@inner
def panel_width(columns):
    return (min(columns, COLUMNS) + LANES - 1) // LANES * LANES


@kernel(read(1), INT, read(1, INT), written(1))
def pack(source, column_stride, rows, packed):
    """Lay the transpose of a matrix out in panels of at most COLUMNS columns; what stands in columns that are
    missing is never read.

    Column c of the panels is ``source[c column_stride :][: rows.size]``; its element j goes to row
    ``rows[j]``.
    """
    depth = rows.size
    columns = (source.size - depth) // column_stride + 1
    for panel in prange((columns + COLUMNS - 1) // COLUMNS):
        first = panel * COLUMNS
        width = panel_width(columns - first)
        out = packed[first * depth : first * depth + depth * width]
        table = np.empty(LANES, np.int64)
        for begin in range(0, depth, LANES):
            some = min(LANES, depth - begin)
            for j in range(some):
                table[j] = rows[begin + j] * width
            for c in range(0, width, LANES):
                at = source[(first + c) * column_stride + begin :].ctypes.data
                transpose_tile(
                    at,
                    column_stride,
                    min(LANES, columns - first - c),
                    some,
                    out[c:].ctypes.data,
                    table.ctypes.data,
                )


@lru_cache(maxsize=256)
def plain_rows(depth):
    """Rows in their own order."""
    return np.arange(depth)


@lru_cache(maxsize=256)
def tap_rows(channels, taps):
    """Where element (channel, tap) of a filter goes: row (tap, channel)."""
    return np.arange(channels * taps).reshape(taps, channels).T.reshape(-1).copy()


@kernel(read(3), written(1))
def pack_flipped(weight, packed):
    """Weights (O, C, taps) in panels over C with rows (flipped tap, O): those of the gradient of the
    image."""
    outputs, channels, taps = weight.shape
    depth = outputs * taps
    for o in prange(outputs):
        for first in range(0, channels, COLUMNS):
            width = panel_width(channels - first)
            for tap in range(taps):
                row = packed[first * depth + ((taps - 1 - tap) * outputs + o) * width :][:width]
                for c in range(width):
                    row[c] = weight[o, first + c, tap] if first + c < channels else np.float32(0)
