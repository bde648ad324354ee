"""The operators of Python: ``x + y``, ``-x``, ``x == y``. They go to the graph directly, for speed.

``x ** y`` and ``x @ y`` stand with the methods ``pow`` and ``matmul``, which they are.
"""

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar

from .. import ops

T = TypeVar("T", covariant=True)
"""What operators make of their operands: the Tensor."""


class Operators(Generic[T]):
    """The part of a Tensor that Python's operators call."""

    __slots__ = ()

    __primitive__: Callable[..., Any]
    """The hook through which primitives reach the graph: the Tensor's ``record``."""
    _overwrite: Callable[[Any], Self]
    """Writes a Tensor into this one's memory: see :mod:`.inplace`."""

    def __add__(self, other: Any) -> T:
        return self.__primitive__(ops.add, (self, other))

    def __radd__(self, other: Any) -> T:
        return self.__primitive__(ops.add, (other, self))

    def __sub__(self, other: Any) -> T:
        return self.__primitive__(ops.subtract, (self, other))

    def __rsub__(self, other: Any) -> T:
        return self.__primitive__(ops.subtract, (other, self))

    def __mul__(self, other: Any) -> T:
        return self.__primitive__(ops.multiply, (self, other))

    def __rmul__(self, other: Any) -> T:
        return self.__primitive__(ops.multiply, (other, self))

    def __truediv__(self, other: Any) -> T:
        return self.__primitive__(ops.divide, (self, other))

    def __rtruediv__(self, other: Any) -> T:
        return self.__primitive__(ops.divide, (other, self))

    def __floordiv__(self, other: Any) -> T:
        return self.__primitive__(ops.floor_divide, (self, other))

    def __rfloordiv__(self, other: Any) -> T:
        return self.__primitive__(ops.floor_divide, (other, self))

    def __mod__(self, other: Any) -> T:
        return self.__primitive__(ops.remainder, (self, other))

    def __rmod__(self, other: Any) -> T:
        return self.__primitive__(ops.remainder, (other, self))

    def __rpow__(self, other: Any) -> T:
        return self.__primitive__(ops.power, (other, self))

    def __neg__(self) -> T:
        return self.__primitive__(ops.negative, (self,))

    def __pos__(self) -> Self:
        if self.array.dtype.kind == "b":  # type: ignore[attr-defined]  # of the Tensor
            raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
        return self

    def __abs__(self) -> T:
        return self.__primitive__(ops.absolute, (self,))

    def __eq__(self, other: object) -> T:  # type: ignore[override]  # elementwise
        return (
            NotImplemented
            if other is None or isinstance(other, str)
            else self.__primitive__(ops.equal, (self, other))
        )

    def __ne__(self, other: object) -> T:  # type: ignore[override]  # elementwise
        return (
            NotImplemented
            if other is None or isinstance(other, str)
            else self.__primitive__(ops.not_equal, (self, other))
        )

    def __hash__(self) -> int:
        return id(self)

    def __lt__(self, other: Any) -> T:
        return self.__primitive__(ops.less, (self, other))

    def __le__(self, other: Any) -> T:
        return self.__primitive__(ops.less_equal, (self, other))

    def __gt__(self, other: Any) -> T:
        return self.__primitive__(ops.greater, (self, other))

    def __ge__(self, other: Any) -> T:
        return self.__primitive__(ops.greater_equal, (self, other))

    def __and__(self, other: Any) -> T:
        return self.__primitive__(ops.bitwise_and, (self, other))

    def __rand__(self, other: Any) -> T:
        return self.__primitive__(ops.bitwise_and, (other, self))

    def __or__(self, other: Any) -> T:
        return self.__primitive__(ops.bitwise_or, (self, other))

    def __ror__(self, other: Any) -> T:
        return self.__primitive__(ops.bitwise_or, (other, self))

    def __xor__(self, other: Any) -> T:
        return self.__primitive__(ops.bitwise_xor, (self, other))

    def __rxor__(self, other: Any) -> T:
        return self.__primitive__(ops.bitwise_xor, (other, self))

    def __lshift__(self, other: Any) -> T:
        return self.__primitive__(ops.left_shift, (self, other))

    def __rlshift__(self, other: Any) -> T:
        return self.__primitive__(ops.left_shift, (other, self))

    def __rshift__(self, other: Any) -> T:
        return self.__primitive__(ops.right_shift, (self, other))

    def __rrshift__(self, other: Any) -> T:
        return self.__primitive__(ops.right_shift, (other, self))

    def __invert__(self) -> T:
        return self.__primitive__(ops.bitwise_not, (self,))

    def __iadd__(self, other: Any) -> Self:
        return self._overwrite(self.__add__(other))

    def __isub__(self, other: Any) -> Self:
        return self._overwrite(self.__sub__(other))

    def __imul__(self, other: Any) -> Self:
        return self._overwrite(self.__mul__(other))

    def __itruediv__(self, other: Any) -> Self:
        return self._overwrite(self.__truediv__(other))

    def __ifloordiv__(self, other: Any) -> Self:
        return self._overwrite(self.__floordiv__(other))

    def __imod__(self, other: Any) -> Self:
        return self._overwrite(self.__mod__(other))

    def __iand__(self, other: Any) -> Self:
        return self._overwrite(self.__and__(other))

    def __ior__(self, other: Any) -> Self:
        return self._overwrite(self.__or__(other))

    def __ixor__(self, other: Any) -> Self:
        return self._overwrite(self.__xor__(other))

    def __ilshift__(self, other: Any) -> Self:
        return self._overwrite(self.__lshift__(other))

    def __irshift__(self, other: Any) -> Self:
        return self._overwrite(self.__rshift__(other))
