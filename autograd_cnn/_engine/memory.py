"""Who wrote into which memory, and when: how backward knows that a value it needs was overwritten.

Memory lent to others (``numpy()``, ``from_numpy``, DLPack) can be written without telling us. When a node
saves an array in it, a checksum is kept and compared when backward uses it; a difference counts as a write by
an unknown line.

There is one global epoch. A write bumps it and is noted under the owner of the memory (found through
``.base``, so a write through any view counts). A node keeps the epoch of its birth; backward looks owners up
only where the epoch has moved.
"""

import weakref
import zlib
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from . import source


class Write(NamedTuple):
    """The last write into a block of memory."""

    epoch: int
    line: source.Line | None
    """None for a write from outside, found by its checksum."""
    owner: Any
    """A weak reference where the owner allows it: the note goes when the memory goes."""
    times: int
    """How often it was written."""
    detached: Any = None
    """Where it was no write: a weak reference to the array of a tensor that was detached in place."""
    before: "Write | None" = None
    """Then, the write before."""


epoch = 0
_writes: dict[int, Write] = {}


def owner(array: Any) -> Any:
    """The object at the end of the ``.base`` chain: the one that owns the memory."""
    while (base := getattr(array, "base", None)) is not None:
        array = base
    return array


def _reference(array: Any, notes: dict[int, Any]) -> Any:
    """A weak reference that takes the note of ``array``'s memory away when the memory goes.

    It refers to the owner, or where that takes none (a bytearray) to the array next to it.
    """
    key, holder = id(owner(array)), array
    while (base := getattr(holder, "base", None)) is not None and type(base).__weakrefoffset__:
        holder = base
    return weakref.ref(holder, lambda _: notes.pop(key, None))


waiting: list[Any] = []
"""The calls of compiled functions that run now: their operators may wait, and read memory later."""


def settle(array: Any) -> None:
    """Let operators that wait run, where they read the memory of ``array``: it is about to be written."""
    for call in tuple(waiting):
        call.before_write(array)


def wrote(array: Any) -> None:
    """Note that the memory of ``array`` was written."""
    loan = lent.get(_note(array, source.here()))
    if loan is not None:
        loan.checksums.clear()


def moved(before: Any, array: Any) -> None:
    """Note that a tensor shows ``array`` now, and that its version goes on from that of ``before``."""
    times = times_written(before)
    settle(array)
    wrote(array)
    key = id(owner(array))
    _writes[key] = _writes[key]._replace(times=times + 1)


def wrote_unwatched(array: Any) -> None:
    """The memory of ``array`` was written by somebody who knows that nothing is checked."""
    loan = lent.get(id(owner(array)))
    if loan is not None:
        loan.checksums.clear()


def _note(array: Any, line: source.Line | None) -> int:
    global epoch
    epoch += 1
    key = id(owner(array))
    before = _writes.get(key)
    _writes[key] = (
        Write(epoch, line, _reference(array, _writes), 1)
        if before is None
        else Write(epoch, line, before.owner, before.times + 1, None, None)
    )
    return key


def detached(array: Any) -> None:
    """Note that a tensor of the very ``array`` was detached in place."""
    settle(array)
    global epoch
    epoch += 1
    key = id(owner(array))
    before = _writes.get(key)
    holder = _reference(array, _writes) if before is None else before.owner
    times = 0 if before is None else before.times
    _writes[key] = Write(epoch, source.here(), holder, times, weakref.ref(array), before)


class Loan(NamedTuple):
    """A block of memory that NumPy, or another library, holds too."""

    checksums: dict[Any, int]
    """Of the arrays in it that nodes have saved since, by place and shape; and of the whole block when it was
    lent."""
    owner: Any
    """A weak reference: the loan ends when the memory goes."""


lent: dict[int, Loan] = {}
"""The loans, by the identity of the memory's owner."""

_WHOLE = 2**26
"""Arrays of more bytes than this (64 MiB) are compared by a sample of their elements: a checksum takes about
1 ms a MiB."""


def _checksum(array: Any) -> int:
    if array.nbytes > _WHOLE:
        array = (
            array.reshape(-1)[:: array.nbytes // _WHOLE + 1]
            if array.flags.c_contiguous
            else array[tuple(slice(None, None, 1 + n // 64) for n in array.shape)]
        )
    return zlib.crc32(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)


BLOCK = "the whole block"


def lend(array: Any, *, may_be_saved: bool = False) -> None:
    """Note that somebody outside may write the memory of ``array``, which nodes may have saved before. On a
    GPU nothing is noted: a comparison would wait for it."""
    settle(array)
    own = owner(array)
    if isinstance(array, np.ndarray) and id(own) not in lent:
        known = {BLOCK: _checksum(own)} if may_be_saved and isinstance(own, np.ndarray) else {}
        lent[id(own)] = Loan(known, _reference(array, lent))


def look_for_foreign_writes(arrays: Iterable[Any], saving: bool = False) -> None:
    """Compare the checksums of those of ``arrays`` that are lent; note a write where one differs. ``saving``
    keeps new ones."""
    for array in arrays:
        loan = lent.get(id(owner(array)))
        if loan is None:
            continue
        key = (array.__array_interface__["data"][0], array.shape, array.strides, array.dtype.str)
        before, now = loan.checksums.get(key), None
        if saving or before is not None:
            now = _checksum(array)
        changed = before is not None and now != before
        if before is None and BLOCK in loan.checksums:
            changed = _checksum(owner(array)) != loan.checksums[BLOCK]
        if changed:
            loan.checksums.clear()
            _note(array, None)
        if now is not None:
            loan.checksums[key] = now


def written_since(array: Any, birth: int) -> Write | None:
    """The last write into the memory of ``array``, if it came after epoch ``birth``."""
    write = _writes.get(id(owner(array)))
    while write is not None and write.detached is not None:
        write = write.before
    return write if write is not None and write.epoch > birth else None


def detached_since(array: Any, birth: int) -> bool:
    """Whether a tensor of the very ``array`` was detached in place after epoch ``birth``."""
    write = _writes.get(id(owner(array)))
    while write is not None and write.detached is not None and write.epoch > birth:
        if write.detached() is array:
            return True
        write = write.before
    return False


def times_written(array: Any) -> int:
    """How often the memory of ``array`` was written, as far as it is watched."""
    write = _writes.get(id(owner(array)))
    return 0 if write is None else write.times


def blocks_written_since(birth: int) -> list[Any]:
    """The arrays whose memory was written after epoch ``birth``, those that still live."""
    owners = [write.owner() for write in list(_writes.values()) if write.epoch > birth]
    return [own for own in owners if hasattr(own, "dtype") and own.flags.writeable]
