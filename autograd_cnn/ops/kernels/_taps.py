"""What pooling does with the taps of one window, for all channels: the running maximum and the sums stay in
vectors.

The taps of a window are ``taps`` pixels at ``base + offsets[t]``, each ``count`` channels long.
"""

from llvmlite import ir
from numba.extending import intrinsic

from ._vectors import FLOAT, INT, INT32, LANES, MASK, VECTOR, ZERO, Emitter, emitted, loop, number

_NUMBERS, _BYTES = ir.VectorType(INT32, LANES), ir.VectorType(ir.IntType(8), LANES)


class _Channels(Emitter):
    """One vector of channels, from ``place`` on."""

    def __init__(self, builder, count, place, offsets):
        super().__init__(builder, 1, builder.sub(count, place))
        self.place, self.offsets = place, builder.inttoptr(offsets, INT.as_pointer())

    def at(self, base):
        return self.builder.add(base, self.bytes(self.place))

    def tap(self, base, t):
        return self.at(
            self.builder.add(base, self.bytes(self.builder.load(self.builder.gep(self.offsets, [t]))))
        )

    def tap_number(self, numbers, t):
        return self.splat(
            self.builder.load(self.builder.gep(self.builder.inttoptr(numbers, INT32.as_pointer()), [t])),
            _NUMBERS,
        )

    def load(self, address):
        return self.load_row(address)[0]

    def store(self, value, address):
        self.store_row([value], address)

    def _index_pointer(self, index):
        return self.builder.inttoptr(self.builder.add(index, self.place), _BYTES.as_pointer())

    def load_index(self, index):
        read = self._function(
            f"llvm.masked.load.v{LANES}i8.p0", _BYTES, [_BYTES.as_pointer(), INT32, MASK, _BYTES]
        )
        nothing = ir.Constant(_BYTES, [0] * LANES)
        return self.builder.zext(
            self.builder.call(read, [self._index_pointer(index), ir.Constant(INT32, 1), self.mask, nothing]),
            _NUMBERS,
        )

    def store_index(self, value, index):
        write = self._function(
            f"llvm.masked.store.v{LANES}i8.p0", ir.VoidType(), [_BYTES, _BYTES.as_pointer(), INT32, MASK]
        )
        self.builder.call(
            write,
            [self.builder.trunc(value, _BYTES), self._index_pointer(index), ir.Constant(INT32, 1), self.mask],
        )


@intrinsic
def take_maximum(typing, base, offsets, numbers, taps, count, out, index):
    """The maximum of the taps, and the number of its tap (one byte): the first of equal maxima, or the last
    NaN."""

    def write(builder, args):
        base, offsets, numbers, taps, count, out, index = args

        def channels(place, _):
            e = _Channels(builder, count, place, offsets)

            def tap(t, carried):
                best, where = carried
                value = e.load(e.tap(base, t))
                better = builder.or_(
                    builder.fcmp_ordered(">", value, best), builder.fcmp_unordered("uno", value, value)
                )
                return [
                    builder.select(better, value, best),
                    builder.select(better, e.tap_number(numbers, t), where),
                ]

            lowest = ir.Constant(VECTOR, [float("-inf")] * LANES)
            best, where = loop(builder, taps, 1, [lowest, e.tap_number(numbers, number(0))], tap)
            e.store(best, e.at(out))
            e.store_index(where, index)
            return []

        loop(builder, count, LANES, [], channels)

    return emitted("take_maximum", 7, write)


@intrinsic
def put_at_winner(typing, signal, index, base, offsets, numbers, taps, count, add):
    """``signal`` at the tap that ``index`` names and 0 at the others, stored, or added where ``add`` is not
    0."""

    def write(builder, args):
        signal, index, base, offsets, numbers, taps, count, add = args

        def channels(place, _):
            e = _Channels(builder, count, place, offsets)
            value, winner = e.load(e.at(signal)), e.load_index(index)

            def tap(t, _):
                mine = builder.select(
                    builder.icmp_signed("==", winner, e.tap_number(numbers, t)), value, ZERO
                )
                _deliver(e, mine, e.tap(base, t), add)
                return []

            loop(builder, taps, 1, [], tap)
            return []

        loop(builder, count, LANES, [], channels)

    return emitted("put_at_winner", 8, write)


def _deliver(e, value, address, add):
    """Store ``value``, added to what is there where ``add`` is not 0."""
    builder = e.builder
    with builder.if_else(builder.icmp_signed("==", add, number(0))) as (new, further):
        with new:
            e.store(value, address)
        with further:
            e.store(builder.fadd(e.load(address), value), address)


def _scaled(e, value, scale):
    factor = e.splat(e.builder.load(e.builder.inttoptr(scale, FLOAT.as_pointer())), VECTOR)
    return e.builder.fmul(value, factor)


@intrinsic
def add_taps(typing, base, offsets, taps, count, scale, out):
    """The sum of the taps, times the number at ``scale``."""

    def write(builder, args):
        base, offsets, taps, count, scale, out = args

        def channels(place, _):
            e = _Channels(builder, count, place, offsets)
            (total,) = loop(
                builder,
                taps,
                1,
                [ZERO],
                lambda t, carried: [builder.fadd(carried[0], e.load(e.tap(base, t)))],
            )
            e.store(_scaled(e, total, scale), e.at(out))
            return []

        loop(builder, count, LANES, [], channels)

    return emitted("add_taps", 6, write)


@intrinsic
def spread_over_taps(typing, signal, base, offsets, taps, count, scale, add):
    """``signal`` times the number at ``scale`` at every tap, stored, or added where ``add`` is not 0."""

    def write(builder, args):
        signal, base, offsets, taps, count, scale, add = args

        def channels(place, _):
            e = _Channels(builder, count, place, offsets)
            value = _scaled(e, e.load(e.at(signal)), scale)

            def tap(t, _):
                _deliver(e, value, e.tap(base, t), add)
                return []

            loop(builder, taps, 1, [], tap)
            return []

        loop(builder, count, LANES, [], channels)

    return emitted("spread_over_taps", 7, write)
