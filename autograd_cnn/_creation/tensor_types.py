"""The older names of tensors of one dtype: ``FloatTensor(2, 3)``, ``LongTensor([1, 2])``."""

import copyreg
from typing import Any, Final

from .._engine.dtypes import TENSOR_TYPES, dtype
from .._functions.legacy import legacy_new
from .._tensor import Tensor

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


class TensorType(type):
    """``FloatTensor(2, 3)`` makes an unwritten tensor, ``FloatTensor([1, 2])`` one of data, numbers or an
    array; ``isinstance`` asks for the dtype."""

    dtype: dtype
    is_cuda = is_sparse = False

    def __new__(mcs, name: str, *made: Any) -> "TensorType":
        if made:  # a class statement
            (base, *_), _ = made
            raise TypeError(
                f"type 'torch.{base.__name__}' is not an acceptable base type: subclass torch.Tensor"
            )
        return super().__new__(mcs, name, (), {"__module__": "torch", "__doc__": mcs.__doc__})

    def __init__(cls, name: str) -> None:
        cls.dtype = TENSOR_TYPES[name]

    def __call__(cls, *given: Any, **options: Any) -> Tensor:
        return Tensor._alias(legacy_new(given, cls.dtype.dtype, options))

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, Tensor) and bool(value.array.dtype == cls.dtype.dtype)

    def __repr__(cls) -> str:
        return f"<class 'torch.{cls.__name__}'>"


def _reduced(cls: TensorType) -> tuple[Any, ...]:
    return (_by_name, (cls.__name__,))


def _by_name(name: str) -> Any:
    return globals()[name]


copyreg.pickle(TensorType, _reduced)  # by its own name it would be sought in PyTorch

HalfTensor: Final = TensorType("HalfTensor")
FloatTensor: Final = TensorType("FloatTensor")
DoubleTensor: Final = TensorType("DoubleTensor")
ByteTensor: Final = TensorType("ByteTensor")
CharTensor: Final = TensorType("CharTensor")
ShortTensor: Final = TensorType("ShortTensor")
IntTensor: Final = TensorType("IntTensor")
LongTensor: Final = TensorType("LongTensor")
BoolTensor: Final = TensorType("BoolTensor")
