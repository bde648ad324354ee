"""Storages: the memory behind tensors, as PyTorch's scripts ask for it. They are views on what NumPy has:
nothing is kept beside the arrays.

An :class:`UntypedStorage` counts bytes; what counts elements is in :mod:`.typed_storage`.
"""

import mmap
from collections.abc import Iterator
from typing import Any, Self, SupportsIndex

import numpy as np

from .._devices.device import device, device_of
from .._devices.device import device as make_device
from .._devices.transfer import move
from . import memory
from .buffers import mapped, read
from .copies import copied

Array = np.ndarray[Any, Any]

NOT_RESIZABLE = "Trying to resize storage that is not resizable"


def address(array: Any) -> int:
    """Where its first element lies."""
    return int(array.ctypes.data if isinstance(array, np.ndarray) else array.data.ptr)


def whole(array: Any) -> Any:
    """The array that shows all of the memory of which ``array`` shows a part."""
    while isinstance(base := getattr(array, "base", None), type(array)):
        array = base
    return array


def all_bytes(array: Any) -> Any:
    """The memory of which ``array`` shows a part, byte by byte."""
    own = whole(array)
    if not own.flags.c_contiguous:
        own = own.ravel(order="K") if own.flags.f_contiguous else own
        own = own if own.flags.c_contiguous else _span(own)
    return own.reshape(-1).view(np.uint8)


def _span(array: Array) -> Array:
    """The bytes from the first element of ``array``, which has gaps, to its last one."""
    reach = sum((n - 1) * step for n, step in zip(array.shape, array.strides, strict=True)) + array.itemsize
    return np.asarray(_Bytes(array, reach))


class _Bytes:
    """``reach`` bytes from the first element of ``array`` on, for NumPy."""

    def __init__(self, array: Array, reach: int) -> None:
        self.base = array  # by this name the owner of memory is found
        data = (array.ctypes.data, not array.flags.writeable)
        self.__array_interface__ = {"version": 3, "shape": (reach,), "typestr": "|u1", "data": data}


def in_shared_memory(array: Any) -> Any:
    """A copy of ``array`` in memory that forked processes write together."""
    if is_shared(array):
        return array
    room = mmap.mmap(-1, max(array.nbytes, 1))
    copy = np.frombuffer(room, array.dtype, array.size).reshape(array.shape)
    copy[...] = array
    return copy


def is_shared(array: Any) -> bool:
    """Whether its memory is such that forked processes write it together; a GPU's memory always is, says
    PyTorch."""
    own = memory.owner(array)
    while isinstance(own, memoryview):
        own = own.obj
    return isinstance(own, mmap.mmap) or not isinstance(array, np.ndarray)


def size_of(given: Any) -> int:
    return int(given.__index__())


def sole(name: str, given: tuple[Any, ...]) -> Any:
    """The one argument of a storage's class, 0 where there is none; TypeError for more, RuntimeError for a
    negative size."""
    if len(given) > 1:
        kinds = ", ".join(type(each).__name__ for each in given)
        raise TypeError(
            f"{name}() received an invalid combination of arguments - got ({kinds}); give it a size or a "
            "sequence"
        )
    (content,) = given or (0,)
    if hasattr(content, "__index__") and size_of(content) < 0:
        raise RuntimeError(f"{name}(): a size must be >= 0, got a negative number: {content}")
    return content


