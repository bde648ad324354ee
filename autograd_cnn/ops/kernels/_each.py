"""The twin of the product in registers for channels that do not mix: a few rows of C += A B where A has
vectors as B does.

Row r of C, channel c: ``sum over steps of A[r + step, c] B[step, c]``. With positions for rows, taps for
steps and weights for B it is a depthwise convolution; with taps for rows, positions for steps and the
upstream signal for B the gradient of its weights.
"""

from numba.extending import intrinsic

from ._launch import inner
from ._vectors import INT, LANES, VECTOR, ZERO, Emitter, address_of, emitted, loop, number

ROWS_EACH = (9, 4)
"""Rows of C in registers, one vector each: a block of so many, or of fewer where no more are left."""


class _Block:
    """Rows of C from ``first`` on, in registers, a vector of channels at a time."""

    def __init__(self, builder, rows, first, arguments):
        self.builder, self.rows, self.arguments = builder, rows, arguments
        self.left = builder.sub(arguments["rows"], first)
        table = builder.inttoptr(arguments["offsets"], INT.as_pointer())
        self.a, self.c, self.start = [], [], []
        for r in range(rows):  # rows that are not there repeat the last one, and are not stored
            row = builder.select(
                builder.icmp_signed("<", number(r), self.left), number(r), builder.sub(self.left, number(1))
            )
            row = builder.add(first, row)
            self.a.append(self._at("a", builder.load(builder.gep(table, [row]))))
            self.c.append(self._at("c", builder.mul(row, arguments["c_row"])))
            self.start.append(self._at("start", builder.mul(row, arguments["start_row"])))

    def _at(self, base, distance):
        return self.builder.add(self.arguments[base], self.builder.mul(distance, number(4)))

    def channels(self, place, count):
        """A vector of ``count`` channels from ``place`` on; all of its lanes where ``count`` is None."""
        builder, arguments = self.builder, self.arguments
        e = Emitter(builder, 1, number(LANES) if count is None else count)
        place = e.bytes(place)

        def load(address):
            if count is not None:
                return e.load_row(address)[0]
            return builder.load(builder.inttoptr(address, VECTOR.as_pointer()), align=4)

        steps = builder.inttoptr(arguments["steps"], INT.as_pointer())

        def step(i, sums):
            a_at, b_at = (
                builder.add(
                    place, builder.load(builder.gep(steps, [builder.add(builder.shl(i, number(1)), n)]))
                )
                for n in (number(0), number(1))
            )
            b = load(builder.add(arguments["b"], b_at))
            factors = [load(builder.add(row, a_at)) for row in self.a]
            return [builder.call(e.fma, [a, b, s]) for a, s in zip(factors, sums, strict=True)]

        sums = loop(builder, arguments["count"], 1, [ZERO] * self.rows, step)
        for r, total in enumerate(sums):
            with builder.if_then(builder.icmp_signed("<", number(r), self.left)):
                value = builder.fadd(load(builder.add(self.start[r], place)), total)
                e.store_row([value], builder.add(self.c[r], place))

    def all_channels(self):
        builder, columns = self.builder, self.arguments["columns"]
        whole = builder.and_(columns, number(-LANES))

        def vector(place, _):
            self.channels(place, None)
            return []

        loop(builder, whole, LANES, [], vector)
        with builder.if_then(builder.icmp_signed("<", whole, columns)):
            self.channels(whole, builder.sub(columns, whole))


NAMES = ("start", "start_row", "a", "offsets", "b", "steps", "count", "c", "c_row", "rows", "columns")


@intrinsic
def multiply_each(typing, start, a, offsets, b, steps, c, size):
    """C = S + A B, channel by channel, for any number of rows and columns, ``size``.

    ``start`` and ``c`` are as for ``multiply``; row r of A begins ``offsets[r]`` numbers behind ``a``. The
    sum runs over ``steps`` = (address, count): pairs of how far A and B move, in bytes. A table of them
    leaves the registers to the rows, where the counters of nested loops would not.
    """

    def write(builder, args):
        arguments = dict(zip(NAMES, args, strict=True))
        many, few = ROWS_EACH

        def block(i, carried):
            (first,) = carried
            left = builder.sub(arguments["rows"], first)
            with builder.if_else(builder.icmp_signed(">", left, number(few))) as (wide, narrow):
                for rows, branch in ((many, wide), (few, narrow)):
                    with branch:
                        _Block(builder, rows, first, arguments).all_channels()
            return [builder.add(first, number(many))]

        loop(builder, arguments["rows"], many, [number(0)], block)

    return emitted("multiply_each", [2, 1, 1, 1, 2, 2, 2], write)


@inner
def multiply_each_by(start, a, offsets, b, steps, c, columns):
    """:func:`multiply_each` with its two tables as arrays, which are arguments so that they outlive it."""
    size = offsets.size, columns
    multiply_each(start, a, address_of(offsets), b, (address_of(steps), len(steps)), c, size)
