"""Storages by PyTorch's names: ``UntypedStorage``, ``TypedStorage``, and the older class of each dtype
(``FloatStorage(3)``, ``LongStorage([1, 2])``)."""

from typing import Any, Final

from ._engine.dtypes import TENSOR_TYPES
from ._engine.storage import UntypedStorage
from ._engine.typed_storage import TypedStorage

UntypedStorage.__module__ = TypedStorage.__module__ = __name__  # their public place

__all__ = [
    "BoolStorage",
    "ByteStorage",
    "CharStorage",
    "DoubleStorage",
    "FloatStorage",
    "HalfStorage",
    "IntStorage",
    "LongStorage",
    "ShortStorage",
    "Storage",
    "TypedStorage",
    "UntypedStorage",
]


class _StorageType(type):
    """Calling such a class makes a :class:`TypedStorage` of its dtype."""

    dtype: Any

    def __call__(
        cls,
        *args: Any,
        wrap_storage: Any = None,
        dtype: Any = None,
        device: Any = None,
        _internal: bool = False,
    ) -> TypedStorage:
        """Such a storage; RuntimeError for another ``dtype``."""
        if dtype is not None and dtype != cls.dtype:
            raise RuntimeError(f"{cls.__name__} holds {cls.dtype!r}, got dtype={dtype!r}; use TypedStorage")
        own: Any = {"wrap_storage": wrap_storage, "dtype": cls.dtype, "device": device}
        return TypedStorage(*args, **own, _internal=_internal)

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, TypedStorage) and bool(value.dtype == cls.dtype)

    def from_buffer(cls, buffer: Any, *args: Any, **options: Any) -> TypedStorage:
        """A copy of what a bytes-like object holds."""
        return TypedStorage(wrap_storage=UntypedStorage.from_buffer(buffer), dtype=cls.dtype, _internal=True)

    def __repr__(cls) -> str:
        return f"<class 'torch.{cls.__name__}'>"


def _of(name: str) -> _StorageType:
    return _StorageType(
        name, (), {"dtype": TENSOR_TYPES[name.replace("Storage", "Tensor")], "__module__": "torch"}
    )


BoolStorage: Final = _of("BoolStorage")
ByteStorage: Final = _of("ByteStorage")
CharStorage: Final = _of("CharStorage")
DoubleStorage: Final = _of("DoubleStorage")
FloatStorage: Final = _of("FloatStorage")
HalfStorage: Final = _of("HalfStorage")
IntStorage: Final = _of("IntStorage")
LongStorage: Final = _of("LongStorage")
ShortStorage: Final = _of("ShortStorage")

Storage: Final = FloatStorage
