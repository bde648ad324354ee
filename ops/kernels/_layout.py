"""Between (N, C, H, W) and channels-last memory."""

import numpy as np
from numba import prange

from ._launch import Kernel


@Kernel
def _swap(x, out):
    number, rows, columns = x.shape
    for n in prange(number):
        for begin in range(0, columns, 16):
            for r in range(rows):
                for c in range(begin, min(begin + 16, columns)):
                    out[n, c, r] = x[n, r, c]


contiguous = np.ascontiguousarray
"""The array in C order, copied where it is not."""


def channels_last(x):
    """(N, C, H, W) in any memory -> the same values as a contiguous (N, H, W, C)."""
    turned = x.transpose(0, 2, 3, 1)
    if turned.flags.c_contiguous:
        return turned
    if not x.flags.c_contiguous:
        return np.ascontiguousarray(turned)
    n, c, h, w = x.shape
    out = np.empty((n, h * w, c), np.float32)
    _swap.sized(x.size, x.reshape(n, c, h * w), out)
    return out.reshape(n, h, w, c)


def channels_first(x):
    """A contiguous (N, H, W, C) seen as (N, C, H, W); nothing moves."""
    return x.transpose(0, 3, 1, 2)


@Kernel
def _channel_sum(x, part, out):
    pixels, channels = x.shape
    pieces = part.shape[0]
    for piece in prange(pieces):
        total = part[piece]
        total[:] = 0
        for p in range(piece * pixels // pieces, (piece + 1) * pixels // pieces):
            pixel = x[p]
            for c in range(channels):
                total[c] += pixel[c]
    for c in range(channels):
        total = part[0, c]
        for piece in range(1, pieces):
            total += part[piece, c]
        out[c] = total


def channel_sum(x):
    """(N, H, W, C) -> (C,), in pieces cut by shape."""
    channels = x.shape[-1]
    out = np.empty(channels, np.float32)
    pixels = x.size // channels
    _channel_sum.sized(x.size, x.reshape(pixels, channels), np.empty((min(32, pixels), channels), np.float32), out)
    return out
