"""Pipes of items one after the other; in brackets the method that makes each of a pipe."""

import copy as copying
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from warnings import warn

from ...._random.stream import random_integers
from .._utils.collate import default_collate
from ..sampler import SequentialSampler
from ._batching import Batching
from ._combining import Concater, Demultiplexer, Forker, Multiplexer, Zipper
from ._decorator import functional_datapipe
from ._files import FileLister, FileOpener, StreamReader
from .datapipe import DataChunk, IterDataPipe, size_of

__all__ = [
    "Batcher",
    "Collator",
    "Concater",
    "Demultiplexer",
    "FileLister",
    "FileOpener",
    "Filter",
    "Forker",
    "Grouper",
    "IterableWrapper",
    "Mapper",
    "Multiplexer",
    "Sampler",
    "ShardingFilter",
    "Shuffler",
    "StreamReader",
    "UnBatcher",
    "Zipper",
]


def at(item: Any, column: Any) -> tuple[Any, ...]:
    """The columns of an item that a function is called with; itself where none are named."""
    if column is None:
        return (item,)
    return tuple(item[c] for c in column) if isinstance(column, (list, tuple)) else (item[column],)


class IterableWrapper(IterDataPipe[Any]):
    """The items of anything, which is copied deeply before they are taken, unless ``deepcopy`` is False."""

    def __init__(self, iterable: Iterable[Any], deepcopy: bool = True) -> None:
        self.iterable, self.deepcopy = iterable, deepcopy

    def __iter__(self) -> Iterator[Any]:
        source = self.iterable
        if self.deepcopy:
            try:
                source = copying.deepcopy(source)
            except TypeError:
                warn(
                    "The input iterable can not be deepcopied, please be aware of in-place modification "
                    "would affect source data.",
                    stacklevel=2,
                )
        yield from source

    def __len__(self) -> int:
        return size_of(self, self.iterable)


class _OfOne(IterDataPipe[Any]):
    """A pipe that has as many items as the one it is made of."""

    datapipe: Any

    def __len__(self) -> int:
        return size_of(self, self.datapipe)


@functional_datapipe("map")
class Mapper(_OfOne):
    """``fn`` of each item (``map``). With ``input_col`` of these columns of it, and the result stands in the
    first of them, in ``output_col``, or (-1) behind the others."""

    def __init__(
        self, datapipe: Any, fn: Callable[..., Any], input_col: Any = None, output_col: Any = None
    ) -> None:
        if input_col is None and output_col is not None:
            raise ValueError("`output_col` must be None when `input_col` is None.")
        if isinstance(output_col, (list, tuple)):
            if len(output_col) > 1:
                raise ValueError("`output_col` must be a single-element list or tuple")
            output_col = output_col[0]
        self.datapipe, self.fn, self.input_col, self.output_col = datapipe, fn, input_col, output_col

    def __iter__(self) -> Iterator[Any]:
        for item in self.datapipe:
            found = self.fn(*at(item, self.input_col))
            yield found if self.input_col is None else self._placed(item, found)

    def _placed(self, item: Any, found: Any) -> Any:
        columns = self.input_col if isinstance(self.input_col, (list, tuple)) else (self.input_col,)
        changed = list(item) if isinstance(item, tuple) else item
        if self.output_col is None:
            changed[columns[0]] = found
            for column in sorted(columns[1:], reverse=True):
                del changed[column]
        elif self.output_col == -1:
            changed.append(found)
        else:
            changed[self.output_col] = found
        return tuple(changed) if isinstance(item, tuple) else changed


@functional_datapipe("collate")
class Collator(Mapper):
    """Each batch as tensors (``collate``), by ``collate_fn`` or as a DataLoader makes them."""

    def __init__(
        self,
        datapipe: Any,
        conversion: Callable[..., Any] = default_collate,
        collate_fn: Callable[..., Any] | None = None,
    ) -> None:
        super().__init__(datapipe, collate_fn or conversion)


