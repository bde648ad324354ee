"""Convolution over channels-last memory of one to three axes, in groups, and the gradient of its image.

Work is cut into pieces whose image, weights and results stay in one core's cache. An image is read in place
where windows do not leave it: the taps of a window lie at fixed distances, so the products walk them with
their strides, and nothing is unfolded. Else the part under a piece's windows, and of a group its channels, is
copied side by side with zeros around it. Arrays are (N, D, H, W, C); weights are (O, C / groups, taps).

Channels that do not mix (depthwise) are groups for all but the product: a block of them is multiplied channel
by channel.
"""

import math
from functools import lru_cache

import numpy as np
from numba import get_thread_id, prange

from . import _folding
from ._boxes import brought, copy_pixels, distances, offsets_of, steps_of
from ._each import multiply_each_by
from ._launch import BOOL, INT, PLACE, inner, kernel, per_thread, read, scratch, written
from ._micro import COLUMNS, ROWS, multiply
from ._packing import pack, pack_taps, padded, panel_width, tap_rows
from ._vectors import LANES, address_of
from ._views import corner, in_space, place_of, plan, seen_backward, seen_forward, tap_numbers

STEPS = 192
"""Steps of a sum before the next rows are taken: so many rows of a panel of weights fit the first-level
cache."""
POSITIONS = 256
"""Positions of a piece: their results stay in the second-level cache beside the weights."""
NUMBERS_EACH = 2**15
"""Numbers of an image that a piece of unmixed channels has: they stay in the second-level cache."""


