"""CuPy's ``RawModule`` on the CPU: g++ compiles the very CUDA source behind ``cuda_on_cpu.h``, and its
kernels run on the stand-in's arrays.

Stricter than CuPy: the type of each argument must be the parameter's, to the byte; arrays lie between numbers
that are not theirs, so that a write beyond an end is an error and a read beyond it a NaN; barriers that not
all threads reach are errors.
"""

import ctypes
import functools
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

GUARD = 64
"""Bytes before and behind each array."""

backwards = False
"""Whether the last thread of a block runs first: the results may not depend on it."""

HEADER = Path(__file__).with_name("cuda_on_cpu.h")


def available() -> bool:
    """Whether g++ is there to compile with."""
    return shutil.which("g++") is not None


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="cuda_on_cpu-")  # deleted when the process ends


@functools.cache
def _compiled(code: str) -> tuple[ctypes.CDLL, frozenset[str]]:
    text = subprocess.run(
        ["g++", "-E", "-P", "-x", "c++", "-"], input=code, capture_output=True, text=True, check=True
    ).stdout
    names = re.findall(r"__global__\s+void\s+(\w+)", text)  # of the kernels that #if leaves
    entries = "".join(
        f'extern "C" const char* launch_{name}(void** args, const unsigned* sizes, bool backwards, '
        "bool* barriers)"
        f" {{ return emulator::launch({name}, args, sizes, backwards, barriers); }}\n"
        f'extern "C" const char* signature_{name}() {{ return emulator::signature({name}); }}\n'
        for name in names
    )
    target = Path(_folder().name) / f"kernels{len(list(Path(_folder().name).iterdir()))}.so"
    command = [
        "g++",
        "-std=c++17",
        "-O1",
        "-w",
        "-shared",
        "-fPIC",
        "-fpermissive",
        "-x",
        "c++",
        "-",
        "-o",
        str(target),
    ]
    done = subprocess.run(
        command,
        input=f'#include "{HEADER}"\n#line 1 "source.cu"\n{code}\n{entries}',
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the CUDA source does not compile:\n{done.stderr}")
    return ctypes.CDLL(str(target)), frozenset(names)


class RawModule:
    """A compiled source."""

    def __init__(self, code: str, options: tuple[str, ...] = ()) -> None:
        self._library, self._names = _compiled(code)

    def get_function(self, name: str) -> "Kernel":
        """The kernel of that name."""
        if name not in self._names:
            raise RuntimeError(f"CUDA_ERROR_NOT_FOUND: named symbol not found ({name})")
        return Kernel(self._library, name)


class Kernel:
    """A kernel, called as CuPy's are: ``kernel(grid, block, arguments)``."""

    def __init__(self, library: ctypes.CDLL, name: str) -> None:
        self.name = name
        self._launch = getattr(library, f"launch_{name}")
        self._launch.restype = ctypes.c_char_p
        read = getattr(library, f"signature_{name}")
        read.restype = ctypes.c_char_p
        self.signature = read().decode().split()
        self._barriers = ctypes.c_bool(True)

    def __call__(self, grid: tuple[int, ...], block: tuple[int, ...], args: tuple[Any, ...]) -> None:
        self._check(grid, block, args)
        from tests import standin

        standin.launched(self.run, grid, block, args)

    def _check(self, grid: tuple[int, ...], block: tuple[int, ...], args: tuple[Any, ...]) -> None:
        found = [_type_of(a) for a in args]
        if found != self.signature:
            raise TypeError(f"{self.name}: the parameters are {self.signature}, the arguments {found}")
        if min(*grid, *block) < 1 or np.prod(block) > 1024 or grid[0] >= 2**31 or max((0, *grid[1:])) > 65535:
            raise RuntimeError(f"CUDA_ERROR_INVALID_VALUE: {self.name} with grid {grid} and block {block}")
        if sum(8 if hasattr(a, "_hidden") else a.nbytes for a in args) > 4096:
            raise RuntimeError(f"CUDA_ERROR_INVALID_VALUE: {self.name} has more than 4 KB of arguments")

    def run(self, grid: tuple[int, ...], block: tuple[int, ...], args: tuple[Any, ...]) -> None:
        """Run all threads now."""
        guarded = [_Guarded(a._hidden) if hasattr(a, "_hidden") else None for a in args]
        values = [np.uint64(g.address) if g else a for g, a in zip(guarded, args, strict=True)]
        kept = [
            np.array(v).reshape(-1).view(np.uint8) for v in values
        ]  # the bytes of each argument, as CUDA wants them
        pointers = (ctypes.c_void_p * len(kept))(*(k.ctypes.data for k in kept))
        sizes = (ctypes.c_uint * 6)(*(*grid, 1, 1)[:3], *(*block, 1, 1)[:3])
        wrong = self._launch(pointers, sizes, ctypes.c_bool(backwards), ctypes.byref(self._barriers))
        if wrong:
            raise RuntimeError(f"{self.name}: {wrong.decode()}")
        for i, each in enumerate(guarded):
            if each is not None and not each.finish():
                raise RuntimeError(f"{self.name}: argument {i} was written beyond its ends")


def _type_of(a: Any) -> str:
    if hasattr(a, "_hidden"):
        return f"P{a.dtype.kind}{a.dtype.itemsize}"
    if isinstance(a, np.generic) or (isinstance(a, np.ndarray) and a.size == 1):
        return f"{a.dtype.kind}{a.dtype.itemsize}"
    raise TypeError(f"Unsupported type {type(a)}")


class _Guarded:
    """A copy of an array between guards; one with gaps stays where it is."""

    def __init__(self, array: Any) -> None:
        self.array = array
        self.copy = np.full(array.nbytes + 2 * GUARD, 0xFF, np.uint8) if array.flags.c_contiguous else None
        if self.copy is None:
            self.address = array.ctypes.data
            return
        self.copy[GUARD : GUARD + array.nbytes] = array.reshape(-1).view(np.uint8)
        self.address = self.copy.ctypes.data + GUARD

    def finish(self) -> bool:
        """Copy back; whether the guards are as they were."""
        if self.copy is None:
            return True
        inside = self.copy[GUARD : GUARD + self.array.nbytes]
        if self.array.flags.writeable:
            self.array.reshape(-1).view(np.uint8)[:] = inside
        return bool(
            (self.copy[:GUARD] == 0xFF).all() and (self.copy[GUARD + self.array.nbytes :] == 0xFF).all()
        )
