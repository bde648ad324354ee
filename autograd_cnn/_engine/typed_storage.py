"""Storages that count elements of a dtype: PyTorch's older form, ``tensor.storage()``."""

import warnings
from collections.abc import Iterator
from typing import Any, Self, SupportsIndex

import numpy as np

from .._devices.device import device
from .._devices.device import device as as_device
from .._devices.transfer import move
from . import dtypes, memory
from .dtypes import TENSOR_TYPES, from_numpy_dtype, get_default_dtype
from .source import stacklevel
from .storage import UntypedStorage, checked, size_of, sole


def _warn() -> None:
    warnings.warn(
        "TypedStorage is deprecated. It will be removed in the future and UntypedStorage will be the only "
        "storage class. This should only matter to you if you are using storages directly.  To access "
        "UntypedStorage directly, use tensor.untyped_storage() instead of tensor.storage()",
        UserWarning,
        stacklevel=stacklevel(),
    )


class TypedStorage:
    """A block of memory as elements of one dtype: ``tensor.storage()``; ``TypedStorage(3, dtype=float32)`` is
    unwritten, ``TypedStorage([1., 2.])`` has these elements."""

    __slots__ = ("__weakref__", "_untyped_storage", "dtype")

    dtype: dtypes.dtype
    _untyped_storage: UntypedStorage

    is_sparse = False

    def __init__(
        self,
        *given: Any,
        wrap_storage: Any = None,
        dtype: Any = None,
        device: Any = None,
        _internal: bool = False,
    ) -> None:
        if not _internal:
            _warn()
        self.dtype = type(self)._dtype if dtype is None else dtype
        if wrap_storage is not None:
            if not isinstance(wrap_storage, (UntypedStorage, TypedStorage)):
                raise TypeError(
                    f"Argument 'wrap_storage' must be a UntypedStorage, but got {type(wrap_storage).__name__}"
                )
            self._untyped_storage = wrap_storage.untyped()
            return
        content = sole("torch.TypedStorage", given)
        self._untyped_storage = UntypedStorage(0)
        if hasattr(content, "__index__"):
            made = np.empty(size_of(content), self._kind)
        elif isinstance(content, (UntypedStorage, TypedStorage)):
            made = content.untyped().clone().array.view(self._kind)
        elif hasattr(content, "__len__") and not isinstance(content, str):
            made = np.array(list(content)).astype(self._kind)
        else:
            raise TypeError(f"Argument type not recognized: {type(content).__name__}")
        content = made.reshape(-1).view(np.uint8)
        self._untyped_storage.array = content if device is None else move(content, as_device(device))

    _dtype: Any = get_default_dtype()

    @property
    def _kind(self) -> np.dtype[Any]:
        return self.dtype.dtype

    @property
    def array(self) -> Any:
        """All elements, as an array."""
        room = self._untyped_storage.array
        return room[: room.nbytes // self._kind.itemsize * self._kind.itemsize].view(self._kind)

    @classmethod
    def of(cls, untyped: UntypedStorage, kind: dtypes.dtype) -> "TypedStorage":
        """The elements of ``kind`` in a memory."""
        return TypedStorage(wrap_storage=untyped, dtype=kind, _internal=True)

    def untyped(self) -> UntypedStorage:
        """The same memory, byte by byte."""
        return self._untyped_storage

    @property
    def device(self) -> device:
        """Where it is."""
        return self._untyped_storage.device

    @property
    def is_cuda(self) -> bool:
        """Whether it is in a GPU's memory."""
        return self._untyped_storage.is_cuda

    def size(self) -> int:
        """How many elements it has."""
        return int(self.array.size)

    def __len__(self) -> int:
        return self.size()

    def nbytes(self) -> int:
        """How many bytes it has."""
        return self._untyped_storage.nbytes()

    def element_size(self) -> int:
        """Bytes per element."""
        return int(self._kind.itemsize)

    def data_ptr(self) -> int:
        """The address of its first element."""
        return self._untyped_storage.data_ptr()

    @property
    def _cdata(self) -> int:
        return self._untyped_storage._cdata

    def get_device(self) -> int:
        """The number of its GPU; -1 on the host."""
        return self._untyped_storage.get_device()

    def resizable(self) -> bool:
        """Whether :meth:`resize_` may change it."""
        return self._untyped_storage.resizable()

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            raise RuntimeError("slices are only supported in UntypedStorage.__getitem__")
        return self.array[checked(index, len(self))].item()

    def __setitem__(self, index: Any, value: Any) -> None:
        memory.settle(self.array)
        self.array[index] = value
        memory.wrote(self.array)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.tolist())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TypedStorage) and self.untyped() == other.untyped()

    def __hash__(self) -> int:
        return hash(self._untyped_storage)

    def tolist(self) -> list[Any]:
        """Its elements as numbers."""
        return list(self.array.tolist())

    def fill_(self, value: Any) -> Self:
        """``value`` in each element."""
        self[:] = value
        return self

    def copy_(self, source: "TypedStorage", non_blocking: bool | None = None) -> Self:
        """The elements of ``source``, converted."""
        if len(source) != len(self):
            raise RuntimeError(
                f"size does not match, self was {len(self)} elements but src was {len(source)}"
            )
        self[:] = source.array.astype(self._kind)
        return self

    def clone(self) -> "TypedStorage":
        """A copy."""
        return self.of(self._untyped_storage.clone(), self.dtype)

    def cpu(self) -> "TypedStorage":
        """On the host."""
        return self.of(self._untyped_storage.cpu(), self.dtype)

    def to(self, *, device: Any, non_blocking: bool = False) -> "TypedStorage":
        """On ``device``; itself where it is there."""
        return self.of(self._untyped_storage.to(device=device), self.dtype)

    def cuda(self, device: Any = None, non_blocking: bool = False) -> "TypedStorage":
        """In a GPU's memory."""
        return self.of(self._untyped_storage.cuda(device), self.dtype)

    def pin_memory(self, device: Any = None) -> "TypedStorage":
        """NotImplementedError: pinned memory belongs to tensors."""
        return self.of(self._untyped_storage.pin_memory(device), self.dtype)

    @property
    def filename(self) -> str | None:
        """The file that :meth:`from_file` shows; None of other memory."""
        return self._untyped_storage.filename

    @classmethod
    def from_buffer(cls, *args: Any, **kwargs: Any) -> "TypedStorage":
        """A copy of what a bytes-like object holds, as elements of ``dtype``."""
        kind, place = kwargs.pop("dtype", cls._dtype), kwargs.pop("device", None)
        made = cls.of(UntypedStorage.from_buffer(*args, **kwargs, dtype=kind), kind)
        return made if place is None else made.to(device=place)

    @classmethod
    def from_file(cls, filename: Any, shared: bool, size: int) -> "TypedStorage":
        """RuntimeError: only classes of one dtype know what a file holds, ``FloatStorage`` and its kin."""
        raise RuntimeError("from_file can only be called on derived classes, such as torch.FloatStorage")

    def resize_(self, size: SupportsIndex) -> Self:
        """Room for ``size`` elements; RuntimeError for the memory of a tensor."""
        self._untyped_storage.resize_(size_of(size) * self.element_size())
        return self

    def is_shared(self) -> bool:
        """Whether forked processes write it together."""
        return self._untyped_storage.is_shared()

    def share_memory_(self) -> Self:
        """Move it to memory that forked processes write together."""
        self._untyped_storage.share_memory_()
        return self

    def is_pinned(self, device: Any = None) -> bool:
        """Always False: pinned memory belongs to tensors."""
        return False

    def pickle_storage_type(self) -> str:
        """The older name of its type: ``FloatStorage``."""
        kind = next(name for name, known in TENSOR_TYPES.items() if known == self.dtype)
        return kind.replace("Tensor", "Storage")

    def type(self, dtype: Any = None, non_blocking: bool = False) -> Any:
        """The name of its type, ``"torch.FloatStorage"``; with ``dtype`` (such a name) a converted copy."""
        if dtype is None:
            return f"torch.{self.pickle_storage_type()}"
        name = dtype if isinstance(dtype, str) else getattr(dtype, "__name__", "")
        name = name.removeprefix("torch.").replace("Storage", "Tensor")
        return self._as(TENSOR_TYPES.get(name, dtype))

    def _as(self, kind: dtypes.dtype) -> "TypedStorage":
        if kind == self.dtype:
            return self
        made = UntypedStorage.owning(self.array.astype(kind.dtype).tobytes())
        return self.of(made, kind)

    def __copy__(self) -> "TypedStorage":
        return self.clone()

    def __sizeof__(self) -> int:
        return object.__sizeof__(self) + self._untyped_storage.nbytes()

    def __deepcopy__(self, memo: dict[int, Any]) -> "TypedStorage":
        return self.of(self._untyped_storage.__deepcopy__(memo), self.dtype)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_typed, (self._untyped_storage, self.dtype))

    def __repr__(self) -> str:
        lines = "\n".join(f" {value}" for value in self.array.tolist())
        where = f"(dtype={self.dtype!r}, device={self.device})"
        return f"{lines}\n[torch.storage.TypedStorage{where} of size {len(self)}]"


for _name, _kind in TENSOR_TYPES.items():  # float(), half(), long() ...: a copy in that dtype
    _short = _name.removesuffix("Tensor").lower()
    setattr(TypedStorage, _short, lambda self, kind=_kind: self._as(kind))
    setattr(UntypedStorage, _short, lambda self, kind=_kind: TypedStorage.of(self, dtypes.uint8)._as(kind))


def _typed(untyped: UntypedStorage, kind: dtypes.dtype) -> TypedStorage:
    return TypedStorage.of(untyped, kind)


def typed_storage_of(array: Any) -> TypedStorage:
    """The memory of which ``array`` shows a part, as elements of its dtype; with PyTorch's warning that it is
    an older form."""
    _warn()
    return TypedStorage.of(UntypedStorage.of(array), from_numpy_dtype(array.dtype))
