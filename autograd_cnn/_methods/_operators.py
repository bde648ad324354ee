"""The operators of Python: ``x + y``, ``x @ y``, ``x == y``. They go to the graph directly, for speed."""

from typing import Any

from .. import ops
from .._functions import contraction
from .._handle import Handle


class Operators(Handle):
    """The part of a Tensor that Python's operators call."""

    __slots__ = ()

    def __add__(self, other: Any) -> Any:
        return self.__primitive__(ops.add, (self, other))

    def __radd__(self, other: Any) -> Any:
        return self.__primitive__(ops.add, (other, self))

    def __sub__(self, other: Any) -> Any:
        return self.__primitive__(ops.subtract, (self, other))

    def __rsub__(self, other: Any) -> Any:
        return self.__primitive__(ops.subtract, (other, self))

    def __mul__(self, other: Any) -> Any:
        return self.__primitive__(ops.multiply, (self, other))

    def __rmul__(self, other: Any) -> Any:
        return self.__primitive__(ops.multiply, (other, self))

    def __truediv__(self, other: Any) -> Any:
        return self.__primitive__(ops.divide, (self, other))

    def __rtruediv__(self, other: Any) -> Any:
        return self.__primitive__(ops.divide, (other, self))

    def __pow__(self, other: Any) -> Any:
        return self.__primitive__(ops.power, (self, other))

    def __rpow__(self, other: Any) -> Any:
        return self.__primitive__(ops.power, (other, self))

    def __matmul__(self, other: Any) -> Any:
        return contraction.matmul(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return contraction.matmul(other, self)

    def __neg__(self) -> Any:
        return self.__primitive__(ops.negative, (self,))

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return self.__primitive__(ops.absolute, (self,))

    def __eq__(self, other: object) -> Any:
        return NotImplemented if other is None or isinstance(other, str) else self.__primitive__(ops.equal, (self, other))

    def __ne__(self, other: object) -> Any:
        return NotImplemented if other is None or isinstance(other, str) else self.__primitive__(ops.not_equal, (self, other))

    __hash__ = Handle.__hash__

    def __lt__(self, other: Any) -> Any:
        return self.__primitive__(ops.less, (self, other))

    def __le__(self, other: Any) -> Any:
        return self.__primitive__(ops.less_equal, (self, other))

    def __gt__(self, other: Any) -> Any:
        return self.__primitive__(ops.greater, (self, other))

    def __ge__(self, other: Any) -> Any:
        return self.__primitive__(ops.greater_equal, (self, other))

    def __and__(self, other: Any) -> Any:
        return self.__primitive__(ops.logical_and, (self, other))

    def __or__(self, other: Any) -> Any:
        return self.__primitive__(ops.logical_or, (self, other))

    def __invert__(self) -> Any:
        return self.__primitive__(ops.logical_not, (self,))

    def __iadd__(self, other: Any) -> Any:
        return self._overwrite(self.__add__(other))

    def __isub__(self, other: Any) -> Any:
        return self._overwrite(self.__sub__(other))

    def __imul__(self, other: Any) -> Any:
        return self._overwrite(self.__mul__(other))

    def __itruediv__(self, other: Any) -> Any:
        return self._overwrite(self.__truediv__(other))

    def __ipow__(self, other: Any) -> Any:
        return self._overwrite(self.__pow__(other))
