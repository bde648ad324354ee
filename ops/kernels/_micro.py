"""The product at the heart of every kernel, kept in registers: a few rows of C += A B, written in LLVM's own vectors.

A block of ROWS rows and up to COLUMNS columns of C stays in registers while the sum runs. One step of the sum loads one row
of B and multiplies it by one element of each row of A. Strides are arguments, and the sum is a double loop, so
that the same function serves a convolution that reads its image in place (taps outside, channels inside), the gradient of
its weights (rows of the image outside, columns inside) and a plain product. Against a BLAS this saves packing A and is
not bound to the processor that the BLAS recognises: see docs/performance.md.
"""

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

from ._vectors import INT, LANES, VECTOR, VECTORS, Emitter, call, number

ROWS = 6
"""Rows of C in registers: with VECTORS vectors each they fill the register file, and hide the latency of the products."""
COLUMNS = LANES * VECTORS
ZEROS = np.zeros(COLUMNS, np.float32)
"""What a sum without a bias starts from."""


def _join(phis, values, block):
    for row, row_values in zip(phis, values, strict=True):
        for phi, value in zip(row, row_values, strict=True):
            phi.add_incoming(value, block)


def _micro_kernel(vectors):
    """The intrinsic for a given number of vectors in a row of C."""

    @intrinsic
    def kernel(typing, start, start_row, a, offsets, a_outer, a_inner, b, b_outer, b_inner, outer, inner, c, c_row, rows, columns):
        def write(builder, args):
            start, start_row, a, offsets, a_outer, a_inner, b, b_outer, b_inner, outer, inner, c, c_row, rows, columns = args
            e = Emitter(builder, vectors, columns)
            table = builder.inttoptr(offsets, INT.as_pointer())
            a_rows, c_rows, before = [], [], []

            def phis():
                return [[builder.phi(VECTOR) for _ in range(vectors)] for _ in range(ROWS)]

            for r in range(ROWS):  # rows that are not there repeat the last one: the same values, stored twice
                row = builder.select(builder.icmp_signed("<", number(r), rows), number(r), builder.sub(rows, number(1)))
                a_rows.append(builder.add(a, e.bytes(builder.load(builder.gep(table, [row])))))
                c_rows.append(builder.add(c, e.bytes(builder.mul(row, c_row))))
                before.append(e.load_row(builder.add(start, e.bytes(builder.mul(row, start_row)))))
            entry = builder.block
            taps, steps, tap_end, end = map(builder.append_basic_block, ("taps", "steps", "tap_end", "end"))
            builder.branch(taps)

            builder.position_at_end(taps)
            sums = phis()
            tap = builder.phi(INT)
            _join(sums, before, entry)
            tap.add_incoming(number(0), entry)
            a_tap = e.bytes(builder.mul(tap, a_outer))
            b_tap = builder.add(b, e.bytes(builder.mul(tap, b_outer)))
            a_step, b_step = e.bytes(a_inner), e.bytes(b_inner)
            builder.branch(steps)

            builder.position_at_end(steps)
            running = phis()
            step, a_at, b_at = builder.phi(INT), builder.phi(INT), builder.phi(INT)
            b_row = e.load_row(b_at)
            new = []
            for r in range(ROWS):
                factor = e.element(builder.add(a_rows[r], a_at))
                new.append([builder.call(e.fma, [factor, b_row[v], running[r][v]]) for v in range(vectors)])
            _join(running, sums, taps)
            _join(running, new, steps)
            for phi, start, increment in ((step, number(0), number(1)), (a_at, a_tap, a_step), (b_at, b_tap, b_step)):
                phi.add_incoming(start, taps)
                phi.add_incoming(builder.add(phi, increment), steps)
            builder.cbranch(builder.icmp_signed("<", builder.add(step, number(1)), inner), steps, tap_end)

            builder.position_at_end(tap_end)
            next_tap = builder.add(tap, number(1))
            tap.add_incoming(next_tap, tap_end)
            _join(sums, new, tap_end)
            builder.cbranch(builder.icmp_signed("<", next_tap, outer), taps, end)
            builder.position_at_end(end)
            for row, address in zip(new, c_rows, strict=True):
                e.store_row(row, address)

        def emit(context, builder, signature, args):
            call(builder, f"autograd_cnn_multiply_{vectors}", args, write)
            return context.get_dummy_value()

        return types.void(*[types.intp] * 15), emit

    return kernel


_one, _two, _three, _four = (_micro_kernel(n) for n in (1, 2, 3, 4))

if VECTORS == 4:

    @njit(nogil=True, cache=True)
    def multiply(start, start_row, a, offsets, a_outer, a_inner, b, b_outer, b_inner, outer, inner, c, c_row, rows, columns):
        """C = S + A B for at most ROWS rows and COLUMNS columns; addresses, and strides in elements.

        The sum starts from S, whose rows are ``start_row`` apart: ZEROS or a bias (both 0 apart), or C itself. Row r of A begins at ``a + offsets[r]``. The sum runs over ``outer`` times ``inner`` steps; a step moves A by
        ``a_outer`` and ``a_inner``, and B by ``b_outer`` and ``b_inner``. Rows of C are ``c_row`` apart.
        """
        if columns > 3 * LANES:
            _four(start, start_row, a, offsets, a_outer, a_inner, b, b_outer, b_inner, outer, inner, c, c_row, rows, columns)
        elif columns > 2 * LANES:
            _three(start, start_row, a, offsets, a_outer, a_inner, b, b_outer, b_inner, outer, inner, c, c_row, rows, columns)
        elif columns > LANES:
            _two(start, start_row, a, offsets, a_outer, a_inner, b, b_outer, b_inner, outer, inner, c, c_row, rows, columns)
        else:
            _one(start, start_row, a, offsets, a_outer, a_inner, b, b_outer, b_inner, outer, inner, c, c_row, rows, columns)

else:

    @njit(nogil=True, cache=True)
    def multiply(start, start_row, a, offsets, a_outer, a_inner, b, b_outer, b_inner, outer, inner, c, c_row, rows, columns):
        """As above, for processors whose registers hold two vectors a row."""
        if columns > LANES:
            _two(start, start_row, a, offsets, a_outer, a_inner, b, b_outer, b_inner, outer, inner, c, c_row, rows, columns)
        else:
            _one(start, start_row, a, offsets, a_outer, a_inner, b, b_outer, b_inner, outer, inner, c, c_row, rows, columns)
