"""The gradient of a convolution's weights: sums over positions, cut into parts by shape and added in order.

Arrays are (N, D, H, W, C) as in ``_direct``. A part of the positions makes rows (tap, channel) of O numbers each.
"""

import math

import numpy as np
from numba import get_thread_id, prange, types

from ._boxes import copy_box, offsets_of, steps_of
from ._direct import ROW_NUMBERS, block_of_unmixed, spatial, unmixed, zeros
from ._each import multiply_each
from ._launch import BOOL, INT, PLACE, inner, kernel, per_thread, read, scratch, written
from ._micro import COLUMNS, ROWS, ZEROS, multiply
from ._vectors import LANES
from ._views import in_space, is_inside, place_of

POSITIONS = 128
"""Positions whose products are added before they join the sum so far."""
PARTS = 8
"""At most so many sums, each of some of the positions."""
NUMBERS = 2**18
"""All sums together have about so many numbers at most."""


@inner
def _multiply_positions(image, apart, signal, size, counts, to, add, outputs, some):
    """Rows ``some`` = (begin, end), by blocks of ROWS, of the sums of one group over ``counts`` positions."""
    taps, tap_apart, run, x_step = apart
    columns, g_step = size
    begin, end = some
    blocks = (run + ROWS - 1) // ROWS
    _, kh, kw = taps
    for first in range(0, columns, COLUMNS):
        for unit in range(begin, end):
            tap, i = unit // blocks, unit % blocks * ROWS
            z, y, x = tap // kw // kh, tap // kw % kh, tap % kw
            c = to + 4 * ((tap * run + i) * outputs + first)
            multiply(
                (c if add else ZEROS.ctypes.data, outputs if add else 0),
                (image + 4 * (z * tap_apart[0] + y * tap_apart[1] + x * tap_apart[2] + i), *x_step),
                ROW_NUMBERS.ctypes.data,
                (signal + 4 * first, *g_step),
                counts,
                (c, outputs),
                (min(ROWS, run - i), min(COLUMNS, columns - first)),
            )


SPACE = types.Tuple((PLACE, PLACE, PLACE, PLACE))
"""Kernel, stride, padding and dilation."""