@inner
def _multiply_window(image, apart, offsets, panel, start, size, out, out_row, taps):
    """``out[p] = start + sum over taps and channels of image[offsets[p] + ...] * panel``; ``apart`` are the
    distances of taps."""
    plane, line, pixel = apart
    kd, kh, kw = taps
    channels, columns = size
    wide = panel_width(columns)
    run = kw * channels
    joined = pixel == channels or kw == 1
    whole = joined and kh * run <= STEPS
    outer, inside, a_outer = (kh, run, line) if whole else (1, run, 0) if joined else (kw, channels, pixel)
    if kd * kh * kw == 0:  # no tap sees these positions, along whichever axis
        kd, kh, outer, inside = 1, 1, 0, 0
    most = STEPS if joined else max(1, inside)
    # Rows of so many steps that their part of the panel stays in cache; further rows add to the sums so far.
    for i in range(max(1, kd if whole else kd * kh)):
        a = image + 4 * (i * plane if whole else i // kh * plane + i % kh * line)
        b = panel + 4 * i * (kh if whole else 1) * run * wide
        for begin in range(0, max(1, inside), most):
            new = i == 0 and begin == 0
            for p in range(0, offsets.size, ROWS):
                to = out + 4 * p * out_row
                multiply(
                    (start if new else to, 0 if new else out_row),
                    (a + 4 * begin, a_outer, 1),
                    address_of(offsets[p:]),
                    (b + 4 * begin * wide, inside * wide, wide),
                    (outer, min(most, inside - begin)),
                    (to, out_row),
                    (min(ROWS, offsets.size - p), columns),
                )


@inner
def _spread(results, channels, out, first, step, place, cut, depth):
    """Some channels of rows of results to their places in ``out``, which are not side by side."""
    plane, top, left = place
    images, rows, columns = cut
    begin, end = channels
    p = 0
    for i in range(images):
        n, z = (plane + i) // depth, first[0] + (plane + i) % depth * step[0]
        for y in range(rows):
            line = out[n, z, first[1] + (top + y) * step[1]]
            if (end - begin) % LANES == 0:
                to = address_of(line[first[2] + left * step[2], begin:])
                source, row = address_of(results[p + begin :]), out.shape[4]
                copy_pixels(source, row, to, step[2] * row, columns, end - begin)
                p += columns * row
                continue
            for x in range(columns):
                to, source = line[first[2] + (left + x) * step[2], begin:end], results[p + begin : p + end]
                for c in range(to.size):
                    to[c] = source[c]
                p += out.shape[4]


@inner
def _multiply_unmixed(image, apart, offsets, weights, start, out, size, taps):
    """As ``_multiply_window``, channel by channel; ``size`` is how many, and how many lie in a row."""
    _, kh, kw = taps
    columns, row = size
    steps = steps_of(taps, apart, (kh * kw * row, kw * row, row))
    multiply_each_by((start, 0), image, offsets, weights, steps, (out, row), columns)


@inner
def _view_of(views, piece):
    """The row of the table with this piece, taken apart."""
    at = 0
    while at + 1 < len(views) and views[at + 1, 0] <= piece:
        at += 1
    v = views[at]
    return (
        ((v[1], v[2], v[3]), (v[4], v[5], v[6]), (v[10], v[11], v[12])),
        (v[7], v[8], v[9]),
        (v[13], v[14], v[15]),
        (v[16], v[17], v[18]),
        (piece - v[0], (v[20], v[21], v[22])),
        v[19],
        v[23] != 0,
    )


@kernel(
    *(read(5), read(1), read(1), read(2, INT), written(5), written(2)),
    *(INT, INT, INT, INT, INT, BOOL, PLACE),
)
def _correlate(x, packed, bias, views, out, work, pieces, parts, box, groups, channels, each, step):
    """Every view of ``x``. ``channels`` is how many an output of a group sees, or a block of unmixed ones
    has; a thread's memory has a ``box`` in front, and results behind it."""
    outputs = out.shape[4]
    columns = channels if each else outputs // groups
    for task in prange(pieces * parts):
        windows, before, counts, first, (piece, cut), weights, in_place = _view_of(views, task // parts)
        taps, stride, dilation = windows
        low, high = task % parts * groups // parts, (task % parts + 1) * groups // parts
        place, cut = place_of(piece, counts, cut, len(x))
        n, z = place[0] // counts[0], place[0] % counts[0]
        start = corner((z, place[1], place[2]), stride, before)
        (pixel, line, plane, image_size), size = distances(x.shape, cut, windows, in_place, channels)
        offsets = offsets_of(cut[0], cut[1], cut[2], image_size, stride[1] * line, stride[2] * pixel)
        apart = plane, dilation[1] * line, dilation[2] * pixel
        mine = work[get_thread_id()]
        for group in range(low, high):
            begin, o = group * channels, group * columns
            some = begin, min(channels, x.shape[4] - begin)
            image = brought(x, n, cut[0], start, dilation[0], size, some, in_place, channels, mine)
            to = address_of(mine[box + o :])
            if step == (1, 1, 1):
                to = address_of(out[n, z, place[1], place[2], o:])
            if each:
                _multiply_unmixed(
                    image,
                    apart,
                    offsets,
                    address_of(packed[weights + o :]),
                    address_of(bias[o:]),
                    to,
                    (some[1], outputs),
                    taps,
                )
                continue
            depth = taps[0] * taps[1] * taps[2] * channels
            for c in range(0, columns, COLUMNS):
                _multiply_window(
                    image,
                    apart,
                    offsets,
                    address_of(packed[weights + (group * padded(columns) + c) * depth :]),
                    address_of(bias[o + c :]),
                    (channels, min(COLUMNS, columns - c)),
                    to + 4 * c,
                    outputs,
                    taps,
                )
        if step != (1, 1, 1):
            some = low * columns, min(high * columns, outputs)
            _spread(mine[box:], some, out, first, step, place, cut, counts[0])


def unmixed(weight_shape, groups):
    """Whether each group is one channel, with few results: then channels do not mix."""
    return groups > 1 and weight_shape[1] == 1 and weight_shape[0] // groups <= 4


def block_of_unmixed(inputs, kernel, dilation, size):
    """How many unmixed channels are taken together, and positions of a piece. All channels, for memory is
    read as it lies, unless the lines under one window leave the cache."""
    lines = math.prod(kernel[:2]) * (size[2] + kernel[2] * dilation[2])
    channels = min(inputs, max(2 * NUMBERS_EACH // lines // (2 * LANES), 1) * 2 * LANES)
    return channels, max(32, NUMBERS_EACH // channels)


def spatial(x):
    """(N, *spatial, C) with three axes of space."""
    return x.reshape(len(x), *in_space(x.shape[1:-1], 1), x.shape[-1])


@lru_cache(maxsize=64)
def zeros(count):
    return np.zeros(count, np.float32)


def _launch(x, packed, bias, views, shape, step, groups, each):
    """Results of ``shape``, ``step`` apart for each view."""
    number, *size, inputs = x.shape
    outputs = shape[-1]
    kernel = views[0].kernel
    if each:
        channels, most = block_of_unmixed(inputs, kernel, views[0].dilation, size)
        groups, weights = -(-inputs // channels), outputs
    else:
        channels, most = inputs // groups, POSITIONS
        weights = groups * padded_to_lanes(outputs // groups) * channels
    found = plan(
        views,
        number,
        tuple(size),
        step,
        (channels, weights, outputs, groups),
        each or groups == 1 or kernel[2] == 1,
        most,
    )
    out = np.empty(shape, np.float32)
    work = per_thread("work", found.box + found.results)
    cost = out.size * max(math.prod(v.kernel) for v in views) * (1 if each else channels) // 16
    _correlate.sized(
        cost,
        x,
        packed,
        zeros(outputs) if bias is None else bias,
        found.table,
        out,
        work,
        found.pieces,
        found.parts,
        found.box,
        groups,
        channels,
        each,
        step,
    )
    return out


def padded_to_lanes(columns):
    """Columns of panels, with those that fill the last vector."""
    return -(-columns // LANES) * LANES


def forward(x, weight, bias, geometry, positions, groups):
    """``(N, *spatial, C) -> (N, *positions, O)``; ``bias`` may be None."""
    outputs, channels, *kernel = weight.shape
    taps = math.prod(kernel)
    views = seen_forward(geometry, positions)
    if each := unmixed(weight.shape, groups):
        x = x if outputs == groups else np.repeat(x, outputs // groups, axis=-1)
        packed = np.ascontiguousarray(weight.reshape(outputs, taps).T).reshape(-1)
    else:
        columns, depth = outputs // groups, channels * taps
        packed = scratch("packed", groups * depth * padded_to_lanes(columns))
        pack.sized(weight.size, weight.reshape(-1), depth, columns, tap_rows(channels, taps), packed)
    shape = (len(x), *views[0].counts, outputs)
    out = _launch(spatial(x), packed, bias, views, shape, (1, 1, 1), groups, each)
    return out.reshape(len(x), *positions, outputs)


@lru_cache(maxsize=256)
def _tap_table(views, kernel, weights):
    """What ``pack_taps`` wants to know of each tap of each view."""
    rows, begin = [], 0
    for view in views:
        numbers = tap_numbers(view, kernel)
        rows += [(tap, begin, k, len(numbers)) for k, tap in enumerate(numbers)]
        begin += len(numbers) * weights
    return np.array(rows, np.int64)


def input_gradient(g, weight, bias, size, geometry, groups):
    """The gradient of the image, plus ``bias``, which may be None: ``(N, *positions, O) -> (N, *size,
    C)``."""
    outputs, channels, *kernel = weight.shape
    if _folding.serves(g.shape[1:-1], size, channels, geometry, groups):
        start = zeros(channels) if bias is None else bias
        return _folding.input_gradient(g, weight, start, size, geometry)
    taps = math.prod(kernel)
    views = seen_backward(geometry, tuple(size))
    several = outputs // groups
    if each := unmixed(weight.shape, groups):
        table = _tap_table(views, tuple(kernel), outputs)
        packed = np.ascontiguousarray(weight.reshape(outputs, taps).T[table[:, 0]]).reshape(-1)
        inputs = outputs
    else:
        inputs, tap_size = channels * groups, padded_to_lanes(channels) * outputs
        packed = scratch("packed", taps * tap_size)
        table = _tap_table(views, tuple(kernel), tap_size)
        pack_taps.sized(weight.size, weight.reshape(outputs, channels, taps), table, groups, packed)
    shape = (len(g), *in_space(size, 1), inputs)
    later = each and several > 1
    step = in_space(geometry.stride, 1)
    out = _launch(spatial(g), packed, None if later else bias, views, shape, step, groups, each)
    if later:
        out = out.reshape(*shape[:-1], groups, several).sum(axis=-1)
        out = out if bias is None else out + bias
    return out.reshape(len(g), *size, channels * groups)
