"""The normal distribution."""

import math
from typing import Any

from .._creation.random import normal
from .._engine.modes import no_grad
from .._tensor import Tensor
from ._draws import standard_normal
from ._location_scale import LocationScale
from .exp_family import ExponentialFamily

__all__ = ["Normal"]


class Normal(LocationScale, ExponentialFamily):
    """Density exp(-(x - loc)**2 / (2 scale**2)) / (scale sqrt(2 pi))."""

    @property
    def stddev(self) -> Tensor:
        return self.scale

    @property
    def variance(self) -> Tensor:
        return self.scale**2

    def sample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        with no_grad():
            return normal(self.loc.expand(shape), self.scale.expand(shape))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        return self.loc + standard_normal(self.loc, self._extended_shape(sample_shape)) * self.scale

    def log_prob(self, value: Any) -> Tensor:
        value, loc, scale = self._valid(value, self.loc, self.scale)
        return -((value - loc) ** 2) / (2 * scale**2) - scale.log() - math.log(math.sqrt(2 * math.pi))

    def cdf(self, value: Any) -> Tensor:
        value, loc, scale = self._valid(value, self.loc, self.scale)
        return 0.5 * (1 + ((value - loc) / (scale * math.sqrt(2))).erf())

    def icdf(self, value: Any) -> Tensor:
        return self.loc + self.scale * (2 * value - 1).erfinv() * math.sqrt(2)

    def entropy(self) -> Tensor:
        return 0.5 + 0.5 * math.log(2 * math.pi) + self.scale.log()

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return self.loc / self.scale**2, -0.5 / self.scale**2

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        x, y = natural_params
        return -0.25 * x**2 / y + 0.5 * (-math.pi / y).log()
