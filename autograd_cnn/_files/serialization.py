"""``save`` and ``load``: tensors and nested state as safetensors files. Nothing is ever unpickled.

A file holds the tensors under readable names (a state dict under its own keys, so that other programs read
it), and in its ``__metadata__`` two strings: ``autograd_cnn.structure``, the nesting as JSON, and
``autograd_cnn.sha256``, the checksum of the whole file with zeros in the checksum's place; and where tensors
share memory a third, ``autograd_cnn.shared``, that says how. Files of other writers have none and load as a
flat dict.

The format: https://huggingface.co/docs/safetensors (eight bytes of header length, a JSON header, the data).
"""

import hashlib
import io
import json
import math
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import numpy as np

from .._devices.device import CPU
from .._devices.transfer import move
from .._tensor import tensor_of
from . import torch_zip
from .atomic import write_to
from .errors import EmptyFileError, FileFormatError, NoFileError, NoFolderError
from .placement import placing
from .safe_globals import known, trusted
from .shared_memory import groups_of, joined
from .structure import Decoder, Encoder, no_duplicates

_STRUCTURE, _CHECKSUM = "autograd_cnn.structure", "autograd_cnn.sha256"
_SHARED = "autograd_cnn.shared"
_UNKNOWN = "0" * 64
_HEADER_LIMIT = 100_000_000
_LARGE_HEADER = 4096
_DTYPES: dict[str, np.dtype[Any]] = {
    "F64": np.dtype(np.float64),
    "F32": np.dtype(np.float32),
    "F16": np.dtype(np.float16),
    "I64": np.dtype(np.int64),
    "I32": np.dtype(np.int32),
    "I16": np.dtype(np.int16),
    "I8": np.dtype(np.int8),
    "U8": np.dtype(np.uint8),
    "BOOL": np.dtype(np.bool_),
}


def save(
    obj: Any,
    f: "str | os.PathLike[str] | BinaryIO",
    pickle_module: Any = None,
    pickle_protocol: int = 2,
    _use_new_zipfile_serialization: bool = True,
    _disable_byteorder_record: bool = False,
) -> None:
    """Write ``obj`` to the file ``f``, which holds the old or the new content at every moment, never a part.

    ``obj``: tensors, arrays, numbers, strings, None, containers of them, nested, and objects, such as
    modules, of which the import path of their class and their attributes are kept. Anything else is a
    TypeError that says where it stands; what has no import path (a lambda, a local class) a
    ``pickle.PicklingError``.
    Tensors are saved without their graph, from any device; they load on the CPU, and those that share memory
    do so again. ``f`` may be an open binary file too, such as ``io.BytesIO()``, which is written at once. No
    file is a pickle: the arguments about that are accepted and change nothing.
    """
    if isinstance(f, (str, os.PathLike)):
        folder = os.path.dirname(os.path.abspath(os.fsdecode(f)))
        if not os.path.isdir(folder):
            raise NoFolderError(f"Parent directory {folder} does not exist.")
    encoder = Encoder(_storable)
    structure = encoder.encode(obj)
    metadata = {_STRUCTURE: json.dumps(structure, separators=(",", ":"))}
    if shared := groups_of(encoder.arrays):
        metadata[_SHARED] = shared
    write_to(f, _pack({name: _plain(array) for name, array in encoder.arrays.items()}, metadata))


