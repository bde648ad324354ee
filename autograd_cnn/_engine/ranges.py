"""Named parts of a program, by which profiles group what runs in them."""

from contextlib import ContextDecorator
from time import perf_counter_ns
from typing import Self

from .modes import state

__all__ = ["record_function"]


class record_function(ContextDecorator):
    """Give a part of a program a name in profiles: a context manager, or a decorator. ``args`` is shown
    beside it."""

    def __init__(self, name: str, args: str | None = None) -> None:
        self.name, self.args = name, args
        self._began: list[int] = []

    def __enter__(self) -> Self:
        self._began.append(perf_counter_ns())
        return self

    def __exit__(self, *error: object) -> None:
        began, observer = self._began.pop(), state.get().observer
        if observer is not None:
            observer.ranged(self.name, self.args, began, perf_counter_ns())
