"""Pipes of items by number or key; in brackets the method that makes each of a pipe."""

import copy
from collections.abc import Callable, Iterator
from typing import Any
from warnings import warn

from ._batching import Batching
from ._decorator import functional_datapipe
from .datapipe import DataChunk, MapDataPipe, size_of
from .iter import Shuffled

__all__ = ["Batcher", "Concater", "Mapper", "SequenceWrapper", "Shuffler", "Zipper"]


class SequenceWrapper(MapDataPipe[Any]):
    """The items of a sequence or mapping, which is copied deeply unless ``deepcopy`` is False."""

    def __init__(self, sequence: Any, deepcopy: bool = True) -> None:
        self.sequence = sequence
        if deepcopy:
            try:
                self.sequence = copy.deepcopy(sequence)
            except TypeError:
                warn(
                    "The input sequence can not be deepcopied, please be aware of in-place modification "
                    "would affect source data",
                    stacklevel=2,
                )

    def __getitem__(self, index: Any) -> Any:
        return self.sequence[index]

    def __len__(self) -> int:
        return len(self.sequence)


def _itself(item: Any) -> Any:
    return item


@functional_datapipe("map")
class Mapper(MapDataPipe[Any]):
    """``fn`` of each item (``map``)."""

    def __init__(self, datapipe: Any, fn: Callable[[Any], Any] = _itself) -> None:
        self.datapipe, self.fn = datapipe, fn

    def __getitem__(self, index: Any) -> Any:
        return self.fn(self.datapipe[index])

    def __len__(self) -> int:
        return size_of(self, self.datapipe)


class _OfSeveral(MapDataPipe[Any]):
    def __init__(self, *datapipes: Any) -> None:
        if not datapipes:
            raise ValueError("Expected at least one DataPipe, but got nothing")
        if not all(isinstance(pipe, MapDataPipe) for pipe in datapipes):
            raise TypeError("Expected all inputs to be `MapDataPipe`")
        self.datapipes = datapipes


@functional_datapipe("concat")
class Concater(_OfSeveral):
    """One pipe after the other (``concat``), by number."""

    def __getitem__(self, index: int) -> Any:
        before = 0
        for pipe in self.datapipes:
            if index - before < len(pipe):
                return pipe[index - before]
            before += len(pipe)
        raise IndexError(f"Index {index} is out of range.")

    def __len__(self) -> int:
        return sum(map(len, self.datapipes))


@functional_datapipe("zip")
class Zipper(_OfSeveral):
    """Tuples of the items of each (``zip``)."""

    def __getitem__(self, index: Any) -> Any:
        try:
            return tuple(pipe[index] for pipe in self.datapipes)
        except (IndexError, KeyError) as error:
            raise IndexError(f"Index {index} is out of range for one of the input MapDataPipes.") from error

    def __len__(self) -> int:
        return min(map(len, self.datapipes))


@functional_datapipe("batch")
class Batcher(Batching, MapDataPipe[DataChunk[Any]]):
    """Batches of items (``batch``)."""

    def __getitem__(self, index: int) -> Any:
        if not 0 <= index < len(self):
            raise IndexError(f"Index {index} is out of bound.")
        start = index * self.batch_size
        stop = min(start + self.batch_size, len(self.datapipe))
        return self.wrapper_class([self.datapipe[i] for i in range(start, stop)])


class Shuffler(Shuffled):
    """The items in random order (``shuffle``), one after the other."""

    def __init__(self, datapipe: Any, *, indices: list[Any] | None = None) -> None:
        super().__init__()
        self.datapipe = datapipe
        self.indices = list(range(len(datapipe))) if indices is None else indices

    def __iter__(self) -> Iterator[Any]:
        order = self._rng.sample(self.indices, len(self.indices))[::-1] if self._enabled else self.indices
        yield from (self.datapipe[i] for i in order)


MapDataPipe.register_datapipe_as_function("shuffle", Shuffler)
