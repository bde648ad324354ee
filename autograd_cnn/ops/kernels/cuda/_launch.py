"""Compiling CUDA sources through CuPy, and launching their kernels on its arrays.

CuPy compiles a source with NVRTC at the first launch and keeps the binary on disk. What is given by value
(sizes, structs) goes as NumPy scalars and one-element arrays: CuPy hands their bytes to the kernel as they
are.
"""

import functools
import re
import sys
from pathlib import Path

import numpy as np

THREADS = 256
MOST_BLOCKS = 4096
"""A launch has no more blocks along x; each thread then takes several elements."""

TYPES = {
    "e": ("half", "float", np.float32),
    "f": ("float", "float", np.float32),
    "d": ("double", "double", np.float64),
}
"""By dtype: C's names of the elements and of their sums, and the dtype of the sums."""

i32, u32 = np.int32, np.uint32


def cupy():
    """The library of the arrays; an array of it has imported it."""
    return sys.modules["cupy"]


def source(name, char):
    """The text of ``name``.cu for elements of the dtype ``char``: which they are, what all share, and the
    kernels."""
    element, total, _ = TYPES[char]
    flag = "#define T_IS_HALF\n" if char == "e" else ""
    return f"#define T {element}\n#define A {total}\n{flag}\n{_text('common.cuh')}\n{_text(f'{name}.cu')}"


@functools.cache
def _text(name):
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


@functools.cache
def _module(library, file, char):
    return library.RawModule(code=source(file, char), options=("--std=c++17",))


@functools.cache
def _kernel(library, file, char, name):
    return _module(library, file, char).get_function(name)


class Family:
    """The kernels of one source, launched over ``each`` of so many elements, or with so many ``blocks``."""

    def __init__(self, file):
        self.file = file

    def each(self, name, count, *arguments, like):
        """Launch a kernel whose threads share out ``count`` elements."""
        self.blocks(name, (min(-(-count // THREADS), MOST_BLOCKS),), (THREADS,), *arguments, like=like)

    def blocks(self, name, grid, block, *arguments, like):
        """Launch it with so many blocks of so many threads; ``like`` is an array of the elements' dtype.

        Kernels count elements from the address of an array, so this door lets C order through only: what a
        kernel reads is copied into it, what it writes is refused. CuPy would hand an array of one element in
        the host's memory over by value, and the kernel take it for an address.
        """
        if any(isinstance(a, np.ndarray) and a.dtype.kind != "V" for a in arguments):
            raise TypeError(f"{name}: an array in the host's memory met those of a GPU")
        kinds = parameters(self.file, name)
        ready = tuple([DOORS[kind](name, a) for kind, a in zip(kinds, arguments, strict=True)])
        _kernel(cupy(), self.file, like.dtype.char, name)(grid, block, ready)


@functools.cache
def parameters(file, name):
    """What the parameters of a kernel are, read from its source: "read" and "written" memory, and "number".

    Memory of the type ``Strided`` is read by steps of its own, which come with the launch: a number as well.
    """
    (text,) = re.findall(rf"__global__ void {name}\(([^)]*)\)", _text(f"{file}.cu"))
    return tuple(
        "number" if "*" not in each else "read" if "const" in each else "written" for each in text.split(",")
    )


def to_read(name, array):
    """``array`` for a kernel that reads it: in C order, copied where it is not."""
    return array if array.flags.c_contiguous else cupy().ascontiguousarray(array)


def to_write(name, array):
    """``array`` for a kernel that writes it; TypeError where it is not in C order."""
    if not array.flags.c_contiguous:
        raise TypeError(
            f"{name} writes in C order only, got strides {array.strides} for shape {array.shape}: make the "
            "array with cupy.empty, or copy it back yourself"
        )
    return array


DOORS = {"read": to_read, "written": to_write, "number": lambda name, value: value}


def total_type(x):
    """The dtype in which sums over ``x`` are made."""
    return TYPES[x.dtype.char][2]


def columns_and_pieces(pixels, channels):
    """Blocks over a matrix (pixels, channels): along 32 channels each, and along pieces of its rows."""
    return -(-channels // 32), max(1, min(256, pixels // 64))


def struct(*numbers, first=()):
    """A struct of C: long integers ``first``, then integers; with the former its size is a multiple of 8."""
    padded = (*numbers, 0) if first and len(numbers) % 2 else numbers
    content = np.array(first, np.int64).tobytes() + np.array(padded, np.int32).tobytes()
    return np.frombuffer(content, np.dtype((np.void, len(content))))
