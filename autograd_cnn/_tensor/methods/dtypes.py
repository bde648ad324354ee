"""The tensor in another dtype: a method for each, under the dtype's older name."""

from ..._engine.handle import Handle, T
from ..._functions.conversion import to_dtype


class DTypeMethods(Handle[T]):
    """The tensor in another dtype; itself where it has it."""

    __slots__ = ()

    def half(self) -> T:
        """As float16."""
        return to_dtype(self, "float16")

    def float(self) -> T:
        """As float32."""
        return to_dtype(self, "float32")

    def double(self) -> T:
        """As float64."""
        return to_dtype(self, "float64")

    def byte(self) -> T:
        """As uint8."""
        return to_dtype(self, "uint8")

    def char(self) -> T:
        """As int8."""
        return to_dtype(self, "int8")

    def short(self) -> T:
        """As int16."""
        return to_dtype(self, "int16")

    def int(self) -> T:
        """As int32."""
        return to_dtype(self, "int32")

    def long(self) -> T:
        """As int64."""
        return to_dtype(self, "int64")

    def bool(self) -> T:
        """As booleans: whether each element is not zero."""
        return to_dtype(self, "bool")
