"""Results that come later."""

from collections.abc import Callable
from concurrent import futures
from typing import Any, Generic, TypeVar

__all__ = ["Future", "collect_all", "wait_all"]

S = TypeVar("S")
T = TypeVar("T")


class Future(Generic[T]):
    """A result that somebody else sets; ``wait`` waits for it."""

    def __init__(self, *, devices: Any = None) -> None:
        self._inner: futures.Future[T] = futures.Future()

    def done(self) -> bool:
        """Whether there is a result, or an error."""
        return self._inner.done()

    def wait(self) -> T:
        """The result, when it is there; the error is raised."""
        return self._inner.result()

    def value(self) -> T:
        """The result; RuntimeError where it is not there yet."""
        if not self.done():
            raise RuntimeError("value() was called on a Future that is not completed; call wait() first")
        return self._inner.result()

    def set_result(self, result: T) -> None:
        """Give it its result. RuntimeError where it has one."""
        if self.done():
            raise RuntimeError("Future was already completed, set_result() can be called once")
        self._inner.set_result(result)

    def set_exception(self, result: BaseException) -> None:
        """Give it an error in the place of a result."""
        if not isinstance(result, Exception):
            raise AssertionError(f"{result} is of type {type(result)}, not an Exception.")
        if self.done():
            raise RuntimeError("Future was already completed, set_exception() can be called once")
        self._inner.set_exception(result)

    def add_done_callback(self, callback: "Callable[[Future[T]], None]") -> None:
        """Call ``callback(self)`` when it is done."""
        self._inner.add_done_callback(lambda inner: callback(self))

    def then(self, callback: "Callable[[Future[T]], S]") -> "Future[S]":
        """The future of ``callback(self)``, which is called when this one is done."""
        later: Future[S] = Future()

        def call(done: "Future[T]") -> None:
            try:
                later.set_result(callback(done))
            except Exception as error:  # noqa: BLE001 - whatever it is, whoever waits is told
                later.set_exception(error)

        self.add_done_callback(call)
        return later


def collect_all(futures: "list[Future[Any]]") -> "Future[list[Future[Any]]]":
    """One future for all: its result is the list of them, when each is done."""
    later: Future[list[Future[Any]]] = Future()
    waiting = [future for future in futures if not future.done()]
    if not waiting:
        later.set_result(futures)
        return later
    left = [len(waiting)]

    def count(done: Future[Any]) -> None:
        left[0] -= 1
        if left[0] == 0:
            later.set_result(futures)

    for future in waiting:
        future.add_done_callback(count)
    return later


def wait_all(futures: "list[Future[Any]]") -> list[Any]:
    """The results of all, when each is done."""
    return [future.wait() for future in collect_all(futures).wait()]
