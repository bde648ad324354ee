"""Saving and loading by PyTorch's names: what files may name, and switches that change nothing here.

Files are no pickles, so that what is about pickles (their protocol, the order of bytes, checksums of a zip)
has no meaning; such switches keep what they were set to. See :mod:`autograd_cnn._files.safe_globals` for what
``add_safe_globals`` allows.
"""

import enum
import os
from collections.abc import Callable
from typing import IO, Any, Self, TypeAlias

from ._files.safe_globals import add_safe_globals, clear_safe_globals, get_safe_globals, safe_globals
from ._files.serialization import load, save

__all__ = [
    "LoadEndianness",
    "SourceChangeWarning",
    "add_safe_globals",
    "clear_safe_globals",
    "get_crc32_options",
    "get_default_load_endianness",
    "get_default_mmap_options",
    "get_safe_globals",
    "load",
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


def register_package(priority: int, tagger: Callable[..., Any], deserializer: Callable[..., Any]) -> None:
    """Accept what PyTorch asks about other devices' storages, and change nothing."""


class skip_data:
    """PyTorch's files with holes in place of the numbers; NotImplementedError: files here are whole."""

    def __init__(self, materialize_fake_tensors: bool = False) -> None:
        raise NotImplementedError("skip_data is not supported: a file is written whole, or not at all")
