"""Convolution over channels-last memory, and the gradients of its weights and of its image.

Each kernel cuts its work into pieces whose image, weights and results stay in one core's cache, and reads the
image in place: the taps of a window lie at fixed distances, so ``multiply`` walks them with its strides and
nothing is unfolded. Arrays are (N, H, W, C); weights are (O, C, KH, KW). ``plane`` holds kernel, stride,
padding and dilation, two numbers each.
"""

from functools import lru_cache

import numpy as np
from numba import get_thread_id, prange

from ._launch import INT, PLANE, inner, kernel, per_thread, read, scratch, written
from ._micro import COLUMNS, ROWS, ZEROS, multiply
from ._packing import NO_BIAS, pack, pack_flipped, panel_width, tap_rows
from ._vectors import LANES

STEPS = 192
"""Steps of a sum before the next rows are taken: so many rows of a panel of weights fit the first-level
cache."""
ROW_NUMBERS = np.arange(ROWS)


@inner
def _copy_padded(image, top, left, buffer, rows, width):
    """Rows ``top`` on of an image (H, W, C), with zeros around it, into ``buffer`` of ``rows`` x ``width``
    pixels."""
    height, inside, channels = image.shape
    used = min(inside, width - left)
    line = width * channels
    for r in range(rows):
        to = buffer[r * line : (r + 1) * line]
        y = top + r
        if y < 0 or y >= height:
            to[:] = 0
        else:
            to[: left * channels] = 0
            to[left * channels : (left + used) * channels] = image[y, :used].reshape(-1)
            to[(left + used) * channels :] = 0


@inner
def _multiply_window(image, width, channels, offsets, count, panel, start, columns, out, out_row, plane):
    """``out[p] = start + sum over taps and channels of image[offsets[p] + ...] * panel`` for ``count``
    positions."""
    kh, kw, _, _, _, _, dh, dw = plane
    wide = panel_width(columns)
    run = kw * channels
    if dw == 1 and kh * run <= STEPS:
        for p in range(0, count, ROWS):
            multiply(
                (start, 0),
                (image, dh * width * channels, 1),
                offsets[p:].ctypes.data,
                (panel, run * wide, wide),
                (kh, run),
                (out + 4 * p * out_row, out_row),
                (min(ROWS, count - p), columns),
            )
        return
    # Rows of so many steps that their part of the panel stays in cache; further rows add to the sums so far.
    steps, taps = (min(STEPS, run), 1) if dw == 1 else (channels, kw)
    for i in range(kh):
        for begin in range(0, run, steps * taps):
            a = image + 4 * (i * dh * width * channels + begin)
            b = panel + 4 * (i * run + begin) * wide
            first = i == 0 and begin == 0
            for p in range(0, count, ROWS):
                to = out + 4 * p * out_row
                multiply(
                    (start if first else to, 0 if first else out_row),
                    (a, dw * channels, 1),
                    offsets[p:].ctypes.data,
                    (b, channels * wide, wide),
                    (taps, min(steps, run - begin)),
                    (to, out_row),
                    (min(ROWS, count - p), columns),
                )


