"""Convolution by F(4x4, 3x3), its input gradient, which is the same with flipped weights, and its weight
gradient.

Tiles are taken in blocks whose transforms stay in one core's second-level cache: transform the patches, 36
products with the transformed weights, transform the results back. Arrays are (N, H, W, C), weights (O, C, 3,
3).
"""

from typing import Any

import numpy as np
from numba import get_thread_id, prange

from .._launch import BOOL, INT, inner, kernel, per_thread, read, scratch, written
from .._micro import COLUMNS, ROW_NUMBERS, ROWS, ZEROS, multiply
from .._packing import NO_BIAS
from .._vectors import LANES, address_of
from ._transforms import input_side, output_side, signal_side, weight_gradient_side, weight_side

APART = 2 * LANES
"""Elements between the 36 matrices of a block: at a multiple of 4096 bytes they would compete for the same
lines of the cache."""


@kernel(read(3), written(1), BOOL)
def _transform_weights(weight, u, flipped):
    """G w Gᵀ in panels of columns, (36, panel, row, column); flipped: taps reversed, rows and columns
    exchanged."""
    outputs, inputs, _ = weight.shape
    rows, columns = (outputs, inputs) if flipped else (inputs, outputs)
    size = u.size // 36
    for row in prange(rows):
        taps, half = np.empty((9, COLUMNS), np.float32), np.empty((6, 3, COLUMNS), np.float32)
        for first in range(0, columns, COLUMNS):
            count = min(columns - first, COLUMNS)
            width = (count + LANES - 1) // LANES * LANES
            taps[:] = 0
            for k in range(count):
                w = weight[row, first + k] if flipped else weight[first + k, row]
                for tap in range(9):
                    taps[8 - tap if flipped else tap, k] = w[tap]
            for j in range(3):
                weight_side(address_of(taps[j]), 3 * COLUMNS, address_of(half[0, j]), 3 * COLUMNS, width)
            for i in range(6):
                to = address_of(u[6 * i * size + first * rows + row * width :])
                weight_side(address_of(half[i]), COLUMNS, to, size, width)


@inner
def _patch(x, n, top, left, side, patch):
    """``side`` by ``side`` pixels, zeros outside the image."""
    _, height, width, channels = x.shape
    line = side * channels
    for i in range(side):
        to = patch[i * line : (i + 1) * line]
        y = top + i
        low, high = max(0, -left), min(side, width - left)
        if y < 0 or y >= height or low >= high:
            to[:] = 0
            continue
        to[: low * channels] = 0
        source = x[n, y, left + low : left + high].reshape(-1)
        for k in range(source.size):
            to[low * channels + k] = source[k]
        to[high * channels :] = 0


@inner
def _window(x, n, top, left, side, patch):
    """Address of, and distance between, the rows of a window: in the image where it lies inside, else in
    ``patch``."""
    _, height, width, channels = x.shape
    if top >= 0 and left >= 0 and top + side <= height and left + side <= width:
        return address_of(x[n, top, left]), width * channels
    _patch(x, n, top, left, side, patch)
    return address_of(patch), side * channels


@inner
def _read_tile(x, n, top, left, patch, half, v, step):
    """Bᵀ d B of the patch at (top, left); its 36 numbers per channel go to the address ``v``, ``step``
    apart."""
    channels = x.shape[3]
    source, line = _window(x, n, top, left, 6, patch)
    middle = address_of(half)
    for j in range(6):
        input_side(source + 4 * j * channels, line, middle + 4 * j * channels, 6 * channels, channels)
    for i in range(6):
        input_side(middle + 4 * 6 * i * channels, channels, v + 4 * 6 * i * step, step, channels)


@inner
def _read_signal(g, n, top, left, patch, half, z, step):
    """A dy Aᵀ of one tile, zeros beyond the image."""
    columns = g.shape[3]
    source, line = _window(g, n, top, left, 4, patch)
    middle = address_of(half)
    for j in range(4):
        signal_side(source + 4 * j * columns, line, middle + 4 * j * columns, 4 * columns, columns)
    for i in range(6):
        signal_side(middle + 4 * 4 * i * columns, columns, z + 4 * 6 * i * step, step, columns)


