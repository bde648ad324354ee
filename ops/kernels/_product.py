"""The product of two matrices, with a bias and a ReLU in the same pass. For sizes whose operands stay in the caches."""

import numpy as np
from numba import get_thread_id, prange

from ._convolution import STEPS
from ._launch import Kernel, per_thread, scratch
from ._micro import COLUMNS, LANES, ROWS, multiply
from ._packing import pack, plain_rows

TILE = 8 * ROWS


@Kernel
def _product(a, a_row, a_step, b, b_step, packed, depth, bias, relu, out, offsets):
    """``out = a b``; row r of ``a`` begins at ``r a_row``. ``b`` lies in panels where ``packed``, else in rows ``b_step`` apart."""
    rows, columns = out.shape
    panels, tiles = (columns + COLUMNS - 1) // COLUMNS, (rows + TILE - 1) // TILE
    for piece in prange(panels * tiles):
        table = offsets[get_thread_id()]
        first, top = piece // tiles * COLUMNS, piece % tiles * TILE
        some = min(COLUMNS, columns - first)
        count = min(TILE, rows - top)
        for r in range(count):
            table[r] = (top + r) * a_row
        step = b_step
        panel = b.ctypes.data + 4 * first
        if packed:
            step = (some + LANES - 1) // LANES * LANES
            panel = b.ctypes.data + 4 * first * depth
        for begin in range(0, depth, STEPS):
            for r in range(0, count, ROWS):
                multiply(
                    begin > 0, a.ctypes.data + 4 * begin * a_step, table[r:].ctypes.data, 0, a_step, panel + 4 * begin * step, 0, step,
                    1, min(STEPS, depth - begin), out[top + r, first:].ctypes.data, columns, min(ROWS, count - r), some,
                )  # fmt: skip
        if bias.size:
            for r in range(top, top + count):
                line = out[r, first : first + some]
                add = bias[first : first + some]
                for c in range(some):
                    value = line[c] + add[c]
                    line[c] = np.float32(0) if relu and value < 0 else value


_NONE = np.empty(0, np.float32)


def product(a, b, bias=_NONE, relu=False):
    """``a @ b + bias`` for float32 matrices; one stride of each is one element."""
    rows, depth = a.shape
    columns = b.shape[1]
    out = np.empty((rows, columns), np.float32)
    offsets = per_thread("offsets", TILE, np.int64)
    a_row, a_step = a.strides[0] // 4, a.strides[1] // 4
    b_row, b_column = b.strides[0] // 4, b.strides[1] // 4
    flat_a = _flat(a)
    if b_column != 1:
        packed = scratch("packed", depth * -(-columns // LANES) * LANES)
        pack.sized(b.size // 2, _flat(b), b_column, plain_rows(depth), packed)
        _product.sized(rows * depth * columns // 16, flat_a, a_row, a_step, packed, 0, True, depth, bias, relu, out, offsets)
    else:
        _product.sized(rows * depth * columns // 16, flat_a, a_row, a_step, _flat(b), b_row, False, depth, bias, relu, out, offsets)
    return out


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
