"""Who wrote into which memory, and when: how backward knows that a value it needs was overwritten.

There is one global epoch. A write bumps it and is noted under the owner of the memory (found through ``.base``, so a write
through any view counts). A node keeps the epoch of its birth; backward looks owners up only where the epoch has moved.
"""

import weakref
from typing import Any, NamedTuple

from . import _source


class Write(NamedTuple):
    """The last write into a block of memory."""

    epoch: int
    line: _source.Line
    owner: Any
    """A weak reference where the owner allows it: the note goes when the memory goes."""


epoch = 0
_writes: dict[int, Write] = {}


def owner(array: Any) -> Any:
    """The object at the end of the ``.base`` chain: the one that owns the memory."""
    while (base := getattr(array, "base", None)) is not None:
        array = base
    return array


def wrote(array: Any) -> None:
    """Note that the memory of ``array`` was written."""
    global epoch
    epoch += 1
    own = owner(array)
    key = id(own)
    try:
        reference: Any = weakref.ref(own, lambda _: _writes.pop(key, None))
    except TypeError:
        reference = own  # a bytearray, say, takes no weak reference: kept alive so that its id stays its own
    _writes[key] = Write(epoch, _source.here(), reference)


def written_since(array: Any, birth: int) -> Write | None:
    """The last write into the memory of ``array``, if it came after epoch ``birth``."""
    write = _writes.get(id(owner(array)))
    return write if write is not None and write.epoch > birth else None
