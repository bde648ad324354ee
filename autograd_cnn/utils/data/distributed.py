"""Each process of several takes its own share of a dataset."""

import math
from collections.abc import Iterator, Sized
from typing import Any

from ..._random import stream
from .sampler import Sampler

__all__ = ["DistributedSampler"]


class DistributedSampler(Sampler[int]):
    """Of ``num_replicas`` processes, the indices of the one numbered ``rank``: every ``num_replicas``-th of
    the order that all of them draw alike.

    The order is that of a generator seeded with ``seed`` plus the epoch, which ``set_epoch`` tells before
    each pass. Each process gets the same number of indices: some come twice to fill up, or with ``drop_last``
    the last ones are left out. RuntimeError where ``num_replicas`` or ``rank`` is not given, as nothing here
    knows of other processes; ValueError for a rank that is none of them.
    """

    def __init__(
        self,
        dataset: Sized,
        num_replicas: int | None = None,
        rank: int | None = None,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
    ) -> None:
        if num_replicas is None or rank is None:
            raise RuntimeError("Requires distributed package to be available; give num_replicas and rank")
        if not 0 <= rank < num_replicas:
            raise ValueError(f"Invalid rank {rank}, rank should be in the interval [0, {num_replicas - 1}]")
        self.dataset = dataset
        self.num_replicas = num_replicas
        self.rank = rank
        self.epoch: int = 0
        self.drop_last = drop_last
        self.shuffle = shuffle
        self.seed = seed
        length: Any = len(dataset)
        left_out = length % num_replicas if drop_last else 0
        self.num_samples: int = math.ceil((length - left_out) / num_replicas)
        self.total_size: int = self.num_samples * num_replicas

    def __iter__(self) -> Iterator[int]:
        length = len(self.dataset)
        if self.shuffle:
            order = stream.randperm(length, generator=stream.Stream(self.seed + self.epoch)).tolist()
        else:
            order = list(range(length))
        times = math.ceil(self.total_size / length) if length else 0
        return iter((order * times)[self.rank : self.total_size : self.num_replicas])

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Let the next pass have the order of this epoch."""
        self.epoch = epoch
