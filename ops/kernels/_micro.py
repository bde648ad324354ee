"""The product at the heart of every kernel, kept in registers: a few rows of C += A B, written in LLVM's own vectors.

A block of ROWS rows and up to COLUMNS columns of C stays in registers while the sum runs. One step of the sum loads one row
of B and multiplies it by one element of each row of A. Strides are arguments, and the sum is a double loop, so
that the same function serves a convolution that reads its image in place (taps outside, channels inside), the gradient of
its weights (rows of the image outside, columns inside) and a plain product. Against a BLAS this saves packing A and is
not bound to the processor that the BLAS recognises: see docs/performance.md.
"""

from llvmlite import binding, ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

_features = binding.get_host_cpu_features()
LANES, VECTORS = (16, 4) if _features.get("avx512f") else (8, 2) if _features.get("avx2") else (4, 4)
ROWS = 6
"""Rows of C in registers: with VECTORS vectors each they fill the register file, and hide the latency of the products."""
COLUMNS = LANES * VECTORS

_float, _int, _int32, _bit = ir.FloatType(), ir.IntType(64), ir.IntType(32), ir.IntType(1)
_vector = ir.VectorType(_float, LANES)
_mask = ir.VectorType(_bit, LANES)
_zero = ir.Constant(_vector, [0.0] * LANES)
_aligned = ir.Constant(_int32, 4)


def _constant(value):
    return ir.Constant(_int, value)


def _call(builder, name, arguments, write):
    """Call a function of the module by that name; ``write(its builder, its arguments)`` writes it at the first call.

    It is never inlined: a kernel that multiplies in three places would be compiled with twelve copies.
    """
    kind = ir.FunctionType(ir.VoidType(), [value.type for value in arguments])
    function = cgutils.get_or_insert_function(builder.module, kind, name)
    if function.is_declaration:
        function.linkage = "internal"
        function.attributes.add("noinline")
        inside = ir.IRBuilder(function.append_basic_block("entry"))
        write(inside, function.args)
        inside.ret_void()
    builder.call(function, arguments)


class _Emitter:
    """Writes the loads, stores and products of one micro-kernel; its last vector is masked to the columns there are."""

    def __init__(self, builder, vectors, columns):
        self.builder, self.vectors = builder, vectors
        pointer = _vector.as_pointer()
        name = f"v{LANES}f32"
        self.fma = self._function(f"llvm.fma.{name}", _vector, [_vector] * 3)
        self.masked_load = self._function(f"llvm.masked.load.{name}.p0", _vector, [pointer, _int32, _mask, _vector])
        self.masked_store = self._function(f"llvm.masked.store.{name}.p0", ir.VoidType(), [_vector, pointer, _int32, _mask])
        lanes = ir.VectorType(_int, LANES)
        left = self.splat(builder.sub(columns, _constant((vectors - 1) * LANES)), lanes)
        self.mask = builder.icmp_signed("<", ir.Constant(lanes, list(range(LANES))), left)

    def _function(self, name, result, arguments):
        return cgutils.get_or_insert_function(self.builder.module, ir.FunctionType(result, arguments), name)

    def splat(self, value, kind):
        nothing = ir.Constant(kind, ir.Undefined)
        one = self.builder.insert_element(nothing, value, ir.Constant(_int32, 0))
        return self.builder.shuffle_vector(one, nothing, ir.Constant(ir.VectorType(_int32, LANES), [0] * LANES))

    def bytes(self, count):
        return self.builder.mul(count, _constant(4))

    def load_row(self, address):
        row = []
        for v in range(self.vectors):
            pointer = self.builder.inttoptr(self.builder.add(address, _constant(4 * LANES * v)), _vector.as_pointer())
            last = v == self.vectors - 1
            row.append(self.builder.call(self.masked_load, [pointer, _aligned, self.mask, _zero]) if last else self.builder.load(pointer, align=4))
        return row

    def store_row(self, row, address):
        for v, value in enumerate(row):
            pointer = self.builder.inttoptr(self.builder.add(address, _constant(4 * LANES * v)), _vector.as_pointer())
            if v == self.vectors - 1:
                self.builder.call(self.masked_store, [value, pointer, _aligned, self.mask])
            else:
                self.builder.store(value, pointer, align=4)

    def element(self, address):
        """One element of A in every lane."""
        return self.splat(self.builder.load(self.builder.inttoptr(address, _float.as_pointer())), _vector)

    def phis(self):
        return [[self.builder.phi(_vector) for _ in range(self.vectors)] for _ in range(ROWS)]