@functional_datapipe("filter")
class Filter(IterDataPipe[Any]):
    """The items for which ``filter_fn``, of ``input_col`` of them, is True (``filter``)."""

    def __init__(self, datapipe: Any, filter_fn: Callable[..., bool], input_col: Any = None) -> None:
        self.datapipe, self.filter_fn, self.input_col = datapipe, filter_fn, input_col

    def __iter__(self) -> Iterator[Any]:
        for item in self.datapipe:
            kept: Any = self.filter_fn(*at(item, self.input_col))
            if not isinstance(kept, bool):
                raise ValueError(
                    "Boolean output is required for `filter_fn` of FilterIterDataPipe, got", type(kept)
                )
            if kept:
                yield item


@functional_datapipe("batch")
class Batcher(Batching, IterDataPipe[DataChunk[Any]]):
    """Batches of items (``batch``)."""

    def __iter__(self) -> Iterator[Any]:
        batch: list[Any] = []
        for item in self.datapipe:
            batch.append(item)
            if len(batch) == self.batch_size:
                yield self.wrapper_class(batch)
                batch = []
        if batch and not self.drop_last:
            yield self.wrapper_class(batch)


@functional_datapipe("unbatch")
class UnBatcher(IterDataPipe[Any]):
    """The items of batches (``unbatch``), ``unbatch_level`` deep, or (-1) as deep as there are any."""

    def __init__(self, datapipe: Any, unbatch_level: int = 1) -> None:
        if unbatch_level < -1:
            raise ValueError("unbatch_level must be -1 or >= 0")
        self.datapipe, self.unbatch_level = datapipe, unbatch_level

    def __iter__(self) -> Iterator[Any]:
        for item in self.datapipe:
            yield from self._taken_apart(item, self.unbatch_level)

    def _taken_apart(self, item: Any, level: int) -> Iterator[Any]:
        if level == 0 or (level < 0 and not isinstance(item, (list, DataChunk))):
            yield item
        elif not isinstance(item, (list, DataChunk)):
            raise IndexError(f"unbatch_level {self.unbatch_level} exceeds the depth of the DataPipe")
        else:
            for part in item:
                yield from self._taken_apart(part, level - 1 if level > 0 else level)


@functional_datapipe("groupby")
class Grouper(IterDataPipe[DataChunk[Any]]):
    """Items of the same ``group_key_fn`` together (``groupby``), ``group_size`` at most. Where
    ``buffer_size`` items wait, the largest group goes; RuntimeError where it is smaller than
    ``guaranteed_group_size``, unless ``drop_remaining``."""

    def __init__(
        self,
        datapipe: Any,
        group_key_fn: Callable[[Any], Any],
        *,
        keep_key: bool = False,
        buffer_size: int = 10000,
        group_size: int | None = None,
        guaranteed_group_size: int | None = None,
        drop_remaining: bool = False,
    ) -> None:
        if group_size is not None and not 0 < group_size <= buffer_size:
            raise AssertionError("group_size must be > 0 and <= buffer_size")
        if guaranteed_group_size is not None and not 0 < guaranteed_group_size <= (group_size or 0):
            raise AssertionError("guaranteed_group_size must be > 0 and <= group_size, which must be set")
        self.datapipe, self.group_key_fn, self.keep_key = datapipe, group_key_fn, keep_key
        self.buffer_size, self.group_size, self.drop_remaining = buffer_size, group_size, drop_remaining
        self.guaranteed_group_size = guaranteed_group_size or group_size

    def __iter__(self) -> Iterator[Any]:
        groups: defaultdict[Any, list[Any]] = defaultdict(list)
        for item in self.datapipe:
            key = self.group_key_fn(item)
            groups[key].append(item)
            if len(groups[key]) == self.group_size:
                yield self._group(key, groups.pop(key))
            if sum(map(len, groups.values())) == self.buffer_size:
                largest = max(groups, key=lambda k: len(groups[k]))
                members = groups.pop(largest)
                if len(members) >= (self.guaranteed_group_size or 0):
                    yield self._group(largest, members)
                elif not self.drop_remaining:
                    raise RuntimeError("Failed to group items", str(members))
        for key, members in groups.items():
            yield self._group(key, members)

    def _group(self, key: Any, members: list[Any]) -> Any:
        return (key, DataChunk(members)) if self.keep_key else DataChunk(members)


