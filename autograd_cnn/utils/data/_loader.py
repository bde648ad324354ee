"""The DataLoader: batches of a dataset in the order of a sampler."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ... import _random
from ..._functions.creation import from_numpy
from ._collate import default_collate, default_convert
from ._dataset import IterableDataset, Subset
from ._sampler import BatchSampler, RandomSampler, SequentialSampler


class DataLoader:
    """Batches of ``dataset``, PyTorch's arguments and order.

    The dataset's ``__getbatch__`` or ``__getitems__`` is used where it has one (see :class:`Dataset`). ``state_dict``
    and ``load_state_dict`` save and restore the position within a pass. ``pin_memory`` is accepted and does nothing.
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[Any] | None = None,
        batch_sampler: Iterable[Any] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        *,
        generator: Any = None,
    ) -> None:
        if num_workers != 0:
            raise ValueError(f"num_workers={num_workers}: this version loads in the calling process only; use num_workers=0")
        _check_options(dataset, batch_size, shuffle, sampler, batch_sampler, drop_last)
        self.dataset = dataset
        self.num_workers = num_workers
        self.pin_memory = pin_memory
        self.drop_last = drop_last
        self.generator = generator
        batches = batch_size is not None or batch_sampler is not None
        if sampler is None and not isinstance(dataset, IterableDataset):
            sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        if batch_sampler is not None:
            batch_size = None
        elif batch_size is not None and sampler is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.batch_size = batch_size
        self.collate_fn = collate_fn or (default_collate if batches else default_convert)
        self._begin: Any = None
        self._given = 0
        self._restored: dict[str, Any] | None = None

    def __iter__(self) -> Iterator[Any]:
        stream = _random.stream_of(self.generator)
        restored, self._restored = self._restored, None
        if restored is not None and restored["batches"]:
            order = self._replayed(stream, restored)
        else:
            if restored is not None and self.generator is not None:
                stream.set_state(restored["generator"].numpy())
            self._begin, self._given = stream.get_state(), 0
            order = self._order()
        return self._followed(self._streamed() if isinstance(self.dataset, IterableDataset) else self._fetched(order))

    def __len__(self) -> int:
        if isinstance(self.dataset, IterableDataset) and self.batch_size is not None:
            n = len(self.dataset)  # type: ignore[arg-type]  # TypeError where the stream has no length
            return n // self.batch_size if self.drop_last else -(-n // self.batch_size)
        return len(self.sampler if self.batch_sampler is None else self.batch_sampler)  # type: ignore[arg-type]  # likewise

    def state_dict(self) -> dict[str, Any]:
        """The position within the pass that is under way: the generator's state where it began, and the batches given since.

        Between two passes it is the beginning of the next one. One pass at a time is followed, the one begun last.
        """
        begin = _random.stream_of(self.generator).get_state() if self._begin is None else self._begin
        return {"generator": from_numpy(begin), "batches": self._given}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Let the next pass be the rest of the one that ``state_dict`` described, in the same order.

        A generator given to the loader goes on from there; the default one is left as it is: restore its state with
        ``set_rng_state``.
        """
        if set(state) != {"generator", "batches"} or type(state["batches"]) is not int or state["batches"] < 0:
            raise ValueError(f"not a DataLoader's state: {sorted(state)}; expected generator and batches")
        self._restored = dict(state)

    def _order(self) -> Iterator[Any]:
        """The indices of a pass that begins now, batch by batch."""
        source = self.sampler if self.batch_sampler is None else self.batch_sampler
        order = iter(source or ())
        _random.random_integers((), generator=self.generator)  # the workers' seed: PyTorch draws it without workers too
        return order

    def _replayed(self, stream: _random.Stream, state: dict[str, Any]) -> Iterator[Any]:
        """The indices that are left of the pass of ``state``."""
        now = stream.get_state()
        self._begin, self._given = state["generator"].numpy(), state["batches"]
        stream.set_state(self._begin)
        order = self._order()
        passed = sum(1 for _ in itertools.islice(order, self._given))
        if passed < self._given and not isinstance(self.dataset, IterableDataset):
            raise ValueError(f"the state is of another dataset or batch size: {self._given} batches given, a pass has {passed}")
        if self.generator is None:
            stream.set_state(now)
        return order

    def _followed(self, batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            self._given += 1
            yield batch
        self._begin, self._given = None, 0

    def _streamed(self) -> Iterator[Any]:
        """The batches of an IterableDataset, after those that were given before."""
        size = self.batch_size or 1
        items = itertools.islice(self.dataset, self._given * size, None)
        while batch := list(itertools.islice(items, size)):
            if self.drop_last and len(batch) < size:
                return
            yield self.collate_fn(batch if self.batch_size else batch[0])

    def _fetched(self, order: Iterator[Any]) -> Iterator[Any]:
        """The batches of these indices."""
        return map(self._fetcher(), order)

    def _fetcher(self) -> Callable[[Any], Any]:
        """What makes a batch of indices."""
        dataset, collate = self.dataset, self.collate_fn
        if self.batch_sampler is None:
            return lambda index: collate(dataset[index])
        at_once = batch_reader(dataset) if collate is default_collate else None
        if at_once is not None:
            return at_once
        if hasattr(dataset, "__getitems__"):
            return lambda indices: collate(dataset.__getitems__(indices))
        return lambda indices: collate([dataset[i] for i in indices])


def batch_reader(dataset: Any) -> Callable[[Any], Any] | None:
    """The dataset's ``__getbatch__``, if the class that defines its items defines it too; a Subset's goes through its indices."""
    if type(dataset) is Subset:
        inner = batch_reader(dataset.dataset)
        return inner and (lambda indices: inner([dataset.indices[i] for i in indices]))
    for cls in type(dataset).__mro__:
        if "__getitem__" in vars(cls):
            return dataset.__getbatch__ if "__getbatch__" in vars(cls) else None
    return None


def _check_options(dataset: Any, batch_size: Any, shuffle: Any, sampler: Any, batch_sampler: Any, drop_last: bool) -> None:
    """Which arguments go together, in PyTorch's words."""
    if isinstance(dataset, IterableDataset):
        for name, value in (("shuffle", shuffle), ("sampler", sampler), ("batch_sampler", batch_sampler)):
            if value:
                raise ValueError(f"DataLoader with IterableDataset: expected unspecified {name} option, but got {name}={value}")
    if sampler is not None and shuffle:
        raise ValueError("sampler option is mutually exclusive with shuffle")
    if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
        raise ValueError("batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last")
    if batch_size is None and drop_last:
        raise ValueError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last")