def load(
    f: "str | os.PathLike[str] | BinaryIO",
    map_location: Any = None,
    pickle_module: Any = None,
    *,
    weights_only: bool | None = None,
    mmap: bool | None = None,
    **pickle_load_args: Any,
) -> Any:
    """What :func:`save` wrote to ``f``, the tensors of another program's safetensors file as a dict, or what
    PyTorch saved.

    PyTorch's zip files (``.pt``, ``.pth``) are read where they hold tensors and plain containers; nothing in
    them is executed, and anything else is refused by its name. Tensors get fresh memory on ``map_location``
    (the CPU by default); there they share memory where they did, and want a gradient where they did.
    ``map_location`` may also be a dict from the devices that PyTorch noted to others, or a function of a
    storage, on which ``cuda()`` may be called, and of that device. ``f`` may be an open binary file too.

    Objects such as modules are made where their class is allowed: by
    ``serialization.add_safe_globals([Net])``, or, with ``weights_only=False``, where the program has imported
    it already; see :mod:`.safe_globals`. Nothing is imported, and no constructor is called; UnpicklingError
    names a class that is not allowed. ``mmap`` and what is about pickles are accepted and change nothing.

    Raises FileFormatError where the file is damaged or no safetensors file, OSError where it can't be read.
    """
    if mmap and not isinstance(f, (str, os.PathLike)):
        raise ValueError("f must be a file path in order to use the mmap argument")
    placed = placing(map_location)
    with _opened(f) as (name, file, size):
        try:
            start = file.read(8)
            file.seek(0)
            if not start:
                raise EmptyFileError("Ran out of input: it is cut off: 0 bytes")
            announced = int.from_bytes(
                start, "little"
            )  # of a safetensors file, the length of its header; of others, a huge number
            if start[:4] == b"PK\x03\x04" and announced > size:
                return torch_zip.read(file, size, placed)
            if start[:1] == b"\x80" and announced > size:
                raise FileFormatError(
                    "it is a bare pickle, which could run any program, and is never read; write it "
                    "again with torch.save of PyTorch 1.6 or later"
                )
            metadata, arrays = _unpack(file, size)
            tensors: dict[str, Any] = {key: placed(tensor_of(array), "cpu") for key, array in arrays.items()}
            if _STRUCTURE not in metadata:
                return tensors
            return Decoder(tensors, trusted if weights_only is False else known).restore(metadata[_STRUCTURE])
        except EmptyFileError as error:
            raise EmptyFileError(f"{name}: {error}") from None
        except (FileFormatError, torch_zip.RefusedError) as error:
            raise FileFormatError(f"{name}: {error}") from None


@contextmanager
def _opened(f: Any) -> "Iterator[tuple[str, BinaryIO, int]]":
    """The name that messages say, the file, and its size. What has no size, such as a pipe, is not waited
    for."""
    if not isinstance(f, (str, bytes, os.PathLike)):
        data = f.read() if hasattr(f, "read") else None
        if not isinstance(data, bytes):
            raise NoFileError(
                f"{type(f).__name__!r} object has no attribute 'read' that gives bytes: the file to read "
                "must be a path or a binary file"
            )
        yield str(getattr(f, "name", type(f).__name__)), io.BytesIO(data), len(data)
        return
    name = os.fsdecode(f)
    mode = os.stat(name).st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise FileFormatError(
            f"{name}: it is a pipe or a device, not a file; read it yourself, and give "
            "io.BytesIO(what you read)"
        )
    with open(name, "rb") as file:
        yield name, file, os.fstat(file.fileno()).st_size


def _storable(array: Any, where: str) -> Any:
    if array.dtype not in _DTYPES.values():
        raise TypeError(f"cannot save {where}: its dtype {array.dtype} has no place in a safetensors file")
    return array


def _plain(array: Any) -> np.ndarray[Any, Any]:
    return np.asarray(move(array, CPU), order="C")


# the bytes


def _pack(arrays: dict[str, np.ndarray[Any, Any]], metadata: dict[str, str]) -> bytes:
    from safetensors.numpy import save as pack  # where it is used: importing the package stays light

    metadata = {_CHECKSUM: _UNKNOWN, **metadata}
    data = pack(arrays, metadata)
    # It writes them in any order; the same state is the same bytes.
    coded = [f'"{name}":{json.dumps(text)}'.encode() for name, text in metadata.items()]
    begin = min(data.index(entry) for entry in coded)
    whole = b",".join(coded)
    if data[begin : begin + len(whole)].count(b'"') != whole.count(b'"'):
        raise AssertionError("safetensors writes metadata in a way that is not known here")
    data = data[:begin] + whole + data[begin + len(whole) :]
    at = data.index(coded[0]) + len(_CHECKSUM) + 4
    digest = hashlib.sha256(data).hexdigest().encode()
    return data[:at] + digest + data[at + len(digest) :]


