"""What both kinds of pipes of batches share."""

from typing import Any

from .datapipe import DataChunk, size_of

__all__ = ["Batching"]


class Batching:
    """Batches of ``batch_size`` items, each made by ``wrapper_class``, the last one smaller unless
    ``drop_last``. AssertionError for a size below 1."""

    def __init__(
        self, datapipe: Any, batch_size: int, drop_last: bool = False, wrapper_class: Any = DataChunk
    ) -> None:
        if batch_size <= 0:
            raise AssertionError(f"Batch size is required to be larger than 0, got {batch_size}")
        self.datapipe, self.batch_size, self.drop_last = datapipe, batch_size, drop_last
        self.wrapper_class = wrapper_class

    def __len__(self) -> int:
        rest = 0 if self.drop_last else self.batch_size - 1
        return (size_of(self, self.datapipe) + rest) // self.batch_size
