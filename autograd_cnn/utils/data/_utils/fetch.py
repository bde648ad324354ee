"""What makes a batch of a dataset: the same in the calling process and in a worker."""

import itertools
from collections.abc import Callable
from typing import Any, NamedTuple

from .._random_states import random_states, restore_random_states
from ..dataset import IterableDataset, Subset
from .collate import default_collate

ENDED = object()
"""What a stream's fetcher gives after the last batch."""


class Seeds(NamedTuple):
    """What the random numbers of a pass begin from: those of the first worker (the next one's is 1 more), and
    of the pipes in all of them; None where the dataset is no pipe."""

    workers: int
    pipes: int | None


class Recipe(NamedTuple):
    """A dataset, and how its items become batches."""

    dataset: Any
    collate_fn: Callable[[Any], Any]
    batches: bool
    """Whether an index of the order is a list of a batch's indices; else it is one item's."""
    batch_size: int | None
    """Items in a batch of a stream; None: items are given one by one."""
    drop_last: bool

    def fetcher(self, given: int = 0) -> Callable[[Any], Any]:
        """What makes a batch of indices; of a stream, the next batch whatever they are, or ENDED, after those
        that were ``given`` before."""
        dataset, collate = self.dataset, self.collate_fn
        if isinstance(dataset, IterableDataset):
            return self._streamed(given)
        if not self.batches:
            return lambda index: collate(dataset[index])
        at_once = batch_reader(dataset) if collate is default_collate else None
        if at_once is not None:
            return at_once
        if getattr(dataset, "__getitems__", None):
            return lambda indices: collate(dataset.__getitems__(indices))
        return lambda indices: collate([dataset[i] for i in indices])

    def _streamed(self, given: int) -> Callable[[Any], Any]:
        size = self.batch_size or 1
        items = iter(self.dataset)
        if given:  # made again and passed over; what they draw was drawn before
            states = random_states()
            next(itertools.islice(items, given * size - 1, None), None)
            restore_random_states(states)

        def fetch(_: Any) -> Any:
            batch = list(itertools.islice(items, size))
            if not batch or (self.drop_last and len(batch) < size):
                return ENDED
            return self.collate_fn(batch if self.batch_size else batch[0])

        return fetch


def batch_reader(dataset: Any) -> Callable[[Any], Any] | None:
    """The dataset's ``__getbatch__``, if the class that defines its items defines it too; a Subset's goes
    through its indices."""
    if type(dataset) is Subset:
        inner = batch_reader(dataset.dataset)
        return inner and (lambda indices: inner([dataset.indices[i] for i in indices]))
    for cls in type(dataset).__mro__:
        if "__getitem__" in vars(cls):
            return dataset.__getbatch__ if "__getbatch__" in vars(cls) else None
    return None
