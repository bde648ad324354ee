"""Exponential families: densities h(x) exp(<t(x), n> - A(n)) of natural parameters n."""

from typing import Any

from .._engine.differentiate import grad
from .._engine.modes import enable_grad
from .._tensor import Tensor
from .distribution import Distribution
from .utils import sum_rightmost

__all__ = ["ExponentialFamily"]


class ExponentialFamily(Distribution):
    """A distribution that knows its natural parameters and its log normalizer A."""

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        raise NotImplementedError

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        raise NotImplementedError

    @property
    def _mean_carrier_measure(self) -> Any:
        """The expectation of log h(x)."""
        raise NotImplementedError

    def entropy(self) -> Tensor:
        """A(n) - <n, grad A(n)> - E log h: the expected statistic is the gradient of A (Nielsen and Nock)."""
        params = [p.detach().requires_grad_() for p in self._natural_params]
        with enable_grad():
            normalizer = self._log_normalizer(*params)
            slopes = grad(normalizer.sum(), params, create_graph=True)
            result = normalizer - self._mean_carrier_measure
            for p, slope in zip(params, slopes, strict=True):
                result = result - sum_rightmost(p * slope, slope.dim() - len(self.batch_shape))
        return result
