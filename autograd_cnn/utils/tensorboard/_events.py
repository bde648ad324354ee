"""TensorBoard's event files: protocol buffers in records with sums.

Sources: TensorFlow's event.proto, summary.proto and tensor.proto give the numbers of fields; the wire format is
https://protobuf.dev/programming-guides/encoding; a record is its length, 64 bits, the masked CRC-32C of that,
the bytes, and their masked CRC-32C (tensorflow/core/lib/io/record_writer.h).
"""

import itertools
import os
import socket
import struct
import time
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

_COUNTED = itertools.count()


def _crc_table() -> tuple[int, ...]:
    """CRC-32C (Castagnoli, reflected polynomial 0x82F63B78) of each byte."""
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return tuple(table)


_CRC = _crc_table()


def crc32c(data: bytes) -> int:
    """The CRC-32C of ``data``."""
    crc, table = 0xFFFFFFFF, _CRC
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def _masked(data: bytes) -> bytes:
    crc = crc32c(data)
    return struct.pack("<I", (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF)


def _varint(number: int) -> bytes:
    number &= 0xFFFFFFFFFFFFFFFF
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def whole(field: int, number: int) -> bytes:
    """An integer as a field of a message."""
    return _varint(field << 3) + _varint(number)


def double(field: int, number: float) -> bytes:
    """A float64 as a field."""
    return _varint(field << 3 | 1) + struct.pack("<d", number)


def single(field: int, number: float) -> bytes:
    """A float32 as a field."""
    return _varint(field << 3 | 5) + struct.pack("<f", number)


def nested(field: int, content: bytes | str) -> bytes:
    """A text, bytes or a message as a field."""
    raw = content.encode() if isinstance(content, str) else content
    return _varint(field << 3 | 2) + _varint(len(raw)) + raw


def doubles(field: int, numbers: Sequence[float]) -> bytes:
    """Several float64 as one field."""
    return nested(field, struct.pack(f"<{len(numbers)}d", *numbers))


def scalar(tag: str, value: float) -> bytes:
    """A number of a curve."""
    return nested(1, tag) + single(2, value)


def image(tag: str, height: int, width: int, channels: int, encoded: bytes) -> bytes:
    """A picture, encoded as PNG."""
    content = whole(1, height) + whole(2, width) + whole(3, channels) + nested(4, encoded)
    return nested(1, tag) + nested(4, content)


def histogram(tag: str, moments: Sequence[float], limits: Sequence[float], counts: Sequence[float]) -> bytes:
    """Counts below each limit; ``moments``: smallest, largest, how many, sum and sum of squares."""
    content = b"".join(double(i + 1, number) for i, number in enumerate(moments))
    return nested(1, tag) + nested(5, content + doubles(6, limits) + doubles(7, counts))


def _plugin(name: str, content: bytes = b"") -> bytes:
    """Metadata that say which part of TensorBoard shows a value."""
    return nested(9, nested(1, nested(1, name) + (nested(2, content) if content else b"")))


def text(tag: str, content: str) -> bytes:
    """A text, which TensorBoard reads as Markdown."""
    strings = 7  # the number of TensorFlow's dtype
    tensor = whole(1, strings) + nested(2, nested(2, whole(1, 1))) + nested(8, content)
    return nested(1, f"{tag}/text_summary") + nested(8, tensor) + _plugin("text")


def _value(given: Any) -> bytes:
    if isinstance(given, bool):
        return whole(4, given)
    return double(2, given) if isinstance(given, (int, float)) else nested(3, str(given))


def hparams(values: dict[str, Any]) -> bytes:
    """The settings of a run."""
    entries = b"".join(nested(1, nested(1, key) + nested(2, _value(v))) for key, v in values.items())
    return nested(1, "_hparams_/session_start_info") + _plugin("hparams", nested(3, entries))


class EventFile:
    """An event file in a folder, whose name TensorBoard finds."""

    def __init__(self, folder: str, suffix: str = "") -> None:
        os.makedirs(folder, exist_ok=True)
        name = f"events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}.{os.getpid()}"
        self.path: str = os.path.join(folder, f"{name}.{next(_COUNTED)}{suffix}")
        self._file: BinaryIO = open(self.path, "wb")  # noqa: SIM115 - closed by close()
        self._record(double(1, time.time()) + nested(3, "brain.Event:2"))

    def write(self, values: Iterable[bytes], step: int, when: float | None = None) -> None:
        """Add an event of these values."""
        summary = b"".join(nested(1, value) for value in values)
        head = double(1, time.time() if when is None else when) + whole(2, step)
        self._record(head + nested(5, summary))

    def _record(self, event: bytes) -> None:
        length = struct.pack("<Q", len(event))
        self._file.write(length + _masked(length) + event + _masked(event))

    def flush(self) -> None:
        """Hand everything over to the system."""
        if not self._file.closed:
            self._file.flush()

    def close(self) -> None:
        """Write the rest and close."""
        self._file.close()
