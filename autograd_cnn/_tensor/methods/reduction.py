"""Methods that reduce over dimensions."""

from typing import Any

from ..._engine.handle import Handle, T
from ..._functions import reduction
from ..._functions._dims import numpy_names


class ReductionMethods(Handle[T]):
    """Methods that reduce over dimensions."""

    __slots__ = ()

    @numpy_names
    def sum(self, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
        """See :func:`autograd_cnn.sum`."""
        return reduction.sum(self, dim, keepdim, dtype=dtype)

    @numpy_names
    def nansum(self, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
        """See :func:`autograd_cnn.nansum`."""
        return reduction.nansum(self, dim, keepdim, dtype=dtype)

    @numpy_names
    def mean(self, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
        """See :func:`autograd_cnn.mean`."""
        return reduction.mean(self, dim, keepdim, dtype=dtype)

    @numpy_names
    def nanmean(self, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
        """See :func:`autograd_cnn.nanmean`."""
        return reduction.nanmean(self, dim, keepdim, dtype=dtype)

    @numpy_names
    def prod(self, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
        """See :func:`autograd_cnn.prod`."""
        return reduction.prod(self, dim, keepdim, dtype=dtype)

    @numpy_names
    def amax(self, dim: Any = (), keepdim: bool = False) -> Any:
        """See :func:`autograd_cnn.amax`."""
        return reduction.amax(self, dim, keepdim)

    @numpy_names
    def amin(self, dim: Any = (), keepdim: bool = False) -> Any:
        """See :func:`autograd_cnn.amin`."""
        return reduction.amin(self, dim, keepdim)

    @numpy_names
    def aminmax(self, *, dim: Any = None, keepdim: bool = False) -> Any:
        """See :func:`autograd_cnn.aminmax`."""
        return reduction.aminmax(self, dim=dim, keepdim=keepdim)

    @numpy_names
    def argmax(self, dim: Any = None, keepdim: bool = False) -> Any:
        """See :func:`autograd_cnn.argmax`."""
        return reduction.argmax(self, dim, keepdim)

    @numpy_names
    def argmin(self, dim: Any = None, keepdim: bool = False) -> Any:
        """See :func:`autograd_cnn.argmin`."""
        return reduction.argmin(self, dim, keepdim)

    @numpy_names
    def max(self, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
        """See :func:`autograd_cnn.max`."""
        return reduction.max(self, dim, keepdim, other=other)

    @numpy_names
    def min(self, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
        """See :func:`autograd_cnn.min`."""
        return reduction.min(self, dim, keepdim, other=other)

    @numpy_names
    def logsumexp(self, dim: Any, keepdim: bool = False) -> Any:
        """See :func:`autograd_cnn.logsumexp`."""
        return reduction.logsumexp(self, dim, keepdim)

    @numpy_names
    def all(self, dim: Any = None, keepdim: bool = False) -> Any:
        """See :func:`autograd_cnn.all`."""
        return reduction.all(self, dim, keepdim)

    @numpy_names
    def any(self, dim: Any = None, keepdim: bool = False) -> Any:
        """See :func:`autograd_cnn.any`."""
        return reduction.any(self, dim, keepdim)

    @numpy_names
    def count_nonzero(self, dim: Any = None) -> Any:
        """See :func:`autograd_cnn.count_nonzero`."""
        return reduction.count_nonzero(self, dim)