def _join(phis, values, block):
    for row, row_values in zip(phis, values, strict=True):
        for phi, value in zip(row, row_values, strict=True):
            phi.add_incoming(value, block)


def _micro_kernel(vectors):
    """The intrinsic for a given number of vectors in a row of C."""

    @intrinsic
    def kernel(typing, add, a, offsets, a_outer, a_inner, b, b_outer, b_inner, outer, inner, c, c_row, rows, columns):
        def write(builder, args):
            add, a, offsets, a_outer, a_inner, b, b_outer, b_inner, outer, inner, c, c_row, rows, columns = args
            e = _Emitter(builder, vectors, columns)
            table = builder.inttoptr(offsets, _int.as_pointer())
            a_rows, c_rows = [], []
            for r in range(ROWS):  # rows that are not there repeat the last one: the same values, stored twice
                row = builder.select(builder.icmp_signed("<", _constant(r), rows), _constant(r), builder.sub(rows, _constant(1)))
                a_rows.append(builder.add(a, e.bytes(builder.load(builder.gep(table, [row])))))
                c_rows.append(builder.add(c, e.bytes(builder.mul(row, c_row))))
            from_c, from_zero, taps, steps, tap_end, end = map(builder.append_basic_block, ("c", "zero", "taps", "steps", "tap_end", "end"))
            builder.cbranch(add, from_c, from_zero)
            builder.position_at_end(from_c)
            before = [e.load_row(address) for address in c_rows]
            builder.branch(taps)
            builder.position_at_end(from_zero)
            builder.branch(taps)

            builder.position_at_end(taps)
            sums = e.phis()
            tap = builder.phi(_int)
            for block, values in ((from_c, before), (from_zero, [[_zero] * vectors] * ROWS)):
                _join(sums, values, block)
                tap.add_incoming(_constant(0), block)
            a_tap = e.bytes(builder.mul(tap, a_outer))
            b_tap = builder.add(b, e.bytes(builder.mul(tap, b_outer)))
            a_step, b_step = e.bytes(a_inner), e.bytes(b_inner)
            builder.branch(steps)

            builder.position_at_end(steps)
            running = e.phis()
            step, a_at, b_at = builder.phi(_int), builder.phi(_int), builder.phi(_int)
            b_row = e.load_row(b_at)
            new = []
            for r in range(ROWS):
                factor = e.element(builder.add(a_rows[r], a_at))
                new.append([builder.call(e.fma, [factor, b_row[v], running[r][v]]) for v in range(vectors)])
            _join(running, sums, taps)
            _join(running, new, steps)
            for phi, start, increment in ((step, _constant(0), _constant(1)), (a_at, a_tap, a_step), (b_at, b_tap, b_step)):
                phi.add_incoming(start, taps)
                phi.add_incoming(builder.add(phi, increment), steps)
            builder.cbranch(builder.icmp_signed("<", builder.add(step, _constant(1)), inner), steps, tap_end)

            builder.position_at_end(tap_end)
            next_tap = builder.add(tap, _constant(1))
            tap.add_incoming(next_tap, tap_end)
            _join(sums, new, tap_end)
            builder.cbranch(builder.icmp_signed("<", next_tap, outer), taps, end)
            builder.position_at_end(end)
            for row, address in zip(new, c_rows, strict=True):
                e.store_row(row, address)

        def emit(context, builder, signature, args):
            _call(builder, f"autograd_cnn_multiply_{vectors}", args, write)
            return context.get_dummy_value()

        return types.void(types.boolean, *[types.intp] * 13), emit

    return kernel


_one, _two, _three, _four = (_micro_kernel(n) for n in (1, 2, 3, 4))

if VECTORS == 4:

    @njit(nogil=True, cache=True)
    def multiply(add, a, offsets, a_outer, a_inner, b, b_outer, b_inner, outer, inner, c, c_row, rows, columns):
        """C = A B, or C += A B with ``add``, for at most ROWS rows and COLUMNS columns; addresses, and strides in elements.

        Row r of A begins at ``a + offsets[r]``. The sum runs over ``outer`` times ``inner`` steps; a step moves A by
        ``a_outer`` and ``a_inner``, and B by ``b_outer`` and ``b_inner``. Rows of C are ``c_row`` apart.
        """
        if columns > 3 * LANES:
            _four(add, a, offsets, a_outer, a_inner, b, b_outer, b_inner, outer, inner, c, c_row, rows, columns)
        elif columns > 2 * LANES:
            _three(add, a, offsets, a_outer, a_inner, b, b_outer, b_inner, outer, inner, c, c_row, rows, columns)
        elif columns > LANES:
            _two(add, a, offsets, a_outer, a_inner, b, b_outer, b_inner, outer, inner, c, c_row, rows, columns)
        else:
            _one(add, a, offsets, a_outer, a_inner, b, b_outer, b_inner, outer, inner, c, c_row, rows, columns)

