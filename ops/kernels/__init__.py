"""The few hot loops, compiled by Numba where it is installed. They know arrays only.

A forward asks ``compiled(*arrays)`` and runs its kernel, or its own NumPy text where the answer is None: no Numba, another
array library, or another dtype than float32. Numba is imported by the first operator that is large enough to want it.
"""

import importlib.util
import os
from types import ModuleType

import numpy as np

SMALL = 2**12
"""Less work than this is left to NumPy: for it nothing is imported and compiled."""

_FLOAT32 = np.dtype(np.float32)
_found: ModuleType | None = None
_wanted = os.environ.get("AUTOGRAD_CNN_KERNELS", "numba") != "numpy"


def available() -> bool:
    """Whether Numba is installed and wanted (``AUTOGRAD_CNN_KERNELS=numpy`` in the environment says no)."""
    global _wanted
    _wanted = _wanted and importlib.util.find_spec("numba") is not None
    return _wanted


def compiled(*arrays, work):
    """The compiled kernels where they serve all of ``arrays``, and ``work`` (products, elements) is worth a launch; else None."""
    global _found
    if work < SMALL:
        return None
    for a in arrays:
        if type(a) is not np.ndarray or a.dtype is not _FLOAT32 or not a.size:
            return None
    if not _wanted:
        return None
    if _found is None and available():
        from . import _compiled

        _found = _compiled
    return _found


def warmup():
    """Compile every kernel for this machine and keep it on disk; needs Numba."""
    from ._warmup import warmup

    warmup()


class using_numpy:
    """Run without compiled kernels inside: for comparisons."""

    def __enter__(self):
        global _wanted
        self._before, _wanted = _wanted, False

    def __exit__(self, *error):
        global _wanted
        _wanted = self._before
