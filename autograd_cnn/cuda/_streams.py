"""Streams and events of a GPU: CuPy's, under PyTorch's names."""

import contextlib
from collections.abc import Iterator
from typing import Any

from .._devices.transfer import gpu_library

__all__ = ["Event", "Stream", "current_stream", "default_stream", "stream"]


class Event:
    """A mark in a stream of work; two of them (with ``enable_timing``) measure the milliseconds between."""

    def __init__(
        self, enable_timing: bool = False, blocking: bool = False, interprocess: bool = False
    ) -> None:
        self._library = gpu_library()
        self._event = self._library.cuda.Event(
            block=blocking, disable_timing=not enable_timing, interprocess=interprocess
        )

    def record(self, stream: "Stream | None" = None) -> None:
        """Mark this place in the stream."""
        self._event.record(None if stream is None else stream._stream)

    def synchronize(self) -> None:
        """Wait until the work before the mark is done."""
        self._event.synchronize()

    def query(self) -> bool:
        """Whether the work before the mark is done."""
        return bool(self._event.done)

    def elapsed_time(self, end_event: "Event") -> float:
        """The milliseconds from this mark to the other."""
        return float(self._library.cuda.get_elapsed_time(self._event, end_event._event))


class Stream:
    """A queue of work on a GPU."""

    def __init__(self, device: Any = None, priority: int = 0, *, found: Any = None) -> None:
        self._stream = found if found is not None else gpu_library().cuda.Stream(non_blocking=True)

    def synchronize(self) -> None:
        """Wait until its work is done."""
        self._stream.synchronize()

    def query(self) -> bool:
        """Whether its work is done."""
        return bool(self._stream.done)

    def wait_event(self, event: Event) -> None:
        """Do what follows after the mark is passed."""
        self._stream.wait_event(event._event)

    def wait_stream(self, stream: "Stream") -> None:
        """Do what follows after all that is in the other queue now."""
        event = Event()
        event.record(stream)
        self.wait_event(event)


def current_stream(device: Any = None) -> Stream:
    """The stream in use."""
    return Stream(found=gpu_library().cuda.get_current_stream())


def default_stream(device: Any = None) -> Stream:
    """The stream that is used where none is chosen."""
    return Stream(found=gpu_library().cuda.Stream.null)


@contextlib.contextmanager
def stream(stream: Stream | None) -> Iterator[None]:
    """Put the work inside into this stream; None changes nothing."""
    if stream is None:
        yield
        return
    with stream._stream:
        yield
