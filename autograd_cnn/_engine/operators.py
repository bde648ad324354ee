"""The operators of Python: ``x + y``, ``-x``, ``x == y``. They go to the graph directly, for speed.

What is no operand may know what to do with a Tensor on its left: where ``record`` does not know it, Python
asks its ``__radd__`` and its kin.

``x ** y`` and ``x @ y`` stand with the methods ``pow`` and ``matmul``, which they are.
"""

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar

from .. import ops


class NoOperandError(TypeError):
    """Something stands beside a Tensor that is no tensor, no array and no number."""


T = TypeVar("T", covariant=True)
"""What operators make of their operands: the Tensor."""


class Operators(Generic[T]):
    """The part of a Tensor that Python's operators call."""

    __slots__ = ()

    __primitive__: Callable[..., Any]
    """The hook through which primitives reach the graph: the Tensor's ``record``."""
    _overwrite: Callable[..., Self]
    """Writes a Tensor into this one's memory: see :mod:`.inplace`."""

    def __add__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.add, (self, other))
        except NoOperandError:
            return NotImplemented

    def __radd__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.add, (other, self))
        except NoOperandError:
            return NotImplemented

    def __sub__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.subtract, (self, other))
        except NoOperandError:
            return NotImplemented

    def __rsub__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.subtract, (other, self))
        except NoOperandError:
            return NotImplemented

    def __mul__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.multiply, (self, other))
        except NoOperandError:
            return NotImplemented

    def __rmul__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.multiply, (other, self))
        except NoOperandError:
            return NotImplemented

    def __truediv__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.divide, (self, other))
        except NoOperandError:
            return NotImplemented

    def __rtruediv__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.divide, (other, self))
        except NoOperandError:
            return NotImplemented

    def __floordiv__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.floor_divide, (self, other))
        except NoOperandError:
            return NotImplemented

    def __rfloordiv__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.floor_divide, (other, self))
        except NoOperandError:
            return NotImplemented

    def __mod__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.remainder, (self, other))
        except NoOperandError:
            return NotImplemented

    def __rmod__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.remainder, (other, self))
        except NoOperandError:
            return NotImplemented

    def __rpow__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.power, (other, self))
        except NoOperandError:
            return NotImplemented

    def __neg__(self) -> T:
        return self.__primitive__(ops.negative, (self,))

    def __pos__(self) -> Self:
        if self.array.dtype.kind == "b":  # type: ignore[attr-defined]  # of the Tensor
            raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
        return self

    def __abs__(self) -> T:
        return self.__primitive__(ops.absolute, (self,))

    def __eq__(self, other: object) -> T:  # type: ignore[override]  # elementwise
        try:
            return self.__primitive__(ops.equal, (self, other))
        except NoOperandError:
            return NotImplemented

    def __ne__(self, other: object) -> T:  # type: ignore[override]  # elementwise
        try:
            return self.__primitive__(ops.not_equal, (self, other))
        except NoOperandError:
            return NotImplemented

    def __hash__(self) -> int:
        return id(self)

    def __lt__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.less, (self, other))
        except NoOperandError:
            return NotImplemented

    def __le__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.less_equal, (self, other))
        except NoOperandError:
            return NotImplemented

    def __gt__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.greater, (self, other))
        except NoOperandError:
            return NotImplemented

    def __ge__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.greater_equal, (self, other))
        except NoOperandError:
            return NotImplemented

    def __and__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.bitwise_and, (self, other))
        except NoOperandError:
            return NotImplemented

    def __rand__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.bitwise_and, (other, self))
        except NoOperandError:
            return NotImplemented

    def __or__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.bitwise_or, (self, other))
        except NoOperandError:
            return NotImplemented

    def __ror__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.bitwise_or, (other, self))
        except NoOperandError:
            return NotImplemented

    def __xor__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.bitwise_xor, (self, other))
        except NoOperandError:
            return NotImplemented

    def __rxor__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.bitwise_xor, (other, self))
        except NoOperandError:
            return NotImplemented

    def __lshift__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.left_shift, (self, other))
        except NoOperandError:
            return NotImplemented

    def __rlshift__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.left_shift, (other, self))
        except NoOperandError:
            return NotImplemented

    def __rshift__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.right_shift, (self, other))
        except NoOperandError:
            return NotImplemented

    def __rrshift__(self, other: Any) -> T:
        try:
            return self.__primitive__(ops.right_shift, (other, self))
        except NoOperandError:
            return NotImplemented

    def __invert__(self) -> T:
        if self.dtype.is_floating_point:  # type: ignore[attr-defined]  # of the Tensor
            raise TypeError(
                "~ (operator.invert) is only implemented on integer and Boolean-type tensors, not floats"
            )
        return self.__primitive__(ops.bitwise_not, (self,))

    def __iadd__(self, other: Any) -> Self:
        value: Any = self.__add__(other)
        return value if value is NotImplemented else self._overwrite(value, other)

    def __isub__(self, other: Any) -> Self:
        value: Any = self.__sub__(other)
        return value if value is NotImplemented else self._overwrite(value, other)

    def __imul__(self, other: Any) -> Self:
        value: Any = self.__mul__(other)
        return value if value is NotImplemented else self._overwrite(value, other)

    def __itruediv__(self, other: Any) -> Self:
        value: Any = self.__truediv__(other)
        return value if value is NotImplemented else self._overwrite(value, other)

    def __ifloordiv__(self, other: Any) -> Self:
        value: Any = self.__floordiv__(other)
        return value if value is NotImplemented else self._overwrite(value, other)

    def __imod__(self, other: Any) -> Self:
        value: Any = self.__mod__(other)
        return value if value is NotImplemented else self._overwrite(value, other)

    def __iand__(self, other: Any) -> Self:
        value: Any = self.__and__(other)
        return value if value is NotImplemented else self._overwrite(value, other)

    def __ior__(self, other: Any) -> Self:
        value: Any = self.__or__(other)
        return value if value is NotImplemented else self._overwrite(value, other)

    def __ixor__(self, other: Any) -> Self:
        value: Any = self.__xor__(other)
        return value if value is NotImplemented else self._overwrite(value, other)

    def __ilshift__(self, other: Any) -> Self:
        value: Any = self.__lshift__(other)
        return value if value is NotImplemented else self._overwrite(value, other)

    def __irshift__(self, other: Any) -> Self:
        value: Any = self.__rshift__(other)
        return value if value is NotImplemented else self._overwrite(value, other)

    # Python 2's names, which PyTorch keeps

    def __div__(self, other: Any) -> T:
        return self.__truediv__(other)

    def __rdiv__(self, other: Any) -> T:
        return self.__rtruediv__(other)

    def __idiv__(self, other: Any) -> Self:
        return self.__itruediv__(other)
