"""The nesting of what is saved, as JSON and back.

Scalars stand as they are, all else as an object of one key that names its kind. Objects are kept as the
import path of their class and what they hold; whether a path may be used is asked of :mod:`.safe_globals`.
"""

import base64
import json
import math
import pickle
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np

from .._devices.device import device
from .._engine.dtypes import as_dtype, dtype
from .._engine.handle import Handle
from .._engine.size import Size
from .._engine.storage import UntypedStorage
from .._engine.typed_storage import TypedStorage
from .._tensor import Tensor
from .errors import FileFormatError
from .safe_globals import Lookup, imported, path_of

_DEEPEST = 100
"""How many containers may stand within each other."""
_TENSORS = "autograd_cnn.nn.parameter"
"""Where the Tensor's own subclasses stand, which a file may name."""

_SEQUENCES: dict[str, Callable[[list[Any]], Any]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "size": Size,
    "slice": lambda parts: slice(*parts),
    "range": lambda parts: range(*parts),
    "complex": lambda parts: complex(*parts),
}
_TABLES: dict[str, Callable[[dict[Any, Any]], Any]] = {
    "dict": dict,
    "ordered": OrderedDict,
    "counter": Counter,
}
_TEXTS: dict[str, Callable[[str], Any]] = {
    "bytes": base64.b64decode,
    "bytearray": lambda text: bytearray(base64.b64decode(text)),
    "dtype": as_dtype,
    "device": device,
}


