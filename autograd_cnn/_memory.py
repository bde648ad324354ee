"""Who wrote into which memory, and when: how backward knows that a value it needs was overwritten.

Memory lent to NumPy (``numpy()``, ``from_numpy``) can be written without telling us. Its checksum is kept, and compared when
a node saves it and when backward uses it; a difference counts as a write by an unknown line.

There is one global epoch. A write bumps it and is noted under the owner of the memory (found through ``.base``, so a write
through any view counts). A node keeps the epoch of its birth; backward looks owners up only where the epoch has moved.
"""

import weakref
import zlib
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from . import _source


class Write(NamedTuple):
    """The last write into a block of memory."""

    epoch: int
    line: _source.Line | None
    """None for a write from outside, found by its checksum."""
    owner: Any
    """A weak reference where the owner allows it: the note goes when the memory goes."""


epoch = 0
_writes: dict[int, Write] = {}


def owner(array: Any) -> Any:
    """The object at the end of the ``.base`` chain: the one that owns the memory."""
    while (base := getattr(array, "base", None)) is not None:
        array = base
    return array


def _reference(own: Any, notes: dict[int, Any]) -> Any:
    """A weak reference that takes the note of ``own`` away with it; ``own`` itself where it takes none (a bytearray)."""
    key = id(own)
    try:
        return weakref.ref(own, lambda _: notes.pop(key, None))
    except TypeError:
        return own


def wrote(array: Any) -> None:
    """Note that the memory of ``array`` was written."""
    own = owner(array)
    _note(own, _source.here())
    if id(own) in lent:
        lent[id(own)] = Loan(_checksum(own), lent[id(own)].owner)


def _note(own: Any, line: _source.Line | None) -> None:
    global epoch
    epoch += 1
    _writes[id(own)] = Write(epoch, line, _reference(own, _writes))


class Loan(NamedTuple):
    """A block of memory that NumPy holds too."""

    checksum: int
    owner: Any


lent: dict[int, Loan] = {}
"""The loans, by the identity of the memory's owner."""


def _checksum(own: Any) -> int:
    if isinstance(own, np.ndarray):
        return zlib.crc32(own.ravel(order="K").view(np.uint8).data)
    return zlib.crc32(own)


def lend(array: Any) -> None:
    """Note that somebody outside may write the memory of ``array``; writes so far are not held against anyone."""
    own = owner(array)
    if isinstance(own, np.ndarray) and own.dtype.hasobject:
        return
    lent[id(own)] = Loan(_checksum(own), _reference(own, lent))


def look_for_foreign_writes(arrays: Iterable[Any]) -> None:
    """Compare the checksums of those of ``arrays`` that are lent; note a write where one differs."""
    for array in arrays:
        own = owner(array)
        loan = lent.get(id(own))
        if loan is not None:
            now = _checksum(own)
            if now != loan.checksum:
                lent[id(own)] = Loan(now, loan.owner)
                _note(own, None)


def written_since(array: Any, birth: int) -> Write | None:
    """The last write into the memory of ``array``, if it came after epoch ``birth``."""
    write = _writes.get(id(owner(array)))
    return write if write is not None and write.epoch > birth else None
