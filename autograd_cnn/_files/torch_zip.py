"""Reading PyTorch's ``.pt`` and ``.pth`` zip files without PyTorch, and without executing anything.

Such a file is a zip archive of one pickle (``data.pkl``), which names storages, and one entry of raw bytes
per storage. The pickle is not unpickled: a small machine here follows the few opcodes that tensors and plain
containers need. Names of classes and functions are only compared with a list; nothing is looked up, imported
or called. Everything else is refused by its name.
"""

import math
import pickletools
import zipfile
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from .._engine.size import Size
from .._tensor import Tensor, lift
from ._zip_entries import ZIP_ERRORS, entry_of
from ._zip_entries import RefusedError as RefusedError
from .placement import Place
from .structure import as_kept

_STORAGES: dict[str, np.dtype[Any]] = {
    "FloatStorage": np.dtype("<f4"),
    "DoubleStorage": np.dtype("<f8"),
    "HalfStorage": np.dtype("<f2"),
    "LongStorage": np.dtype("<i8"),
    "IntStorage": np.dtype("<i4"),
    "ShortStorage": np.dtype("<i2"),
    "CharStorage": np.dtype("<i1"),
    "ByteStorage": np.dtype("<u1"),
    "BoolStorage": np.dtype("?"),
}
_ROOM = 2**24
"""How many bytes more than four times the file's all tensors may have: several may show one storage, and an
expanded one each of its elements often, but a small file must not ask for much memory."""
_OBJECT = 256
"""Bytes that a tensor or a counter has beside its data, about."""


