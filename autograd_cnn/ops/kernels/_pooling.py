"""Max- and average-pooling over channels-last memory: (N, H, W, C). ``plane`` holds kernel, stride, padding
and dilation, two numbers each."""

import numpy as np
from numba import prange, types

from ._launch import PLANE, inner, kernel, read, written
from ._taps import add_taps, put_at_winner, spread_over_taps, take_maximum


@inner
def _find_taps(top, left, height, width, channels, plane, offsets, numbers):
    """The taps of a window that lie in the image: how far from its corner, their numbers, and how many. Of
    none the first is named, so that a winner is told all the same."""
    kh, kw, _, _, _, _, dh, dw = plane
    count = 0
    numbers[0] = 0
    for i in range(kh):
        for j in range(kw):
            if 0 <= top + i * dh < height and 0 <= left + j * dw < width:
                offsets[count] = (i * dh * width + j * dw) * channels
                numbers[count] = i * kw + j
                count += 1
    return count


@inner
def _inside(top, left, height, width, plane):
    kh, kw, _, _, _, _, dh, dw = plane
    return top >= 0 and left >= 0 and top + (kh - 1) * dh < height and left + (kw - 1) * dw < width


@inner
def _new_tables(plane):
    taps = plane[0] * plane[1]
    return np.empty(taps, np.int64), np.empty(taps, np.int32)


@inner
def _tiles(size, positions, plane):
    """Whether windows do not overlap, and whether they also leave no pixel out."""
    kh, kw, sh, sw, ph, pw, dh, dw = plane
    apart = sh >= kh and sw >= kw and dh == 1 and dw == 1
    return apart, sh == kh and sw == kw and apart and ph == 0 and pw == 0 and positions[0] * sh == size[
        0
    ] and positions[1] * sw == size[1]


@kernel(read(4), written(4), written(4, types.uint8), PLANE)
def _max_pool(x, out, index, plane):
    _, _, sh, sw, ph, pw, _, _ = plane
    number, height, width, channels = x.shape
    _, out_height, out_width, _ = out.shape
    for line in prange(number * out_height):
        n, p = line // out_height, line % out_height
        offsets, numbers = _new_tables(plane)
        top, known, taps = p * sh - ph, False, 0
        for q in range(out_width):
            left = q * sw - pw
            inside = _inside(top, left, height, width, plane)
            if not (inside and known):
                taps, known = (
                    _find_taps(top, left, height, width, channels, plane, offsets, numbers),
                    inside,
                )
            base = x[n].ctypes.data + 4 * (top * width + left) * channels
            take_maximum(
                base,
                offsets.ctypes.data,
                numbers.ctypes.data,
                taps,
                channels,
                out[n, p, q].ctypes.data,
                index[n, p, q].ctypes.data,
            )


def max_pool(x, positions, geometry):
    """The maximum of each window and the number of its tap (uint8)."""
    out = np.empty((x.shape[0], *positions, x.shape[3]), np.float32)
    index = np.empty(out.shape, np.uint8)
    _max_pool.sized(x.size, x, out, index, geometry.plane)
    return out, index


@kernel(read(4), read(4, types.uint8), written(4), PLANE)
def _max_unpool(g, index, out, plane):
    _, _, sh, sw, ph, pw, _, _ = plane
    number, height, width, channels = out.shape
    _, out_height, out_width, _ = g.shape
    apart, covered = _tiles((height, width), (out_height, out_width), plane)
    for n in prange(number):
        if not covered:
            out[n].reshape(-1)[:] = 0
        offsets, numbers = _new_tables(plane)
        known, taps = False, 0
        for p in range(out_height):
            for q in range(out_width):
                top, left = p * sh - ph, q * sw - pw
                inside = _inside(top, left, height, width, plane)
                if not (inside and known):
                    taps, known = (
                        _find_taps(top, left, height, width, channels, plane, offsets, numbers),
                        inside,
                    )
                base = out[n].ctypes.data + 4 * (top * width + left) * channels
                signal, where = g[n, p, q].ctypes.data, index[n, p, q].ctypes.data
                put_at_winner(
                    signal, where, base, offsets.ctypes.data, numbers.ctypes.data, taps, channels,
                    0 if apart else 1
                )  # fmt: skip


def max_unpool(g, index, size, geometry):
    """Each value of ``g`` added at the winner of its window."""
    out, index = np.empty((g.shape[0], *size, g.shape[3]), np.float32), index.astype(np.uint8, copy=False)
    _max_unpool.sized(out.size, g, index, out, geometry.plane)
    return out


@kernel(read(4), written(4), read(1), PLANE)
def _window_sum(x, out, scale, plane):
    _, _, sh, sw, ph, pw, _, _ = plane
    number, height, width, channels = x.shape
    _, out_height, out_width, _ = out.shape
    for line in prange(number * out_height):
        n, p = line // out_height, line % out_height
        offsets, numbers = _new_tables(plane)
        top, known, taps = p * sh - ph, False, 0
        for q in range(out_width):
            left = q * sw - pw
            inside = _inside(top, left, height, width, plane)
            if not (inside and known):
                taps, known = (
                    _find_taps(top, left, height, width, channels, plane, offsets, numbers),
                    inside,
                )
            base = x[n].ctypes.data + 4 * (top * width + left) * channels
            add_taps(base, offsets.ctypes.data, taps, channels, scale.ctypes.data, out[n, p, q].ctypes.data)


def window_sum(x, scale, positions, geometry):
    """The sum of each window times ``scale``."""
    out = np.empty((x.shape[0], *positions, x.shape[3]), np.float32)
    _window_sum.sized(x.size, x, out, np.full(1, scale, np.float32), geometry.plane)
    return out


@kernel(read(4), written(4), read(1), PLANE)
def _window_spread(g, out, scale, plane):
    _, _, sh, sw, ph, pw, _, _ = plane
    number, height, width, channels = out.shape
    _, out_height, out_width, _ = g.shape
    apart, covered = _tiles((height, width), (out_height, out_width), plane)
    for n in prange(number):
        if not covered:
            out[n].reshape(-1)[:] = 0
        offsets, numbers = _new_tables(plane)
        known, taps = False, 0
        for p in range(out_height):
            for q in range(out_width):
                top, left = p * sh - ph, q * sw - pw
                inside = _inside(top, left, height, width, plane)
                if not (inside and known):
                    taps, known = (
                        _find_taps(top, left, height, width, channels, plane, offsets, numbers),
                        inside,
                    )
                base = out[n].ctypes.data + 4 * (top * width + left) * channels
                signal = g[n, p, q].ctypes.data
                spread_over_taps(
                    signal, base, offsets.ctypes.data, taps, channels, scale.ctypes.data, 0 if apart else 1
                )


def window_spread(g, scale, size, geometry):
    """The adjoint of ``window_sum``."""
    out = np.empty((g.shape[0], *size, g.shape[3]), np.float32)
    _window_spread.sized(out.size, g, out, np.full(1, scale, np.float32), geometry.plane)
    return out
