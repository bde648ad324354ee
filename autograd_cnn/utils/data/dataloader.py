"""The DataLoader: batches of a dataset in the order of a sampler."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, TypedDict, TypeVar, Unpack, overload

import numpy as np

from ..._creation.creation import from_numpy
from ..._creation.random import Generator
from ..._random import stream as _random
from ..._tensor import Tensor
from ._checks import check_context, check_options, check_workers, warn_of_many
from ._info import get_worker_info as get_worker_info
from ._passes import _BaseDataLoaderIter as _BaseDataLoaderIter
from ._passes import _MultiProcessingDataLoaderIter as _MultiProcessingDataLoaderIter
from ._passes import _SingleProcessDataLoaderIter as _SingleProcessDataLoaderIter
from ._utils.collate import default_collate as default_collate
from ._utils.collate import default_convert as default_convert
from ._utils.fetch import Recipe, Seeds
from .datapipes._graph import give_seeds, shuffling
from .datapipes.datapipe import IterDataPipe
from .dataset import Dataset as Dataset
from .dataset import IterableDataset as IterableDataset
from .sampler import BatchSampler as BatchSampler
from .sampler import RandomSampler as RandomSampler
from .sampler import Sampler as Sampler
from .sampler import SequentialSampler as SequentialSampler

Batch = TypeVar("Batch")
Batch_co = TypeVar("Batch_co", covariant=True)


class _Unknown:
    """Nothing is one. A dataset whose items' type nobody said passes as a dataset of these, and no other."""


class _Options(TypedDict, total=False):
    sampler: Iterable[Any] | None
    batch_sampler: Iterable[Any] | None
    num_workers: int
    pin_memory: bool
    drop_last: bool
    timeout: float
    worker_init_fn: Callable[[int], None] | None
    multiprocessing_context: Any
    generator: Generator | None
    prefetch_factor: int | None
    persistent_workers: bool
    pin_memory_device: str
    in_order: bool