@kernel(*(read(5), read(5), written(3), written(2), read(1)), *(PLACE, INT, INT, INT, BOOL, BOOL, SPACE))
def _weight_gradient(x, g, part, work, zero, cut, splits, groups, channels, each, in_place, space):
    """Sums over parts of the positions into ``part`` (parts, K, O), a piece taking some rows of K. ``channels``
    is how many an output of a group sees, or a block of unmixed ones has."""
    (kd, kh, kw), (sd, sh, sw), (bd, bh, bw), (dd, dh, dw) = space
    number, deep, high, wide, inputs = x.shape
    _, depth, height, width, outputs = g.shape
    columns = channels if each else outputs // groups
    units = number * depth * ((height + cut[1] - 1) // cut[1]) * ((width + cut[2] - 1) // cut[2])
    # Taps side by side are rows side by side; of unmixed channels all taps are the rows of one block.
    joined = not each and dw == 1 and (not in_place or inputs == channels)
    run = kw * channels if joined else channels
    taps = (kd, kh, 1) if joined else (kd, kh, kw)
    items = 1 if each else taps[0] * taps[1] * taps[2] * ((run + ROWS - 1) // ROWS)
    for piece in prange(part.shape[0] * splits):
        p, split = piece // splits, piece % splits
        first, last = p * units // part.shape[0], (p + 1) * units // part.shape[0]
        low, high_item = split * groups * items // splits, (split + 1) * groups * items // splits
        mine = work[get_thread_id()]
        for unit in range(first, last):
            place, counts = place_of(unit, (depth, height, width), cut, number)
            n, z = place[0] // depth, place[0] % depth
            plane, top, left = z * sd - bd, place[1] * sh - bh, place[2] * sw - bw
            lines, across = (counts[1] - 1) * sh + (kh - 1) * dh + 1, (counts[2] - 1) * sw + (kw - 1) * dw + 1
            pixel, line, area = inputs, wide * inputs, dd * high * wide * inputs
            if not in_place:
                pixel, line, area = channels, across * channels, lines * across * channels
            steps = steps_of(
                (1, counts[1], counts[2] if each else 0),
                (0, sh * line, sw * pixel),
                (0, width * outputs, outputs),
            )
            offsets = offsets_of(kd, kh, kw if each else 0, area, dh * line, dw * pixel)
            for group in range(low // items, (high_item + items - 1) // items):
                begin, o = group * channels, group * columns
                span = min(channels, inputs - begin)
                if in_place:
                    image = x[n, plane, top, left:].ctypes.data + 4 * begin
                else:
                    copy_box(x[n], (plane, top, left), dd, (kd, lines, across), (begin, span), mine, channels)
                    image = mine.ctypes.data
                signal = g[n, z, place[1], place[2], o:].ctypes.data
                to = part[p, 0, o:].ctypes.data
                add = unit > first
                if each:
                    multiply_each(
                        (to if add else zero.ctypes.data, outputs if add else 0),
                        image,
                        offsets.ctypes.data,
                        signal,
                        (steps.ctypes.data, len(steps)),
                        (to, outputs),
                        (offsets.size, span),
                    )
                else:
                    _multiply_positions(
                        image,
                        (taps, (area, dh * line, dw * pixel), run, (sh * line, sw * pixel)),
                        signal,
                        (columns, (width * outputs, outputs)),
                        (counts[1], counts[2]),
                        to,
                        add,
                        outputs,
                        (max(low - group * items, 0), min(high_item - group * items, items)),
                    )


@kernel(written(3), written(3))
def _add_parts(part, out):
    """The parts' sums, added in order: (parts, taps C, O) -> (O, C, taps)."""
    columns, channels, taps = out.shape
    parts = part.shape[0]
    for block in prange((channels + 7) // 8):
        begin, end = block * 8, min(block * 8 + 8, channels)
        for tap in range(taps):
            for c in range(begin, end):
                total = part[0, tap * channels + c]
                for p in range(1, parts):
                    other = part[p, tap * channels + c]
                    for o in range(columns):
                        total[o] += other[o]
        for o in range(columns):
            for c in range(begin, end):
                for tap in range(taps):
                    out[o, c, tap] = part[0, tap * channels + c, o]


def weight_gradient(x, g, weight_shape, geometry, groups):
    """The gradient of the weight: ``(N, *spatial, C), (N, *positions, O) -> (O, C / groups, *kernel)``."""
    outputs, channels, *kernel = weight_shape
    taps = math.prod(kernel)
    depth = taps * channels
    each = unmixed(weight_shape, groups)
    if each and outputs > groups:
        x = np.repeat(x, outputs // groups, axis=-1)
    x, g = spatial(x), spatial(g)
    number, *size, inputs = x.shape
    space = (
        in_space(geometry.kernel, 1),
        in_space(geometry.stride, 1),
        in_space(geometry.before, 0),
        in_space(geometry.dilation, 1),
    )
    counts = g.shape[1:4]
    most = POSITIONS
    if each:
        channels, most = block_of_unmixed(inputs, space[0], space[3], size)
        groups = -(-inputs // channels)
    wide = -(-counts[2] // -(-counts[2] // most))
    cut = (1, max(1, min(counts[1], most // wide)) if wide == counts[2] else 1, wide)
    units = number * counts[0] * -(-counts[1] // cut[1]) * -(-counts[2] // wide)
    parts = max(1, min(units, PARTS, NUMBERS // (depth * outputs)))
    splits = -(-PARTS // parts)
    in_place = is_inside(space[0], *space[1:], counts, size)
    box = 0
    if not in_place:
        (kd, kh, kw), (_, sh, sw), _, (_, dh, dw) = space
        lines, across = (cut[1] - 1) * sh + (kh - 1) * dh + 1, (cut[2] - 1) * sw + (kw - 1) * dw + 1
        box = kd * lines * across * channels + LANES
    part = scratch("part", parts * depth * outputs).reshape(parts, depth, outputs)
    _weight_gradient.sized(
        g.size * taps * (1 if each else channels) // 16,
        x,
        g,
        part,
        per_thread("work", box),
        zeros(outputs),
        cut,
        splits,
        groups,
        channels,
        each,
        in_place,
        space,
    )
    out = np.empty((outputs, depth // taps, taps), np.float32)
    _add_parts.sized(part.size, part, out)
    return out.reshape(weight_shape)
