"""How a convolution lies over its image, in numbers that its kernel reads: a table with a row for each view.

The convolution itself is one view. The gradient of its image, and with it the transposed convolution, is one
for each phase of the stride: pixels at the same place between strides are seen by the same taps, and are
themselves a convolution of the signal, of stride 1, by these taps turned round. So nothing is multiplied by
zeros between the signal's pixels, and nothing is unfolded and added back.
"""

import itertools
import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ._launch import inner
from ._vectors import LANES

PIECES = 16
"""At least so many pieces of work, where there is enough of it: threads that are busy elsewhere leave theirs
to the others."""


class View(NamedTuple):
    """Numbers over (D, H, W): windows of ``kernel`` that begin ``before`` in front of the image, and where
    their results go."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    before: tuple[int, ...]
    dilation: tuple[int, ...]
    counts: tuple[int, ...]
    """Positions along each axis."""
    first: tuple[int, ...]
    """Where the first result goes."""
    taps: tuple[tuple[int, ...], ...]
    """The taps of the whole kernel along each axis, in the order in which this view multiplies them."""


def in_space(numbers, missing):
    """``numbers`` of at most three axes, with ``missing`` for those in front."""
    return (*(missing,) * (3 - len(numbers)), *numbers)


@lru_cache(maxsize=256)
def seen_forward(geometry, positions):
    """The one view of a convolution."""
    kernel = in_space(geometry.kernel, 1)
    return (
        View(
            kernel,
            in_space(geometry.stride, 1),
            in_space(geometry.before, 0),
            in_space(geometry.dilation, 1),
            in_space(positions, 1),
            (0, 0, 0),
            tuple([tuple(range(k)) for k in kernel]),
        ),
    )


def _phases(size, kernel, stride, before, dilation):
    """Along one axis: (first pixel, number of pixels, taps, padding, dilation) of each phase.

    Tap t sees pixel i from position (i + before - t dilation) / stride, where that is whole.
    """
    apart = stride // math.gcd(stride, dilation)
    step = apart * dilation // stride
    found = []
    for i in range(min(stride, size)):
        count = -(-(size - i) // stride)
        taps = [t for t in range(kernel) if (i + before - t * dilation) % stride == 0]
        turned = tuple(reversed(taps))
        where = (i + before - turned[0] * dilation) // stride if taps else 0
        found.append((i, count, turned, -where, step))
    return found


@lru_cache(maxsize=256)
def seen_backward(geometry, size):
    """The views of the gradient of an image of ``size``, over the signal."""
    axes = [
        _phases(n, k, s, b, d)
        for n, k, s, b, d in zip(
            in_space(size, 1),
            in_space(geometry.kernel, 1),
            in_space(geometry.stride, 1),
            in_space(geometry.before, 0),
            in_space(geometry.dilation, 1),
            strict=True,
        )
    ]
    found = []
    for phases in itertools.product(*axes):
        first, counts, taps, before, dilation = zip(*phases, strict=True)
        kernel = tuple(map(len, taps))
        found.append(View(kernel, (1, 1, 1), before, dilation, counts, first, taps))
    return tuple(found)


def tap_numbers(view, kernel):
    """The numbers of a view's taps in the whole kernel."""
    _, height, width = in_space(kernel, 1)
    z, y, x = np.ix_(*map(np.array, view.taps)) if all(view.taps) else (np.empty((0, 0, 0), int),) * 3
    return ((z * height + y) * width + x).reshape(-1)


class Plan(NamedTuple):
    """The table that the kernel reads, and the memory a thread needs."""

    table: np.ndarray
    pieces: int
    parts: int
    box: int
    results: int


@inner
def place_of(local, counts, cut, number):
    """The first plane of a piece, its first row and column, and how many of each."""
    depth, height, width = counts
    images, rows, columns = cut
    across, down = (width + columns - 1) // columns, (height + rows - 1) // rows
    x, y, plane = local % across * columns, local // across % down * rows, local // across // down * images
    return (plane, y, x), (
        min(images, number * depth - plane),
        min(rows, height - y),
        min(columns, width - x),
    )


@inner
def corner(position, stride, before):
    """The pixel at which the window of a position begins."""
    return (
        position[0] * stride[0] - before[0],
        position[1] * stride[1] - before[1],
        position[2] * stride[2] - before[2],
    )


def is_inside(kernel, stride, before, dilation, counts, size):
    """Whether no window leaves the image, and each has taps."""
    reads = [
        (c - 1) * s + (k - 1) * d + 1 for c, s, k, d in zip(counts, stride, kernel, dilation, strict=True)
    ]
    return all(kernel) and all(b <= 0 and r - b <= n for b, r, n in zip(before, reads, size, strict=True))


def box_size(cut, windows, channels):
    """Numbers of the box under ``cut`` positions, with what vectors write behind it."""
    kernel, stride, dilation = windows
    covered = [
        (n - 1) * s + (k - 1) * d + 1 if k else 0
        for n, k, s, d in zip(cut[1:], kernel[1:], stride[1:], dilation[1:], strict=True)
    ]
    return kernel[0] * math.prod(covered) * channels + LANES


def _cut(view, number, most):
    """Images, rows and columns of a piece of about ``most`` positions."""
    depth, height, width = view.counts
    columns = -(-width // -(-width // most))
    rows = max(1, min(height, most // columns)) if columns == width else 1
    images = min(number, max(1, most // 2 // (height * width))) if depth == 1 else 1
    return images, rows, columns


@lru_cache(maxsize=512)
def plan(views, number, size, step, per_pixel, in_place, most):
    """Cut the ``views`` of ``number`` images of ``size`` into pieces; a view's weights are ``per_pixel[1]``
    numbers for each tap."""
    span, weights_of_tap, outputs, groups = per_pixel
    rows, begin, weights, box, results = [], 0, 0, 0, 0
    for view in views:
        total = number * math.prod(view.counts)
        images, down, columns = _cut(view, number, min(most, max(24, -(-total // PIECES))))
        depth, height, width = view.counts
        free = in_place and is_inside(view.kernel, view.stride, view.before, view.dilation, view.counts, size)
        numbers = (*view.kernel, *view.stride, *view.before, *view.dilation, *view.counts, *view.first)
        rows.append((begin, *numbers, weights, images, down, columns, int(free)))
        begin += (-(-number * depth // images)) * -(-height // down) * -(-width // columns)
        weights += math.prod(view.kernel) * weights_of_tap
        if not free:
            windows = view.kernel, view.stride, view.dilation
            box = max(box, images * box_size((1, down, columns), windows, span))
        if step != (1, 1, 1):
            results = max(results, images * down * columns * outputs)
    parts = max(1, min(groups, PIECES // max(1, begin)))
    return Plan(np.array(rows, np.int64), begin, parts, box, results)