def _unpack(file: BinaryIO, size: int) -> tuple[dict[str, str], dict[str, np.ndarray[Any, Any]]]:
    """The metadata and the arrays of a safetensors file, every one checked; the data are read where the
    header fits them."""
    from safetensors import SafetensorError, deserialize

    head = _head(file, size)
    if len(head) > _LARGE_HEADER:
        # its reader knows the types beforehand: hostile JSON costs it no memory, and ours twenty times the
        # file
        try:
            deserialize(head)
        except SafetensorError as error:
            if "invalid JSON" in str(error):
                raise FileFormatError(
                    "not a safetensors file, or damaged: its header is not JSON of the format "
                    f"({error!s:.200})"
                ) from error
    header = _header(head)
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(text, str) for text in metadata.values()):
        raise FileFormatError("__metadata__ in the header is not a table of strings")
    _check_entries(header, size - len(head))
    file.seek(0)
    data = file.read()
    if len(data) != size or data[: len(head)] != head:
        raise FileFormatError("it was written while it was read")
    if _CHECKSUM in metadata or _STRUCTURE in metadata:
        _verify(data, metadata.get(_CHECKSUM, ""))
    try:
        parts = deserialize(data)
    except SafetensorError as error:
        raise FileFormatError(f"not a safetensors file: {error}") from error
    content: dict[str, Any] = dict(parts)
    arrays = {
        name: np.frombuffer(content[name]["data"], _DTYPES[entry["dtype"]]).reshape(entry["shape"])
        for name, entry in header.items()
    }
    try:
        return metadata, joined(metadata[_SHARED], arrays) if _SHARED in metadata else arrays
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError) as error:
        raise FileFormatError(
            f"what the header says of shared memory does not fit the tensors: {error}"
        ) from error


def _head(file: BinaryIO, size: int) -> bytes:
    """What comes before the data."""
    start = file.read(8)
    length = int.from_bytes(start, "little")
    if len(start) < 8 or length > size - 8 or length > _HEADER_LIMIT:
        raise FileFormatError(
            f"not a safetensors file, or cut off: {size} bytes, a header of {length} announced"
        )
    return start + file.read(length)


def _header(head: bytes) -> dict[str, Any]:
    if head[8:9] != b"{":
        raise FileFormatError("not a safetensors file, or damaged: its header does not begin with '{'")
    try:
        header = json.loads(str(memoryview(head)[8:], "utf-8"), object_pairs_hook=no_duplicates)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise FileFormatError("not a safetensors file, or damaged: its header is not JSON") from error
    except ValueError as error:
        raise FileFormatError(f"the header is damaged: {error}") from error
    if not isinstance(header, dict):
        raise FileFormatError("not a safetensors file: its header is not a table")
    return header


def _check_entries(header: dict[str, Any], size: int) -> None:
    """Each tensor's dtype, shape and place; together they cover the data without a gap or an overlap."""
    ends: list[tuple[int, int, str]] = []
    for name, entry in header.items():
        if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
            raise FileFormatError(
                f"tensor {name!r}: its entry in the header is not dtype, shape and data_offsets"
            )
        shape, offsets = entry["shape"], entry["data_offsets"]
        if not isinstance(entry["dtype"], str) or entry["dtype"] not in _DTYPES:
            raise FileFormatError(
                f"tensor {name!r}: dtype {entry['dtype']!r} is not supported; supported are "
                f"{', '.join(_DTYPES)}"
            )
        if not _naturals(shape) or not _naturals(offsets) or len(offsets) != 2 or len(shape) > 32:
            raise FileFormatError(
                f"tensor {name!r}: shape {shape!s:.200} or data_offsets {offsets!s:.200} are not "
                "natural numbers, or too many"
            )
        begin, end = offsets
        needed = math.prod(shape) * _DTYPES[entry["dtype"]].itemsize
        if end - begin != needed or end > size:
            raise FileFormatError(
                f"tensor {name!r}: {needed} bytes needed, data_offsets {begin} to {end} of {size} "
                "bytes: cut off or damaged"
            )
        ends.append((begin, end, name))
    at = 0
    for begin, end, name in sorted(ends):
        if begin != at:
            raise FileFormatError(
                f"tensor {name!r}: its data begin at {begin} where those before end at {at}"
            )
        at = end
    if at != size:
        raise FileFormatError(f"{size - at} bytes follow the last tensor's data")


def _naturals(value: Any) -> bool:
    return isinstance(value, list) and all(type(n) is int and n >= 0 for n in value)


def _verify(data: bytes, digest: str) -> None:
    """Compare the checksum with the whole file's, zeros in its place."""
    at = data.find(f'"{_CHECKSUM}":"{digest}"'.encode()) + len(_CHECKSUM) + 4
    computed = hashlib.sha256(data[:at])
    computed.update(_UNKNOWN.encode())
    computed.update(memoryview(data)[at + len(_UNKNOWN) :])
    if len(digest) != len(_UNKNOWN) or computed.hexdigest() != digest:
        raise FileFormatError("damaged: the content does not match the checksum in the header")
