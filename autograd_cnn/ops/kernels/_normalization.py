"""Batch normalisation over channels-last memory, seen as (pixels, C): moments, the pass that normalises, and
the gradients.

The pixels are cut into pieces by shape. Moments are taken piece by piece, the mean first, and merged in
float64 (Chan, Golub and LeVeque 1979), so that a large mean costs no digits. Within a piece at most BLOCK
numbers are added in float32, and the mean is that of the distances from the piece's first pixel.
"""

import numpy as np
from numba import prange, types

from ._launch import inner, kernel, read, written

DOUBLE = types.float64
BLOCK = 32
"""So many numbers are added in float32; their sums in float64."""


def _pieces(pixels):
    return max(1, min(64, pixels // 64))


@inner
def _distances(x, begin, end, start, part, sums):
    """Σ (x - start) over pixels, per channel."""
    channels = x.shape[1]
    sums[:] = 0
    for first in range(begin, end, BLOCK):
        part[:] = 0
        for p in range(first, min(first + BLOCK, end)):
            pixel = x[p]
            for c in range(channels):
                part[c] += pixel[c] - start[c]
        for c in range(channels):
            sums[c] += part[c]


@inner
def _squares(x, begin, end, center, part, sums):
    """Σ (x - center)² over pixels, per channel."""
    channels = x.shape[1]
    sums[:] = 0
    for first in range(begin, end, BLOCK):
        part[:] = 0
        for p in range(first, min(first + BLOCK, end)):
            pixel = x[p]
            for c in range(channels):
                part[c] += (pixel[c] - center[c]) * (pixel[c] - center[c])
        for c in range(channels):
            sums[c] += part[c]


@kernel(read(2), written(2, DOUBLE), written(2, DOUBLE), written(1, DOUBLE), written(1, DOUBLE))
def _moments(x, means, squares, mean, variance):
    pixels, channels = x.shape
    pieces = means.shape[0]
    for piece in prange(pieces):
        begin, end = piece * pixels // pieces, (piece + 1) * pixels // pieces
        m, q = means[piece], squares[piece]
        part, center = np.empty(channels, np.float32), np.empty(channels, np.float32)
        for c in range(channels):  # from 0 where the first pixel is not finite: infinity less itself is NaN
            center[c] = x[begin, c] if abs(x[begin, c]) < np.inf else 0
        _distances(x, begin, end, center, part, m)
        for c in range(channels):
            m[c] = np.float64(center[c]) + m[c] / (end - begin)
            center[c] = m[c]
        _squares(x, begin, end, center, part, q)
        for c in range(channels):  # around the mean itself, not the float32 next to it
            away = m[c] - np.float64(center[c])
            q[c] -= away * away * (end - begin)
    for c in range(channels):
        count, middle, spread = 0, 0.0, 0.0
        for piece in range(pieces):
            more = (piece + 1) * pixels // pieces - piece * pixels // pieces
            distance = means[piece, c] - middle
            spread += squares[piece, c] + distance * distance * count * more / (count + more)
            middle += distance * more / (count + more)
            count += more
        mean[c] = middle
        variance[c] = spread / count


@kernel(read(2), read(1), read(1), read(1), written(2))
def _normalize(x, mean, factor, shift, out):
    """(x - mean) factor + shift: in this order a large mean costs no digits."""
    pixels, channels = x.shape
    pieces = max(1, min(64, pixels // 64))
    for piece in prange(pieces):
        for p in range(piece * pixels // pieces, (piece + 1) * pixels // pieces):
            pixel, to = x[p], out[p]
            for c in range(channels):
                to[c] = (pixel[c] - mean[c]) * factor[c] + shift[c]


def in_range(variance, x, mean):
    """The variance of x (pixels, C) in float64; taken again where a square was more than float32 holds."""
    if np.isinf(variance).any():
        return np.square(x.astype(np.float64) - mean).mean(0)
    return variance.astype(np.float64, copy=False)


def batch_norm(x, weight, bias, epsilon):
    """w x̂ + b over (N, H, W, C) by the batch's own moments; and these, mean and (biased) variance."""
    channels = x.shape[-1]
    flat = x.reshape(-1, channels)
    pieces = _pieces(len(flat))
    means, squares = np.empty((pieces, channels)), np.empty((pieces, channels))
    exact, spread = np.empty(channels), np.empty(channels)
    _moments(flat, means, squares, exact, spread)
    spread = in_range(spread, flat, exact)
    mean = exact.astype(np.float32)
    factor = weight / np.sqrt(spread + epsilon)
    shift = bias - (exact - mean) * factor
    out = np.empty(x.shape, np.float32)
    to = out.reshape(-1, channels)
    _normalize(flat, mean, factor.astype(np.float32), shift.astype(np.float32), to)
    return out, mean, spread.astype(np.float32)


@inner
def _signals(g, x, begin, end, mean, a, b, total, dotted):
    """Σ g and Σ g (x - mean) over pixels, per channel."""
    channels = x.shape[1]
    total[:] = 0
    dotted[:] = 0
    for first in range(begin, end, BLOCK):
        a[:] = 0
        b[:] = 0
        for p in range(first, min(first + BLOCK, end)):
            signal, pixel = g[p], x[p]
            for c in range(channels):
                a[c] += signal[c]
                b[c] += signal[c] * (pixel[c] - mean[c])
        for c in range(channels):
            total[c] += a[c]
            dotted[c] += b[c]


@kernel(
    read(2), read(2), read(1), written(2, DOUBLE), written(2, DOUBLE), written(1, DOUBLE), written(1, DOUBLE)
)
def _sums(g, x, mean, first, second, total, dotted):
    pixels, channels = x.shape
    pieces = first.shape[0]
    for piece in prange(pieces):
        begin, end = piece * pixels // pieces, (piece + 1) * pixels // pieces
        a, b = np.empty(channels, np.float32), np.empty(channels, np.float32)
        _signals(g, x, begin, end, mean, a, b, first[piece], second[piece])
    total[:] = 0
    dotted[:] = 0
    for piece in range(pieces):
        for c in range(channels):
            total[c] += first[piece, c]
            dotted[c] += second[piece, c]


@kernel(read(2), read(2), read(1), read(1), read(1), read(1), read(1), written(2))
def _combine(g, x, mean, inverse, on_g, on_x, shift, out):
    pixels, channels = x.shape
    pieces = max(1, min(64, pixels // 64))
    for piece in prange(pieces):
        for p in range(piece * pixels // pieces, (piece + 1) * pixels // pieces):
            signal, pixel, to = g[p], x[p], out[p]
            for c in range(channels):
                to[c] = signal[c] * on_g[c] + (pixel[c] - mean[c]) * inverse[c] * on_x[c] + shift[c]


def gradients(g, x, weight, mean, variance, epsilon):
    """Of image, weight and bias, for normalisation by the batch's own moments."""
    shape, channels = x.shape, x.shape[-1]
    g, x = g.reshape(-1, channels), x.reshape(-1, channels)
    count = len(x)
    pieces = _pieces(count)
    first, second = np.empty((pieces, channels)), np.empty((pieces, channels))
    total, dotted = np.empty(channels), np.empty(channels)
    _sums(g, x, mean, first, second, total, dotted)
    # weight inverse (g - total / count - normalized dotted / count), as one line over g and normalized
    inverse = 1 / np.sqrt(in_range(variance, x, mean) + epsilon)
    dotted *= inverse
    on_g = weight * inverse
    on_x = -on_g * dotted / count
    shift = -on_g * total / count
    out = np.empty(shape, np.float32)
    lines = [line.astype(np.float32) for line in (inverse, on_g, on_x, shift)]
    _combine(g, x, mean, *lines, out.reshape(-1, channels))
    return out, dotted.astype(np.float32), total.astype(np.float32)