@inner
def _write_tile(m, step, half, patch, out, n, top, left, bias):
    """Aᵀ m A of one tile, into the part of it that lies in the image."""
    _, height, width, columns = out.shape
    middle = address_of(half)
    for j in range(6):
        output_side(m + 4 * j * step, 6 * step, middle + 4 * j * columns, 6 * columns, columns)
    inside = left + 4 <= width
    for i in range(min(4, height - top)):
        to = address_of(out[n, top + i, left]) if inside else address_of(patch)
        output_side(middle + 4 * 6 * i * columns, columns, to, columns, columns)
        if not inside:
            row = out[n, top + i, left:].reshape(-1)
            for k in range(row.size):
                row[k] = patch[k]
        if bias.size:
            for j in range(min(4, width - left)):
                y = out[n, top + i, left + j]
                for k in range(columns):
                    y[k] += bias[k]


@kernel(read(4), read(1), read(1), written(4), written(2), written(2), written(2), written(2), INT, INT)
def _forward(x, u, bias, out, v, m, half, patch, block, padding):
    """``v``, ``m``, ``half`` and ``patch`` have a row per thread."""
    channels = x.shape[3]
    number, height, width, columns = out.shape
    down, across = (height + 3) // 4, (width + 3) // 4
    tiles = number * down * across
    size = u.size // 36
    for piece in prange((tiles + block - 1) // block):
        thread = get_thread_id()
        begin = piece * block
        count = min(block, tiles - begin)
        mine_v, mine_m, mine_half, mine_patch = v[thread], m[thread], half[thread], patch[thread]
        offsets = np.empty(block + ROWS, np.int64)
        for t in range(block + ROWS):
            offsets[t] = t * channels
        for t in range(count):
            n, place = (begin + t) // (down * across), (begin + t) % (down * across)
            top, left = place // across * 4 - padding, place % across * 4 - padding
            _read_tile(
                x,
                n,
                top,
                left,
                mine_patch,
                mine_half,
                address_of(mine_v[t * channels :]),
                block * channels + APART,
            )
        for q in range(36):
            a = address_of(mine_v[q * (block * channels + APART) :])
            c = address_of(mine_m[q * (block * columns + APART) :])
            for first in range(0, columns, COLUMNS):
                some = min(COLUMNS, columns - first)
                wide = (some + LANES - 1) // LANES * LANES
                b = address_of(u[q * size + first * channels :])
                for t in range(0, count, ROWS):
                    multiply(
                        (address_of(ZEROS), 0),
                        (a, 0, 1),
                        address_of(offsets[t:]),
                        (b, 0, wide),
                        (1, channels),
                        (c + 4 * (t * columns + first), columns),
                        (min(ROWS, count - t), some),
                    )
        for t in range(count):
            n, place = (begin + t) // (down * across), (begin + t) % (down * across)
            top, left = place // across * 4, place % across * 4
            _write_tile(
                address_of(mine_m[t * columns :]),
                block * columns + APART,
                mine_half,
                mine_patch,
                out,
                n,
                top,
                left,
                bias,
            )


def forward(x: Any, weight: Any, bias: Any, padding: int, flipped: bool = False) -> Any:
    """(N, H, W, C) -> (N, H + 2 padding - 2, W + 2 padding - 2, O); ``flipped`` takes (C, O, 3, 3): the input
    gradient."""
    number, height, width, channels = x.shape
    columns = weight.shape[1] if flipped else weight.shape[0]
    size = channels * -(-columns // LANES) * LANES + APART
    u = scratch("packed", 36 * size)
    _transform_weights(weight.reshape(*weight.shape[:2], 9), u, flipped)
    out = np.empty((number, height + 2 * padding - 2, width + 2 * padding - 2, columns), np.float32)
    block = max(ROWS, min(48, 2**17 // (36 * (channels + columns)) // ROWS * ROWS))
    v = per_thread("work", 36 * (block * channels + APART))
    m = per_thread("products", 36 * (block * columns + APART))
    half = per_thread("half", 36 * max(channels, columns))
    patch = per_thread("patch", 36 * max(channels, columns))
    _forward(x, u, NO_BIAS if bias is None else bias, out, v, m, half, patch, block, padding)
    return out


@kernel(read(4), read(4), written(3), written(3), written(1), written(1), written(2), written(2), INT, INT)
def _weight_gradient(x, g, du, out, v, z, half, patch, chunk, padding):
    """Chunk by chunk of tiles: transform patches and signals, then add 36 products; at the end back to 3 x 3
    taps."""
    channels = x.shape[3]
    number, height, width, columns = g.shape
    down, across = (height + 3) // 4, (width + 3) // 4
    tiles = number * down * across
    blocks = (channels + ROWS - 1) // ROWS
    for begin in range(0, tiles, chunk):
        count = min(chunk, tiles - begin)
        for piece in prange((count + 7) // 8):
            thread = get_thread_id()
            for t in range(piece * 8, min(piece * 8 + 8, count)):
                n, place = (begin + t) // (down * across), (begin + t) % (down * across)
                top, left = place // across * 4, place % across * 4
                to_v, to_z = address_of(v[t * channels :]), address_of(z[t * columns :])
                _read_tile(
                    x,
                    n,
                    top - padding,
                    left - padding,
                    patch[thread],
                    half[thread],
                    to_v,
                    chunk * channels + APART,
                )
                _read_signal(g, n, top, left, patch[thread], half[thread], to_z, chunk * columns + APART)
        for q in prange(36):
            for first in range(0, columns, COLUMNS):
                b = address_of(z[q * (chunk * columns + APART) + first :])
                for block in range(blocks):
                    c = block * ROWS
                    to = address_of(du[q, c, first:])
                    multiply(
                        (to if begin else address_of(ZEROS), columns if begin else 0),
                        (address_of(v[q * (chunk * channels + APART) + c :]), 0, channels),
                        address_of(ROW_NUMBERS),
                        (b, 0, columns),
                        (1, count),
                        (to, columns),
                        (min(ROWS, channels - c), min(COLUMNS, columns - first)),
                    )
    for c in prange(channels):
        middle, taps = np.empty((3, 6, columns), np.float32), np.empty((9, columns), np.float32)
        for j in range(6):
            weight_gradient_side(
                address_of(du[j, c]), 6 * channels * columns, address_of(middle[0, j]), 6 * columns, columns
            )
        for i in range(3):
            weight_gradient_side(address_of(middle[i]), columns, address_of(taps[3 * i]), columns, columns)
        for o in range(columns):
            for tap in range(9):
                out[o, c, tap] = taps[tap, o]


def weight_gradient(x: Any, g: Any, padding: int) -> Any:
    """(N, H, W, C), (N, OH, OW, O) -> (O, C, 3, 3)."""
    channels, columns = x.shape[3], g.shape[3]
    tiles = g.shape[0] * -(-g.shape[1] // 4) * -(-g.shape[2] // 4)
    chunk = min(tiles, max(32, 2**21 // (36 * (channels + columns)) // 8 * 8))
    v, z = (
        scratch("work", 36 * (chunk * channels + APART)),
        scratch("products", 36 * (chunk * columns + APART)),
    )
    du = scratch("part", 36 * channels * columns).reshape(36, channels, columns)
    half = per_thread("half", 36 * max(channels, columns))
    patch = per_thread("patch", 36 * max(channels, columns))
    out = np.empty((columns, channels, 9), np.float32)
    _weight_gradient(x, g, du, out, v, z, half, patch, chunk, padding)
    return out.reshape(columns, channels, 3, 3)
