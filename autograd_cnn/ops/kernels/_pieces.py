"""Runs functions that were compiled elsewhere, by their addresses, on the threads of the kernels."""

import numba
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from ._launch import INT, kernel, read


@intrinsic
def _call(typing, address, piece, table):
    """Call the function at an address with the number of a piece and the address of its list."""

    def emit(context, builder, signature, args):
        whole = ir.IntType(64)
        kind = ir.FunctionType(ir.VoidType(), [whole, whole])
        builder.call(builder.inttoptr(args[0], kind.as_pointer()), [args[1], args[2]])
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), emit


@kernel(INT, INT, read(1, types.int64))
def _run(address, pieces, table):
    for piece in numba.prange(pieces):
        _call(address, piece, table.ctypes.data)


def run(address, pieces, table, work):
    """Call ``f(piece, address of table)`` for each piece, on all threads where ``work``, in elements, is
    worth it."""
    _run.sized(work if pieces > 1 else 0, address, pieces, table)
