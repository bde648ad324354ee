"""In which order the elements of a picture lie in memory: ``torch.channels_last`` and its kin.

Nothing is kept of it beside the array. What somebody asked to lie channels last says so itself: its memory
has an :class:`Asked` beneath it. A convolution's result may lie channels last as well, for the kernels like
that; nobody asked, so it answers as PyTorch's would, which lies in rows (see :mod:`.layout`).
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from ..ops import array_module

__all__ = [
    "channels_last",
    "channels_last_3d",
    "contiguous_format",
    "jagged",
    "layout",
    "memory_format",
    "preserve_format",
    "sparse_bsc",
    "sparse_bsr",
    "sparse_coo",
    "sparse_csc",
    "sparse_csr",
    "strided",
]


class _Named:
    """One of a few objects, known by its name."""

    __slots__ = ("name",)

    name: str

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name


class memory_format(_Named):
    """One of PyTorch's orders in memory, by name."""

    __slots__ = ("order",)

    order: tuple[int, ...]
    """The axes from the longest step to the shortest; empty where their number does not matter."""

    def __init__(self, name: str, order: tuple[int, ...] = ()) -> None:
        super().__init__(name)
        self.order = order


contiguous_format: Final = memory_format("contiguous_format")
preserve_format: Final = memory_format("preserve_format")
channels_last: Final = memory_format("channels_last", (0, 2, 3, 1))
channels_last_3d: Final = memory_format("channels_last_3d", (0, 2, 3, 4, 1))


class layout(_Named):
    """How a tensor keeps its elements: dense, by strides, is the one way here."""

    __slots__ = ()


strided: Final = layout("strided")
sparse_coo: Final = layout("sparse_coo")
sparse_csr: Final = layout("sparse_csr")
sparse_csc: Final = layout("sparse_csc")
sparse_bsr: Final = layout("sparse_bsr")
sparse_bsc: Final = layout("sparse_bsc")
jagged: Final = layout("jagged")


class Asked:
    """Stands between an array and the owner of its memory (NumPy goes round other arrays there) where
    somebody asked for the order of the elements."""

    __slots__ = ("__array_interface__", "__weakref__", "base")

    def __init__(self, array: Any) -> None:
        self.base, self.__array_interface__ = array, array.__array_interface__


def was_asked(array: Any) -> bool:
    """Whether somebody asked for the order in which ``array`` lies."""
    while array is not None and type(array) is not Asked:
        array = getattr(array, "base", None)
    return array is not None


on_first: list[Callable[[], None]] = []
"""What is to be done when somebody asks for the first time; see :mod:`.._tensor.formats`."""


def asked(array: Any) -> Any:
    """The same array, whose order somebody asked for by name: from now on results follow."""
    while on_first:
        on_first.pop()()
    return meant(array)


def meant(array: Any) -> Any:
    """The same array; who asks :func:`was_asked` hears yes."""
    return np.asarray(Asked(array)) if isinstance(array, np.ndarray) else array


def check(format: Any, ndim: int) -> memory_format:
    """``format``; TypeError where it is none, RuntimeError where it is one of another number of axes."""
    if not isinstance(format, memory_format):
        raise TypeError(f"argument 'memory_format' must be torch.memory_format, not {type(format).__name__}")
    if format.order and len(format.order) != ndim:
        raise RuntimeError(
            f"required rank {len(format.order)} tensor to use {format.name} format, but got rank {ndim}"
        )
    return format


def lies(shape: Sequence[int], strides: Sequence[int], format: memory_format) -> bool:
    """Whether elements lie in ``format`` and without gaps, by their ``strides`` (in elements)."""
    axes = format.order or tuple(range(len(shape)))
    if len(axes) != len(shape):
        return False
    step = 1
    for axis in reversed(axes):
        if shape[axis] != 1:
            if strides[axis] != step:
                return False
            step *= shape[axis]
    return True


FORMATS = {len(format.order): format for format in (channels_last, channels_last_3d)}
"""The formats that somebody can ask for, by their number of axes."""


def suggested(array: Any) -> memory_format | None:
    """The format that results of ``array`` take: the one that somebody asked for, where its steps still
    descend in that order, also with gaps (a part of a picture), as PyTorch reads them off the strides."""
    format = FORMATS.get(array.ndim)
    if format is None or not array.size or not was_asked(array):
        return None
    channel, least = array.strides[1], 1
    for axis in reversed(format.order):
        step = array.strides[axis]
        if step < least or (axis == 0 and least == channel):  # the latter: (N, 1, 1, 1) lies in rows
            return None
        least = step * array.shape[axis]
    return format


def laid_like(array: Any, lead: Any) -> Any:
    """``array``; a copy that lies channels last where ``lead`` was asked to."""
    format = FORMATS.get(lead.ndim)
    if format is None or not was_asked(lead) or not lead.transpose(format.order).flags.c_contiguous:
        return array
    return laid_out(array, format)


def laid_out(array: Any, format: memory_format) -> Any:
    """A copy in ``format``."""
    out = empty(array, array.shape, array.dtype, format)
    out[...] = array
    return out


def empty(like: Any, shape: Sequence[int], dtype: np.dtype[Any], format: memory_format) -> Any:
    """Unwritten memory in ``format``, in the library of the array ``like``."""
    order = check(format, len(shape)).order
    if not order:
        return array_module(like).empty(tuple(shape), dtype)
    memory = array_module(like).empty([shape[axis] for axis in order], dtype)
    return asked(memory).transpose([order.index(axis) for axis in range(len(order))])
