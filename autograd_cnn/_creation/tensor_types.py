"""The older names of tensors of one dtype: ``FloatTensor(2, 3)``, ``LongTensor([1, 2])``."""

from typing import Any

import numpy as np

from .._engine import dtypes
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
    """``FloatTensor(2, 3)`` makes an unwritten tensor, ``FloatTensor([1, 2])`` one of data; ``isinstance``
    asks for the dtype."""

    __name__: str
    dtype: dtypes.dtype

    def __init__(self, name: str) -> None:
        self.__name__, self.dtype = name, dtypes.TENSOR_TYPES[name]

    def __call__(self, *args: Any) -> Tensor:
        if not args:
            return empty(0, dtype=self.dtype)
        data = args[0]
        if len(args) > 1 or isinstance(data, (int, np.integer, dtypes.Size)):
            return empty(*args, dtype=self.dtype)
        if not hasattr(data, "__len__"):
            raise TypeError(f"new(): data must be a sequence (got {type(data).__name__})")
        if hasattr(data, "dtype") and data.dtype != self.dtype.dtype:
            raise TypeError(
                f"{self.__name__}: expected data of dtype {self.dtype!r}, not {data.dtype}; convert "
                "it, or use tensor(data, dtype=...)"
            )
        return tensor(data, dtype=self.dtype)

    def __instancecheck__(self, value: object) -> bool:
        return isinstance(value, Tensor) and bool(value.array.dtype == self.dtype.dtype)

    def __repr__(self) -> str:
        return f"<class 'torch.{self.__name__}'>"


HalfTensor: TensorType = TensorType("HalfTensor")
FloatTensor: TensorType = TensorType("FloatTensor")
DoubleTensor: TensorType = TensorType("DoubleTensor")
ByteTensor: TensorType = TensorType("ByteTensor")
CharTensor: TensorType = TensorType("CharTensor")
ShortTensor: TensorType = TensorType("ShortTensor")
IntTensor: TensorType = TensorType("IntTensor")
LongTensor: TensorType = TensorType("LongTensor")
BoolTensor: TensorType = TensorType("BoolTensor")
