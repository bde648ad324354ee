"""Distributions of |x|, x of a distribution around 0."""

import math
from typing import Any, ClassVar

from .._functions.comparison import where
from .._tensor import Tensor
from . import constraints
from ._location_scale import LocationScale
from .transformed_distribution import TransformedDistribution
from .transforms import AbsTransform

__all__ = ["Half"]


class Half(TransformedDistribution):
    """Twice the density of the whole distribution, ``_whole``, over x >= 0."""

    arg_constraints: ClassVar[dict[str, Any]] = {"scale": constraints.positive}
    support: constraints.Constraint = constraints.nonnegative
    has_rsample: bool = True
    base_dist: LocationScale
    _whole: ClassVar[type[LocationScale]]

    def __init__(self, scale: Any, validate_args: bool | None = None) -> None:
        super().__init__(self._whole(0, scale, validate_args=False), AbsTransform(), validate_args)
        if self._validate_args and not constraints.positive.check(self.scale).all():
            raise ValueError(
                f"Expected parameter scale (Tensor of shape {tuple(self.scale.shape)}) of distribution "
                f"{self!r} to satisfy the constraint {constraints.positive!r}, but found invalid values:\n"
                f"{self.scale}"
            )

    @property
    def scale(self) -> Tensor:
        """The width."""
        return self.base_dist.scale

    @property
    def mode(self) -> Tensor:
        return self.scale.new_zeros(self.scale.shape)

    def log_prob(self, value: Any) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return where(value >= 0, self.base_dist.log_prob(value) + math.log(2), -math.inf)

    def cdf(self, value: Any) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return 2 * self.base_dist.cdf(value) - 1

    def icdf(self, prob: Any) -> Tensor:
        return self.base_dist.icdf((prob + 1) / 2)

    def entropy(self) -> Tensor:
        return self.base_dist.entropy() - math.log(2)
