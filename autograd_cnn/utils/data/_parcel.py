"""Objects on their way between a DataLoader and its workers: a small pickle (protocol 5), and arrays as raw bytes beside it.

Both ends are the same program; files are never read this way.
"""

import mmap
import os
import pickle
import tempfile
from multiprocessing.connection import Connection
from multiprocessing.reduction import DupFd
from typing import Any

Message = tuple[bytes, list[bytearray]]


def send(connection: "Connection[Any, Any]", value: Any) -> None:
    """Write ``value`` to the connection: how many arrays there are and the pickle, then each array's bytes."""
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    connection.send_bytes(len(buffers).to_bytes(4, "little") + head)
    for buffer in buffers:
        connection.send_bytes(buffer.raw())


def receive(connection: "Connection[Any, Any]") -> Message:
    """What :func:`send` wrote, still packed; EOFError or OSError where the other end is gone."""
    head = connection.recv_bytes()
    count = int.from_bytes(head[:4], "little")
    return head[4:], [bytearray(connection.recv_bytes()) for _ in range(count)]


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
        self._head = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
        self._sizes: list[int] = []
        self._descriptor = _nameless_file()
        with open(self._descriptor, "wb", closefd=False) as file:
            for buffer in buffers:
                self._sizes.append(file.write(buffer.raw()))

    def __getstate__(self) -> tuple[Any, ...]:
        return self._head, self._sizes, DupFd(self._descriptor)  # a new descriptor, made for the process that is started

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self._head, self._sizes, copy = state
        self._descriptor = copy.detach()

    def open(self) -> Any:
        """The value, in the process that received the parcel."""
        total = sum(self._sizes)
        whole = memoryview(mmap.mmap(self._descriptor, total, access=mmap.ACCESS_COPY) if total else b"")
        self.close()
        ends = [sum(self._sizes[: i + 1]) for i in range(len(self._sizes))]
        return pickle.loads(self._head, buffers=[whole[end - size : end] for end, size in zip(ends, self._sizes, strict=True)])

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)


def _nameless_file() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("autograd_cnn")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
