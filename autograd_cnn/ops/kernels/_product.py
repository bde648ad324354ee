"""The product of two matrices, with a bias in the same pass. For sizes whose operands stay in the caches."""

from functools import lru_cache

import numpy as np
from numba import prange

from ._direct import STEPS
from ._launch import BOOL, INT, kernel, read, scratch, written
from ._layout import channels_last
from ._micro import COLUMNS, ROW_NUMBERS, ROWS, multiply
from ._packing import NO_BIAS, pack, plain_rows
from ._vectors import LANES, address_of

TILE = 8 * ROWS


@kernel(read(1), INT, INT, read(1), INT, BOOL, INT, read(1), INT, written(2), read(1, INT))
def _product(a, a_row, a_step, b, b_step, packed, depth, start, start_row, out, offsets):
    """``out = a b + start``, whose rows are ``start_row`` apart; row r of ``a`` begins at ``r a_row``. ``b``
    lies in panels where ``packed``, else in rows ``b_step`` apart."""
    rows, columns = out.shape
    panels, tiles = (columns + COLUMNS - 1) // COLUMNS, (rows + TILE - 1) // TILE
    for piece in prange(panels * tiles):
        first, top = piece // tiles * COLUMNS, piece % tiles * TILE
        some = min(COLUMNS, columns - first)
        count = min(TILE, rows - top)
        step = b_step
        panel = address_of(b) + 4 * first
        if packed:
            step = (some + LANES - 1) // LANES * LANES
            panel = address_of(b) + 4 * first * depth
        for begin in range(0, depth, STEPS):
            for r in range(0, count, ROWS):
                to = address_of(out[top + r, first:])
                add = address_of(start) + 4 * ((top + r) * start_row + first)
                multiply(
                    (to if begin else add, columns if begin else start_row),
                    (address_of(a) + 4 * ((top + r) * a_row + begin * a_step), 0, a_step),
                    address_of(offsets),
                    (panel + 4 * begin * step, 0, step),
                    (1, min(STEPS, depth - begin)),
                    (to, columns),
                    (min(ROWS, count - r), some),
                )


def product(a, b, bias=NO_BIAS):
    """``a @ b + bias`` for float32 matrices; one stride of each is one element."""
    rows, columns = a.shape[0], b.shape[1]
    packed = b.strides[1] != 4
    if (
        packed and a.strides[1] == 4 and 2 * rows < columns
    ):  # the transpose of bᵀ aᵀ, where a is packed in place of b
        turned = np.empty((columns, rows), np.float32)
        turned[:] = bias[:, None] if bias.size else 0
        _multiply(b.T, a.T, True, turned, turned.reshape(-1), rows)
        return channels_last(turned.reshape(1, columns, 1, rows)).reshape(rows, columns)
    out = np.empty((rows, columns), np.float32)
    _multiply(a, b, packed, out, bias if bias.size else _no_bias(columns), 0)
    return out


def _multiply(a, b, packed, out, start, start_row):
    rows, depth = a.shape
    columns = b.shape[1]
    a_row, a_step, b_row = a.strides[0] // 4, a.strides[1] // 4, b.strides[0] // 4
    flat_b = _flat(b)
    if packed:
        panels = scratch("packed", depth * -(-columns // LANES) * LANES)
        pack.sized(b.size, flat_b, b.strides[1] // 4, columns, plain_rows(depth), panels)
        flat_b = panels
    _product.sized(
        rows * depth * columns // 16,
        _flat(a),
        a_row,
        a_step,
        flat_b,
        b_row,
        packed,
        depth,
        start,
        start_row,
        out,
        ROW_NUMBERS * a_row,
    )


@lru_cache(maxsize=64)
def _no_bias(columns):
    return np.zeros(columns, np.float32)


def _flat(matrix):
    """The memory of a matrix without gaps in one axis."""
    return (matrix if matrix.flags.c_contiguous else matrix.T).reshape(-1)


def serves(a, b):
    """Whether both matrices are contiguous, one way or the other, and large enough and not too large."""
    work = a.shape[0] * a.shape[1] * b.shape[1]
    return (
        2**15 <= work <= 2**28
        and (a.flags.c_contiguous or a.flags.f_contiguous)
        and (b.flags.c_contiguous or b.flags.f_contiguous)
    )
