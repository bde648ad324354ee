"""Memory between pages that nobody may touch: a kernel that reads or writes beyond an array of NumPy's is
killed there.

NumPy takes its memory from a handler (NEP 49); this one asks the system for pages of their own for each
array, and forbids the page before and the page behind. An array ends at the last byte of its pages, or begins
at the first.
"""

import ctypes
import mmap
from typing import Any

import numpy as np

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mmap.restype = ctypes.c_void_p
_libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *(ctypes.c_int,) * 3, ctypes.c_long]
_libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
_libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
_FAILED = ctypes.c_void_p(-1).value
_PAGE = mmap.PAGESIZE
_READ_WRITE = mmap.PROT_READ | mmap.PROT_WRITE

_Malloc = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
_Calloc = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t)
_Realloc = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
_Free = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)


class _Handler(ctypes.Structure):
    """NumPy's PyDataMem_Handler."""

    _fields_ = (
        ("name", ctypes.c_char * 127),
        ("version", ctypes.c_uint8),
        ("ctx", ctypes.c_void_p),
        ("malloc", _Malloc),
        ("calloc", _Calloc),
        ("realloc", _Realloc),
        ("free", _Free),
    )


_in_use: "list[Guard]" = []


class Guard:
    """The handler; from :meth:`use` on, new arrays of this context lie between guards."""

    def __init__(self, *, at_the_end: bool) -> None:
        self.at_the_end = at_the_end
        self._blocks: dict[int, tuple[int, int, int]] = {}
        """By the address of an array: its mapping, the length of that, and its own size."""
        self._handler = _Handler(
            b"guarded", 1, None, _Malloc(self._malloc), _Calloc(self._calloc), _Realloc(self._realloc),
            _Free(self._free),
        )  # fmt: skip

    def use(self) -> None:
        """For good: what was made by a handler must be freed by it."""
        _in_use.append(self)
        python = ctypes.pythonapi
        python.PyCapsule_New.restype = ctypes.py_object
        python.PyCapsule_New.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
        python.PyCapsule_GetPointer.restype = ctypes.c_void_p
        python.PyCapsule_GetPointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
        table = python.PyCapsule_GetPointer(np._core._multiarray_umath._ARRAY_API, None)
        set_handler = ctypes.cast(table, ctypes.POINTER(ctypes.c_void_p))[304]  # PyDataMem_SetHandler
        capsule = python.PyCapsule_New(ctypes.addressof(self._handler), b"mem_handler", None)
        ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.py_object)(set_handler)(capsule)

    def _malloc(self, _: Any, size: int) -> int:
        pages = -(-max(size, 1) // _PAGE) * _PAGE
        start = _libc.mmap(None, pages + 2 * _PAGE, 0, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)
        if start == _FAILED:
            return 0
        first = start + _PAGE
        _libc.mprotect(first, pages, _READ_WRITE)
        address: int = first + (pages - size if self.at_the_end else 0)
        ctypes.memset(address, 0xFF, size)  # NaN, to whoever reads what was not written
        self._blocks[address] = start, pages + 2 * _PAGE, size
        return address

    def _calloc(self, _: Any, count: int, size: int) -> int:
        address = self._malloc(None, count * size)
        ctypes.memset(address, 0, count * size)
        return address

    def _realloc(self, _: Any, old: int, size: int) -> int:
        new = self._malloc(None, size)
        if old:
            ctypes.memmove(new, old, min(size, self._blocks[old][2]))
            self._free(None, old, 0)
        return new

    def _free(self, _: Any, address: int, size: int) -> None:
        if address in self._blocks:
            start, length, _size = self._blocks.pop(address)
            _libc.munmap(start, length)
