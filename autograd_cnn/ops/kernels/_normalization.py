"""Batch normalisation over channels-last memory, seen as (pixels, C): moments, the pass that normalises, and
the gradients.

The pixels are cut into pieces by shape. Moments are taken piece by piece, the mean first, and merged in
float64 (Chan, Golub and LeVeque 1979), so that a large mean costs no digits.
"""

import numpy as np
from numba import prange

from ._launch import kernel, read, written


def _pieces(pixels):
    return max(1, min(64, pixels // 64))


@kernel(read(2), written(2), written(2), written(1), written(1))
def _moments(x, means, squares, mean, variance):
    pixels, channels = x.shape
    pieces = means.shape[0]
    for piece in prange(pieces):
        begin, end = piece * pixels // pieces, (piece + 1) * pixels // pieces
        m, q = means[piece], squares[piece]
        m[:] = 0
        q[:] = 0
        for p in range(begin, end):
            pixel = x[p]
            for c in range(channels):
                m[c] += pixel[c]
        for c in range(channels):
            m[c] /= np.float32(end - begin)
        for p in range(begin, end):
            pixel = x[p]
            for c in range(channels):
                q[c] += (pixel[c] - m[c]) * (pixel[c] - m[c])
    for c in range(channels):
        count, center, spread = 0, 0.0, 0.0
        for piece in range(pieces):
            more = (piece + 1) * pixels // pieces - piece * pixels // pieces
            distance = means[piece, c] - center
            spread += squares[piece, c] + distance * distance * count * more / (count + more)
            center += distance * more / (count + more)
            count += more
        mean[c] = center
        variance[c] = spread / count


@kernel(read(2), read(1), read(1), written(2))
def _normalize(x, factor, shift, out):
    pixels, channels = x.shape
    pieces = max(1, min(64, pixels // 64))
    for piece in prange(pieces):
        for p in range(piece * pixels // pieces, (piece + 1) * pixels // pieces):
            pixel, to = x[p], out[p]
            for c in range(channels):
                to[c] = pixel[c] * factor[c] + shift[c]


def batch_norm(x, weight, bias, epsilon):
    """w x̂ + b over (N, H, W, C) by the batch's own moments; and these, mean and (biased) variance."""
    channels = x.shape[-1]
    flat = x.reshape(-1, channels)
    pieces = _pieces(len(flat))
    means, squares = np.empty((pieces, channels), np.float32), np.empty((pieces, channels), np.float32)
    mean, variance = np.empty(channels, np.float32), np.empty(channels, np.float32)
    _moments(flat, means, squares, mean, variance)
    factor = weight / np.sqrt(variance + np.float32(epsilon))
    out = np.empty(x.shape, np.float32)
    _normalize(flat, factor, bias - mean * factor, out.reshape(-1, channels))
    return out, mean, variance


@kernel(read(2), read(2), read(1), read(1), written(2), written(2), written(1), written(1))
def _sums(g, x, mean, inverse, first, second, total, dotted):
    pixels, channels = x.shape
    pieces = first.shape[0]
    for piece in prange(pieces):
        a, b = first[piece], second[piece]
        a[:] = 0
        b[:] = 0
        for p in range(piece * pixels // pieces, (piece + 1) * pixels // pieces):
            signal, pixel = g[p], x[p]
            for c in range(channels):
                a[c] += signal[c]
                b[c] += signal[c] * (pixel[c] - mean[c])
    for c in range(channels):
        sum_a, sum_b = 0.0, 0.0
        for piece in range(pieces):
            sum_a += first[piece, c]
            sum_b += second[piece, c]
        total[c] = sum_a
        dotted[c] = sum_b * inverse[c]


@kernel(read(2), read(2), read(1), read(1), read(1), written(2))
def _combine(g, x, on_g, on_x, shift, out):
    pixels, channels = x.shape
    pieces = max(1, min(64, pixels // 64))
    for piece in prange(pieces):
        for p in range(piece * pixels // pieces, (piece + 1) * pixels // pieces):
            signal, pixel, to = g[p], x[p], out[p]
            for c in range(channels):
                to[c] = signal[c] * on_g[c] + pixel[c] * on_x[c] + shift[c]


def gradients(g, x, weight, mean, variance, epsilon):
    """Of image, weight and bias, for normalisation by the batch's own moments."""
    inverse = 1 / np.sqrt(variance + np.float32(epsilon))
    shape, channels = x.shape, x.shape[-1]
    g, x = g.reshape(-1, channels), x.reshape(-1, channels)
    pieces, count = _pieces(len(x)), len(x)
    first, second = np.empty((pieces, channels), np.float32), np.empty((pieces, channels), np.float32)
    total, dotted = np.empty(channels, np.float32), np.empty(channels, np.float32)
    _sums(g, x, mean, inverse, first, second, total, dotted)
    # weight inverse (g - total / count - normalized dotted / count), as one line over g and x
    on_g = weight * inverse
    on_x = -on_g * inverse * dotted / np.float32(count)
    shift = -on_g * total / np.float32(count) - on_x * mean
    out = np.empty(shape, np.float32)
    _combine(g, x, on_g, on_x, shift, out.reshape(-1, channels))
    return out, dotted, total