class _Name(NamedTuple):
    """A name that the pickle mentions; never looked up."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


class _Storage(NamedTuple):
    """A block of elements in the archive."""

    dtype: np.dtype[Any]
    key: str
    size: int
    location: str


class _Mark:
    """Where a group of stack entries begins."""


_MARK = _Mark()


def read(file: BinaryIO, size: int, place: Place) -> Any:
    """The object in a PyTorch zip file of ``size`` bytes: dicts, lists and tuples with numbers, strings and
    tensors.

    Each tensor is made on the CPU, where those of one storage share its memory, and is then what ``place``
    makes of it.
    """
    try:
        archive = zipfile.ZipFile(file)
    except ZIP_ERRORS as error:
        raise RefusedError(f"it is no readable zip archive ({error})") from error
    with archive:
        names = {info.filename: info for info in archive.infolist()}
        if len(names) != len(archive.infolist()):
            raise RefusedError("two entries of the archive have the same name")
        if any(info.compress_type != zipfile.ZIP_STORED for info in names.values()):
            raise RefusedError("its entries are compressed, which PyTorch never does")
        if sum(info.file_size for info in names.values()) > size:
            raise RefusedError("its entries overlap: they are larger than the file")
        pickles = [name for name in names if name.endswith("/data.pkl")]
        if len(pickles) != 1:
            raise RefusedError("there is not exactly one data.pkl in it; it was not written by torch.save")
        root = pickles[0][: -len("data.pkl")]
        order = entry_of(archive, names, root + "byteorder", optional=True)
        if order not in (b"", b"little"):
            raise RefusedError(
                f"its byte order is {order.decode(errors='replace')}; only little endian is read"
            )
        machine = _Machine(lambda key: entry_of(archive, names, f"{root}data/{key}"), 4 * size + _ROOM)
        found = machine.run(entry_of(archive, names, pickles[0]))
    for tensor, location in machine.made:  # a user's function may be asked: its errors are no damage
        if (placed := place(tensor, location)) is not tensor:
            tensor.data = placed
    return found


class _Machine:
    """Follows a pickle's opcodes as far as tensors and plain containers need them."""

    def __init__(
        self,
        storage_bytes: Callable[[str], bytes],
        room: int,
    ) -> None:
        self._bytes, self._room = storage_bytes, room
        self.made: list[tuple[Tensor, str]] = []
        self._storages: dict[str, np.ndarray[Any, Any]] = {}
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def run(self, pickle: bytes) -> Any:
        """The object that the pickle describes."""
        try:
            for opcode, argument, _ in pickletools.genops(
                pickle
            ):  # a ValueError where it does not end with STOP
                if opcode.name != "STOP":
                    self._step(opcode.name, argument)
            return self._finished()
        except RefusedError:
            raise
        except (IndexError, KeyError, TypeError, ValueError, OverflowError, StopIteration) as error:
            raise RefusedError(f"its data.pkl is damaged ({type(error).__name__}: {error})") from error

    def _finished(self) -> Any:
        result = self._stack.pop()
        for value in self._walk(result):
            if isinstance(value, (_Name, _Storage, _Mark)):
                raise RefusedError(f"it holds {value}, which is neither a tensor nor a plain container")
        return result

    @staticmethod
    def _walk(value: Any) -> list[Any]:
        """Every value inside ``value``, each container once."""
        found, seen, waiting = [], set(), [value]
        while waiting:
            part = waiting.pop()
            found.append(part)
            if (
                isinstance(part, (dict, list, tuple, set))
                and id(part) not in seen
                and not isinstance(part, (_Name, _Storage))
            ):
                seen.add(id(part))
                waiting += [*part.keys(), *part.values()] if isinstance(part, dict) else list(part)
        return found

    def _step(self, name: str, argument: Any) -> None:
        stack = self._stack
        if name in _CONSTANTS:
            stack.append(_CONSTANTS[name]())
        elif name in _LITERALS:
            stack.append(argument)
        elif name in ("BINPUT", "LONG_BINPUT", "PUT"):
            self._memo[argument] = stack[-1]
        elif name == "MEMOIZE":
            self._memo[len(self._memo)] = stack[-1]
        elif name in ("BINGET", "LONG_BINGET", "GET"):
            stack.append(self._memo[argument])
        elif name == "GLOBAL":
            stack.append(_Name(*argument.split(" ", 1)))
        elif name == "STACK_GLOBAL":
            last, module = stack.pop(), stack.pop()
            stack.append(_Name(str(module), str(last)))
        elif name in _ACTIONS:
            _ACTIONS[name](self)
        elif name not in ("PROTO", "FRAME"):
            raise RefusedError(
                f"it uses the pickle operation {name}, which tensors and plain containers do not need"
            )

    def _since_mark(self) -> list[Any]:
        place = next(i for i in reversed(range(len(self._stack))) if self._stack[i] is _MARK)
        values = self._stack[place + 1 :]
        del self._stack[place:]
        return values

    def _tuple(self, count: int) -> None:
        values = tuple(self._stack[len(self._stack) - count :])
        if len(values) != count:
            raise RefusedError("its data.pkl is damaged (the stack is too short)")
        del self._stack[len(self._stack) - count :]
        self._stack.append(values)

    def _set_items(self, pairs: list[Any]) -> None:
        target = self._stack[-1]
        if not isinstance(target, dict):
            raise RefusedError(f"it sets items of {type(target).__name__}")
        target.update(_paired(pairs))

    def _append(self, values: list[Any]) -> None:
        target = self._stack[-1]
        if not isinstance(target, list):
            raise RefusedError(f"it appends to {type(target).__name__}")
        target.extend(values)

    def _persistent(self) -> None:
        """A storage: ('storage', type, key, location, number of elements)."""
        kind, storage, key, location, size = self._stack.pop()
        if (
            kind != "storage"
            or not isinstance(storage, _Name)
            or storage.module != "torch"
            or not isinstance(size, int)
        ):
            raise RefusedError(f"it refers to {kind!r} of {storage}, not to a storage")
        if storage.name not in _STORAGES:
            raise RefusedError(f"it holds a {storage}; only {', '.join(_STORAGES)} are read")
        self._stack.append(_Storage(_STORAGES[storage.name], str(key), size, str(location)))

    def _reduce(self) -> None:
        arguments, function = self._stack.pop(), self._stack.pop()
        if (
            not isinstance(function, _Name)
            or not isinstance(arguments, tuple)
            or str(function) not in _BUILDERS
        ):
            raise RefusedError(
                f"it calls {function}, which is neither a tensor nor a plain container; nothing was executed"
            )
        self._stack.append(_BUILDERS[str(function)](self, *arguments))

    def _build(self) -> None:
        """Attributes of an object: PyTorch hangs ``_metadata`` on a state dict."""
        attributes, target = self._stack.pop(), self._stack[-1]
        if not isinstance(target, OrderedDict):
            raise RefusedError(f"it sets the state of {type(target).__name__}")
        if isinstance(attributes, dict) and isinstance(attributes.get("_metadata"), dict):
            state: Any = target
            state._metadata = attributes["_metadata"]

    def _spend(self, count: int, what: str) -> None:
        self._room -= count + _OBJECT
        if self._room < 0:
            raise RefusedError(
                f"its objects show the same bytes many times over: no memory is given to {what}"
            )

    def _tensor(self, storage: Any, offset: Any, size: Any, stride: Any, *rest: Any) -> Tensor:
        if not isinstance(storage, _Storage):
            raise RefusedError("a tensor in it has no storage")
        if len(rest) > 2 and rest[2]:
            raise RefusedError(
                f"a tensor in it is to be read as {', '.join(map(str, rest[2]))} of its storage; save "
                "x.resolve_neg().resolve_conj()"
            )
        numbers = (offset, *size, *stride)
        if len(size) != len(stride) or any(not isinstance(n, int) or n < 0 for n in numbers):
            raise RefusedError(f"a tensor in it has size {size}, stride {stride} and offset {offset}")
        elements = self._elements(storage)
        last = (
            offset + sum((n - 1) * s for n, s in zip(size, stride, strict=True))
            if math.prod(size)
            else offset
        )
        if last >= len(elements) + (math.prod(size) == 0):
            raise RefusedError(
                f"a tensor in it of size {size} and stride {stride} reaches beyond its storage of "
                f"{len(elements)} elements"
            )
        item = elements.itemsize
        self._spend(math.prod(size) * item, f"a tensor of size {size}")
        view = np.ndarray(size, elements.dtype, elements, offset * item, [s * item for s in stride])
        tensor = lift(view, None)
        self.made.append((tensor, storage.location))
        return as_kept(tensor, "Tensor", bool(rest[:1] == (True,)))

    def _parameter(self, data: Any, requires_grad: Any, *_: Any) -> Tensor:
        if not isinstance(data, Tensor):
            raise RefusedError("a parameter in it is no tensor")
        if requires_grad and not data.is_floating_point():
            raise RefusedError(f"a parameter in it of dtype {data.dtype!r} wants a gradient")
        made = as_kept(data, "Parameter", bool(requires_grad))
        place = next(i for i in reversed(range(len(self.made))) if self.made[i][0] is data)
        self.made[place] = (made, self.made[place][1])
        return made

    def _elements(self, storage: _Storage) -> np.ndarray[Any, Any]:
        if storage.key not in self._storages:
            raw = self._bytes(storage.key)
            if len(raw) != storage.size * storage.dtype.itemsize:
                raise RefusedError(
                    f"storage {storage.key} should have {storage.size} elements of {storage.dtype}, "
                    f"but has {len(raw)} bytes"
                )
            self._storages[storage.key] = np.frombuffer(raw, storage.dtype).copy()
        found = self._storages[storage.key]
        if found.dtype != storage.dtype:
            raise RefusedError(f"storage {storage.key} is used as {found.dtype} and as {storage.dtype}")
        return found

    def _ordered(self) -> "OrderedDict[Any, Any]":
        return OrderedDict()

    def _counter(self, counts: Any) -> "Counter[Any]":
        self._spend(64 * len(counts), f"a counter of {len(counts)}")
        return Counter(dict(counts))

    def _size(self, sizes: Any) -> Size:
        if not isinstance(sizes, tuple) or len(sizes) > 64:
            raise RefusedError("a torch.Size in it is not made of a few numbers")
        return Size(sizes)


