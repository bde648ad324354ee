"""Objects on their way between a DataLoader and its workers: a small pickle (protocol 5), and arrays as raw
bytes beside it.

Both ends are the same program; files are never read this way.
"""

import io
import itertools
import mmap
import os
import pickle
import tempfile
from multiprocessing.connection import Connection
from multiprocessing.reduction import DupFd, recv_handle, send_handle
from typing import Any

from ..._tensor import Tensor

Message = tuple[bytes, list[Any]]

_MANY = 1 << 20
"""Bytes of arrays from which on they go in a file."""
_FEW_FILES = 256
_CAN_SEND_FILES = hasattr(os, "memfd_create")


def send(connection: "Connection[Any, Any]", value: Any) -> None:
    """Write ``value`` to the connection: the sizes of its arrays and the pickle, then the arrays, one after
    another.

    Many bytes go in a nameless file, whose descriptor is sent: the other end maps it instead of copying.
    """
    buffers: list[pickle.PickleBuffer] = []
    head = _pickled(value, buffers)
    parts = [buffer.raw() for buffer in buffers]
    sizes = [part.nbytes for part in parts]
    mapped = sum(sizes) >= _MANY and _CAN_SEND_FILES
    announced = pickle.dumps((mapped, sizes, head), protocol=5)
    if not mapped:
        connection.send_bytes(announced)
        for part in parts:
            connection.send_bytes(part)
        return
    descriptor = os.memfd_create("autograd_cnn")
    try:
        for part, place in zip(parts, _places(sizes), strict=False):
            _write_at(descriptor, part, place)
        os.ftruncate(descriptor, _places(sizes)[-1])
        connection.send_bytes(
            announced
        )  # when the file is whole: an error before has sent nothing, and can be told
        send_handle(connection, descriptor, None)
    finally:
        os.close(descriptor)


class _Pickler(pickle.Pickler):
    """One that tells of a tensor with a graph, which would arrive without it."""

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, Tensor) and not obj.is_leaf:
            raise RuntimeError("only leaf tensors can be sent to another process; detach() it first")
        return NotImplemented


def _pickled(value: Any, buffers: list[pickle.PickleBuffer]) -> bytes:
    file = io.BytesIO()
    _Pickler(file, protocol=5, buffer_callback=buffers.append).dump(value)
    return file.getvalue()


def receive(connection: "Connection[Any, Any]") -> Message:
    """What :func:`send` wrote, still packed; EOFError or OSError where the other end is gone."""
    mapped, sizes, head = pickle.loads(connection.recv_bytes())
    if not mapped:
        return head, [bytearray(connection.recv_bytes()) for _ in sizes]
    try:
        descriptor = recv_handle(connection)
    except RuntimeError as error:  # what it raises where the system gave no descriptor
        raise OSError(f"a batch could not be received: {error}") from error
    places = _places(sizes)
    try:
        if descriptor < _FEW_FILES:
            whole: Any = memoryview(mmap.mmap(descriptor, places[-1]))
        # a mapping keeps a descriptor; a program that keeps thousands of batches must not run out of them
        else:
            whole = memoryview(bytearray(places[-1]))
            done = 0
            while done < len(whole):
                done += os.preadv(descriptor, [whole[done:]], done)
    finally:
        os.close(descriptor)
    return head, [whole[place : place + size] for place, size in zip(places, sizes, strict=False)]


def _places(sizes: list[int]) -> list[int]:
    """Where each array begins, at a multiple of 64 bytes, and where the last one ends."""
    return list(itertools.accumulate((-(-size // 64) * 64 for size in sizes), initial=0))


def _write_at(descriptor: int, part: memoryview, place: int) -> None:
    done = 0
    while done < part.nbytes:
        done += os.pwrite(descriptor, part[done:], place + done)


def unpacked(message: Message) -> Any:
    """The value in a received message; its arrays are that memory, and may be written."""
    head, buffers = message
    return pickle.loads(head, buffers=buffers)


class Parcel:
    """A value for several workers: its arrays are written once into a nameless file, which each worker maps.

    What a worker writes into such an array stays its own. The file goes with the last process that holds it.
    """

    def __init__(self, value: Any) -> None:
        buffers: list[pickle.PickleBuffer] = []
        self._head = _pickled(value, buffers)
        self._sizes: list[int] = []
        self._descriptor = _nameless_file()
        with open(self._descriptor, "wb", closefd=False) as file:
            for buffer in buffers:
                self._sizes.append(file.write(buffer.raw()))

    def __getstate__(self) -> tuple[Any, ...]:
        return (
            self._head,
            self._sizes,
            DupFd(self._descriptor),
        )  # a new descriptor, made for the process that is started

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self._head, self._sizes, copy = state
        self._descriptor = copy.detach()

    def open(self) -> Any:
        """The value, in the process that received the parcel."""
        total = sum(self._sizes)
        whole = memoryview(mmap.mmap(self._descriptor, total, access=mmap.ACCESS_COPY) if total else b"")
        self.close()
        ends = [sum(self._sizes[: i + 1]) for i in range(len(self._sizes))]
        return pickle.loads(
            self._head, buffers=[whole[end - size : end] for end, size in zip(ends, self._sizes, strict=True)]
        )

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)


def _nameless_file() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("autograd_cnn")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
