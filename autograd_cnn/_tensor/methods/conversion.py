"""Copies, fills, another dtype, another device, and the ways out of the graph, as methods."""

from typing import Any

from ..._engine.handle import Handle, T
from ..._functions.conversion import *
from ..._functions.conversion import (
    as_type,
    contiguous,
    copy_,
    cpu,
    cuda,
    dlpack,
    dlpack_device,
    item,
    numpy,
    pin_memory,
    to,
    tolist,
    type_as,
)
from ..._functions.description import truth


class ConversionMethods(Handle[T]):
    """Copies, fills, another device, and the ways out of the graph."""

    __slots__ = ()

    __bool__ = truth
    __dlpack__ = dlpack
    __dlpack_device__ = dlpack_device
    clone = clone
    contiguous = contiguous
    copy_ = copy_
    cpu = cpu
    cuda = cuda
    detach = detach
    detach_ = detach_
    fill_ = fill_
    item = item
    numpy = numpy
    pin_memory = pin_memory
    to = to
    tolist = tolist
    type = as_type
    type_as = type_as
    zero_ = zero_

    def module_load(self, other: Any, assign: bool = False) -> Any:
        """What a module takes in the place of this parameter when it loads ``other``: this one with its
        numbers, or to ``assign``, ``other`` itself; outside the graph."""
        loaded: Any = other if assign else copy_(self, other)
        return detach(loaded)

    def _single(self) -> bool | int | float:
        """The number that Python asks for."""
        if self.array.size != 1:
            raise ValueError(
                "only one element tensors can be converted to Python scalars, not one with "
                f"{self.array.size} elements"
            )
        return self.array.item()

    def __float__(self) -> float:
        return float(self._single())

    def __int__(self) -> int:
        return int(self._single())

    def __complex__(self) -> complex:
        return complex(self._single())

    def __index__(self) -> int:
        if self.array.dtype.kind not in "iub" or self.array.size != 1:
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self.array.item())

    def __format__(self, spec: str) -> str:
        if self.array.ndim == 0:
            return format(self.array.item(), spec)
        return object.__format__(self, spec)
