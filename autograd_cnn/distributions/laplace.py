"""The Laplace distribution."""

import math
from typing import Any

from .._functions.exponential import expm1, log1p
from .._tensor import Tensor
from ._location_scale import LocationScale
from .utils import eps_of, tiny_of

__all__ = ["Laplace"]


class Laplace(LocationScale):
    """Density exp(-|x - loc| / scale) / (2 scale)."""

    @property
    def variance(self) -> Tensor:
        return 2 * self.scale**2

    @property
    def stddev(self) -> Tensor:
        return math.sqrt(2) * self.scale

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        u = self.loc.new_empty(shape).uniform_(eps_of(self.loc) - 1, 1)
        return self.loc - self.scale * u.sign() * log1p(-u.abs().clamp(min=tiny_of(u)))

    def log_prob(self, value: Any) -> Tensor:
        value, loc, scale = self._valid(value, self.loc, self.scale)
        return -(2 * scale).log() - (value - loc).abs() / scale

    def cdf(self, value: Any) -> Tensor:
        value, loc, scale = self._valid(value, self.loc, self.scale)
        return 0.5 - 0.5 * (value - loc).sign() * expm1(-(value - loc).abs() / scale)

    def icdf(self, value: Any) -> Tensor:
        term = value - 0.5
        return self.loc - self.scale * term.sign() * log1p(-2 * term.abs())

    def entropy(self) -> Tensor:
        return 1 + (2 * self.scale).log()
