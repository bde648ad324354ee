"""Methods of scans, statistics and drawing."""

from typing import Any

from ..._engine.handle import Handle, T
from ..._functions import sampling, scan, statistics
from ..._functions._dims import numpy_names


class StatisticsMethods(Handle[T]):
    """Methods of scans, statistics and drawing."""

    __slots__ = ()

    @numpy_names
    def cumsum(self, dim: int, *, dtype: Any = None) -> Any:
        """See :func:`autograd_cnn.cumsum`."""
        return scan.cumsum(self, dim, dtype=dtype)

    @numpy_names
    def cumprod(self, dim: int, *, dtype: Any = None) -> Any:
        """See :func:`autograd_cnn.cumprod`."""
        return scan.cumprod(self, dim, dtype=dtype)

    @numpy_names
    def logcumsumexp(self, dim: int) -> Any:
        """See :func:`autograd_cnn.logcumsumexp`."""
        return scan.logcumsumexp(self, dim)

    @numpy_names
    def cummax(self, dim: int) -> Any:
        """See :func:`autograd_cnn.cummax`."""
        return scan.cummax(self, dim)

    @numpy_names
    def cummin(self, dim: int) -> Any:
        """See :func:`autograd_cnn.cummin`."""
        return scan.cummin(self, dim)

    @numpy_names
    def diff(self, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None) -> Any:
        """See :func:`autograd_cnn.diff`."""
        return scan.diff(self, n, dim, prepend, append)

    @numpy_names
    def var(
        self, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None
    ) -> Any:
        """See :func:`autograd_cnn.var`."""
        return statistics.var(self, dim, unbiased, keepdim, correction=correction)

    @numpy_names
    def std(
        self, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None
    ) -> Any:
        """See :func:`autograd_cnn.std`."""
        return statistics.std(self, dim, unbiased, keepdim, correction=correction)

    @numpy_names
    def median(self, dim: Any = None, keepdim: bool = False) -> Any:
        """See :func:`autograd_cnn.median`."""
        return statistics.median(self, dim, keepdim)

    @numpy_names
    def nanmedian(self, dim: Any = None, keepdim: bool = False) -> Any:
        """See :func:`autograd_cnn.nanmedian`."""
        return statistics.nanmedian(self, dim, keepdim)

    @numpy_names
    def mode(self, dim: int = -1, keepdim: bool = False) -> Any:
        """See :func:`autograd_cnn.mode`."""
        return statistics.mode(self, dim, keepdim)

    @numpy_names
    def quantile(
        self, q: Any, dim: Any = None, keepdim: bool = False, *, interpolation: str = "linear"
    ) -> Any:
        """See :func:`autograd_cnn.quantile`."""
        return statistics.quantile(self, q, dim, keepdim, interpolation=interpolation)

    @numpy_names
    def nanquantile(
        self, q: Any, dim: Any = None, keepdim: bool = False, *, interpolation: str = "linear"
    ) -> Any:
        """See :func:`autograd_cnn.nanquantile`."""
        return statistics.nanquantile(self, q, dim, keepdim, interpolation=interpolation)

    def cov(self, *, correction: int = 1, fweights: Any = None, aweights: Any = None) -> Any:
        """See :func:`autograd_cnn.cov`."""
        return statistics.cov(self, correction=correction, fweights=fweights, aweights=aweights)

    def corrcoef(self) -> Any:
        """See :func:`autograd_cnn.corrcoef`."""
        return statistics.corrcoef(self)

    def histc(self, bins: int = 100, min: float = 0, max: float = 0) -> Any:
        """See :func:`autograd_cnn.histc`."""
        return statistics.histc(self, bins, min, max)

    def bincount(self, weights: Any = None, minlength: int = 0) -> Any:
        """See :func:`autograd_cnn.bincount`."""
        return statistics.bincount(self, weights, minlength)

    def histogram(self, bins: Any, *, range: Any = None, weight: Any = None, density: bool = False) -> Any:
        """See :func:`autograd_cnn.histogram`."""
        return statistics.histogram(self, bins, range=range, weight=weight, density=density)

    def bernoulli(self, p: Any = None, *, generator: Any = None) -> Any:
        """See :func:`autograd_cnn.bernoulli`."""
        return sampling.bernoulli(self, p, generator=generator)

    def multinomial(self, num_samples: int, replacement: bool = False, *, generator: Any = None) -> Any:
        """See :func:`autograd_cnn.multinomial`."""
        return sampling.multinomial(self, num_samples, replacement, generator=generator)