@kernel(read(4), read(1), read(1), read(1, INT), written(4), written(2), INT, INT, PLANE)
def _forward(x, packed, bias, offsets, out, work, images, rows, plane):
    """One piece: ``images`` images, or ``rows`` rows of one. ``work`` has a row per thread."""
    kh, kw, sh, _, ph, pw, dh, _ = plane
    number, _, width, channels = x.shape
    out_height, out_width, columns = out.shape[1:]
    bands = (out_height + rows - 1) // rows
    depth = kh * kw * channels
    padded = ph > 0 or pw > 0
    for piece in prange((number + images - 1) // images * bands):
        n, y = piece // bands * images, piece % bands * rows
        m, r = min(images, number - n), min(rows, out_height - y)
        across = width
        image = x[n, y * sh :].ctypes.data
        if padded:
            across, down = width + 2 * pw, (rows - 1) * sh + (kh - 1) * dh + 1
            buffer = work[get_thread_id()]
            size = across * down * channels
            for i in range(m):
                _copy_padded(x[n + i], y * sh - ph, pw, buffer[i * size : (i + 1) * size], down, across)
            image = buffer.ctypes.data
        to = out[n, y].ctypes.data
        for first in range(0, columns, COLUMNS):
            panel = packed[first * depth :].ctypes.data
            start = bias[first:].ctypes.data if bias.size else ZEROS.ctypes.data
            some = min(COLUMNS, columns - first)
            _multiply_window(
                image,
                across,
                channels,
                offsets,
                m * r * out_width,
                panel,
                start,
                some,
                to + 4 * first,
                columns,
                plane,
            )


@lru_cache(maxsize=256)
def _window_offsets(images, rows, columns, image_size, row_size, step):
    """Where the window of each position begins in the memory of ``images`` images."""
    i, y, x = np.ogrid[:images, :rows, :columns]
    return (i * image_size + y * row_size + x * step).reshape(-1)


def forward(x, weight, bias, geometry, out_shape):
    """``(N, H, W, C) -> (N, OH, OW, O)``; ``bias`` may be None."""
    columns, channels, kh, kw = weight.shape
    depth = channels * kh * kw
    packed = scratch("packed", depth * -(-columns // LANES) * LANES)
    pack.sized(weight.size, weight.reshape(-1), depth, tap_rows(channels, kh * kw), packed)
    return _correlate(x, packed, NO_BIAS if bias is None else bias, geometry.plane, (*out_shape, columns))


def _correlate(x, packed, bias, plane, shape):
    kh, _, sh, sw, ph, pw, dh, _ = plane
    number, height, width, channels = x.shape
    _, out_height, out_width, _ = shape
    out = np.empty(shape, np.float32)
    rows = max(1, min(out_height, 256 // out_width))
    images = min(number, max(1, 128 // (out_height * out_width)))
    across, down = width, height
    size = 0
    if ph or pw:
        across, down = width + 2 * pw, (rows - 1) * sh + (kh - 1) * dh + 1
        size = images * down * across * channels
    work = per_thread("work", size)
    offsets = _window_offsets(
        images, rows, out_width, down * across * channels, sh * across * channels, sw * channels
    )
    _forward.sized(out.size * kh * channels // 16, x, packed, bias, offsets, out, work, images, rows, plane)
    return out


@kernel(read(4), read(4), written(3), written(2), INT, PLANE)
def _weight_gradient(x, g, part, work, splits, plane):
    """Sums over groups of images into ``part`` (groups, K, O), a piece taking some rows of K."""
    kh, kw, sh, sw, ph, pw, dh, dw = plane
    number, height, width, channels = x.shape
    _, out_height, out_width, columns = g.shape
    groups, _depth, _ = part.shape
    padded = ph > 0 or pw > 0
    across = width + 2 * pw
    run, taps = (kw * channels, kh) if dw == 1 else (channels, kh * kw)
    blocks = (run + ROWS - 1) // ROWS
    band = max(1, 128 // out_width)
    for piece in prange(groups * splits):
        group, split = piece // splits, piece % splits
        begin, end = split * taps * blocks // splits, (split + 1) * taps * blocks // splits
        for n in range(group * number // groups, (group + 1) * number // groups):
            image = x[n].ctypes.data
            if padded:
                buffer = work[get_thread_id()]
                _copy_padded(x[n], -ph, pw, buffer, height + 2 * ph, across)
                image = buffer.ctypes.data
            for y in range(0, out_height, band):
                add = y > 0 or n > group * number // groups
                rows = min(band, out_height - y)
                for first in range(0, columns, COLUMNS):
                    b = g[n, y].ctypes.data + 4 * first
                    for unit in range(begin, end):
                        tap, i = unit // blocks, unit % blocks * ROWS
                        down, right = (tap, 0) if dw == 1 else (tap // kw, tap % kw)
                        a = image + 4 * (((y * sh + down * dh) * across + right * dw) * channels + i)
                        to = part[group, tap * run + i].ctypes.data + 4 * first
                        multiply(
                            (to if add else ZEROS.ctypes.data, columns if add else 0),
                            (a, sh * across * channels, sw * channels),
                            ROW_NUMBERS.ctypes.data,
                            (b, out_width * columns, columns),
                            (rows, out_width),
                            (to, columns),
                            (min(ROWS, run - i), min(COLUMNS, columns - first)),
                        )


@kernel(written(3), written(3))
def _add_groups(part, out):
    """The groups' sums, added in order: (groups, taps C, O) -> (O, C, taps)."""
    columns, channels, taps = out.shape
    groups = part.shape[0]
    for block in prange((channels + 7) // 8):
        begin, end = block * 8, min(block * 8 + 8, channels)
        for tap in range(taps):
            for c in range(begin, end):
                total = part[0, tap * channels + c]
                for group in range(1, groups):
                    other = part[group, tap * channels + c]
                    for o in range(columns):
                        total[o] += other[o]
        for o in range(columns):
            for c in range(begin, end):
                for tap in range(taps):
                    out[o, c, tap] = part[0, tap * channels + c, o]


def weight_gradient(x, g, weight_shape, geometry):
    """The gradient of the weight: ``(N, H, W, C), (N, OH, OW, O) -> (O, C, KH, KW)``."""
    columns, channels, kh, kw = weight_shape
    plane = geometry.plane
    _, _, _, _, ph, pw, _, _ = plane
    number, height, width, _ = x.shape
    depth = kh * kw * channels
    groups = min(number, 8, max(1, 2**18 // (depth * columns)))
    splits = -(-8 // groups)
    part = scratch("part", groups * depth * columns).reshape(groups, depth, columns)
    size = (height + 2 * ph) * (width + 2 * pw) * channels if ph or pw else 0
    work = per_thread("work", size)
    _weight_gradient.sized(g.size * kh * channels // 16, x, g, part, work, splits, plane)
    out = np.empty((columns, channels, kh * kw), np.float32)
    _add_groups.sized(part.size, part, out)
    return out.reshape(weight_shape)


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


@kernel(read(4), read(2), written(4), written(3), read(1, INT), PLANE)
def _folded_input_gradient(g, weight, out, cells, offsets, plane):
    """Per image: the gradient of its windows, ``cells = g weight`` with ``weight`` (O, KH KW C), folded
    back."""
    number, height, width, channels = out.shape
    _, out_height, out_width, inputs = g.shape
    depth = weight.shape[1]
    tile = cells.shape[1]
    positions = out_height * out_width
    for n in prange(number):
        mine = cells[get_thread_id()]
        to = out[n].reshape(-1)
        to[:] = 0
        for begin in range(0, positions, tile):
            count = min(tile, positions - begin)
            a = g[n].ctypes.data + 4 * begin * inputs
            for first in range(0, depth, COLUMNS):
                for p in range(0, count, ROWS):
                    multiply(
                        (ZEROS.ctypes.data, 0),
                        (a + 4 * p * inputs, 0, 1),
                        offsets.ctypes.data,
                        (weight.ctypes.data + 4 * first, 0, depth),
                        (1, inputs),
                        (mine.ctypes.data + 4 * (p * depth + first), depth),
                        (min(ROWS, count - p), min(COLUMNS, depth - first)),
                    )
            _fold(mine, to, height, width, channels, begin, count, out_width, plane)


def input_gradient(g, weight, size, geometry):
    """The gradient of the image: ``(N, OH, OW, O) -> (N, H, W, C)``."""
    inputs, channels, kh, kw = weight.shape
    plane = geometry.plane
    _, _, sh, sw, ph, pw, dh, dw = plane
    number = g.shape[0]
    depth = kh * kw * channels
    shape = (number, *size, channels)
    if (
        sh == sw == 1
        and 2 * ph >= (kh - 1) * dh
        and 2 * pw >= (kw - 1) * dw
        and ph <= (kh - 1) * dh
        and pw <= (kw - 1) * dw
    ):
        # With stride 1 it is a convolution of g by the flipped kernel, worth it where little is spent on
        # padding.
        packed = scratch("packed", kh * kw * inputs * -(-channels // LANES) * LANES)
        pack_flipped.sized(weight.size, weight.reshape(inputs, channels, kh * kw), packed)
        return _correlate(
            g, packed, NO_BIAS, (kh, kw, 1, 1, (kh - 1) * dh - ph, (kw - 1) * dw - pw, dh, dw), shape
        )
    out = np.empty(shape, np.float32)
    tile = max(ROWS, min(g.shape[1] * g.shape[2], 2**16 // depth // ROWS * ROWS))
    cells = per_thread("work", tile * depth).reshape(-1, tile, depth)
    laid = np.ascontiguousarray(weight.transpose(0, 2, 3, 1)).reshape(inputs, depth)
    _folded_input_gradient.sized(
        g.size * kh * channels // 16, g, laid, out, cells, ROW_NUMBERS * inputs, plane
    )
    return out
