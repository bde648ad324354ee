"""Kernels in LLVM's own vectors: where Numba's loops would not keep values in registers, or would take the
end of a row one by one.

A vector holds LANES singles; the last vector of a row is masked to the numbers that are there. Intrinsics
take addresses, and distances in elements.
"""

import itertools

from llvmlite import binding, ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

_features = binding.get_host_cpu_features()
LANES, VECTORS = (16, 4) if _features.get("avx512f") else (8, 2) if _features.get("avx2") else (4, 4)
"""Singles in a vector, and vectors in a row of a product's registers."""

FLOAT, INT, INT32, BIT = ir.FloatType(), ir.IntType(64), ir.IntType(32), ir.IntType(1)
VECTOR, MASK = ir.VectorType(FLOAT, LANES), ir.VectorType(BIT, LANES)
ZERO = ir.Constant(VECTOR, [0.0] * LANES)
ALIGNED = ir.Constant(INT32, 4)


def number(value):
    return ir.Constant(INT, value)


def call(builder, name, arguments, write):
    """Call a function of the module by that name; ``write(its builder, its arguments)`` writes it at the
    first call.

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


def emitted(name, arguments, write):
    """What an intrinsic of so many addresses and distances returns: its signature, and the code that calls
    ``write``'s function. Where ``arguments`` is a list, its numbers are the lengths of tuples of them."""
    lengths = [1] * arguments if isinstance(arguments, int) else arguments

    def emit(context, builder, signature, args):
        parts = [
            cgutils.unpack_tuple(builder, a) if n > 1 else [a] for a, n in zip(args, lengths, strict=True)
        ]
        call(builder, f"autograd_cnn_{name}", list(itertools.chain(*parts)), write)
        return context.get_dummy_value()

    kinds = [types.intp if n == 1 else types.UniTuple(types.intp, n) for n in lengths]
    return types.void(*kinds), emit


@intrinsic
def address_of(typing, array):
    """Where the memory of an array begins. NumPy's ``ctypes.data`` is unsigned, and Numba adds such a number
    to a signed one in float64.

    An array that a function made is freed behind the line that names it last, and its address is no name:
    hand it to the function that takes the address, whose arguments live until it returns.
    """

    def emit(context, builder, signature, args):
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        return builder.ptrtoint(data, INT)

    return types.intp(array), emit


class Emitter:
    """Writes the loads, stores and products of one micro-kernel; its last vector is masked to the columns
    there are."""

    def __init__(self, builder, vectors, columns):
        self.builder, self.vectors = builder, vectors
        pointer = VECTOR.as_pointer()
        name = f"v{LANES}f32"
        self.fma = self._function(f"llvm.fma.{name}", VECTOR, [VECTOR] * 3)
        self.masked_load = self._function(
            f"llvm.masked.load.{name}.p0", VECTOR, [pointer, INT32, MASK, VECTOR]
        )
        self.masked_store = self._function(
            f"llvm.masked.store.{name}.p0", ir.VoidType(), [VECTOR, pointer, INT32, MASK]
        )
        lanes = ir.VectorType(INT, LANES)
        left = self.splat(builder.sub(columns, number((vectors - 1) * LANES)), lanes)
        self.mask = builder.icmp_signed("<", ir.Constant(lanes, list(range(LANES))), left)
        self.complete = builder.icmp_signed(
            ">=", builder.sub(columns, number((vectors - 1) * LANES)), number(LANES)
        )

    def _function(self, name, result, arguments):
        return cgutils.get_or_insert_function(self.builder.module, ir.FunctionType(result, arguments), name)

    def splat(self, value, kind):
        nothing = ir.Constant(kind, ir.Undefined)
        one = self.builder.insert_element(nothing, value, ir.Constant(INT32, 0))
        return self.builder.shuffle_vector(
            one, nothing, ir.Constant(ir.VectorType(INT32, LANES), [0] * LANES)
        )

    def bytes(self, count):
        return self.builder.mul(count, number(4))

    def load_row(self, address):
        row = []
        for v in range(self.vectors):
            pointer = self.builder.inttoptr(
                self.builder.add(address, number(4 * LANES * v)), VECTOR.as_pointer()
            )
            last = v == self.vectors - 1
            row.append(
                self.builder.call(self.masked_load, [pointer, ALIGNED, self.mask, ZERO])
                if last
                else self.builder.load(pointer, align=4)
            )
        return row

    def store_row(self, row, address):
        for v, value in enumerate(row):
            pointer = self.builder.inttoptr(
                self.builder.add(address, number(4 * LANES * v)), VECTOR.as_pointer()
            )
            if v < self.vectors - 1:
                self.builder.store(value, pointer, align=4)
                continue
            with self.builder.if_else(self.complete) as (whole, rest):  # a masked store costs AMD 12 cycles
                with whole:
                    self.builder.store(value, pointer, align=4)
                with rest:
                    self.builder.call(self.masked_store, [value, pointer, ALIGNED, self.mask])

    def element(self, address):
        """One element of A in every lane."""
        return self.splat(self.builder.load(self.builder.inttoptr(address, FLOAT.as_pointer())), VECTOR)


