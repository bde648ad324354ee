"""Max- and average-pooling over channels-last memory: (N, H, W, C). The channels are the inner loop of every kernel."""

import numpy as np
from numba import prange

from ._launch import Kernel


@Kernel
def _max_pool(x, out, index, geometry):
    kh, kw, sh, sw, ph, pw, dh, dw = geometry
    number, height, width, channels = x.shape
    _, out_height, out_width, _ = out.shape
    for line in prange(number * out_height):
        n, p = line // out_height, line % out_height
        for q in range(out_width):
            best, where = out[n, p, q], index[n, p, q]
            first = True
            for i in range(kh):
                y = p * sh - ph + i * dh
                if y < 0 or y >= height:
                    continue
                for j in range(kw):
                    z = q * sw - pw + j * dw
                    if z < 0 or z >= width:
                        continue
                    pixel, tap = x[n, y, z], np.uint8(i * kw + j)
                    if first:
                        first = False
                        for c in range(channels):
                            best[c] = pixel[c]
                            where[c] = tap
                    else:
                        for c in range(channels):
                            value, before = pixel[c], best[c]
                            # The first of equal maxima wins, and the first NaN wins over everything.
                            better = (value > before) or (value != value and before == before)
                            best[c] = value if better else before
                            where[c] = tap if better else where[c]


def max_pool(x, positions, geometry):
    """The maximum of each window and the number of its tap (uint8)."""
    out = np.empty((x.shape[0], *positions, x.shape[3]), np.float32)
    index = np.empty(out.shape, np.uint8)
    _max_pool.sized(x.size, x, out, index, geometry)
    return out, index


@Kernel
def _max_unpool(g, index, out, geometry):
    kh, kw, sh, sw, ph, pw, dh, dw = geometry
    number, height, width, channels = out.shape
    _, out_height, out_width, _ = g.shape
    apart = sh >= kh and sw >= kw and dh == 1 and dw == 1 and ph == 0 and pw == 0
    covered = apart and out_height * sh == height and out_width * sw == width and sh == kh and sw == kw
    for n in prange(number):
        if not covered:
            out[n].reshape(-1)[:] = 0
        for p in range(out_height):
            for q in range(out_width):
                signal, where = g[n, p, q], index[n, p, q]
                for i in range(kh):
                    y = p * sh - ph + i * dh
                    if y < 0 or y >= height:
                        continue
                    for j in range(kw):
                        z = q * sw - pw + j * dw
                        if z < 0 or z >= width:
                            continue
                        pixel, tap = out[n, y, z], np.uint8(i * kw + j)
                        if apart:
                            for c in range(channels):
                                pixel[c] = signal[c] if where[c] == tap else np.float32(0)
                        else:
                            for c in range(channels):
                                pixel[c] += signal[c] if where[c] == tap else np.float32(0)


def max_unpool(g, index, size, geometry):
    """Each value of ``g`` added at the winner of its window."""
    out = np.empty((g.shape[0], *size, g.shape[3]), np.float32)
    _max_unpool.sized(out.size, g, index, out, geometry)
    return out


@Kernel
def _window_sum(x, out, scale, geometry):
    kh, kw, sh, sw, ph, pw, _, _ = geometry
    number, height, width, channels = x.shape
    _, out_height, out_width, _ = out.shape
    for line in prange(number * out_height):
        n, p = line // out_height, line % out_height
        top = p * sh - ph
        for q in range(out_width):
            left = q * sw - pw
            total = out[n, p, q]
            total[:] = 0
            for y in range(max(top, 0), min(top + kh, height)):
                for z in range(max(left, 0), min(left + kw, width)):
                    pixel = x[n, y, z]
                    for c in range(channels):
                        total[c] += pixel[c]
            for c in range(channels):
                total[c] *= scale


def window_sum(x, scale, positions, geometry):
    """The sum of each window times ``scale``."""
    out = np.empty((x.shape[0], *positions, x.shape[3]), np.float32)
    _window_sum.sized(x.size, x, out, np.float32(scale), geometry)
    return out


@Kernel
def _window_spread(g, out, scale, geometry):
    kh, kw, sh, sw, ph, pw, _, _ = geometry
    number, height, width, channels = out.shape
    _, out_height, out_width, _ = g.shape
    for n in prange(number):
        out[n].reshape(-1)[:] = 0
        for p in range(out_height):
            top = p * sh - ph
            for q in range(out_width):
                left = q * sw - pw
                signal = g[n, p, q]
                for y in range(max(top, 0), min(top + kh, height)):
                    for z in range(max(left, 0), min(left + kw, width)):
                        pixel = out[n, y, z]
                        for c in range(channels):
                            pixel[c] += signal[c] * scale


def window_spread(g, scale, size, geometry):
    """The adjoint of ``window_sum``."""
    out = np.empty((g.shape[0], *size, g.shape[3]), np.float32)
    _window_spread.sized(out.size, g, out, np.float32(scale), geometry)
    return out
