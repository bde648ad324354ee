"""Compiles functions of LLVM for this processor, once for each structure."""

from __future__ import annotations

from typing import Any

from llvmlite import binding, ir

from ..kernels import _launch

_engines: list[Any] = []
"""Compiled code lives as long as its engine."""


def compiled(module: ir.Module, name: str) -> int:
    """The address of the function ``name`` of ``module``."""
    with _launch.compiling():
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