class Encoder:
    """Takes arrays out of what is to be saved, under readable names, and tells the nesting."""

    def __init__(self, storable: Callable[[Any, str], Any]) -> None:
        self.arrays: dict[str, Any] = {}
        self._storable = storable
        self._names: dict[int, str] = {}
        self._objects: dict[int, int] = {}
        self._within: list[int] = []
        self._held: list[Any] = []
        """What identities were noted of: they stay theirs."""

    def encode(self, value: Any, path: tuple[str, ...] = ()) -> Any:
        """``value``, which stands at ``path``, as JSON."""
        where = ".".join(path) or "the object"
        if isinstance(value, Handle):
            return self._tensor(value, path, where)
        if value is None or isinstance(value, (bool, str)):
            return value
        if isinstance(value, np.generic):
            return {"number": [value.dtype.name, self.encode(value.item(), path)]}
        if isinstance(value, int):
            if value.bit_length() > 13_287:  # Python reads numbers of up to 4300 digits from text
                raise ValueError(f"cannot save {where}: it is a number of more than 4000 digits")
            return int(value)
        if isinstance(value, float):
            return float(value) if math.isfinite(value) else {"float": repr(float(value))}
        if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
            return {"array": self._name(value, value, path, where)}
        if isinstance(value, (UntypedStorage, TypedStorage)):
            kind = value.dtype.name if isinstance(value, TypedStorage) else None
            return {"storage": [self._name(value, value.array, path, where), kind]}
        for kind, text in _texts(value):
            return {kind: text}
        if id(value) in self._objects:
            return {"again": self._objects[id(value)]}
        if id(value) in self._within or len(self._within) >= _DEEPEST:
            raise ValueError(
                f"cannot save {where}: it contains itself, or is nested more than {_DEEPEST} deep"
            )
        self._within.append(id(value))
        coded = self._container(value, path, where)
        self._within.pop()
        return coded

    def _tensor(self, value: Any, path: tuple[str, ...], where: str) -> Any:
        name, kind = self._name(value, value.array, path, where), type(value)
        attributes = dict(value.__dict__)
        if kind is Tensor and not value.requires_grad and not attributes:
            return {"tensor": name}
        if kind is not Tensor and kind.__module__ != _TENSORS:
            raise TypeError(f"cannot save {where}: it is a {kind.__name__}; save its .data")
        parts = [name, kind.__name__, value.requires_grad, self.encode(attributes, path)]
        return {"kept": parts}

    def _name(self, value: Any, array: Any, path: tuple[str, ...], where: str) -> str:
        if id(value) not in self._names:
            name = ".".join(path) or "tensor"
            while name in self.arrays or name == "__metadata__":
                name += "_"
            if not name.isprintable() and name != name.encode(errors="replace").decode():
                raise ValueError(
                    f"cannot save {where!a}: a file's names are UTF-8, which has no lone surrogates"
                )
            self.arrays[name] = self._storable(array, where)
            self._names[id(value)] = name
            self._held.append(value)
        return self._names[id(value)]

    def _container(self, value: Any, path: tuple[str, ...], where: str) -> Any:
        if isinstance(value, OrderedDict) and hasattr(value, "_metadata"):
            pairs = self._pairs(value, path, where)
            return {"state": [pairs, self.encode(value._metadata, (*path, "_metadata"))]}
        if isinstance(value, defaultdict):
            factory = self.encode(value.default_factory, (*path, "default_factory"))
            return {"defaultdict": [factory, self._pairs(value, path, where)]}
        for kind, table in (("counter", Counter), ("ordered", OrderedDict), ("dict", dict)):
            if isinstance(value, table):
                return {kind: self._pairs(value, path, where)}
        parts = _parts(value)
        if parts is not None:
            kind, elements = parts
            return {kind: [self.encode(part, (*path, str(i))) for i, part in enumerate(elements)]}
        return self._object(value, path, where)

    def _pairs(self, table: Any, path: tuple[str, ...], where: str) -> list[Any]:
        pairs = []
        for key, part in table.items():
            if not isinstance(key, (str, int, float, tuple)) and key is not None:
                raise TypeError(
                    f"cannot save {where}: a key is a {type(key).__name__}; keys are strings, numbers, None, "
                    "or tuples of them"
                )
            pairs.append([self.encode(key, path), self.encode(part, (*path, str(key)))])
        return pairs

    def _object(self, value: Any, path: tuple[str, ...], where: str) -> Any:
        if isinstance(value, type) or (callable(value) and hasattr(value, "__qualname__")):
            if imported(path_of(value)) is not value:
                raise pickle.PicklingError(
                    f"Can't pickle {value!r}: attribute lookup {value.__qualname__} on {value.__module__} "
                    f"failed ({where} is kept as the path by which it is imported, and has none)"
                )
            return {"name": path_of(value)}
        kind = type(value)
        if not hasattr(value, "__dict__") or kind.__module__ == "builtins":
            raise TypeError(
                f"cannot save {where}: it is a {kind.__name__}; a file holds tensors, arrays, numbers, "
                "strings, None, containers of them, and objects by their class and attributes"
            )
        if imported(path_of(kind)) is not kind:
            raise pickle.PicklingError(
                f"Can't pickle local object {kind.__qualname__!r} of {where}: its class is kept as the path "
                "by which it is imported, and has none; save its state_dict()"
            )
        self._objects[id(value)] = number = len(self._objects)
        self._held.append(value)
        own = kind.__getstate__ is not object.__getstate__
        state = value.__getstate__() if own else dict(value.__dict__)
        return {"object": [number, path_of(kind), self.encode(state, path)]}


def _texts(value: Any) -> list[tuple[str, str]]:
    """Its kind and text, of what is written as text."""
    if isinstance(value, (bytes, bytearray)):
        return [(type(value).__name__, base64.b64encode(value).decode())]
    if isinstance(value, dtype):
        return [("dtype", value.name)]
    return [("device", str(value))] if isinstance(value, device) else []


def _parts(value: Any) -> tuple[str, Any] | None:
    """Its kind and elements, of what is a sequence of some kind."""
    for kind, known in (
        ("size", Size),
        ("list", list),
        ("tuple", tuple),
        ("frozenset", frozenset),
        ("set", set),
    ):
        if isinstance(value, known):
            return kind, value
    if isinstance(value, (slice, range)):
        return type(value).__name__, (value.start, value.stop, value.step)
    return ("complex", (value.real, value.imag)) if isinstance(value, complex) else None


