"""The DataLoader: batches of a dataset in the order of a sampler."""

import itertools
import multiprocessing
import os
import warnings
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, TypedDict, TypeVar, Unpack, overload

import numpy as np

from ..._creation.creation import from_numpy
from ..._creation.random import Generator
from ..._random import stream as _random
from ..._tensor import Tensor
from ._info import get_worker_info as get_worker_info
from ._utils.collate import default_collate as default_collate
from ._utils.collate import default_convert as default_convert
from ._utils.fetch import ENDED, Recipe
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
        _check_workers(num_workers, timeout, prefetch_factor, persistent_workers)
        _check_options(dataset, batch_size, shuffle, sampler, batch_sampler, drop_last)
        self.dataset = dataset
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
        _warn_of_many(num_workers)
        self._said_length: int | None = None
        """The length of a stream, where somebody has asked for it."""
        self._recipe = Recipe(dataset, self.collate_fn, self.batch_sampler is not None, batch_size, drop_last)
        self._begin: Any = None
        self._given = 0
        self._pool: Any = None
        self._workers_random: list[Any] = [None] * num_workers
        self._restored: dict[str, Any] | None = None

    def __iter__(self) -> "_BaseDataLoaderIter[Batch_co]":
        stream = _random.stream_of(self.generator)
        restored, self._restored = self._restored, None
        if restored is not None and restored["batches"]:
            order, seed = self._replayed(stream, restored)
        else:
            if restored is not None and self.generator is not None:
                stream.set_state(restored["generator"].numpy())
            self._begin, self._given = stream.get_state(), 0
            order, seed = self._order()
        if self.num_workers:
            return _MultiProcessingDataLoaderIter(self, order, seed, restored)
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
        _check_context(context, self.num_workers)
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
        begin = _random.stream_of(self.generator).get_state() if self._begin is None else self._begin
        state = {"generator": from_numpy(begin), "batches": self._given}
        if self.num_workers:
            state["workers"] = list(self._workers_random)
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Let the next pass be the rest of the one that ``state_dict`` described, in the same order.

        A generator given to the loader goes on from there; the default one is left as it is: restore its
        state with ``set_rng_state``.
        """
        if not isinstance(state, Mapping) or not {"generator", "batches"} <= set(state) <= {
            "generator",
            "batches",
            "workers",
        }:
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
        if not isinstance(state.get("workers", []), (list, tuple)):
            raise ValueError(f"not a DataLoader's state: workers is {state['workers']!r:.60}, not a list")
        workers = len(state.get("workers", ()))
        if workers != self.num_workers:
            raise ValueError(
                f"the state is of a DataLoader with num_workers={workers}, not {self.num_workers}: "
                "random numbers would differ"
            )
        self._restored = dict(state)

    def _order(self) -> tuple[Iterator[Any], int]:
        """The indices of a pass that begins now, batch by batch, and the workers' seed, which PyTorch draws
        without workers too."""
        order = iter(self._index_sampler)
        return order, int(_random.random_integers((), generator=self.generator))

    def _replayed(self, stream: _random.Stream, state: dict[str, Any]) -> tuple[Iterator[Any], int]:
        """The indices that are left of the pass of ``state``."""
        now = stream.get_state()
        self._begin, self._given = state["generator"].numpy(), state["batches"]
        stream.set_state(self._begin)
        order, seed = self._order()
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
        return order, seed


_FIXED = ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers")
"""Attributes that what the constructor made depends on."""


class _InfiniteConstantSampler(Sampler[Any]):
    """What stands for the order of a stream, which has none."""

    def __iter__(self) -> Iterator[Any]:
        return itertools.repeat(None)


class _BaseDataLoaderIter(Generic[Batch_co]):
    """One pass over a loader. After an exception of the dataset's it goes on with the next batch."""

    def __init__(self, loader: DataLoader[Any]) -> None:
        self._loader = loader
        self._yielded = 0

    def __iter__(self) -> "_BaseDataLoaderIter[Batch_co]":
        return self

    def __len__(self) -> int:
        return len(self._loader)

    def __next__(self) -> Batch_co:
        loader = self._loader
        found: Batch_co = self._next()
        loader._given += 1
        self._yielded += 1
        if loader._said_length is not None:
            self._compare_length(loader)
        return found

    def _next(self) -> Any:
        raise NotImplementedError

    def _ended(self) -> StopIteration:
        """The pass is over; the loader's next one begins anew."""
        self._loader._begin, self._loader._given = None, 0
        return StopIteration()

    def _compare_length(self, loader: DataLoader[Any]) -> None:
        if self._yielded > len(loader):
            warnings.warn(
                f"Length of IterableDataset {loader.dataset} was reported to be {len(loader)} (when "
                f"accessing len(dataloader)), but {self._yielded} samples have been fetched. "
                + "For multiprocessing data-loading, this could be caused by not properly configuring the "
                "IterableDataset replica at each worker: let each give its share, see get_worker_info"
                * bool(loader.num_workers),
                stacklevel=3,
            )


class _SingleProcessDataLoaderIter(_BaseDataLoaderIter[Any]):
    """A pass in this process."""

    def __init__(self, loader: DataLoader[Any], order: Iterator[Any]) -> None:
        super().__init__(loader)
        self._order = order
        self._fetch = loader._recipe.fetcher(loader._given)

    def _next(self) -> Any:
        try:
            task = next(self._order)
        except StopIteration:
            raise self._ended() from None
        try:
            batch = self._fetch(task)
        except StopIteration as error:  # it would end the loop without a word
            raise RuntimeError(f"the dataset raised StopIteration ({error})") from error
        if batch is ENDED:
            raise self._ended()
        return batch