else:

    @njit(nogil=True, cache=True)
    def multiply(add, a, offsets, a_outer, a_inner, b, b_outer, b_inner, outer, inner, c, c_row, rows, columns):
        """As above, for processors whose registers hold two vectors a row."""
        if columns > LANES:
            _two(add, a, offsets, a_outer, a_inner, b, b_outer, b_inner, outer, inner, c, c_row, rows, columns)
        else:
            _one(add, a, offsets, a_outer, a_inner, b, b_outer, b_inner, outer, inner, c, c_row, rows, columns)


@intrinsic
def transpose_tile(typing, source, source_row, out, table):
    """Transpose LANES x LANES elements: rows ``source_row`` apart, column r of them stored at ``out + table[r]``."""

    def write(builder, args):
        source, source_row, out, table = args
        pointer, four = _vector.as_pointer(), _constant(4)
        rows = []
        for r in range(LANES):
            address = builder.add(source, builder.mul(builder.mul(_constant(r), source_row), four))
            rows.append(builder.load(builder.inttoptr(address, pointer), align=4))
        step = LANES // 2
        while step:  # swap the off-diagonal blocks of each 2 step x 2 step square
            first = [lane if not lane & step else LANES + lane - step for lane in range(LANES)]
            second = [lane + step if not lane & step else LANES + lane for lane in range(LANES)]
            for r in range(LANES):
                if not r & step:
                    a, b = rows[r], rows[r + step]
                    for to, lanes in ((r, first), (r + step, second)):
                        rows[to] = builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(_int32, LANES), lanes))
            step //= 2
        numbers = builder.inttoptr(table, _int.as_pointer())
        for r, row in enumerate(rows):
            address = builder.add(out, builder.mul(builder.load(builder.gep(numbers, [_constant(r)])), four))
            builder.store(row, builder.inttoptr(address, pointer), align=4)

    def emit(context, builder, signature, args):
        _call(builder, "autograd_cnn_transpose_tile", args, write)
        return context.get_dummy_value()

    return types.void(*[types.intp] * 4), emit


class _Linear:
    """A vector in registers that may be added, subtracted and scaled by a number: what a transform is written with."""

    def __init__(self, builder, value):
        self.builder, self.value = builder, value

    def __add__(self, other):
        return _Linear(self.builder, self.builder.fadd(self.value, other.value, flags=("contract",)))

    def __sub__(self, other):
        return _Linear(self.builder, self.builder.fsub(self.value, other.value, flags=("contract",)))

    def __rmul__(self, number):
        factor = ir.Constant(_vector, [float(number)] * LANES)
        return _Linear(self.builder, self.builder.fmul(self.value, factor, flags=("contract",)))


def vectorized(transform, inputs):
    """The intrinsic that applies a linear ``transform`` of ``inputs`` numbers to rows of numbers.

    ``kernel(source, source_row, to, to_row, count)``: element k of result i, at ``to + i to_row``, comes from the elements k of the
    sources, at ``source + j source_row``; addresses, and distances in elements.
    """

    @intrinsic
    def kernel(typing, source, source_row, to, to_row, count):
        def write(builder, args):
            source, source_row, to, to_row, count = args
            start = builder.block
            body, end = builder.append_basic_block("body"), builder.append_basic_block("end")
            builder.cbranch(builder.icmp_signed("<", _constant(0), count), body, end)
            builder.position_at_end(body)
            place = builder.phi(_int)
            place.add_incoming(_constant(0), start)
            e = _Emitter(builder, 1, builder.sub(count, place))

            def row(base, distance, i):
                return builder.add(base, e.bytes(builder.add(builder.mul(distance, _constant(i)), place)))

            read = [_Linear(builder, e.load_row(row(source, source_row, i))[0]) for i in range(inputs)]
            for i, result in enumerate(transform(*read)):
                e.store_row([result.value], row(to, to_row, i))
            following = builder.add(place, _constant(LANES))
            place.add_incoming(following, builder.block)
            builder.cbranch(builder.icmp_signed("<", following, count), body, end)
            builder.position_at_end(end)

        def emit(context, builder, signature, args):
            _call(builder, f"autograd_cnn{transform.__name__}", args, write)
            return context.get_dummy_value()

        return types.void(*[types.intp] * 5), emit

    return kernel