class Decoder:
    """Puts together again what :class:`Encoder` took apart."""

    def __init__(self, tensors: dict[str, Any], lookup: Lookup) -> None:
        self._tensors, self._lookup = tensors, lookup
        self._kept: dict[str, Any] = {}
        self._objects: dict[int, Any] = {}

    def restore(self, text: str) -> Any:
        """What ``text`` tells; FileFormatError where it does not fit the tensors."""
        try:
            return self._decode(json.loads(text, object_pairs_hook=no_duplicates))
        except FileFormatError:
            raise
        except (ValueError, RecursionError) as error:
            raise FileFormatError("the structure in the header is not JSON") from error

    def _decode(self, coded: Any) -> Any:
        if coded is None or isinstance(coded, (bool, int, float, str)):
            return coded
        if not isinstance(coded, dict) or len(coded) != 1:
            raise FileFormatError("the structure in the header is not one that this library writes")
        ((kind, content),) = coded.items()
        try:
            return self._of_kind(kind, content)
        except FileFormatError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise FileFormatError(
                f"the structure in the header does not fit the tensors: bad {kind}"
            ) from error

    def _of_kind(self, kind: str, content: Any) -> Any:
        if kind == "tensor":
            return self._tensors[content]
        if kind == "array":
            return self._tensors[content].array
        if kind == "float" and content in ("nan", "inf", "-inf"):
            return float(content)
        if kind == "number":
            name, value = content
            return np.dtype(name).type(self._decode(value))
        if kind in _TEXTS and isinstance(content, str):
            return _TEXTS[kind](content)
        if kind == "name" and isinstance(content, str):
            return self._lookup(content)
        if kind == "again":
            return self._objects[content]
        if not isinstance(content, list):
            raise FileFormatError(
                f"the structure in the header has an unknown kind {kind!r}, or no list in it"
            )
        if kind in _TABLES:
            return _TABLES[kind](self._table(content))
        if kind in _SEQUENCES:
            return _SEQUENCES[kind]([self._decode(part) for part in content])
        if kind == "state":
            state: Any = OrderedDict(self._table(content[0]))
            state._metadata = self._decode(content[1])
            return state
        if kind == "defaultdict":
            return defaultdict(self._decode(content[0]), self._table(content[1]))
        if kind == "storage":
            untyped = UntypedStorage.of(self._tensors[content[0]].array)
            return untyped if content[1] is None else TypedStorage.of(untyped, as_dtype(content[1]))
        if kind == "kept":
            return self._kept_tensor(*content)
        if kind == "object":
            return self._object(*content)
        raise FileFormatError(f"the structure in the header has an unknown kind {kind!r}")

    def _table(self, pairs: list[Any]) -> dict[Any, Any]:
        if not all(isinstance(pair, list) for pair in pairs):
            raise FileFormatError("the structure in the header has a table that is not made of pairs")
        return no_duplicates([(self._decode(key), self._decode(part)) for key, part in pairs])

    def _kept_tensor(self, name: str, kind: str, requires_grad: bool, attributes: Any) -> Any:
        if name not in self._kept:
            self._kept[name] = made = as_kept(self._tensors[name], kind, bool(requires_grad))
            made.__dict__.update(self._decode(attributes))
        return self._kept[name]

    def _object(self, number: int, path: str, state: Any) -> Any:
        kind = self._lookup(path)
        if not isinstance(kind, type):
            raise FileFormatError(f"the structure in the header has an object of {path}, which is no class")
        made: Any
        self._objects[number] = made = object.__new__(kind)
        held = self._decode(state)
        if hasattr(kind, "__setstate__"):
            made.__setstate__(held)
        else:
            made.__dict__.update(held)
        return made


def as_kept(tensor: Tensor, kind: str, requires_grad: bool) -> Tensor:
    """A tensor as a leaf that wants a gradient, or none; a parameter or a buffer where the program has
    these."""
    wanted = requires_grad and tensor.is_floating_point()
    for known in Tensor.__subclasses__():
        if known.__name__ == kind and known.__module__ == _TENSORS:
            return known._sharing(tensor.array, wanted)
    return tensor.requires_grad_() if wanted else tensor


def no_duplicates(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    """A table of ``pairs``; ValueError where a name stands twice."""
    table = dict(pairs)
    if len(table) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the name {next(n for n in names if names.count(n) > 1)!r} stands twice")
    return table
