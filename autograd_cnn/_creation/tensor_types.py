"""The older names of tensors of one dtype: ``FloatTensor(2, 3)``, ``LongTensor([1, 2])``."""

from typing import Any, Final

import numpy as np

from .._engine.dtypes import TENSOR_TYPES, dtype
from .._engine.size import Size
from .._tensor import Tensor
from .creation import empty, tensor

__all__ = [
    "BoolTensor",
    "ByteTensor",
    "CharTensor",
    "DoubleTensor",
    "FloatTensor",
    "HalfTensor",
    "IntTensor",
    "LongTensor",
    "ShortTensor",
]


class TensorType:
    """``FloatTensor(2, 3)`` makes an unwritten tensor, ``FloatTensor([1, 2])`` one of data, numbers or an
    array; ``isinstance`` asks for the dtype."""

    def __init__(self, name: str) -> None:
        self.__name__: str = name
        self.dtype: dtype = TENSOR_TYPES[name]

    def __call__(self, *args: Any) -> Tensor:
        if not args:
            return empty(0, dtype=self.dtype)
        data = args[0]
        if len(args) > 1 or (isinstance(data, (int, np.integer, Size)) and not isinstance(data, bool)):
            return empty(*args, dtype=self.dtype)
        if not hasattr(data, "__len__"):
            raise TypeError(f"new(): data must be a sequence (got {type(data).__name__})")
        if isinstance(data, Tensor) and data.array.dtype != self.dtype.dtype:
            raise TypeError(
                f"{self.__name__}: expected data of dtype {self.dtype!r}, not {data.dtype}; convert "
                "it, or use tensor(data, dtype=...)"
            )
        return tensor(data, dtype=self.dtype)

    def __instancecheck__(self, value: object) -> bool:
        return isinstance(value, Tensor) and bool(value.array.dtype == self.dtype.dtype)

    def __repr__(self) -> str:
        return f"<class 'torch.{self.__name__}'>"


HalfTensor: Final = TensorType("HalfTensor")
FloatTensor: Final = TensorType("FloatTensor")
DoubleTensor: Final = TensorType("DoubleTensor")
ByteTensor: Final = TensorType("ByteTensor")
CharTensor: Final = TensorType("CharTensor")
ShortTensor: Final = TensorType("ShortTensor")
IntTensor: Final = TensorType("IntTensor")
LongTensor: Final = TensorType("LongTensor")
BoolTensor: Final = TensorType("BoolTensor")
