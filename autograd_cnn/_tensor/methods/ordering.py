"""Methods that sort, and those of triangles and diagonals."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..._engine.handle import Handle, T
from ..._functions import scattering, sorting, triangular
from ..._functions._dims import numpy_names


class OrderingMethods(Handle[T]):
    """Methods that sort, and those of triangles and diagonals."""

    __slots__ = ()

    @numpy_names
    def sort(self, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
        """See :func:`autograd_cnn.sort`."""
        return sorting.sort(self, dim, descending, stable)

    @numpy_names
    def argsort(self, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
        """See :func:`autograd_cnn.argsort`."""
        return sorting.argsort(self, dim, descending, stable)

    def msort(self) -> Any:
        """See :func:`autograd_cnn.msort`."""
        return sorting.msort(self)

    @numpy_names
    def topk(self, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
        """See :func:`autograd_cnn.topk`."""
        return sorting.topk(self, k, dim, largest, sorted)

    @numpy_names
    def kthvalue(self, k: int, dim: int = -1, keepdim: bool = False) -> Any:
        """See :func:`autograd_cnn.kthvalue`."""
        return sorting.kthvalue(self, k, dim, keepdim)

    @numpy_names
    def unique(
        self,
        sorted: bool = True,
        return_inverse: bool = False,
        return_counts: bool = False,
        dim: int | None = None,
    ) -> Any:
        """See :func:`autograd_cnn.unique`."""
        return sorting.unique(self, sorted, return_inverse, return_counts, dim)

    def unique_consecutive(
        self, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
    ) -> Any:
        """See :func:`autograd_cnn.unique_consecutive`."""
        return sorting.unique_consecutive(self, return_inverse, return_counts, dim)

    def argwhere(self) -> Any:
        """See :func:`autograd_cnn.argwhere`."""
        return sorting.argwhere(self)

    def nonzero(self, *, as_tuple: bool = False) -> Any:
        """See :func:`autograd_cnn.nonzero`."""
        return sorting.nonzero(self, as_tuple=as_tuple)

    def tril(self, diagonal: int = 0) -> Any:
        """See :func:`autograd_cnn.tril`."""
        return triangular.tril(self, diagonal)

    def tril_(self, diagonal: int = 0) -> Any:
        """See :func:`autograd_cnn.tril`; in place."""
        return self._overwrite(triangular.tril(self, diagonal))

    def triu(self, diagonal: int = 0) -> Any:
        """See :func:`autograd_cnn.triu`."""
        return triangular.triu(self, diagonal)

    def triu_(self, diagonal: int = 0) -> Any:
        """See :func:`autograd_cnn.triu`; in place."""
        return self._overwrite(triangular.triu(self, diagonal))

    def diagonal(self, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
        """See :func:`autograd_cnn.diagonal`."""
        return triangular.diagonal(self, offset, dim1, dim2)

    def diag(self, diagonal: int = 0) -> Any:
        """See :func:`autograd_cnn.diag`."""
        return triangular.diag(self, diagonal)

    def diag_embed(self, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
        """See :func:`autograd_cnn.diag_embed`."""
        return triangular.diag_embed(self, offset, dim1, dim2)

    def diagflat(self, offset: int = 0) -> Any:
        """See :func:`autograd_cnn.diagflat`."""
        return triangular.diagflat(self, offset)

    def trace(self) -> Any:
        """See :func:`autograd_cnn.trace`."""
        return triangular.trace(self)

    def unfold(self, dimension: int, size: int, step: int) -> Any:
        """See :func:`autograd_cnn.unfold`."""
        return triangular.unfold(self, dimension, size, step)

    def as_strided(
        self, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None
    ) -> Any:
        """See :func:`autograd_cnn.as_strided`."""
        return triangular.as_strided(self, size, stride, storage_offset)

    def as_strided_scatter(
        self, src: Any, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None
    ) -> Any:
        """See :func:`autograd_cnn.as_strided_scatter`."""
        return triangular.as_strided_scatter(self, src, size, stride, storage_offset)

    def as_strided_(
        self, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None
    ) -> Any:
        """See :func:`autograd_cnn.as_strided`; this tensor itself changes its shape."""
        return self._become(triangular.as_strided(self, size, stride, storage_offset))

    def fill_diagonal_(self, fill_value: Any, wrap: bool = False) -> Any:
        """Write a number on the main diagonal of a matrix (with ``wrap``, again below a square); returns this
        tensor."""
        if self.array.ndim < 2 or (self.array.ndim > 2 and len(set(self.array.shape)) > 1):
            raise RuntimeError(
                "fill_diagonal_: expected a matrix, or all dimensions of one size, got shape "
                f"{list(self.array.shape)}"
            )
        places = np.zeros(self.array.shape, np.bool_)
        np.fill_diagonal(places, True, wrap=wrap)
        return self._overwrite(scattering.masked_fill(self, places, fill_value))