class UntypedStorage:
    """A block of memory, byte by byte: ``UntypedStorage(8)`` is unwritten, ``UntypedStorage([1, 2])`` has
    these bytes; ``tensor.untyped_storage()`` is the memory of a tensor, of which it may show a part."""

    __slots__ = ("__dict__", "__weakref__", "array", "owned")

    array: Any
    """All bytes, as an array."""
    owned: bool
    """Whether no tensor shows it, so that it may be resized."""

    is_sparse = is_sparse_csr = is_hpu = False

    def __init__(self, *given: Any, device: Any = None) -> None:
        self.owned = True
        content = sole("torch.UntypedStorage", given)
        if hasattr(content, "__index__"):
            made = np.empty(size_of(content), np.uint8)
        elif hasattr(content, "__iter__") and not isinstance(content, str):
            made = np.array(list(content), np.int64).astype(np.uint8)
        else:
            raise RuntimeError(
                f"torch.UntypedStorage(): Expected a sequence type of int, but got {type(content).__name__}"
            )
        self.array = made if device is None else move(made, make_device(device))

    @classmethod
    def of(cls, array: Any) -> Self:
        """The memory of which ``array`` shows a part."""
        found = object.__new__(cls)
        found.array, found.owned = all_bytes(array), False
        return found

    @classmethod
    def owning(cls, content: Any) -> Self:
        """What has this array of bytes for itself, or these ``bytes``."""
        found = cls(0)
        found.array = np.frombuffer(content, np.uint8).copy() if isinstance(content, bytes) else content
        return found

    @classmethod
    def from_buffer(
        cls,
        buffer: Any,
        byte_order: str | None = None,
        count: int = -1,
        offset: int = 0,
        *,
        dtype: Any = None,
    ) -> Self:
        """A copy of what a bytes-like object holds: ``count`` numbers of ``dtype`` (all, where that is
        negative) from the byte ``offset`` on, which lie there in ``byte_order``: ``"little"``, ``"big"`` or
        ``"native"``."""
        return cls.owning(read(buffer, dtype, byte_order, count, offset))

    @classmethod
    def from_file(cls, filename: Any, shared: bool = False, nbytes: int = 0) -> Self:
        """``nbytes`` bytes of a file: see :func:`mapped`."""
        found = cls.owning(mapped(filename, shared, nbytes))
        found.owned = False
        return found

    @property
    def filename(self) -> str | None:
        """The file that it shares; None of other memory."""
        own = self.array
        return str(own.filename) if isinstance(own, np.memmap) and own.mode == "r+" else None

    # what it is

    @property
    def device(self) -> device:
        """Where it is."""
        return device_of(self.array)

    @property
    def is_cuda(self) -> bool:
        """Whether it is in a GPU's memory."""
        return self.device.type == "cuda"

    def nbytes(self) -> int:
        """How many bytes it has."""
        return int(self.array.nbytes)

    def size(self) -> int:
        """How many bytes it has."""
        return self.nbytes()

    def __len__(self) -> int:
        return self.nbytes()

    def element_size(self) -> int:
        """Bytes per element: one."""
        return 1

    def data_ptr(self) -> int:
        """The address of its first byte; 0 where it has none."""
        return address(self.array) if self.array.size else 0

    @property
    def _cdata(self) -> int:
        return address(self.array)

    def get_device(self) -> int:
        """The number of its GPU; -1 on the host."""
        return -1 if self.device.index is None else self.device.index

    def resizable(self) -> bool:
        """Whether :meth:`resize_` may change it."""
        return self.owned

    def untyped(self) -> Self:
        """Itself."""
        return self

    def __eq__(self, other: object) -> bool:
        same = isinstance(other, UntypedStorage) and address(self.array) == address(other.array)
        return same and self.nbytes() == other.nbytes()  # type: ignore[attr-defined]  # it is one

    def __hash__(self) -> int:
        return hash(address(self.array))

    # its content

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            found = type(self)(0)
            found.array, found.owned = self.array[index], False
            return found
        return int(self.array[checked(index, len(self))])

    def __setitem__(self, index: Any, value: Any) -> None:
        memory.settle(self.array)
        self.array[index] = np.asarray(value).astype(np.uint8)
        memory.wrote(self.array)

    def __iter__(self) -> Iterator[int]:
        return iter(self.array.tolist())

    def tolist(self) -> list[int]:
        """Its bytes as numbers."""
        return list(self.array.tolist())

    def fill_(self, value: int) -> Self:
        """``value`` in each byte."""
        self[:] = value
        return self

    def copy_(self, source: "UntypedStorage", non_blocking: bool | None = None) -> Self:
        """The bytes of ``source``, which has as many."""
        if len(source) != len(self):
            raise RuntimeError(
                f"size does not match, self was {len(self)} bytes but src was {len(source)} bytes"
            )
        self[:] = source.array
        return self

    def clone(self) -> Self:
        """A copy."""
        return type(self).owning(self.array.tobytes())

    def cpu(self) -> Self:
        """Itself where it is on the host, else a copy there."""
        return self if isinstance(self.array, np.ndarray) else type(self).owning(self.array.get())

    def to(self, *, device: Any, non_blocking: bool = False) -> Self:
        """On ``device``; itself where it is there."""
        if make_device(device) == self.device:
            return self
        return type(self).of(move(self.array, make_device(device)))

    def cuda(self, device: Any = None, non_blocking: bool = False) -> Self:
        """In a GPU's memory."""
        return self.to(device="cuda" if device is None else device)

    def pin_memory(self, device: Any = None) -> Self:
        """NotImplementedError: pinned memory belongs to tensors."""
        raise NotImplementedError("pin_memory of a storage is not supported; use tensor.pin_memory()")

    def byteswap(self, dtype: Any) -> None:
        """The bytes of each number of ``dtype`` in reverse order, in place."""
        whole = self.array[: self.array.nbytes // dtype.itemsize * dtype.itemsize]
        self[: len(whole)] = whole.reshape(-1, dtype.itemsize)[:, ::-1].reshape(-1)

    def resize_(self, nbytes: SupportsIndex) -> Self:
        """Room for ``nbytes`` bytes; RuntimeError for the memory of a tensor: resize the tensor."""
        if size_of(nbytes) != len(self):
            if not self.owned:
                raise RuntimeError(f"{NOT_RESIZABLE}: it is a tensor's memory; use tensor.resize_(...)")
            room = np.empty(size_of(nbytes), np.uint8)
            kept = min(len(self), len(room))
            room[:kept] = self.array[:kept]
            self.array = room
        return self

    def is_shared(self) -> bool:
        """Whether forked processes write it together."""
        return is_shared(self.array)

    def share_memory_(self) -> Self:
        """Move it to memory that forked processes write together."""
        self.array = in_shared_memory(self.array)
        return self

    def is_pinned(self, device: Any = None) -> bool:
        """Always False: pinned memory belongs to tensors."""
        return False

    def type(self, dtype: Any = None, non_blocking: bool = False) -> Any:
        """The name of its type."""
        return "torch.UntypedStorage"

    def __sizeof__(self) -> int:
        return object.__sizeof__(self) + self.nbytes()

    def __copy__(self) -> Self:
        return self.clone()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        found: Self = memo.setdefault(id(self), type(self).of(copied(self.array, memo)))
        return found

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self).owning, (self.array.tobytes(),))

    def __repr__(self) -> str:
        lines = "\n".join(f" {value}" for value in self.array.tolist())
        return f"{lines}\n[torch.storage.UntypedStorage(device={self.device}) of size {len(self)}]"


def checked(index: Any, size: int) -> int:
    place = size_of(index)
    if not -size <= place < size:
        raise IndexError(f"index {place} out of range for storage of size {size}")
    return place
