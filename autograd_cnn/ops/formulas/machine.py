"""Compiles functions of LLVM for this processor, and runs them in pieces on the kernels' threads."""

from __future__ import annotations

import threading
from typing import Any

import numba
import numpy as np
from llvmlite import binding, ir
from numba import types
from numba.extending import intrinsic

from ..kernels._heap import keep_freed_memory
from ..kernels._launch import INT, kernel, read

keep_freed_memory()

_lock = threading.Lock()
_engines: list[Any] = []
"""Compiled code lives as long as its engine."""


def compiled(module: ir.Module, name: str) -> int:
    """The address of the function ``name`` of ``module``."""
    with _lock:
        parsed = binding.parse_assembly(str(module))
        parsed.verify()
        target = binding.Target.from_default_triple()
        machine = target.create_target_machine(
            cpu=binding.get_host_cpu_name(),
            features=binding.get_host_cpu_features().flatten(),
            opt=2,
        )
        builder = binding.create_pass_builder(machine, binding.PipelineTuningOptions(speed_level=2))
        builder.getModulePassManager().run(parsed, builder)
        engine = binding.create_mcjit_compiler(parsed, machine)
        engine.finalize_object()
        _engines.append((engine, machine))
        address: int = engine.get_function_address(name)
        return address


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


def run(address: int, pieces: int, table: np.ndarray, work: int) -> None:
    """Run all pieces, on all threads where ``work``, in elements, is worth it."""
    _run.sized(work if pieces > 1 else 0, address, pieces, table)
