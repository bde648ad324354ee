"""Shapes."""

import math
from collections.abc import Iterable
from operator import index
from typing import Any, Self, SupportsIndex, overload


class Size(tuple[int, ...]):
    """A shape; a tuple that prints as PyTorch's does."""

    __slots__ = ()

    def __new__(cls, iterable: Iterable[Any] = ()) -> Self:
        """Of whole numbers, or of what can stand for them; TypeError for others."""
        numbers = []
        for i, size in enumerate(iterable):
            try:
                numbers.append(index(size))
            except TypeError:
                kind = type(size).__name__
                raise TypeError(f"torch.Size() takes an iterable of 'int' (item {i} is '{kind}')") from None
        return tuple.__new__(cls, numbers)

    def __repr__(self) -> str:
        return f"torch.Size([{', '.join(map(str, self))}])"

    @overload
    def __getitem__(self, index: SupportsIndex) -> int: ...
    @overload
    def __getitem__(self, index: "slice[Any, Any, Any]") -> "Size": ...
    def __getitem__(self, index: "SupportsIndex | slice[Any, Any, Any]") -> "int | Size":
        part = super().__getitem__(index)
        return Size(part) if isinstance(part, tuple) else part

    def __add__(self, other: tuple[int, ...]) -> "Size":  # type: ignore[override]  # of sizes it is a Size
        if not isinstance(other, tuple):
            if hasattr(other, "__radd__"):
                return NotImplemented
            kind = type(other).__name__
            raise TypeError(f"can only concatenate tuple (not {kind}) to torch.Size")
        return Size(super().__add__(other))

    def __radd__(self, other: tuple[int, ...]) -> "Size":
        # a list's += asks here first: to refuse would keep it from taking the numbers
        return Size((*other, *self)) if isinstance(other, tuple) else NotImplemented

    def __mul__(self, times: SupportsIndex) -> "Size":
        product = super().__mul__(times) if hasattr(times, "__index__") else NotImplemented
        return product if product is NotImplemented else Size(product)

    def __rmul__(self, times: SupportsIndex) -> "Size":
        return self.__mul__(times)

    def numel(self) -> int:
        """The number of elements."""
        return math.prod(self)
