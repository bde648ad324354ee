"""Datasets: things with items, and combinations of them."""

import bisect
import itertools
import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar, cast

import numpy as np

from ..._creation.random import Generator
from ..._random.stream import randperm
from ..._tensor import Tensor

__all__ = [
    "ChainDataset",
    "ConcatDataset",
    "Dataset",
    "IterableDataset",
    "StackDataset",
    "Subset",
    "TensorDataset",
    "random_split",
]

Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)


class Dataset(Generic[Item_co]):
    """Items by number: ``dataset[i]`` and ``len(dataset)``. Subclass it.

    A class may also define ``__getbatch__(indices)``, which returns at once what ``default_collate`` would
    make of those items; a DataLoader without a ``collate_fn`` then uses it. A subclass that overrides
    ``__getitem__`` does not inherit it.
    """

    def __getitem__(self, index: Any) -> Item_co:
        raise NotImplementedError(f"{type(self).__name__} must define __getitem__(self, index)")

    def __add__(self, other: "Dataset[Item_co]") -> "ConcatDataset[Item_co]":
        return ConcatDataset([self, other])


class IterableDataset(Dataset[Item_co]):
    """Items one after the other: ``iter(dataset)``. Subclass it where items have no number, as in a
    stream."""

    def __iter__(self) -> Iterator[Item_co]:
        raise NotImplementedError(f"{type(self).__name__} must define __iter__(self)")

    def __add__(  # type: ignore[override]  # PyTorch chains streams here too
        self, other: Dataset[Any]
    ) -> "ChainDataset":
        return ChainDataset([self, other])


class TensorDataset(Dataset[tuple[Tensor, ...]]):
    """Tensors of the same first size; item i is the tuple of their i-th rows."""

    def __init__(self, *tensors: Tensor) -> None:
        if not tensors:
            raise IndexError("TensorDataset needs at least one tensor")
        sizes = [tuple(t.shape) for t in tensors]
        if any(not shape for shape in sizes):
            raise IndexError(f"TensorDataset: a tensor without axes has no rows; the shapes are {sizes}")
        if any(shape[0] != sizes[0][0] for shape in sizes):
            raise AssertionError(f"Size mismatch between tensors: the first sizes of {sizes} differ")
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple(t[index] for t in self.tensors)

    def __getbatch__(self, indices: Sequence[int]) -> list[Tensor]:
        rows = np.asarray(indices)
        return [t[rows] for t in self.tensors]

    def __len__(self) -> int:
        return int(self.tensors[0].shape[0])


class Subset(Dataset[Item_co]):
    """The items of ``dataset`` at ``indices``."""

    def __init__(self, dataset: Dataset[Item_co] | Sequence[Item_co], indices: Sequence[int]) -> None:
        self.dataset: Any = dataset
        self.indices = indices

    def __getitem__(self, index: Any) -> Item_co:
        chosen = [self.indices[i] for i in index] if isinstance(index, list) else self.indices[index]
        found: Item_co = self.dataset[chosen]
        return found

    def __getitems__(self, indices: list[int]) -> list[Item_co]:
        """The items at ``indices``, asked of the dataset at once where it can be."""
        chosen = [self.indices[i] for i in indices]
        at_once = getattr(self.dataset, "__getitems__", None)
        return list(at_once(chosen)) if callable(at_once) else [self.dataset[i] for i in chosen]

    def __len__(self) -> int:
        return len(self.indices)


def _items(dataset: Any, indices: list[Any]) -> list[Any]:
    at_once = getattr(dataset, "__getitems__", None)
    if not callable(at_once):
        return [dataset[index] for index in indices]
    found = list(at_once(indices))
    if len(found) != len(indices):
        raise ValueError(f"Nested dataset's output size mismatch. Expected {len(indices)}, got {len(found)}")
    return found