class DataLoader(Generic[Batch_co]):
    """Batches of ``dataset``, PyTorch's arguments and order.

    Its type argument is a batch's: what ``collate_fn`` returns, a list of tensors where items are tuples of
    tensors, arrays and numbers, else Any.

    The dataset's ``__getbatch__`` or ``__getitems__`` is used where it has one (see :class:`Dataset`).
    ``state_dict`` and ``load_state_dict`` save and restore the position within a pass. ``pin_memory`` is
    accepted and does nothing.

    With ``num_workers`` other processes make the batches, ``prefetch_factor`` of them each ahead of time, in
    the same order, or with ``in_order=False`` as they are done. On Linux they are forks of the program, as
    PyTorch's are. Elsewhere, and where ``multiprocessing_context`` or
    ``multiprocessing.set_start_method`` asks for "spawn" or "forkserver", they import the script, which needs
    ``if __name__ == "__main__":``, and are sent the dataset, ``collate_fn`` and ``worker_init_fn``, which
    must be picklable (no local classes, no lambdas). An exception in
    a worker is raised here again, with the worker's traceback; one that died, or gave nothing for ``timeout``
    seconds, is a RuntimeError that names it. With ``persistent_workers`` they live from pass to pass, else as
    long as the pass. Each worker's random numbers begin at a seed of its own.
    """

    @overload
    def __init__(
        self: "DataLoader[Batch]",
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        *,
        collate_fn: Callable[[Any], Batch],
        **options: Unpack[_Options],
    ) -> None: ...
    @overload
    def __init__(
        self: "DataLoader[Any]",
        dataset: Dataset[_Unknown],
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        *,
        collate_fn: None = None,
        **options: Unpack[_Options],
    ) -> None: ...
    @overload
    def __init__(
        self: "DataLoader[list[Tensor]]",
        dataset: Dataset[tuple[Tensor | np.ndarray[Any, Any] | np.generic | float, ...]],
        batch_size: int = 1,
        shuffle: bool | None = None,
        *,
        collate_fn: None = None,
        **options: Unpack[_Options],
    ) -> None: ...
    @overload
    def __init__(
        self: "DataLoader[Any]",
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[Any] | None = None,
        batch_sampler: Iterable[Any] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], None] | None = None,
        multiprocessing_context: Any = None,
        generator: Generator | None = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None: ...
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
        timeout: float = 0,
        worker_init_fn: Callable[[int], None] | None = None,
        multiprocessing_context: Any = None,
        generator: Generator | None = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        check_workers(num_workers, timeout, prefetch_factor, persistent_workers)
        check_options(dataset, batch_size, shuffle, sampler, batch_sampler, drop_last)
        self.dataset = dataset = shuffling(dataset, shuffle)
        self.num_workers = num_workers
        self.pin_memory = pin_memory
        self.drop_last = drop_last
        self.generator = generator
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.multiprocessing_context = multiprocessing_context
        self.prefetch_factor: int | None = 2 if num_workers and prefetch_factor is None else prefetch_factor
        self.persistent_workers = persistent_workers
        self.pin_memory_device = pin_memory_device
        self.in_order = in_order
        batches = batch_size is not None or batch_sampler is not None
        if isinstance(dataset, IterableDataset):
            sampler = _InfiniteConstantSampler()
        elif sampler is None:
            sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        if batch_sampler is not None:
            batch_size = None
        elif batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.batch_size = batch_size
        self.collate_fn: Callable[[Any], Any] = collate_fn or (
            default_collate if batches else default_convert
        )
        self.check_worker_number_rationality()
        self._said_length: int | None = None
        """The length of a stream, where somebody has asked for it."""
        self._recipe = Recipe(dataset, self.collate_fn, self.batch_sampler is not None, batch_size, drop_last)
        self._begin: Any = None
        self._seed: int | None = None  # of workers that were kept from an earlier pass: it draws none
        self._given = 0
        self._pool: Any = None
        self._workers_random: list[Any] = [None] * num_workers
        self._restored: dict[str, Any] | None = None

    def check_worker_number_rationality(self) -> None:
        """Warn of more workers than there are processors."""
        warn_of_many(self.num_workers, 4)

    def __iter__(self) -> "_BaseDataLoaderIter[Batch_co]":
        stream = _random.stream_of(self.generator)
        restored, self._restored = self._restored, None
        self._seed = self._kept_seed() if restored is None else restored.get("seed")
        if restored is not None and restored["batches"]:
            order, seeds = self._replayed(stream, restored)
        else:
            if restored is not None and self.generator is not None:
                stream.set_state(restored["generator"].numpy())
            self._begin, self._given = stream.get_state(), 0
            order, seeds = self._order()
        if self.num_workers:
            return _MultiProcessingDataLoaderIter(self, order, seeds, restored)
        return _SingleProcessDataLoaderIter(self, order)

    def __len__(self) -> int:
        if isinstance(self.dataset, IterableDataset):
            n = len(self.dataset)  # type: ignore[arg-type]  # TypeError where the stream has no length
            self._said_length = n
            if self.batch_size is None:
                return n
            return n // self.batch_size if self.drop_last else -(-n // self.batch_size)
        return len(self._index_sampler)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _FIXED and "_recipe" in self.__dict__:
            raise ValueError(f"{name} attribute should not be set after {type(self).__name__} is initialized")
        super().__setattr__(name, value)

    @property
    def multiprocessing_context(self) -> Any:
        """How workers are started: None where the library chooses."""
        return self._context

    @multiprocessing_context.setter
    def multiprocessing_context(self, context: Any) -> None:
        check_context(context, self.num_workers)
        self._context = context

    @property
    def _auto_collation(self) -> bool:
        return self.batch_sampler is not None

    @property
    def _index_sampler(self) -> Any:
        """What the order of a pass is taken from: batches of indices, or indices."""
        return self.sampler if self.batch_sampler is None else self.batch_sampler

    def state_dict(self) -> dict[str, Any]:
        """The position within the pass that is under way: the generator's state where it began, and the
        batches given since.

        Between two passes it is the beginning of the next one. One pass at a time is followed, the one begun
        last.
        """
        if self._restored is not None:
            return dict(self._restored)
        between = self._begin is None
        begin = _random.stream_of(self.generator).get_state() if between else self._begin
        state = {"generator": from_numpy(begin), "batches": self._given}
        if self.num_workers:
            state["workers"] = list(self._workers_random)
        if self.persistent_workers:
            state["seed"] = self._kept_seed() if between else self._seed
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Let the next pass be the rest of the one that ``state_dict`` described, in the same order.

        A generator given to the loader goes on from there; the default one is left as it is: restore its
        state with ``set_rng_state``.
        """
        needed = {"generator", "batches"}
        if not isinstance(state, Mapping) or not needed <= set(state) <= needed | {"workers", "seed"}:
            found = sorted(map(str, state)) if isinstance(state, Mapping) else type(state).__name__
            raise ValueError(f"not a DataLoader's state: {found}; expected generator and batches")
        if type(state["batches"]) is not int or state["batches"] < 0:
            raise ValueError(
                f"not a DataLoader's state: batches is {state['batches']!r:.60}, not a whole number from 0 on"
            )
        try:
            _random.Stream(0).set_state(state["generator"].numpy())
        except (AttributeError, TypeError, RuntimeError) as error:
            raise ValueError(
                f"not a DataLoader's state: its generator is no state of random numbers ({error})"
            ) from error
        if type(state.get("seed", 0)) not in (int, type(None)):
            raise ValueError(f"not a DataLoader's state: seed is {state['seed']!r:.60}, not a whole number")
        if not isinstance(state.get("workers", []), (list, tuple)):
            raise ValueError(f"not a DataLoader's state: workers is {state['workers']!r:.60}, not a list")
        workers = len(state.get("workers", ()))
        if workers != self.num_workers:
            raise ValueError(
                f"the state is of a DataLoader with num_workers={workers}, not {self.num_workers}: "
                "random numbers would differ"
            )
        self._restored = dict(state)

    def _order(self) -> tuple[Iterator[Any], Seeds]:
        """The indices of a pass that begins now, batch by batch, and its seeds, which PyTorch draws in this
        order: that of workers without any too, but not where they were kept; of pipes once more where workers
        start."""
        pipes = isinstance(self.dataset, IterDataPipe)
        shared = self._drawn() if pipes else None
        if shared is not None:
            give_seeds(self.dataset, shared)
        order, base = iter(self._index_sampler), self._seed
        if base is None:
            base = self._drawn()
            if pipes and self.num_workers:
                self._drawn()
        return order, Seeds(base, shared)

    def _kept_seed(self) -> int | None:
        """The seed of workers that live already."""
        return None if self._pool is None else self._pool.seed

    def _drawn(self) -> int:
        return int(_random.random_integers((), generator=self.generator))

    def _replayed(self, stream: _random.Stream, state: dict[str, Any]) -> tuple[Iterator[Any], Seeds]:
        """The indices that are left of the pass of ``state``."""
        now = stream.get_state()
        self._begin, self._given = state["generator"].numpy(), state["batches"]
        stream.set_state(self._begin)
        order, seeds = self._order()
        passed = sum(1 for _ in itertools.islice(order, self._given))
        if passed < self._given and not isinstance(self.dataset, IterableDataset):
            stream.set_state(now)
            self._begin = None
            raise ValueError(
                f"the state is of another dataset or batch size: {self._given} batches given, a pass "
                f"has {passed}"
            )
        if self.generator is None:
            stream.set_state(now)
        return order, seeds


_FIXED = ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers")
"""Attributes that what the constructor made depends on."""


class _InfiniteConstantSampler(Sampler[Any]):
    """What stands for the order of a stream, which has none."""

    def __iter__(self) -> Iterator[Any]:
        return itertools.repeat(None)
