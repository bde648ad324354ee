"""The gradient of an image over two axes by folding: the signal times the weights makes the gradients of the
windows, which are added back to their pixels.

Beside the phases of ``_views`` it multiplies nothing by what lies around the signal, and fills vectors where
the image has few channels.
"""

import math

import numpy as np
from numba import get_thread_id, prange

from ._launch import INT, PLANE, inner, kernel, per_thread, read, written
from ._micro import COLUMNS, ROW_NUMBERS, ROWS, ZEROS, multiply
from ._vectors import LANES, address_of

AROUND = 1.4
"""Where the phases would multiply so many times more, they are not worth it."""


def serves(positions, size, channels, geometry, groups):
    """Whether folding is worth it."""
    if groups > 1 or len(size) != 2 or math.prod(geometry.kernel) == 1:
        return False
    return channels < LANES or math.prod(size) > AROUND * math.prod(positions) * math.prod(geometry.stride)


@inner
def _fold(cells, to, height, width, channels, first, count, out_width, plane):
    """Add every entry of ``count`` windows back to its pixel: ``cells`` is (count, KH KW C), ``to`` one
    image, flat."""
    kh, kw, sh, sw, ph, pw, dh, dw = plane
    for p in range(count):
        top, left = (first + p) // out_width * sh - ph, (first + p) % out_width * sw - pw
        for i in range(kh):
            y = top + i * dh
            if y < 0 or y >= height:
                continue
            if dw == 1:
                low, high = max(0, -left), min(kw, width - left)
                if low < high:
                    a = to[(y * width + left + low) * channels : (y * width + left + high) * channels]
                    b = cells[p, (i * kw + low) * channels : (i * kw + high) * channels]
                    for c in range(a.size):
                        a[c] += b[c]
            else:
                for j in range(kw):
                    x = left + j * dw
                    if 0 <= x < width:
                        a = to[(y * width + x) * channels : (y * width + x + 1) * channels]
                        b = cells[p, (i * kw + j) * channels : (i * kw + j + 1) * channels]
                        for c in range(channels):
                            a[c] += b[c]


@kernel(read(4), read(2), read(1), written(4), written(3), read(1, INT), PLANE)
def _folded(g, weight, bias, out, cells, offsets, plane):
    """Per image: the gradient of its windows, ``cells = g weight`` with ``weight`` (O, KH KW C), folded back
    on the bias."""
    number, height, width, channels = out.shape
    _, out_height, out_width, inputs = g.shape
    depth = weight.shape[1]
    tile = cells.shape[1]
    positions = out_height * out_width
    for n in prange(number):
        mine = cells[get_thread_id()]
        to = out[n].reshape(-1)
        for pixel in range(height * width):
            for c in range(channels):
                to[pixel * channels + c] = bias[c]
        for begin in range(0, positions, tile):
            count = min(tile, positions - begin)
            a = address_of(g[n]) + 4 * begin * inputs
            for first in range(0, depth, COLUMNS):
                for p in range(0, count, ROWS):
                    multiply(
                        (address_of(ZEROS), 0),
                        (a + 4 * p * inputs, 0, 1),
                        address_of(offsets),
                        (address_of(weight) + 4 * first, 0, depth),
                        (1, inputs),
                        (address_of(mine) + 4 * (p * depth + first), depth),
                        (min(ROWS, count - p), min(COLUMNS, depth - first)),
                    )
            _fold(mine, to, height, width, channels, begin, count, out_width, plane)


def input_gradient(g, weight, bias, size, geometry):
    """The gradient of the image: ``(N, OH, OW, O) -> (N, H, W, C)``."""
    outputs, channels, kh, kw = weight.shape
    depth = kh * kw * channels
    out = np.empty((len(g), *size, channels), np.float32)
    tile = max(ROWS, min(g.shape[1] * g.shape[2], 2**16 // depth // ROWS * ROWS))
    cells = per_thread("work", tile * depth).reshape(-1, tile, depth)
    laid = np.ascontiguousarray(weight.transpose(0, 2, 3, 1)).reshape(outputs, depth)
    cost = g.size * kh * channels // 16
    _folded.sized(cost, g, laid, bias, out, cells, ROW_NUMBERS * outputs, geometry.plane)
    return out