class StackDataset(Dataset[Any]):
    """Several datasets of one length side by side: item i is the tuple of their items i, or under names the
    dict of them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if args and kwargs:
            raise ValueError(
                "Supported either ``tuple``- (via ``args``) or ``dict``- (via ``kwargs``) like input/output, "
                "but both types are given."
            )
        if not args and not kwargs:
            raise ValueError("At least one dataset should be passed")
        self.datasets: Any = args or kwargs
        sizes = [len(dataset) for dataset in args or kwargs.values()]
        if any(size != sizes[0] for size in sizes):
            raise ValueError(f"Size mismatch between datasets: they have {sizes} items")
        self._length = sizes[0]

    def __getitem__(self, index: Any) -> Any:
        if isinstance(self.datasets, dict):
            return {name: dataset[index] for name, dataset in self.datasets.items()}
        return tuple(dataset[index] for dataset in self.datasets)

    def __getitems__(self, indices: list[Any]) -> list[Any]:
        """The items at ``indices``, asked of each dataset at once where it can be."""
        if isinstance(self.datasets, dict):
            columns = [_items(dataset, indices) for dataset in self.datasets.values()]
            return [dict(zip(self.datasets, row, strict=True)) for row in zip(*columns, strict=True)]
        return list(zip(*(_items(dataset, indices) for dataset in self.datasets), strict=True))

    def __len__(self) -> int:
        return self._length


class ConcatDataset(Dataset[Item_co]):
    """The items of several datasets, one dataset after the other."""

    def __init__(self, datasets: Iterable[Dataset[Item_co] | Sequence[Item_co]]) -> None:
        self.datasets: list[Any] = list(datasets)
        if not self.datasets:
            raise AssertionError("datasets should not be an empty iterable")
        if any(isinstance(d, IterableDataset) for d in self.datasets):
            raise AssertionError(
                "ConcatDataset does not support IterableDataset; chain them with ChainDataset"
            )
        self.cumulative_sizes: list[int] = self.cumsum(self.datasets)

    @staticmethod
    def cumsum(sequence: Iterable[Any]) -> list[int]:
        """How many items there are up to the end of each."""
        return list(itertools.accumulate(len(items) for items in sequence))

    def __getitem__(self, index: int) -> Item_co:
        length = len(self)
        if index < -length:
            raise ValueError(
                f"absolute value of index should not exceed dataset length: {index} of {length} items"
            )
        if index >= length:
            raise IndexError(f"index {index} is out of range for a dataset of {length} items")
        index %= length
        which = bisect.bisect_right(self.cumulative_sizes, index)
        found: Item_co = self.datasets[which][index - (self.cumulative_sizes[which - 1] if which else 0)]
        return found

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]

    @property
    def cummulative_sizes(self) -> list[int]:
        """``cumulative_sizes``, as it was once written."""
        warnings.warn(
            "cummulative_sizes attribute is renamed to cumulative_sizes", DeprecationWarning, stacklevel=2
        )
        return self.cumulative_sizes


class ChainDataset(IterableDataset[Any]):
    """The items of several iterable datasets, one dataset after the other."""

    def __init__(self, datasets: Iterable[Dataset[Any]]) -> None:
        self.datasets: list[Any] = list(datasets)

    def __iter__(self) -> Iterator[Any]:
        return itertools.chain.from_iterable(map(self._stream, self.datasets))

    def __len__(self) -> int:
        return sum(len(self._stream(dataset)) for dataset in self.datasets)

    @staticmethod
    def _stream(dataset: Any) -> Any:
        if not isinstance(dataset, IterableDataset):
            raise AssertionError(
                f"ChainDataset only supports IterableDataset, not {type(dataset).__name__}; use ConcatDataset"
            )
        return dataset


def random_split(
    dataset: Dataset[Item] | Sequence[Item], lengths: Sequence[float], generator: Generator | None = None
) -> list[Subset[Item]]:
    """Non-overlapping subsets of ``lengths`` items, or of these fractions where they add up to 1, drawn at
    random.

    The order is PyTorch's for the same state of ``generator`` (None: the default one). ValueError where the
    lengths do not add up to the dataset's.
    """
    total = len(cast(Sequence[Item], dataset))
    if math.isclose(sum(lengths), 1) and sum(lengths) <= 1:
        for i, fraction in enumerate(lengths):
            if not 0 <= fraction <= 1:
                raise ValueError(f"Fraction at index {i} is not between 0 and 1: {fraction}")
        counts = [math.floor(total * fraction) for fraction in lengths]
        for i in range(total - sum(counts)):
            counts[i % len(counts)] += 1
        for i, count in enumerate(counts):
            if count == 0:
                warnings.warn(
                    f"Length of split at index {i} is 0. This might result in an empty dataset.", stacklevel=2
                )
    else:
        counts = [int(length) for length in lengths]
        if sum(lengths) != total:
            raise ValueError(
                f"Sum of input lengths {list(lengths)} does not equal the length of the input "
                f"dataset, {total}!"
            )
    order = randperm(total, generator=generator).tolist()
    return [
        Subset(dataset, order[end - count : end])
        for end, count in zip(itertools.accumulate(counts), counts, strict=True)
    ]
