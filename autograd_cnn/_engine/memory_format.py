"""In which order the elements of a picture lie in memory: ``torch.channels_last`` and its kin.

Nothing is kept of it beside the array. What somebody asked to lie channels last says so itself: its memory
has an :class:`Asked` beneath it. A convolution's result may lie channels last as well, for the kernels like
that; nobody asked, so it answers as PyTorch's would, which lies in rows (see :mod:`.layout`).
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from ..ops import array_module

__all__ = ["channels_last", "channels_last_3d", "contiguous_format", "memory_format", "preserve_format"]


class memory_format:
    """One of PyTorch's orders in memory, by name."""

    __slots__ = ("name", "order")

    name: str
    order: tuple[int, ...]
    """The axes from the longest step to the shortest; empty where their number does not matter."""

    def __init__(self, name: str, order: tuple[int, ...] = ()) -> None:
        self.name, self.order = name, order

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name


contiguous_format: Final = memory_format("contiguous_format")
preserve_format: Final = memory_format("preserve_format")
channels_last: Final = memory_format("channels_last", (0, 2, 3, 1))
channels_last_3d: Final = memory_format("channels_last_3d", (0, 2, 3, 4, 1))


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
    """The same array; who asks :func:`was_asked` hears yes."""
    while on_first:
        on_first.pop()()
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