def loop(builder, count, step, carried, body):
    """``for i in range(0, count, step): carried = body(i, carried)``; the block it ends in, and what was
    carried out."""
    before, turn, end = builder.block, builder.append_basic_block("turn"), builder.append_basic_block("end")
    builder.cbranch(builder.icmp_signed("<", number(0), count), turn, end)
    builder.position_at_end(turn)
    i, values = builder.phi(INT), [builder.phi(value.type) for value in carried]
    results = body(i, values)
    following, last = builder.add(i, number(step)), builder.block
    for phi, first, later in zip([i, *values], [number(0), *carried], [following, *results], strict=True):
        phi.add_incoming(first, before)
        phi.add_incoming(later, last)
    builder.cbranch(builder.icmp_signed("<", following, count), turn, end)
    builder.position_at_end(end)
    out = [builder.phi(value.type) for value in carried]
    for phi, first, later in zip(out, carried, results, strict=True):
        phi.add_incoming(first, before)
        phi.add_incoming(later, last)
    return out


@intrinsic
def transpose_tile(typing, source, source_row, rows, columns, out, table):
    """Transpose at most LANES x LANES elements: rows ``source_row`` apart, column r of them stored at ``out +
    table[r]``."""

    def write(builder, args):
        source, source_row, rows, columns, out, table = args
        read, written = Emitter(builder, 1, columns), Emitter(builder, 1, rows)
        lines = []
        for r in range(LANES):  # a row that is not there repeats the last one; it is not stored
            row = builder.select(
                builder.icmp_signed("<", number(r), rows), number(r), builder.sub(rows, number(1))
            )
            lines += read.load_row(builder.add(source, read.bytes(builder.mul(row, source_row))))
        step = LANES // 2
        while step:  # swap the off-diagonal blocks of each 2 step x 2 step square
            first = [lane if not lane & step else LANES + lane - step for lane in range(LANES)]
            second = [lane + step if not lane & step else LANES + lane for lane in range(LANES)]
            for r in range(LANES):
                if not r & step:
                    a, b = lines[r], lines[r + step]
                    for to, lanes in ((r, first), (r + step, second)):
                        lines[to] = builder.shuffle_vector(
                            a, b, ir.Constant(ir.VectorType(INT32, LANES), lanes)
                        )
            step //= 2
        numbers = builder.inttoptr(table, INT.as_pointer())
        for r in reversed(
            range(LANES)
        ):  # a column that is not there goes to the place of the last one, before that is stored
            column = builder.select(
                builder.icmp_signed("<", number(r), columns), number(r), builder.sub(columns, number(1))
            )
            written.store_row(
                [lines[r]], builder.add(out, read.bytes(builder.load(builder.gep(numbers, [column]))))
            )

    return emitted("transpose_tile", 6, write)


class _Linear:
    """A vector in registers that may be added, subtracted and scaled by a number: what a transform is written
    with."""

    def __init__(self, builder, value):
        self.builder, self.value = builder, value

    def __add__(self, other):
        return _Linear(self.builder, self.builder.fadd(self.value, other.value, flags=("contract",)))

    def __sub__(self, other):
        return _Linear(self.builder, self.builder.fsub(self.value, other.value, flags=("contract",)))

    def __rmul__(self, number):
        factor = ir.Constant(VECTOR, [float(number)] * LANES)
        return _Linear(self.builder, self.builder.fmul(self.value, factor, flags=("contract",)))


def vectorized(transform, inputs):
    """The intrinsic that applies a linear ``transform`` of ``inputs`` numbers to rows of numbers.

    ``kernel(source, source_row, to, to_row, count)``: element k of result i, at ``to + i to_row``, comes from
    the elements k of the sources, at ``source + j source_row``; addresses, and distances in elements.
    """

    @intrinsic
    def kernel(typing, source, source_row, to, to_row, count):
        def write(builder, args):
            source, source_row, to, to_row, count = args

            def part(place, _):
                e = Emitter(builder, 1, builder.sub(count, place))

                def row(base, distance, i):
                    return builder.add(base, e.bytes(builder.add(builder.mul(distance, number(i)), place)))

                read = [_Linear(builder, e.load_row(row(source, source_row, i))[0]) for i in range(inputs)]
                for i, result in enumerate(transform(*read)):
                    e.store_row([result.value], row(to, to_row, i))
                return []

            loop(builder, count, LANES, [], part)

        return emitted(transform.__name__, 5, write)

    return kernel
