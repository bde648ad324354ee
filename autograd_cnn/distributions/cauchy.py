"""The Cauchy distribution."""

import math
from typing import Any

from .._functions.exponential import log1p
from .._tensor import Tensor
from ._location_scale import LocationScale

__all__ = ["Cauchy"]


class Cauchy(LocationScale):
    """Density scale / (pi (scale**2 + (x - loc)**2)); it has no mean and no variance."""

    @property
    def mean(self) -> Tensor:
        return self.loc.new_full(self._extended_shape(), math.nan)

    @property
    def variance(self) -> Tensor:
        return self.loc.new_full(self._extended_shape(), math.inf)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        return self.loc + self.loc.new_empty(self._extended_shape(sample_shape)).cauchy_() * self.scale

    def log_prob(self, value: Any) -> Tensor:
        value, loc, scale = self._valid(value, self.loc, self.scale)
        return -math.log(math.pi) - scale.log() - log1p(((value - loc) / scale) ** 2)

    def cdf(self, value: Any) -> Tensor:
        value, loc, scale = self._valid(value, self.loc, self.scale)
        return ((value - loc) / scale).atan() / math.pi + 0.5

    def icdf(self, value: Any) -> Tensor:
        return (math.pi * (value - 0.5)).tan() * self.scale + self.loc

    def entropy(self) -> Tensor:
        return math.log(4 * math.pi) + self.scale.log()
