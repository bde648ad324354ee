"""Between (N, C, H, W) and channels-last memory."""

import numpy as np
from numba import prange

from ._launch import kernel, read, written
from ._micro import COLUMNS, ZEROS, multiply
from ._vectors import LANES, address_of, transpose_tile

BAND = 16 * LANES
"""Columns of an image that a thread turns at a time."""


@kernel(read(3), written(3))
def _swap(x, out):
    number, rows, columns = x.shape
    bands = (columns + BAND - 1) // BAND
    table = np.empty(LANES, np.int64)
    for c in range(LANES):
        table[c] = c * rows
    for piece in prange(number * bands):
        n, first = piece // bands, piece % bands * BAND
        for c in range(first, min(first + BAND, columns), LANES):
            for r in range(0, rows, LANES):
                to = address_of(out[n, c, r:])
                transpose_tile(
                    address_of(x[n, r, c:]),
                    columns,
                    min(LANES, rows - r),
                    min(LANES, columns - c),
                    to,
                    address_of(table),
                )


contiguous = np.ascontiguousarray
"""The array in C order, copied where it is not."""


def channels_last(x):
    """(N, C, *spatial) in any memory -> the same values as a contiguous (N, *spatial, C)."""
    turned = x.transpose(0, *range(2, x.ndim), 1)
    if turned.flags.c_contiguous:
        return turned
    if not x.flags.c_contiguous:
        return np.ascontiguousarray(turned)
    n, c = x.shape[:2]
    out = np.empty(turned.shape, np.float32)
    _swap.sized(x.size, x.reshape(n, c, -1), out.reshape(n, -1, c))
    return out


def channels_first(x):
    """A contiguous (N, *spatial, C) seen as (N, C, *spatial). Nothing moves but what has one axis: a sequence
    whose axes are exchanged is taken for what its maker meant."""
    if x.ndim == 3:
        if x.dtype != np.float32:
            return np.ascontiguousarray(x.transpose(0, 2, 1))
        n, pixels, c = x.shape
        out = np.empty((n, c, pixels), np.float32)
        _swap.sized(x.size, x, out)
        return out
    return x.transpose(0, x.ndim - 1, *range(1, x.ndim - 1))


@kernel(read(2), written(2), written(1))
def _channel_sum(x, part, out):
    pixels, channels = x.shape
    pieces = part.shape[0]
    one, same = np.ones(1, np.float32), np.zeros(1, np.int64)
    for piece in prange(pieces):
        begin, end = piece * pixels // pieces, (piece + 1) * pixels // pieces
        for first in range(0, channels, COLUMNS):  # a product of ones with the pixels
            multiply(
                (address_of(ZEROS), 0),
                (address_of(one), 0, 0),
                address_of(same),
                (address_of(x[begin, first:]), 0, channels),
                (1, end - begin),
                (address_of(part[piece, first:]), channels),
                (1, min(COLUMNS, channels - first)),
            )
    sums = np.zeros(channels)
    for piece in range(pieces):
        for c in range(channels):
            sums[c] += part[piece, c]
    for c in range(channels):
        out[c] = sums[c]


def channel_sum(x):
    """(N, *spatial, C) -> (C,), in pieces cut by shape, of some 64 pixels; these are added up in float64."""
    channels = x.shape[-1]
    out = np.empty(channels, np.float32)
    pixels = x.size // channels
    pieces = max(min(32, pixels), pixels // 64)
    _channel_sum.sized(x.size, x.reshape(pixels, channels), np.empty((pieces, channels), np.float32), out)
    return out
