"""The few hot loops: compiled by Numba where it is installed, and by CuPy for the arrays of a GPU. They know
arrays only.

A forward asks ``compiled(*arrays)`` and runs its kernel, or its own NumPy text where the answer is None: no
Numba, another array library, or another dtype than float32. Numba is imported by the first operator that is
large enough to want it.
"""

import importlib.util
import os
import sys
from types import ModuleType
from typing import Any

import numpy as np

SMALL = 2**12
"""Less work than this is left to NumPy: for it nothing is imported and compiled."""

_FLOAT32 = np.dtype(np.float32)
_found: ModuleType | None = None
_wanted = os.environ.get("AUTOGRAD_CNN_KERNELS", "numba") != "numpy"
_installed: bool | None = None


def available() -> bool:
    """Whether Numba is installed and wanted (``AUTOGRAD_CNN_KERNELS=numpy`` in the environment says no)."""
    global _installed
    if _installed is None:
        _installed = importlib.util.find_spec("numba") is not None
    return _wanted and _installed


def loaded() -> ModuleType | None:
    """The compiled kernels of the host; None where Numba is not installed or not wanted."""
    global _found
    if not _wanted:
        return None
    if _found is None and available():
        from . import _compiled

        _found = _compiled
    return _found


def compiled(*arrays: Any, work: int) -> ModuleType | None:
    """The compiled kernels where they serve all of ``arrays``, and ``work`` (products, elements) is worth a
    launch; else None."""
    if type(arrays[0]) is not np.ndarray:
        return on_device(*arrays)
    if work < SMALL:
        return None
    for a in arrays:
        if type(a) is not np.ndarray or (a.dtype is not _FLOAT32 and a.dtype != _FLOAT32) or not a.size:
            return None
    return loaded()


def on_host(work: int) -> ModuleType | None:
    """The compiled kernels where ``work`` is worth a launch, for arrays of the host, of whatever dtypes a
    kernel takes; else None."""
    return None if work < SMALL else loaded()


def on_device(*arrays: Any) -> ModuleType | None:
    """The kernels of a GPU where they serve all of ``arrays``; else None. Each launch there costs more than
    its work, so none is too small."""
    cupy = sys.modules.get("cupy")
    if cupy is None or not _wanted or not all(isinstance(a, cupy.ndarray) for a in arrays):
        return None
    from . import cuda

    return cuda if cuda.serve(cupy, arrays) else None


def warmup() -> None:
    """Compile every kernel for this machine, in its parallel and its serial version, and keep it on disk;
    needs Numba."""
    from . import _compiled  # importing it declares the kernels
    from ._launch import Kernel

    for kernel in Kernel.all:
        kernel.compile()


class using_numpy:
    """Run without compiled kernels inside: for comparisons."""

    def __enter__(self) -> None:
        global _wanted
        self._before, _wanted = _wanted, False

    def __exit__(self, *error: object) -> None:
        global _wanted
        _wanted = self._before
