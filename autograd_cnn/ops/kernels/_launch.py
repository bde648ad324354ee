"""Compiling and launching kernels: in parallel where that is safe and worth it, else serially, with the same
bits.

Numba's threading layers set the rules. A process that was forked after a parallel OpenMP kernel dies in its
next one, and two threads that launch workqueue kernels at once abort. So one lock guards parallel launches;
whoever finds it taken, and every forked child and data-loading worker, runs the serial version of the same
function. Work is cut into pieces by shape and never by the number of threads, so both versions return the
same bits.
"""

import ctypes
import importlib.metadata
import os
import sys
import threading
import time
from functools import cached_property
from types import FunctionType

import numba
import numpy as np
from numba import types

from . import _switches
from ._linking import joined, kept

FAST = {"contract", "reassoc", "nsz", "arcp"}
"""What the compiler may assume. Never that there are no NaN and infinities (nnan, ninf), so ``fastmath=True``
is not used."""

MOST = numba.config.NUMBA_NUM_THREADS
"""Threads that a launch may ever use: so many rows has memory that each thread needs for itself."""


def _load_threads():
    """Load the library whose threads run kernels, unless the environment chose one: oneTBB (True) where it is
    installed, else OpenMP.

    TBB hands pieces to a thread that has time for them. OpenMP gives each thread its share, so that a launch
    lasts as long as the thread that comes last, on a busy machine a time slice (LeNet's step beside one busy
    process: 11 ms, with TBB 7).
    """
    if numba.config.THREADING_LAYER not in ("default", "tbb"):
        _make_openmp_patient()
        return False
    try:
        files = importlib.metadata.files("tbb") or []
        for file in files:
            if file.name in (
                "libtbb.so.12",
                "tbb12.dll",
            ):  # Numba looks for it by name only, and pip puts it where no loader looks
                ctypes.CDLL(str(file.locate()), mode=ctypes.RTLD_GLOBAL)
                importlib.import_module("numba.np.ufunc.tbbpool")
                return True
    except (importlib.metadata.PackageNotFoundError, ImportError, OSError):
        pass  # not installed, or not for this machine
    _make_openmp_patient()
    return False