def _paired(values: list[Any]) -> dict[Any, Any]:
    """A dict of keys and values in turn. Keys are looked into one level deep: the hash of tuples within
    tuples may take for ever."""
    for key in values[::2]:
        if (
            any(isinstance(part, tuple) for part in key)
            if isinstance(key, tuple)
            else isinstance(key, Tensor)
        ):
            raise RefusedError("a key in it is a tensor, or holds tuples within a tuple")
    return dict(zip(values[::2], values[1::2], strict=True))


_CONSTANTS: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
    "EMPTY_SET": set,
    "MARK": lambda: _MARK,
}
_LITERALS = frozenset(
    [
        "BININT",
        "BININT1",
        "BININT2",
        "INT",
        "LONG",
        "LONG1",
        "LONG4",
        "BINFLOAT",
        "FLOAT",
        "UNICODE",
        "BINUNICODE",
        "SHORT_BINUNICODE",
        "BINUNICODE8",
        "BINBYTES",
        "SHORT_BINBYTES",
        "BINBYTES8",
    ]
)
_ACTIONS: dict[str, Callable[[_Machine], None]] = {
    "POP": lambda m: m._stack.pop() and None,
    "TUPLE": lambda m: m._stack.append(tuple(m._since_mark())),
    "TUPLE1": lambda m: m._tuple(1),
    "TUPLE2": lambda m: m._tuple(2),
    "TUPLE3": lambda m: m._tuple(3),
    "LIST": lambda m: m._stack.append(m._since_mark()),
    "DICT": lambda m: m._stack.append(_paired(m._since_mark())),
    "APPEND": lambda m: m._append([m._stack.pop()]),
    "APPENDS": lambda m: m._append(m._since_mark()),
    "SETITEM": lambda m: m._set_items([m._stack.pop(-2), m._stack.pop()]),
    "SETITEMS": lambda m: m._set_items(m._since_mark()),
    "BINPERSID": _Machine._persistent,
    "REDUCE": _Machine._reduce,
    "BUILD": _Machine._build,
}
_BUILDERS: dict[str, Callable[..., Any]] = {
    "collections.OrderedDict": _Machine._ordered,
    "collections.Counter": _Machine._counter,
    "torch._utils._rebuild_tensor_v2": _Machine._tensor,
    "torch._utils._rebuild_parameter": _Machine._parameter,
    "torch.Size": _Machine._size,
}
