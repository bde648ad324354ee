"""The uniform distribution over an interval."""

import math
from typing import Any

from .._tensor import Tensor
from . import constraints
from ._draws import uniform_in
from .distribution import Distribution

__all__ = ["Uniform"]


class Uniform(Distribution):
    """Density 1 / (high - low) of [low, high)."""

    has_rsample: bool = True
    low: Tensor
    high: Tensor

    @property
    def arg_constraints(self) -> dict[str, Any]:
        return {"low": constraints.less_than(self.high), "high": constraints.greater_than(self.low)}

    def __init__(self, low: Any, high: Any, validate_args: bool | None = None) -> None:
        self._take(validate_args, low=low, high=high)

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> constraints.Constraint:
        return constraints.interval(self.low, self.high)

    @property
    def mean(self) -> Tensor:
        return (self.high + self.low) / 2

    @property
    def mode(self) -> Tensor:
        return math.nan * self.high

    @property
    def stddev(self) -> Tensor:
        return (self.high - self.low) / 12**0.5

    @property
    def variance(self) -> Tensor:
        return (self.high - self.low) ** 2 / 12

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        return self.low + uniform_in(self.low, self._extended_shape(sample_shape)) * (self.high - self.low)

    def log_prob(self, value: Any) -> Tensor:
        value, low, high = self._valid(value, self.low, self.high)
        inside = (low <= value) & (value < high)
        return inside.type_as(low).log() - (high - low).log()

    def cdf(self, value: Any) -> Tensor:
        value, low, high = self._valid(value, self.low, self.high)
        return ((value - low) / (high - low)).clamp(0, 1)

    def icdf(self, value: Any) -> Tensor:
        return value * (self.high - self.low) + self.low

    def entropy(self) -> Tensor:
        return (self.high - self.low).log()
