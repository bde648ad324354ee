"""The passes of a DataLoader: in this process, or with workers."""

import itertools
import warnings
import weakref
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from ._utils.fetch import ENDED, Seeds
from .dataset import IterableDataset

Batch_co = TypeVar("Batch_co", covariant=True)


class _BaseDataLoaderIter(Generic[Batch_co]):
    """One pass over a loader. After an exception of the dataset's it goes on with the next batch."""

    def __init__(self, loader: Any) -> None:
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

    def _compare_length(self, loader: Any) -> None:
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

    def __init__(self, loader: Any, order: Iterator[Any]) -> None:
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
        self, loader: Any, order: Iterator[Any], seeds: Seeds, restored: dict[str, Any] | None
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
            self._batches = pool.batches(itertools.repeat(0), seeds)
            self._passed_over = loader._given
        else:
            self._batches = pool.batches(order, seeds, loader._given, restored and restored["workers"])
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
