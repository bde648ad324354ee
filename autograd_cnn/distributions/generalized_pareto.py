"""The generalized Pareto distribution."""

import math
from typing import Any, ClassVar

from .._functions.comparison import where
from .._functions.exponential import expm1, log1p
from .._tensor import Tensor
from . import constraints
from ._draws import uniform_in
from .distribution import Distribution

__all__ = ["GeneralizedPareto"]


class GeneralizedPareto(Distribution):
    """Density (1 + c z)**(-1 - 1 / c) / scale of z = (x - loc) / scale >= 0, c the ``concentration``;
    exp(-z) / scale where c = 0."""

    arg_constraints: ClassVar[dict[str, Any]] = {
        "loc": constraints.real,
        "scale": constraints.positive,
        "concentration": constraints.real,
    }
    has_rsample: bool = True
    loc: Tensor
    scale: Tensor
    concentration: Tensor

    def __init__(self, loc: Any, scale: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self._take(validate_args, loc=loc, scale=scale, concentration=concentration)

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> constraints.Constraint:
        upper = where(self.concentration < 0, self.loc - self.scale / self.concentration, math.inf)
        return constraints.interval(self.loc, upper)

    def _curved(self) -> tuple[Tensor, Tensor]:
        """Where c is not 0, and c, with 1 elsewhere."""
        curved = ~self.concentration.isclose(self.concentration.new_zeros(()))
        return curved, where(curved, self.concentration, 1.0)

    @property
    def mean(self) -> Tensor:
        return where(self.concentration < 1, self.loc + self.scale / (1 - self.concentration), math.inf)

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        c = self.concentration
        return where(c < 0.5, self.scale**2 / ((1 - c) ** 2 * (1 - 2 * c)), math.inf)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        return self.icdf(uniform_in(self.loc, self._extended_shape(sample_shape)))

    def log_prob(self, value: Any) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        curved, c = self._curved()
        z = (value - self.loc) / self.scale
        tail = where(curved, (1 + 1 / c) * log1p(c * z), z)
        return -self.scale.log() - tail

    def log_survival_function(self, value: Any) -> Tensor:
        """log P(X > x)."""
        if self._validate_args:
            self._validate_sample(value)
        curved, c = self._curved()
        z = (value - self.loc) / self.scale
        return -where(curved, log1p(c * z) / c, z)

    def log_cdf(self, value: Any) -> Tensor:
        """log P(X <= x)."""
        return (-expm1(self.log_survival_function(value))).log()

    def cdf(self, value: Any) -> Tensor:
        return -expm1(self.log_survival_function(value))

    def icdf(self, value: Any) -> Tensor:
        curved, c = self._curved()
        left = log1p(-value)
        return self.loc + self.scale * where(curved, expm1(-c * left) / c, -left)

    def entropy(self) -> Tensor:
        return self.scale.log() + self.concentration + 1