def _make_openmp_patient():
    """Load OpenMP so that its threads soon sleep while they wait, unless the environment says otherwise.

    A thread that spins keeps its processor from the one it waits for: beside one busy process, each launch
    then lasts a time slice (LeNet's step: 72 ms, and 8 with threads that sleep). OpenMP reads its environment
    once, when it is loaded.
    """
    if {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT"} & os.environ.keys():
        return
    os.environ["GOMP_SPINCOUNT"] = "10000"  # about 0.1 ms: the next launch of a step mostly comes sooner
    try:
        importlib.import_module("numba.np.ufunc.omppool")
    except ImportError:
        return  # another threading layer will be found
    finally:
        del os.environ["GOMP_SPINCOUNT"]


WORTH_THREADS = 2**17 if _load_threads() else 2**18
"""Less work is done serially: a thread wakes in a few microseconds, but OpenMP's on a busy machine may wait
for a time slice of another process."""

_launching, _compiling = threading.Lock(), threading.Lock()
_local = threading.local()
_said = False


def _new_lock():
    global _launching, _compiling
    _launching, _compiling = threading.Lock(), threading.Lock()  # another thread of the parent may hold them


os.register_at_fork(after_in_child=_new_lock)


def compiling():
    """The lock under which one thread at a time compiles."""
    return _compiling


def scratch(name, size, dtype=np.float32):
    """Memory of this thread that the next launch may overwrite; it grows to the largest size asked for."""
    kept = getattr(_local, name, None)
    if kept is None or kept.size < size or kept.dtype != dtype:
        kept = np.empty(size, dtype)
        setattr(_local, name, kept)
    return kept[:size]


def per_thread(name, size, dtype=np.float32):
    """Such memory with a row for each thread of a launch."""
    return scratch(name, MOST * size, dtype).reshape(MOST, size)


OPTIONS = {"nogil": True, "fastmath": FAST, "error_model": "numpy", "no_cfunc_wrapper": True}
EXACT = {**OPTIONS, "fastmath": False}
"""For what must come out in the very bits that its text says."""


ONLY_LOOPS = dict.fromkeys(
    ("comprehension", "reduction", "inplace_binop", "setitem", "numpy", "stencil", "fusion"), False
)
"""What a parallel kernel does not want: threads for anything but its ``prange`` loops. Each costs seconds of
compiling."""


def inner(function, options=OPTIONS):
    """Compile a function that kernels call, and Python never: it becomes part of each of them."""
    return numba.njit(no_cpython_wrapper=True, **options)(function)


def exact(function):
    """Compile such a function without liberties."""
    return inner(function, EXACT)


@inner
def _thread_zero():
    return 0


INT, FLOAT, BOOL = types.int64, types.float32, types.boolean
"""Numbers that a kernel takes."""
PLANE = types.UniTuple(types.int64, 8)
"""Windows over two axes: see ``Geometry.plane``."""

PLACE = types.UniTuple(types.int64, 3)
"""A number for each of three axes of space."""


def read(axes, dtype=types.float32):
    """An array that a kernel reads. Kernels count on C order, for many take addresses and distances."""
    return types.Array(dtype, axes, "C", readonly=True)


def written(axes, dtype=types.float32):
    """An array that a kernel writes, and may read, in C order."""
    return types.Array(dtype, axes, "C")


def kernel(*parameters):
    """Declare a function over arrays as a :class:`Kernel`, whose parameters are of these types."""
    return lambda function: Kernel(function, parameters)


def exactly(*parameters):
    """Declare such a kernel without liberties of the compiler: see :data:`EXACT`."""
    return lambda function: Kernel(function, parameters, EXACT)


class Kernel:
    """A function over arrays whose ``prange`` loops run in parallel where that is safe.

    It is compiled for the declared ``parameters`` and for nothing else. An array that lies otherwise comes
    through this door only: what is read is copied into C order, what is written is refused. The declaration
    costs a call nothing, for Numba compares types in any case; and a kernel that writes what it says it reads
    does not compile.
    """

    all: "list[Kernel]" = []  # noqa: RUF012 - one list of all kernels is meant

    def __init__(self, function, parameters, options=OPTIONS):
        self.function, self.name = function, function.__name__
        self.parameters, self.options = parameters, options
        self.parallel = kept(numba.njit(parallel=dict(ONLY_LOOPS), **options)(function))
        self._known = set()
        Kernel.all.append(self)

    @cached_property
    def serial(self):
        """The same function in one thread, whose number is 0: Numba's own ``get_thread_id`` needs threads to
        be there."""
        f = self.function
        serial = FunctionType(
            f.__code__,
            {**f.__globals__, "get_thread_id": _thread_zero},
            f.__name__ + "_serial",
            f.__defaults__,
        )
        # Numba's cache tells versions of a function apart by its qualified name only.
        serial.__qualname__, serial.__module__ = f.__qualname__ + "_serial", f.__module__
        return kept(numba.njit(**self.options)(serial))

    def __call__(self, *args):
        """Run it with all threads; serially where that is not safe."""
        count = min(_switches.threads(), MOST)
        if count > 1 and _launching.acquire(blocking=False):
            try:
                if getattr(_local, "count", 0) != count:
                    numba.set_num_threads(count)
                    _local.count = count
                return self._run(self.parallel, args)
            finally:
                _launching.release()
        return self._run(self.serial, args)

    def sized(self, work, *args):
        """Run it with all threads where ``work``, in elements or so, makes that worth it."""
        return self(*args) if work >= WORTH_THREADS else self._run(self.serial, args)

    def compile(self):
        """Compile both versions, or load them from the disk."""
        for version in (self.parallel, self.serial):
            self._make(version)

    def _make(self, version):
        began = time.perf_counter()
        with compiling():
            if version in self._known:
                return
            with joined(version.py_func.__qualname__):
                version.compile(types.void(*self.parameters))
            version.disable_compile()
            self._known.add(version)
        if version.stats.cache_misses and not version.stats.cache_hits:
            _report(self.name, time.perf_counter() - began)

    def _run(self, version, args):
        if version not in self._known:
            self._make(version)
        try:
            return version(*args)
        except TypeError:  # Numba's word for: not the types it was compiled for
            return version(*self._laid_out(args))

    def _laid_out(self, args):
        """The arguments as they were declared; TypeError where they can't be."""
        names = self.function.__code__.co_varnames
        return [
            _in_c_order(f"{self.name}: {name}", kind, value) if isinstance(kind, types.Array) else value
            for name, kind, value in zip(names, self.parameters, args, strict=False)
        ]


def _in_c_order(what, kind, array):
    """``array`` as the ``kind`` of memory that a kernel was compiled for; copied only where it is read."""
    dtype = np.dtype(str(kind.dtype))
    if array.dtype != dtype or array.ndim != kind.ndim:
        raise TypeError(
            f"{what} must be an array of {dtype} with {kind.ndim} axes, got {array.dtype} with {array.ndim}"
        )
    ready = np.require(array, requirements=["C_CONTIGUOUS", "ALIGNED"])
    if kind.mutable and (ready is not array or not array.flags.writeable):
        raise TypeError(
            f"{what} is written by the kernel and must be writeable, in C order, got strides {array.strides}"
            f" for shape {array.shape}: make it with numpy.empty, or copy it back yourself"
        )
    return ready


def _report(name, seconds):
    global _said
    if not _said:
        _said = True
        print(
            f"autograd_cnn: compiling kernels for this machine, once ({name}: {seconds:.1f} s); they "
            "are kept on disk. "
            "`autograd-cnn warmup` does it ahead.",
            file=sys.stderr,
        )
