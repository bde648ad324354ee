"""Functions that pause, with a value of a context variable that holds in their bodies and nowhere else.

Generators, coroutines and async generators run in pieces. The variable has the body's value in each piece and
the caller's in between; what the body itself sets is there again when it goes on.
"""

import inspect
from collections.abc import AsyncGenerator, Callable, Generator
from contextvars import ContextVar
from typing import Any, Generic, Self, TypeVar

S = TypeVar("S")


class Pieces(Generic[S]):
    """The pieces of a generator, or of something to be awaited, each run with the body's value of
    ``variable``: at first what ``inside`` makes of the caller's."""

    def __init__(self, variable: ContextVar[S], inside: Callable[[S], S], body: Any) -> None:
        self._variable, self._inside, self._body = variable, inside, body
        self._paused: list[S] = []

    def _run(self, piece: Callable[..., Any], *args: Any) -> Any:
        outside = self._variable.get()
        token = self._variable.set(self._paused.pop() if self._paused else self._inside(outside))
        try:
            return piece(*args)
        finally:
            self._paused.append(self._variable.get())
            self._variable.reset(token)

    def __iter__(self) -> Self:
        return self

    __await__ = __iter__

    def __next__(self) -> Any:
        return self._run(self._body.send, None)

    def send(self, value: Any) -> Any:
        """Go on with ``value``."""
        return self._run(self._body.send, value)

    def throw(self, *error: Any) -> Any:
        """Go on with an exception."""
        return self._run(self._body.throw, *error)

    def close(self) -> None:
        """End it where it is."""
        self._run(self._body.close)


def pausing(
    function: Callable[..., Any], variable: ContextVar[S], inside: Callable[[S], S]
) -> Callable[..., Any] | None:
    """``function`` as one of its own kind whose body has its own value of ``variable``; None where it never
    pauses."""

    def pieces(body: Any) -> Pieces[S]:
        return Pieces(variable, inside, body)

    def generator(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        return (yield from pieces(function(*args, **kwargs)))

    async def coroutine(*args: Any, **kwargs: Any) -> Any:
        return await pieces(function(*args, **kwargs))

    async def async_generator(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        body = function(*args, **kwargs)
        kept = pieces(None)  # one value for all the awaitables that run the body
        step = body.asend(None)
        while True:
            kept._body = step
            try:
                value = await kept
            except StopAsyncIteration:
                return
            try:
                step = body.asend((yield value))
            except GeneratorExit:
                kept._body = body.aclose()
                await kept
                raise
            except BaseException as error:  # noqa: BLE001 - whatever it is, it is thrown into the body
                step = body.athrow(error)

    if inspect.isgeneratorfunction(function):
        return generator
    if inspect.iscoroutinefunction(function):
        return coroutine
    return async_generator if inspect.isasyncgenfunction(function) else None