class Shuffled(_OfOne):
    """What shuffles: by its own seed, or one that is drawn at each beginning."""

    def __init__(self) -> None:
        self._enabled = True
        self._seed: int | None = None
        self._rng = random.Random()

    def set_shuffle(self, shuffle: bool = True) -> Any:
        """Shuffle, or leave the order."""
        self._enabled = shuffle
        return self

    def set_seed(self, seed: int) -> Any:
        """The seed of the next beginning."""
        self._seed = seed
        return self

    def reset(self) -> None:
        """Take the seed."""
        if self._enabled:
            self._rng.seed(int(random_integers(())) if self._seed is None else self._seed)
            self._seed = None


@functional_datapipe("shuffle")
class Shuffler(Shuffled):
    """The items in random order (``shuffle``), of ``buffer_size`` that wait."""

    def __init__(self, datapipe: Any, *, buffer_size: int = 10000, unbatch_level: int = 0) -> None:
        super().__init__()
        if buffer_size <= 0:
            raise AssertionError(f"buffer_size should be larger than 0, got {buffer_size}")
        self.datapipe = datapipe.unbatch(unbatch_level=unbatch_level) if unbatch_level else datapipe
        self.buffer_size = buffer_size

    def __iter__(self) -> Iterator[Any]:
        if not self._enabled:
            yield from self.datapipe
            return
        waiting: list[Any] = []
        for item in self.datapipe:
            if len(waiting) < self.buffer_size:
                waiting.append(item)
                continue
            place = self._rng.randint(0, len(waiting) - 1)
            found, waiting[place] = waiting[place], item
            yield found
        while waiting:
            yield waiting.pop(self._rng.randint(0, len(waiting) - 1))


class Sampler(_OfOne):
    """What a sampler of the pipe gives."""

    def __init__(
        self,
        datapipe: Any,
        sampler: Any = SequentialSampler,
        sampler_args: tuple[Any, ...] | None = None,
        sampler_kwargs: dict[str, Any] | None = None,
    ) -> None:
        self.datapipe = datapipe
        self.sampler: Any = sampler(
            *(sampler_args or ()), **{"data_source": datapipe, **(sampler_kwargs or {})}
        )

    def __iter__(self) -> Iterator[Any]:
        return iter(self.sampler)


@functional_datapipe("sharding_filter")
class ShardingFilter(IterDataPipe[Any]):
    """Every n-th item (``sharding_filter``), as ``apply_sharding`` says: a DataLoader calls it in each of its
    n workers."""

    def __init__(self, source_datapipe: Any, sharding_group_filter: Any = None) -> None:
        self.source_datapipe, self.sharding_group_filter = source_datapipe, sharding_group_filter
        self._groups: dict[int, tuple[int, int]] = {}

    def apply_sharding(self, num_of_instances: int, instance_id: int, sharding_group: int = 1) -> None:
        """Take the items of instance ``instance_id``. Group 1 is all there is; 2 and 3 are processes and
        their workers. ValueError for an instance that there is not; RuntimeError for 1 beside others."""
        if instance_id >= num_of_instances:
            raise ValueError(
                f"instance_id({instance_id}) should be smaller than num_of_instances({num_of_instances})"
            )
        if any((group == 1) != (sharding_group == 1) for group in self._groups):
            raise RuntimeError("ShardingFilter cannot mix DEFAULT and non DEFAULT groups")
        self._groups[sharding_group] = (num_of_instances, instance_id)

    @property
    def _place(self) -> tuple[int, int]:
        """Of how many instances it is which."""
        count, number = 1, 0
        for group in sorted(self._groups, reverse=True):
            if self.sharding_group_filter in (None, group):
                number += count * self._groups[group][1]
                count *= self._groups[group][0]
        return count, number

    def __iter__(self) -> Iterator[Any]:
        count, number = self._place
        yield from (item for i, item in enumerate(self.source_datapipe) if i % count == number)

    def __len__(self) -> int:
        count, number = self._place
        return (size_of(self, self.source_datapipe) + count - 1 - number) // count
