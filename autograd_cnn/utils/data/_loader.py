"""The DataLoader: batches of a dataset in the order of a sampler."""

import itertools
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, TypedDict, TypeVar, Unpack, overload

import numpy as np

from ..._creation.creation import from_numpy
from ..._creation.random import Generator
from ..._random import stream as _random
from ..._tensor import Tensor
from ._collate import default_collate, default_convert
from ._dataset import Dataset, IterableDataset
from ._fetch import Recipe
from ._sampler import BatchSampler, RandomSampler, SequentialSampler

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
    the same order. They are started by the fork server, or anew (spawn): they import the script, which needs
    ``if __name__ == "__main__":``, and are sent the dataset, ``collate_fn`` and ``worker_init_fn``, which
    must be picklable. Where that is not so (no guard, local classes, lambdas), and on Linux no other thread
    is at work, the program is forked instead; ``multiprocessing_context`` may demand one way. An exception in
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
        _check_workers(num_workers, timeout, prefetch_factor, persistent_workers, multiprocessing_context)
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
        if sampler is None and not isinstance(dataset, IterableDataset):
            sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        if batch_sampler is not None:
            batch_size = None
        elif batch_size is not None and sampler is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.batch_size = batch_size
        self.collate_fn: Callable[[Any], Any] = collate_fn or (
            default_collate if batches else default_convert
        )
        self._recipe = Recipe(dataset, self.collate_fn, self.batch_sampler is not None, batch_size, drop_last)
        self._begin: Any = None
        self._given = 0
        self._pool: Any = None
        self._workers_random: list[Any] = [None] * num_workers
        self._restored: dict[str, Any] | None = None

    def __iter__(self) -> Iterator[Batch_co]:
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
            return self._followed(self._worked(order, seed, restored))
        if isinstance(self.dataset, IterableDataset):
            return self._followed(self._recipe.streamed(self._given))
        fetch = self._recipe.fetcher()
        return self._followed(
            fetch(task) for task in order
        )  # no map: a StopIteration of the dataset's would end it without a word

    def __len__(self) -> int:
        if isinstance(self.dataset, IterableDataset) and self.batch_size is not None:
            n = len(self.dataset)  # type: ignore[arg-type]  # TypeError where the stream has no length
            return n // self.batch_size if self.drop_last else -(-n // self.batch_size)
        source = self.sampler if self.batch_sampler is None else self.batch_sampler
        return len(source)  # type: ignore[arg-type]  # likewise

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
        source = self.sampler if self.batch_sampler is None else self.batch_sampler
        order = iter(source or ())
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

    def _worked(self, order: Iterator[Any], seed: int, restored: dict[str, Any] | None) -> Iterator[Any]:
        """The batches that workers make. Those of a stream can't be taken up in the middle: they are made
        again, and passed over."""
        from ._pool import OvertakenError, Pool  # where it is used: importing the package stays light

        pool, given = self._pool, self._given
        if pool is None:
            pool = Pool(
                self._recipe,
                self.worker_init_fn,
                self.num_workers,
                self.multiprocessing_context,
                self.prefetch_factor or 1,
                self.timeout,
            )
            if self.persistent_workers:
                self._pool = pool
                weakref.finalize(self, pool.close)
        self._workers_random = pool.random
        kept = False
        try:
            if isinstance(self.dataset, IterableDataset):
                yield from itertools.islice(pool.batches(itertools.repeat(0), seed), given, None)
            else:
                yield from pool.batches(order, seed, given, restored and restored["workers"])
            kept = self.persistent_workers
        except (GeneratorExit, OvertakenError):  # the loop was left early, or its workers are at another pass
            kept = self.persistent_workers
            raise
        finally:
            if not kept:
                pool.close()
                self._pool = None

    def _followed(self, batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            self._given += 1
            yield batch
        self._begin, self._given = None, 0
        if not self.persistent_workers:
            self._workers_random = [None] * self.num_workers


def _check_workers(
    num_workers: Any, timeout: float, prefetch_factor: int | None, persistent_workers: bool, context: Any
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
            "prefetch_factor option could only be specified in multiprocessing; let num_workers > 0, "
            "or leave it None"
        )
    if prefetch_factor is not None and prefetch_factor < 1:
        raise ValueError("prefetch_factor option should be positive")
    if num_workers == 0 and persistent_workers:
        raise ValueError("persistent_workers option needs num_workers > 0")
    if num_workers == 0 and context is not None:
        raise ValueError(
            "multiprocessing_context can only be used with multi-process loading (num_workers > 0)"
        )


def _check_options(
    dataset: Any, batch_size: Any, shuffle: Any, sampler: Any, batch_sampler: Any, drop_last: bool
) -> None:
    """Which arguments go together, in PyTorch's words."""
    if isinstance(dataset, IterableDataset):
        for name, value in (("shuffle", shuffle), ("sampler", sampler), ("batch_sampler", batch_sampler)):
            if value:
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
