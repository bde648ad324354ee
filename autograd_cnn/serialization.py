"""Saving and loading by PyTorch's names: what files may name, and switches that change nothing here.

Files are no pickles, so that what is about pickles (their protocol, the order of bytes, checksums of a zip)
has no meaning; such switches keep what they were set to. See :mod:`autograd_cnn._files.safe_globals` for what
``add_safe_globals`` allows.
"""

import enum
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import IO, Any, Self, TypeAlias

from . import storage
from ._creation import tensor_types
from ._engine.storage import UntypedStorage
from ._engine.typed_storage import TypedStorage
from ._files.safe_globals import add_safe_globals, clear_safe_globals, get_safe_globals, safe_globals
from ._files.serialization import load, save

__all__ = [
    "LoadEndianness",
    "SourceChangeWarning",
    "add_safe_globals",
    "check_module_version_greater_or_equal",
    "clear_safe_globals",
    "default_restore_location",
    "get_crc32_options",
    "get_default_load_endianness",
    "get_default_mmap_options",
    "get_safe_globals",
    "load",
    "location_tag",
    "mkdtemp",
    "register_package",
    "safe_globals",
    "save",
    "set_crc32_options",
    "set_default_load_endianness",
    "set_default_mmap_options",
    "skip_data",
]

DEFAULT_PROTOCOL = 2
FileLike: TypeAlias = "str | os.PathLike[str] | IO[bytes]"
MAP_LOCATION: TypeAlias = Callable[[Any, str], Any] | str | dict[str, str] | None


class SourceChangeWarning(Warning):
    """Never given: no file holds the source of a class."""


class LoadEndianness(enum.Enum):
    """The order of bytes in numbers. Files here are little endian."""

    NATIVE = 1
    LITTLE = 2
    BIG = 3


_switches: dict[str, Any] = {"endianness": None, "mmap": 2, "crc32": True}


def get_default_load_endianness() -> LoadEndianness | None:
    """What :func:`set_default_load_endianness` was given."""
    found: LoadEndianness | None = _switches["endianness"]
    return found


def set_default_load_endianness(endianness: LoadEndianness | None) -> None:
    """Keep a choice that changes nothing; TypeError for what is none."""
    if endianness is not None and not isinstance(endianness, LoadEndianness):
        raise TypeError("Invalid argument type in function set_default_load_endianness")
    _switches["endianness"] = endianness


def get_default_mmap_options() -> int:
    """What :class:`set_default_mmap_options` was given."""
    return int(_switches["mmap"])


class set_default_mmap_options:
    """Keep a choice that changes nothing, from here on or until the end of ``with``."""

    def __init__(self, flags: int) -> None:
        self._before, _switches["mmap"] = _switches["mmap"], flags

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        _switches["mmap"] = self._before


def get_crc32_options() -> bool:
    """What :func:`set_crc32_options` was given."""
    return bool(_switches["crc32"])


def set_crc32_options(compute_crc32: bool) -> None:
    """Keep a choice that changes nothing: every file has its checksum."""
    _switches["crc32"] = compute_crc32


_packages: list[tuple[int, Callable[[Any], str | None], Callable[[Any, str], Any]]] = []


def register_package(
    priority: int, tagger: Callable[[Any], str | None], deserializer: Callable[[Any, str], Any]
) -> None:
    """Let ``tagger(storage)`` say where a storage is, and ``deserializer(storage, location)`` bring it there,
    the lowest ``priority`` first: :func:`location_tag` and :func:`default_restore_location` ask them."""
    _packages.append((priority, tagger, deserializer))
    _packages.sort(key=lambda package: package[0])


def location_tag(storage: Any) -> str:
    """Where a storage is: ``"cpu"``, ``"cuda:0"``, or what a registered package says."""
    found = next((tag for _, tagger, _ in _packages if (tag := tagger(storage))), None)
    if found is None and not isinstance(storage, (UntypedStorage, TypedStorage)):
        raise RuntimeError(f"don't know how to determine data location of {type(storage).__name__}")
    return str(storage.device) if found is None else found


def default_restore_location(storage: Any, location: str) -> Any:
    """The storage on the device ``location``. RuntimeError for one that nobody knows."""
    for _, _, bring in _packages:
        found = bring(storage, location)
        if found is not None:
            return found
    if location == "cpu":
        return storage
    if location.startswith("cuda"):
        return storage.cuda(location)
    raise RuntimeError(
        f"don't know how to restore data location of {type(storage).__name__} (tagged with {location})"
    )


def storage_to_tensor_type(storage: Any) -> Any:
    """The legacy type of tensors that a storage is of: FloatTensor for a FloatStorage."""
    return getattr(tensor_types, storage.type().rpartition(".")[2].replace("Storage", "Tensor"))


def normalize_storage_type(storage_type: type[Any]) -> Any:
    """The type of this name at ``torch``'s top."""
    return getattr(storage, storage_type.__name__)


@contextmanager
def mkdtemp() -> Iterator[str]:
    """A folder that is gone after the block."""
    with TemporaryDirectory() as path:
        yield path


def check_module_version_greater_or_equal(
    module: Any, req_version_tuple: tuple[Any, ...], error_if_malformed: bool = True
) -> bool:
    """Whether ``module.__version__`` is that version or a later one. Where it does not read like one, a
    RuntimeError, or a warning and True."""
    try:
        parts = module.__version__.split(".")
        found = tuple(type(wanted)(parts[i]) for i, wanted in enumerate(req_version_tuple))
    except (AttributeError, IndexError, TypeError, ValueError) as error:
        message = (
            f"'{module.__name__}' module version string is malformed '{module.__version__}' and cannot be "
            f"compared with tuple {req_version_tuple}"
        )
        if error_if_malformed:
            raise RuntimeError(message) from error
        warnings.warn(f"{message}, but continuing assuming that requirement is met", stacklevel=2)
        return True
    return found >= req_version_tuple


class skip_data:
    """PyTorch's files with holes in place of the numbers; NotImplementedError: files here are whole."""

    def __init__(self, materialize_fake_tensors: bool = False) -> None:
        raise NotImplementedError("skip_data is not supported: a file is written whole, or not at all")
