"""cuDNN's switches. They matter on a GPU with NVIDIA's package ``nvidia-cudnn-frontend``; without it they can
be set and change nothing."""

import contextlib
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from .. import cuda
from ..ops.kernels import _switches

__all__ = [
    "allow_tf32",
    "benchmark",
    "benchmark_limit",
    "deterministic",
    "enabled",
    "flags",
    "is_available",
    "version",
]

enabled: bool
"""Whether convolutions are cuDNN's."""
deterministic: bool
"""Whether cuDNN must add in a fixed order."""
allow_tf32: bool
"""Whether cuDNN may round the operands of float32 convolutions to TF32."""
benchmark: bool
"""Changes nothing: cuDNN's heuristics choose, nothing is timed."""
benchmark_limit: int
"""Changes nothing."""


def _switch(name: str, kind: type[bool] | type[int] = bool) -> Any:
    """The property of this module that is the switch ``name`` of the process."""
    return property(
        lambda module: getattr(_switches, name), lambda module, value: setattr(_switches, name, kind(value))
    )


class _Switches(ModuleType):
    """This module: its variables are read and set where kernels read them."""

    enabled = _switch("cudnn")
    deterministic = _switch("cudnn_deterministic")
    allow_tf32 = _switch("cudnn_tf32")
    benchmark = _switch("cudnn_benchmark")
    benchmark_limit = _switch("cudnn_benchmark_limit", int)


sys.modules[__name__].__class__ = _Switches


def is_available() -> bool:
    """Whether there is a GPU, and cuDNN's package to use it."""
    return version() is not None and cuda.is_available()


def version() -> int | None:
    """cuDNN's version, such as 90800; None where its package is not installed."""
    from ..ops.kernels.cuda import _cudnn

    cudnn = _cudnn.library()
    return None if cudnn is None else int(cudnn.backend_version())


@contextlib.contextmanager
def flags(
    enabled: bool = False,
    benchmark: bool = False,
    benchmark_limit: int = 10,
    deterministic: bool = False,
    allow_tf32: bool = True,
) -> Iterator[None]:
    """Other switches inside."""
    module = sys.modules[__name__]
    inside = {
        "enabled": enabled,
        "benchmark": benchmark,
        "benchmark_limit": benchmark_limit,
        "deterministic": deterministic,
        "allow_tf32": allow_tf32,
    }
    before = {name: getattr(module, name) for name in inside}
    try:
        for name, value in inside.items():
            setattr(module, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(module, name, value)
