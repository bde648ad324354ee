"""Boxes of an image: the part under the windows of one piece of work, with zeros around it where it leaves
the image, and of one block of channels, side by side.

Images are (N, D, H, W, C), whatever the number of their axes: missing ones have one position.
"""

import numpy as np
from numba.extending import intrinsic

from ._launch import inner
from ._vectors import INT, LANES, VECTOR, Emitter, address_of, emitted, loop, number


@intrinsic
def copy_pixels(typing, source, source_step, to, to_step, count, width):
    """``width`` numbers for each of ``count`` pixels. Up to LANES - 1 numbers behind the last are written
    too: pixels are copied in their order, so that each one is whole in the end."""

    def write(builder, args):
        source, source_step, to, to_step, count, width = args

        def address(base, i, step, place):
            at = builder.add(builder.mul(i, step), place)
            return builder.inttoptr(builder.add(base, builder.shl(at, number(2))), VECTOR.as_pointer())

        whole = builder.and_(width, number(-LANES))

        def pixel(i, _):
            def vector(place, _):
                value = builder.load(address(source, i, source_step, place), align=4)
                builder.store(value, address(to, i, to_step, place), align=4)
                return []

            loop(builder, whole, LANES, [], vector)
            with builder.if_then(builder.icmp_signed("<", whole, width)):
                e = Emitter(builder, 1, builder.sub(width, whole))
                at = builder.ptrtoint(address(source, i, source_step, whole), INT)
                builder.store(e.load_row(at)[0], address(to, i, to_step, whole), align=4)
            return []

        loop(builder, count, 1, [], pixel)

    return emitted("copy_pixels", 6, write)


@inner
def inside(start, count, size):
    """Of the positions ``start``, ..., ``start + count - 1`` those in an axis of ``size``: the first, and how
    many."""
    first = min(max(0, -start), count)
    return first, max(0, min(count, size - start) - first)


@inner
def copy_box(image, start, apart, shape, channels, to, pixel):
    """``shape`` pixels of an image (D, H, W, C) from ``start`` on, planes ``apart``, and ``channels`` (first,
    count) of them, into flat memory with ``pixel`` numbers for each, and LANES numbers behind it."""
    depth, height, width, all_channels = image.shape
    planes, rows, across = shape
    front, top, left = start
    channel, span = channels
    before, used = inside(left, across, width)
    for i in range(planes):
        z = front + i * apart
        for r in range(rows):
            y = top + r
            at = (i * rows + r) * across * pixel
            if z < 0 or z >= depth or y < 0 or y >= height or not used:
                to[at : at + across * pixel] = 0
                continue
            first = at + before * pixel
            to[at:first] = 0
            source = address_of(image[z, y, left + before, channel:])
            if span == all_channels:
                copy_pixels(source, 0, address_of(to[first:]), 0, 1, used * span)
            else:
                copy_pixels(source, all_channels, address_of(to[first:]), pixel, used, span)
            to[first + used * pixel : at + across * pixel] = 0


@inner
def reach(count, kernel, stride, dilation):
    """How many pixels ``count`` windows cover along an axis; none where no window has a tap."""
    return (count - 1) * stride + (kernel - 1) * dilation + 1 if kernel else 0


@inner
def distances(shape, cut, windows, in_place, channels):
    """How far apart pixels, lines, the planes of two taps, and images lie: those of the image where it is
    read ``in_place``, else those of the boxes under ``cut`` positions; and the pixels of such a box."""
    _, deep, high, wide, inputs = shape
    (kd, kh, kw), (_, sh, sw), (dd, dh, dw) = windows
    if in_place:
        line = wide * inputs
        return (inputs, line, dd * high * line, deep * high * line), (kd, 0, 0)
    lines, across = reach(cut[1], kh, sh, dh), reach(cut[2], kw, sw, dw)
    line = across * channels
    return (channels, line, lines * line, kd * lines * line), (kd, lines, across)


@inner
def brought(x, n, images, start, apart, box, some, in_place, channels, memory):
    """The address of the pixel ``start`` of image ``n`` and of the channel ``some[0]``: in place, or of its
    box and those of the next ``images``, copied to ``memory``."""
    plane, top, left = start
    if in_place:
        return address_of(x[n, plane, top, left:]) + 4 * some[0]
    size = box[0] * box[1] * box[2] * channels
    for i in range(images):
        copy_box(x[n + i], start, apart, box, some, memory[i * size :], channels)
    return address_of(memory)


@inner
def offsets_of(images, rows, columns, image_step, row_step, step):
    """Where the window of each position begins, positions of several images in their order."""
    found = np.empty(images * rows * columns, np.int64)
    p = 0
    for i in range(images):
        for y in range(rows):
            for x in range(columns):
                found[p] = i * image_step + y * row_step + x * step
                p += 1
    return found


@inner
def steps_of(counts, a, b):
    """What ``multiply_each`` reads: for each of three loops' steps how far A and B move, in bytes."""
    found = np.empty((counts[0] * counts[1] * counts[2], 2), np.int64)
    p = 0
    for i in range(counts[0]):
        for j in range(counts[1]):
            for k in range(counts[2]):
                found[p, 0] = 4 * (i * a[0] + j * a[1] + k * a[2])
                found[p, 1] = 4 * (i * b[0] + j * b[1] + k * b[2])
                p += 1
    return found