class _MultiProcessingDataLoaderIter(_BaseDataLoaderIter[Any]):
    """A pass whose batches workers make. Those of a stream can't be taken up in the middle: they are made
    again, and passed over."""

    def __init__(
        self, loader: DataLoader[Any], order: Iterator[Any], seed: int, restored: dict[str, Any] | None
    ) -> None:
        from ._pool import Pool  # where it is used: importing the package stays light

        super().__init__(loader)
        pool = loader._pool
        if pool is None:
            pool = Pool(
                loader._recipe,
                loader.worker_init_fn,
                loader.num_workers,
                loader.multiprocessing_context,
                loader.prefetch_factor or 1,
                loader.timeout,
                loader.in_order,
            )
            # ended with the pass, or with the loader that keeps them
            self._close = weakref.finalize(loader if loader.persistent_workers else self, pool.close)
        if loader.persistent_workers:
            loader._pool = pool
        loader._workers_random = pool.random
        self._pool = pool
        if isinstance(loader.dataset, IterableDataset):
            self._batches = pool.batches(itertools.repeat(0), seed)
            self._passed_over = loader._given
        else:
            self._batches = pool.batches(order, seed, loader._given, restored and restored["workers"])
            self._passed_over = 0

    @property
    def _workers(self) -> list[Any]:
        return [worker.process for worker in self._pool.workers]

    def _next(self) -> Any:
        try:
            while self._passed_over:
                next(self._batches)
                self._passed_over -= 1
            return next(self._batches)
        except StopIteration:
            if not self._loader.persistent_workers:
                self._loader._workers_random = [None] * self._loader.num_workers
                self._shutdown_workers()
            raise self._ended() from None
        finally:
            if not self._pool.workers:  # ended by an error
                self._loader._pool = None

    def _shutdown_workers(self) -> None:
        self._pool.close()


def _check_workers(
    num_workers: Any, timeout: float, prefetch_factor: int | None, persistent_workers: bool
) -> None:
    """What is asked of workers, in PyTorch's words."""
    if not isinstance(num_workers, int) or num_workers < 0:
        raise ValueError(
            "num_workers option should be non-negative; use num_workers=0 to disable multiprocessing."
        )
    if timeout < 0:
        raise ValueError("timeout option should be non-negative")
    if num_workers == 0 and prefetch_factor is not None:
        raise ValueError(
            "prefetch_factor option could only be specified in multiprocessing."
            "let num_workers > 0 to enable multiprocessing, otherwise set prefetch_factor to None."
        )
    if prefetch_factor is not None and prefetch_factor < 1:
        raise ValueError("prefetch_factor option should be non-negative, and at least 1")
    if num_workers == 0 and persistent_workers:
        raise ValueError("persistent_workers option needs num_workers > 0")


def _check_context(context: Any, num_workers: int) -> None:
    if context is None:
        return
    if num_workers == 0:
        raise ValueError(
            "multiprocessing_context can only be used with multi-process loading (num_workers > 0), but got "
            f"num_workers={num_workers}"
        )
    if isinstance(context, str):
        methods = multiprocessing.get_all_start_methods()
        if context not in methods:
            raise ValueError(
                f"multiprocessing_context option should specify a valid start method in {methods!r}, but got "
                f"multiprocessing_context={context!r}"
            )
    elif not hasattr(context, "get_start_method") or not hasattr(context, "Process"):
        raise TypeError(
            "multiprocessing_context option should be a valid context object or a string specifying the "
            f"start method, but got multiprocessing_context={context}"
        )


def _warn_of_many(num_workers: int) -> None:
    """Of more workers than there are processors."""
    affinity = getattr(os, "sched_getaffinity", None)
    processors = len(affinity(0)) if affinity else os.cpu_count()
    if processors and num_workers > processors:
        warnings.warn(
            f"This DataLoader will create {num_workers} worker processes in total. Our suggested max number "
            f"of worker in current system is {processors}, which is smaller than what this DataLoader is "
            "going to create. Please be aware that excessive worker creation might get DataLoader running "
            "slow or even freeze, lower the worker number to avoid potential slowness/freeze if necessary.",
            stacklevel=3,
        )


def _check_options(
    dataset: Any, batch_size: Any, shuffle: Any, sampler: Any, batch_sampler: Any, drop_last: bool
) -> None:
    """Which arguments go together, in PyTorch's words."""
    if isinstance(dataset, IterableDataset):
        for name, value in (
            ("shuffle", shuffle or None),
            ("sampler", sampler),
            ("batch_sampler", batch_sampler),
        ):
            if value is not None:
                raise ValueError(
                    f"DataLoader with IterableDataset: expected unspecified {name} option, but got "
                    f"{name}={value}"
                )
    if sampler is not None and shuffle:
        raise ValueError("sampler option is mutually exclusive with shuffle")
    if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
        raise ValueError(
            "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"
        )
    if batch_size is None and drop_last:
        raise ValueError(
            "batch_size=None option disables auto-batching and is mutually exclusive with drop_last"
        )
