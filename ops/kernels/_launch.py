"""Compiling and launching kernels: in parallel where that is safe, else serially, with the same bits.

Numba's threading layers set the rules. A process that was forked after a parallel OpenMP kernel dies in its next one, and
two threads that launch workqueue kernels at once abort. So one lock guards parallel launches; whoever finds it taken, and
every forked child and data-loading worker, runs the serial version of the same function. Work is cut into pieces by
shape and never by the number of threads, so both versions return the same bits.
"""

import os
import sys
import threading
import time
from types import FunctionType

import numba
import numpy as np

FAST = {"contract", "reassoc", "nsz", "arcp"}
"""What the compiler may assume. Never that there are no NaN and infinities (nnan, ninf), so ``fastmath=True`` is not used."""

_launching = threading.Lock()
_local = threading.local()
_limit = os.cpu_count() or 1
_serial_only = False
_said = False


def set_threads(count):
    """Use at most ``count`` threads from here on."""
    global _limit
    _limit = count


def threads():
    """How many threads a parallel kernel may use here."""
    return 1 if _serial_only else min(_limit, numba.config.NUMBA_NUM_THREADS)


def run_serially():
    """From here on this process launches no parallel kernel: for workers and forked children."""
    global _serial_only, _launching
    _serial_only = True
    _launching = threading.Lock()


os.register_at_fork(after_in_child=run_serially)


def scratch(name, size, dtype=np.float32):
    """Memory of this thread that the next launch may overwrite; it grows to the largest size asked for."""
    kept = getattr(_local, name, None)
    if kept is None or kept.size < size or kept.dtype != dtype:
        kept = np.empty(size, dtype)
        setattr(_local, name, kept)
    return kept[:size]


def inner(function):
    """Compile a function that kernels call."""
    return numba.njit(nogil=True, cache=True, fastmath=FAST, error_model="numpy")(function)


class Kernel:
    """A function over arrays whose ``prange`` loops run in parallel where that is safe."""

    def __init__(self, function):
        options = {"nogil": True, "cache": True, "fastmath": FAST, "error_model": "numpy"}
        # Numba's cache tells versions of a function apart by its qualified name only.
        serial = FunctionType(function.__code__, function.__globals__, function.__name__ + "_serial", function.__defaults__)
        serial.__qualname__, serial.__module__ = function.__qualname__ + "_serial", function.__module__
        self.name, self.known = function.__name__, False
        self.parallel = numba.njit(parallel=True, **options)(function)
        self.serial = numba.njit(**options)(serial)

    def __call__(self, *args):
        count = threads()
        if count > 1 and _launching.acquire(blocking=False):
            try:
                if getattr(_local, "count", None) != count:
                    numba.set_num_threads(count)
                    _local.count = count
                return self._run(self.parallel, args)
            finally:
                _launching.release()
        return self._run(self.serial, args)

    def _run(self, version, args):
        if self.known:
            return version(*args)
        global _said
        before, began = len(version.signatures), time.perf_counter()
        result = version(*args)
        self.known = True
        if not _said and len(version.signatures) > before and version.stats.cache_misses and not version.stats.cache_hits:
            _said = True
            print(
                f"autograd_cnn: compiling kernels for this machine, once ({self.name}: {time.perf_counter() - began:.1f} s); "
                "they are kept on disk. `autograd-cnn warmup` does it ahead.",
                file=sys.stderr,
            )
        return result
