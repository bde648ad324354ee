"""Pipes of several pipes, and several pipes of one."""

import copy as copying
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

from ._decorator import functional_datapipe
from .datapipe import IterDataPipe, size_of

__all__ = ["Concater", "Demultiplexer", "Forker", "Multiplexer", "Zipper"]


class _OfSeveral(IterDataPipe[Any]):
    def __init__(self, *datapipes: Any) -> None:
        if not datapipes or not all(isinstance(pipe, IterDataPipe) for pipe in datapipes):
            raise (TypeError if datapipes else ValueError)("Expected at least one, and IterDataPipes only")
        self.datapipes = datapipes

    def _sizes(self) -> list[int]:
        return [size_of(self, pipe) for pipe in self.datapipes]


@functional_datapipe("concat")
class Concater(_OfSeveral):
    """One pipe after the other (``concat``)."""

    def __iter__(self) -> Iterator[Any]:
        yield from chain(*self.datapipes)

    def __len__(self) -> int:
        return sum(self._sizes())


@functional_datapipe("zip")
class Zipper(_OfSeveral):
    """Tuples of an item of each (``zip``), until one has no more."""

    def __iter__(self) -> Iterator[Any]:
        yield from zip(*self.datapipes, strict=False)

    def __len__(self) -> int:
        return min(self._sizes())


@functional_datapipe("mux")
class Multiplexer(_OfSeveral):
    """An item of each in turn (``mux``), until one has no more."""

    def __iter__(self) -> Iterator[Any]:
        for turn in zip(*self.datapipes, strict=False):
            yield from turn

    def __len__(self) -> int:
        return min(self._sizes()) * len(self.datapipes)


class _Split:
    """The items of a pipe, handed to several, each of which has a queue of those that it has not taken."""

    def __init__(self, source: Any, count: int, targets: Callable[[Any], Iterable[int]], size: int) -> None:
        if count < 1:
            raise ValueError(f"Expected `num_instances` larger than 0, but {count} is found")
        if size < 0:
            warnings.warn(
                "Unlimited buffer size is set, please be aware of OOM at random places", stacklevel=3
            )
        self.source, self._count, self._targets, self._size = source, count, targets, size
        self._round, self._ended = 0, True
        self._begun: set[int] = set(range(count))
        self._queues: list[deque[Any]] = []

    def begin(self, number: int) -> int:
        """One of them begins: where it has begun before, all do, in a new round. The round."""
        if number in self._begun:
            if not self._ended or any(self._queues):
                warnings.warn(
                    "Some child DataPipes are not exhausted when __iter__ is called. We are resetting the "
                    "buffer and each child DataPipe will read from the start again: from here on the others "
                    "need an iterator anew.",
                    stacklevel=5,
                )
            self._round += 1
            self._items, self._ended = iter(self.source), False
            self._queues = [deque() for _ in range(self._count)]
            self._begun = set()
        self._begun.add(number)
        return self._round

    def items(self, number: int, round: int) -> Iterator[Any]:
        """Those of one of them. BufferError where the others fall too far behind."""
        while True:
            if round != self._round:
                raise RuntimeError(
                    "This iterator has been invalidated because another one began the shared pipe anew"
                )
            while not self._queues[number]:
                try:
                    item = next(self._items)
                except StopIteration:
                    self._ended = True
                    return
                for target in self._targets(item):
                    self._queues[target].append(item)
                waiting = max(len(queue) for i, queue in enumerate(self._queues) if i != number or queue)
                if 0 <= self._size < waiting - bool(self._queues[number]):
                    raise BufferError(f"buffer overflow, buffer size {self._size} is insufficient.")
            yield self._queues[number].popleft()


class _Branch(IterDataPipe[Any]):
    """One of several pipes that share another one."""

    def __init__(self, split: _Split, number: int, copy: Callable[[Any], Any], whole: bool) -> None:
        self.main_datapipe, self.instance_id, self._copy, self._whole = split, number, copy, whole

    def __iter__(self) -> Iterator[Any]:
        round = self.main_datapipe.begin(self.instance_id)
        return map(self._copy, self.main_datapipe.items(self.instance_id, round))

    def __len__(self) -> int:
        return size_of(self, self.main_datapipe.source if self._whole else None)


def _same(item: Any) -> Any:
    return item


_COPIES = {None: _same, "shallow": copying.copy, "deep": copying.deepcopy}


@functional_datapipe("fork")
class Forker(IterDataPipe[Any]):
    """``num_instances`` pipes of the same items (``fork``): a list. Items wait, ``buffer_size`` at most (-1:
    any number), until all have taken them; ``copy`` them ``"shallow"`` or ``"deep"``."""

    def __new__(  # type: ignore[misc]  # several are made
        cls, datapipe: Any, num_instances: int, buffer_size: int = 1000, copy: str | None = None
    ) -> list[Any]:
        if copy not in _COPIES:
            raise ValueError(
                f"Unknown copy method `{copy}` requested, choose one of None, `shallow` or `deep`."
            )
        split = _Split(datapipe, num_instances, lambda item: range(num_instances), buffer_size)
        if num_instances == 1:
            return [datapipe]
        return [_Branch(split, i, _COPIES[copy], True) for i in range(num_instances)]


@functional_datapipe("demux")
class Demultiplexer(IterDataPipe[Any]):
    """``num_instances`` pipes, each of the items that ``classifier_fn`` gives its number (``demux``): a list.
    ValueError for another number, and for None unless ``drop_none``."""

    def __new__(  # type: ignore[misc]  # several are made
        cls,
        datapipe: Any,
        num_instances: int,
        classifier_fn: Callable[[Any], int | None],
        drop_none: bool = False,
        buffer_size: int = 1000,
    ) -> list[Any]:
        def targets(item: Any) -> tuple[int, ...]:
            number = classifier_fn(item)
            if number is None and drop_none:
                return ()
            if number is None or not 0 <= number < num_instances:
                raise ValueError(
                    f"Output of the classification fn should be between 0 and {num_instances - 1}. "
                    f"{number} is returned."
                )
            return (number,)

        split = _Split(datapipe, num_instances, targets, buffer_size)
        return [_Branch(split, i, _same, False) for i in range(num_instances)]
