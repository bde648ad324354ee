"""The gradient of a convolution's weights: sums over positions, cut into parts by shape and added in order.

Arrays are (N, D, H, W, C) as in ``_direct``. A part of the positions makes rows (tap, channel) of O numbers
each.
"""

import math

import numpy as np
from numba import get_thread_id, prange

from ._boxes import brought, distances, offsets_of, steps_of
from ._direct import block_of_unmixed, spatial, unmixed, zeros
from ._each import multiply_each_by
from ._launch import BOOL, INT, PLACE, inner, kernel, per_thread, read, scratch, written
from ._micro import COLUMNS, ROW_NUMBERS, ROWS, ZEROS, multiply
from ._vectors import address_of
from ._views import box_size, corner, in_space, is_inside, place_of

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
                (c if add else address_of(ZEROS), outputs if add else 0),
                (image + 4 * (z * tap_apart[0] + y * tap_apart[1] + x * tap_apart[2] + i), *x_step),
                address_of(ROW_NUMBERS),
                (signal + 4 * first, *g_step),
                counts,
                (c, outputs),
                (min(ROWS, run - i), min(COLUMNS, columns - first)),
            )


@inner
def _multiply_unmixed(image, apart, steps, signal, taps, counts, to, add, zero, size):
    """As above for channels by themselves: all taps of ``size`` = (channels, numbers in a row) at once."""
    columns, row = size
    offsets = offsets_of(taps[0], taps[1], taps[2], apart[0], apart[1], apart[2])
    pairs = steps_of((1, counts[1], counts[2]), (0, steps[0], steps[1]), (0, steps[2], row))
    start = (to if add else zero), (row if add else 0)
    multiply_each_by(start, image, offsets, signal, pairs, (to, row), columns)


@inner
def _rows_of_taps(taps, joined, channels):
    """Taps, and how many channels of them lie side by side: those of a row of taps where they are
    ``joined``."""
    return ((taps[0], taps[1], 1), taps[2] * channels) if joined else (taps, channels)


@kernel(
    *(read(5), read(5), written(3), written(2), read(1)),
    *(PLACE, INT, INT, INT, BOOL, BOOL, PLACE, PLACE, PLACE, PLACE),
)
def _weight_gradient(
    x, g, part, work, zero, cut, splits, groups, channels, each, in_place, extent, stride, dilation, before
):
    """Sums over parts of the positions into ``part`` (parts, K, O), a piece taking some rows of K.
    ``channels`` is how many an output of a group sees, or a block of unmixed ones has."""
    counts, outputs = (g.shape[1], g.shape[2], g.shape[3]), g.shape[4]
    columns = channels if each else outputs // groups
    units = len(x) * counts[0] * -(-counts[1] // cut[1]) * -(-counts[2] // cut[2])
    # Taps side by side are rows side by side; of unmixed channels all taps are the rows of one block.
    joined = not each and dilation[2] == 1 and (not in_place or x.shape[4] == channels)
    taps, run = _rows_of_taps(extent, joined, channels)
    items = 1 if each else taps[0] * taps[1] * taps[2] * -(-run // ROWS)
    parts = part.shape[0]
    for piece in prange(parts * splits):
        p, split = piece // splits, piece % splits
        low, high = split * groups * items // splits, (split + 1) * groups * items // splits
        mine = work[get_thread_id()]
        windows = extent, stride, dilation
        for unit in range(p * units // parts, (p + 1) * units // parts):
            add = unit > p * units // parts
            place, some = place_of(unit, counts, cut, len(x))
            n, z = place[0] // counts[0], place[0] % counts[0]
            start = corner((z, place[1], place[2]), stride, before)
            (pixel, line, plane, _), box = distances(x.shape, some, windows, in_place, channels)
            apart = plane, dilation[1] * line, dilation[2] * pixel
            steps = stride[1] * line, stride[2] * pixel, counts[2] * outputs
            for group in range(low // items, -(-high // items)):
                begin, o = group * channels, group * columns
                span = begin, min(channels, x.shape[4] - begin)
                image = brought(x, n, 1, start, dilation[0], box, span, in_place, channels, mine)
                signal, to = address_of(g[n, z, place[1], place[2], o:]), address_of(part[p, 0, o:])
                if each:
                    size = span[1], outputs
                    _multiply_unmixed(
                        image, apart, steps, signal, taps, some, to, add, address_of(zero), size
                    )
                    continue
                _multiply_positions(
                    image,
                    (taps, apart, run, (steps[0], steps[1])),
                    signal,
                    (columns, (steps[2], outputs)),
                    (some[1], some[2]),
                    to,
                    add,
                    outputs,
                    (max(low - group * items, 0), min(high - group * items, items)),
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


def _cut(counts, most):
    """Rows and columns of about ``most`` positions."""
    wide = -(-counts[2] // -(-counts[2] // most))
    return 1, max(1, min(counts[1], most // wide)) if wide == counts[2] else 1, wide


def weight_gradient(x, g, weight_shape, geometry, groups):
    """The gradient of the weight: ``(N, *spatial, C), (N, *positions, O) -> (O, C / groups, *kernel)``."""
    outputs, channels, *kernel = weight_shape
    taps = math.prod(kernel)
    depth, most = taps * channels, POSITIONS
    each = unmixed(weight_shape, groups)
    if each and outputs > groups:
        x = np.repeat(x, outputs // groups, axis=-1)
    x, g = spatial(x), spatial(g)
    size, inputs, counts = x.shape[1:4], x.shape[4], g.shape[1:4]
    windows = tuple([in_space(numbers, 1) for numbers in (kernel, geometry.stride, geometry.dilation)])
    before = in_space(geometry.before, 0)
    if each:
        channels, most = block_of_unmixed(inputs, windows[0], windows[2], size)
        groups = -(-inputs // channels)
    cut = _cut(counts, most)
    units = len(g) * math.prod(-(-n // c) for n, c in zip(counts, cut, strict=True))
    parts = max(1, min(units, PARTS, NUMBERS // (depth * outputs)))
    in_place = is_inside(windows[0], windows[1], before, windows[2], counts, size)
    box = 0 if in_place else box_size(cut, windows, channels)
    part = scratch("part", parts * depth * outputs).reshape(parts, depth, outputs)
    _weight_gradient.sized(
        g.size * taps * (1 if each else channels) // 16,
        x,
        g,
        part,
        per_thread("work", box),
        zeros(outputs),
        cut,
        -(-PARTS // parts),
        groups,
        channels,
        each,
        in_place,
        *windows,
        before,
    )
    out = np.empty((outputs, depth // taps, taps), np.float32)
    _add_parts.sized(part.size, part, out)
    return out.reshape(weight_shape)
