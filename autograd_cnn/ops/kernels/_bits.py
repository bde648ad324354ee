"""Singles as the processor has them: their bits, and the multiplication and addition that rounds once."""

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

_SINGLE, _WHOLE = ir.FloatType(), ir.IntType(32)


@intrinsic
def multiply_add(typing, x, y, z):
    """x y + z, rounded once."""

    def write(context, builder, signature, args):
        kind = ir.FunctionType(_SINGLE, [_SINGLE] * 3)
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, "llvm.fma.f32"), args)

    return types.float32(types.float32, types.float32, types.float32), write


@intrinsic
def bits_of(typing, x):
    """The bits of a single, as an integer."""
    return types.int32(types.float32), lambda context, builder, signature, args: builder.bitcast(
        args[0], _WHOLE
    )


@intrinsic
def single_of(typing, bits):
    """The single of these bits."""
    return types.float32(types.int32), lambda context, builder, signature, args: builder.bitcast(
        args[0], _SINGLE
    )
