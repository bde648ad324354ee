"""Reading and writing by index."""

from collections.abc import Iterator
from typing import Any

from .._functions import indexing
from .._handle import Handle


class IndexingMethods(Handle):
    """Reading and writing by index."""

    __slots__ = ()

    def gather(self, dim: int, index: Any) -> Any:
        """See :func:`autograd_cnn.gather`."""
        return indexing.gather(self, dim, index)

    def index_select(self, dim: int, index: Any) -> Any:
        """See :func:`autograd_cnn.index_select`."""
        return indexing.index_select(self, dim, index)

    def __getitem__(self, index: Any) -> Any:
        return indexing.getitem(self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        self._write_at(indexing.plain_index(index), value)

    def __len__(self) -> int:
        if self.array.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return len(self.array)

    def __iter__(self) -> Iterator[Any]:
        if self.array.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return (self[i] for i in range(len(self)))
