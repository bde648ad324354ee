"""Reading and writing by index."""

from collections.abc import Iterator, Sequence
from typing import Any

from ..._engine.handle import Handle, T
from ..._functions import indexing, joining, scattering, triangular


class IndexingMethods(Handle[T]):
    """Reading and writing by index."""

    __slots__ = ()

    def gather(self, dim: int, index: Any, *, sparse_grad: bool = False) -> Any:
        """See :func:`autograd_cnn.gather`."""
        return indexing.gather(self, dim, index, sparse_grad=sparse_grad)

    def take_along_dim(self, indices: Any, dim: int | None = None) -> Any:
        """See :func:`autograd_cnn.take_along_dim`."""
        return indexing.take_along_dim(self, indices, dim)

    def index_select(self, dim: int, index: Any) -> Any:
        """See :func:`autograd_cnn.index_select`."""
        return indexing.index_select(self, dim, index)

    def select(self, dim: int, index: int) -> Any:
        """See :func:`autograd_cnn.select`."""
        return indexing.select(self, dim, index)

    def narrow(self, dim: int, start: Any, length: int) -> Any:
        """See :func:`autograd_cnn.narrow`."""
        return indexing.narrow(self, dim, start, length)

    def take(self, index: Any) -> Any:
        """See :func:`autograd_cnn.take`."""
        return indexing.take(self, index)

    def masked_select(self, mask: Any) -> Any:
        """See :func:`autograd_cnn.masked_select`."""
        return indexing.masked_select(self, mask)

    def scatter(
        self, dim: int, index: Any, src: Any = None, *, value: Any = None, reduce: str | None = None
    ) -> Any:
        """See :func:`autograd_cnn.scatter`."""
        return scattering.scatter(self, dim, index, src, value=value, reduce=reduce)

    def scatter_(
        self, dim: int, index: Any, src: Any = None, *, value: Any = None, reduce: str | None = None
    ) -> Any:
        """See :func:`autograd_cnn.scatter`; in place."""
        return self._overwrite(scattering.scatter(self, dim, index, src, value=value, reduce=reduce))

    def scatter_add(self, dim: int, index: Any, src: Any) -> Any:
        """See :func:`autograd_cnn.scatter_add`."""
        return scattering.scatter_add(self, dim, index, src)

    def scatter_add_(self, dim: int, index: Any, src: Any) -> Any:
        """See :func:`autograd_cnn.scatter_add`; in place."""
        return self._overwrite(scattering.scatter_add(self, dim, index, src))

    def scatter_reduce(
        self, dim: int, index: Any, src: Any, reduce: str, *, include_self: bool = True
    ) -> Any:
        """See :func:`autograd_cnn.scatter_reduce`."""
        return scattering.scatter_reduce(self, dim, index, src, reduce, include_self=include_self)

    def scatter_reduce_(
        self, dim: int, index: Any, src: Any, reduce: str, *, include_self: bool = True
    ) -> Any:
        """See :func:`autograd_cnn.scatter_reduce`; in place."""
        return self._overwrite(
            scattering.scatter_reduce(self, dim, index, src, reduce, include_self=include_self)
        )

    def index_add(self, dim: int, index: Any, source: Any, *, alpha: Any = 1) -> Any:
        """See :func:`autograd_cnn.index_add`."""
        return scattering.index_add(self, dim, index, source, alpha=alpha)

    def index_add_(self, dim: int, index: Any, source: Any, *, alpha: Any = 1) -> Any:
        """See :func:`autograd_cnn.index_add`; in place."""
        return self._overwrite(scattering.index_add(self, dim, index, source, alpha=alpha))

    def narrow_copy(self, dim: int, start: int, length: int) -> Any:
        """See :func:`autograd_cnn.narrow_copy`."""
        return indexing.narrow_copy(self, dim, start, length)

    def index_reduce(
        self, dim: int, index: Any, source: Any, reduce: str, *, include_self: bool = True
    ) -> Any:
        """See :func:`autograd_cnn.index_reduce`."""
        return scattering.index_reduce(self, dim, index, source, reduce, include_self=include_self)

    def index_reduce_(
        self, dim: int, index: Any, source: Any, reduce: str, *, include_self: bool = True
    ) -> Any:
        """See :func:`autograd_cnn.index_reduce`; in place."""
        return self._overwrite(
            scattering.index_reduce(self, dim, index, source, reduce, include_self=include_self)
        )

    def index_copy(self, dim: int, index: Any, source: Any) -> Any:
        """See :func:`autograd_cnn.index_copy`."""
        return scattering.index_copy(self, dim, index, source)

    def index_copy_(self, dim: int, index: Any, source: Any) -> Any:
        """See :func:`autograd_cnn.index_copy`; in place."""
        return self._overwrite(scattering.index_copy(self, dim, index, source))

    def index_fill(self, dim: int, index: Any, value: Any) -> Any:
        """See :func:`autograd_cnn.index_fill`."""
        return scattering.index_fill(self, dim, index, value)

    def index_fill_(self, dim: int, index: Any, value: Any) -> Any:
        """See :func:`autograd_cnn.index_fill`; in place."""
        return self._overwrite(scattering.index_fill(self, dim, index, value))

    def index_put(self, indices: Sequence[Any], values: Any, accumulate: bool = False) -> Any:
        """See :func:`autograd_cnn.index_put`."""
        return scattering.index_put(self, indices, values, accumulate)

    def index_put_(self, indices: Sequence[Any], values: Any, accumulate: bool = False) -> Any:
        """See :func:`autograd_cnn.index_put`; in place."""
        return self._overwrite(scattering.index_put(self, indices, values, accumulate))

    def masked_fill(self, mask: Any, value: Any) -> Any:
        """See :func:`autograd_cnn.masked_fill`."""
        return scattering.masked_fill(self, mask, value)

    def masked_fill_(self, mask: Any, value: Any) -> Any:
        """See :func:`autograd_cnn.masked_fill`; in place."""
        return self._overwrite(scattering.masked_fill(self, mask, value))

    def masked_scatter(self, mask: Any, source: Any) -> Any:
        """See :func:`autograd_cnn.masked_scatter`."""
        return scattering.masked_scatter(self, mask, source)

    def masked_scatter_(self, mask: Any, source: Any) -> Any:
        """See :func:`autograd_cnn.masked_scatter`; in place."""
        return self._overwrite(scattering.masked_scatter(self, mask, source))

    def put(self, index: Any, source: Any, accumulate: bool = False) -> Any:
        """See :func:`autograd_cnn.put`."""
        return scattering.put(self, index, source, accumulate)

    def put_(self, index: Any, source: Any, accumulate: bool = False) -> Any:
        """See :func:`autograd_cnn.put`; in place."""
        return self._overwrite(scattering.put(self, index, source, accumulate))

    def select_scatter(self, src: Any, dim: int, index: int) -> Any:
        """See :func:`autograd_cnn.select_scatter`."""
        return scattering.select_scatter(self, src, dim, index)

    def slice_scatter(
        self, src: Any, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
    ) -> Any:
        """See :func:`autograd_cnn.slice_scatter`."""
        return scattering.slice_scatter(self, src, dim, start, end, step)

    def diagonal_scatter(self, src: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
        """See :func:`autograd_cnn.diagonal_scatter`."""
        return triangular.diagonal_scatter(self, src, offset, dim1, dim2)

    def __getitem__(self, index: Any) -> Any:
        return indexing.getitem(self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        basic, advanced = indexing.two_steps(indexing.plain_index(index), self.array.ndim)
        if advanced is None:
            self._write_at(basic, value)
        elif basic is None:
            self._write_at(advanced, value)
        else:
            indexing.getitem(self, basic)._write_at(advanced, value)

    def __len__(self) -> int:
        if self.array.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return len(self.array)

    def __iter__(self) -> Iterator[Any]:
        if self.array.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(joining.unbind(self))
