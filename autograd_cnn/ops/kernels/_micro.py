"""The product at the heart of every kernel, kept in registers: a few rows of C += A B, written in LLVM's own
vectors.

A block of ROWS rows and up to COLUMNS columns of C stays in registers while the sum runs. One step of the sum
loads one row of B and multiplies it by one element of each row of A. Strides are arguments, and the sum is a
double loop, so that the same function serves a convolution that reads its image in place (taps outside,
channels inside), the gradient of its weights (rows of the image outside, columns inside) and a plain product.
Against a BLAS this saves packing A and is not bound to the processor that the BLAS recognises: see
docs/performance.md.
"""

import numpy as np
from numba.extending import intrinsic

from ._launch import inner
from ._vectors import INT, LANES, VECTORS, ZERO, Emitter, emitted, loop, number

ROWS = 6
"""Rows of C in registers: with VECTORS vectors each they fill the register file, and hide the latency of the
products."""
ROW_NUMBERS = np.arange(ROWS)
COLUMNS = LANES * VECTORS
ZEROS = np.zeros(COLUMNS, np.float32)
"""What a sum without a bias starts from."""


def _micro_kernel(vectors):
    """The intrinsic for a given number of vectors in a row of C."""

    def write(builder, args):
        start, start_row, a, a_outer, a_inner, offsets = args[:6]
        b, b_outer, b_inner, outer, inner, c, c_row, rows, columns = args[6:]
        e = Emitter(builder, vectors, columns)
        table = builder.inttoptr(offsets, INT.as_pointer())
        a_rows, c_rows, starts = [], [], []
        for r in range(ROWS):  # rows that are not there repeat the last one, and are not stored
            row = builder.select(
                builder.icmp_signed("<", number(r), rows), number(r), builder.sub(rows, number(1))
            )
            a_rows.append(builder.add(a, e.bytes(builder.load(builder.gep(table, [row])))))
            c_rows.append(builder.add(c, e.bytes(builder.mul(row, c_row))))
            starts.append(builder.add(start, e.bytes(builder.mul(row, start_row))))
        a_step, b_step = e.bytes(a_inner), e.bytes(b_inner)

        def step(_, carried):
            a_at, b_at, *sums = carried
            b_row = e.load_row(b_at)
            new = []
            for r in range(ROWS):
                factor = e.element(builder.add(a_rows[r], a_at))
                new += [
                    builder.call(e.fma, [factor, b_row[v], sums[r * vectors + v]]) for v in range(vectors)
                ]
            return [builder.add(a_at, a_step), builder.add(b_at, b_step), *new]

        def tap(i, sums):
            a_at, b_at = e.bytes(builder.mul(i, a_outer)), builder.add(b, e.bytes(builder.mul(i, b_outer)))
            return loop(builder, inner, 1, [a_at, b_at, *sums], step)[2:]

        sums = loop(builder, outer, 1, [ZERO] * (ROWS * vectors), tap)
        for r, address in enumerate(c_rows):
            with builder.if_then(builder.icmp_signed("<", number(r), rows)):
                row = zip(e.load_row(starts[r]), sums[r * vectors : (r + 1) * vectors], strict=True)
                e.store_row([builder.fadd(before, new) for before, new in row], address)

    @intrinsic
    def kernel(typing, start, a, offsets, b, steps, c, size):
        return emitted(f"multiply_{vectors}", [2, 3, 1, 3, 2, 2, 2], write)

    return kernel


_one, _two, _three, _four = (_micro_kernel(n) for n in (1, 2, 3, 4))

if VECTORS == 4:

    @inner
    def multiply(start, a, offsets, b, steps, c, size):
        """C = S + A B for at most ROWS rows and COLUMNS columns, ``size``; all in addresses, and distances in
        elements.

        S is ``start`` = (address, distance of rows): ZEROS or a bias (both 0 apart), or C itself. It is added
        last: a long sum that is made in parts is then a sum of short ones, and keeps its digits. The sum runs
        over ``steps`` = (outer, inner); a step moves A and B by their outer and inner distances: ``a`` and
        ``b`` = (address, outer, inner). Row r of A begins ``offsets[r]`` behind its address; ``c`` =
        (address, distance of rows).
        """
        _, columns = size
        if columns > 3 * LANES:
            _four(start, a, offsets, b, steps, c, size)
        elif columns > 2 * LANES:
            _three(start, a, offsets, b, steps, c, size)
        elif columns > LANES:
            _two(start, a, offsets, b, steps, c, size)
        else:
            _one(start, a, offsets, b, steps, c, size)

else:

    @inner
    def multiply(start, a, offsets, b, steps, c, size):
        """As above, for processors whose registers hold two vectors a row."""
        _, columns = size
        if columns > LANES:
            _two(start, a, offsets, b, steps, c, size)
        else:
            _one(start, a, offsets, b, steps, c, size)
