"""The tensor in another dtype: a method for each, under the dtype's older name."""

from ..._engine.dtypes import bool_, float16, float32, float64, int8, int16, int32, int64, uint8
from ..._engine.handle import Handle, T
from ..._engine.memory_format import memory_format, preserve_format
from ..._functions.conversion import moved


class DTypeMethods(Handle[T]):
    """The tensor in another dtype; itself where it has it."""

    __slots__ = ()

    def half(self, memory_format: memory_format = preserve_format) -> T:
        """As float16."""
        return moved(self, float16, memory_format=memory_format)

    def float(self, memory_format: memory_format = preserve_format) -> T:
        """As float32."""
        return moved(self, float32, memory_format=memory_format)

    def double(self, memory_format: memory_format = preserve_format) -> T:
        """As float64."""
        return moved(self, float64, memory_format=memory_format)

    def byte(self, memory_format: memory_format = preserve_format) -> T:
        """As uint8."""
        return moved(self, uint8, memory_format=memory_format)

    def char(self, memory_format: memory_format = preserve_format) -> T:
        """As int8."""
        return moved(self, int8, memory_format=memory_format)

    def short(self, memory_format: memory_format = preserve_format) -> T:
        """As int16."""
        return moved(self, int16, memory_format=memory_format)

    def int(self, memory_format: memory_format = preserve_format) -> T:
        """As int32."""
        return moved(self, int32, memory_format=memory_format)

    def long(self, memory_format: memory_format = preserve_format) -> T:
        """As int64."""
        return moved(self, int64, memory_format=memory_format)

    def bool(self, memory_format: memory_format = preserve_format) -> T:
        """As booleans: whether each element is not zero."""
        return moved(self, bool_, memory_format=memory_format)
