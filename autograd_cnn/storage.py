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
        """Such a storage; RuntimeError for a ``dtype`` and a ``device``, which its class says, unless it
        shows ``wrap_storage``."""
        if (dtype, device) != (None, None) and (wrap_storage is None or dtype not in (None, cls.dtype)):
            raise RuntimeError(
                f"{cls!r}.__new__ received an invalid combination of arguments: it holds {cls.dtype!r} on "
                f"the host, got dtype={dtype!r}, device={device!r}; TypedStorage takes both"
            )
        own: Any = {"wrap_storage": wrap_storage, "dtype": cls.dtype}
        return TypedStorage(*args, **own, _internal=_internal)

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, TypedStorage) and bool(value.dtype == cls.dtype)

    def from_buffer(cls, *args: Any, **options: Any) -> TypedStorage:
        """A copy of what a bytes-like object holds: see :meth:`UntypedStorage.from_buffer`."""
        for name in ("dtype", "device"):
            if name in options:
                raise RuntimeError(
                    f"from_buffer: {name!r} can only be specified in UntypedStorage.from_buffer and "
                    "TypedStorage.from_buffer"
                )
        return TypedStorage.from_buffer(*args, dtype=cls.dtype, **options)

    def from_file(cls, filename: Any, shared: bool, size: int = 0) -> TypedStorage:
        """``size`` elements of a file; see :meth:`UntypedStorage.from_file`."""
        shown = UntypedStorage.from_file(filename, shared, size * cls.dtype.itemsize)
        return TypedStorage(wrap_storage=shown, dtype=cls.dtype, _internal=True)

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
