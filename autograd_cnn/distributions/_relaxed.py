"""Relaxed choices: continuous numbers that come close to a choice as a temperature falls."""

from typing import Any

from .._tensor import Tensor
from .transformed_distribution import TransformedDistribution

__all__ = ["Relaxed"]


class Relaxed(TransformedDistribution):
    """The part of a relaxed distribution that shows the parameters of the one within."""

    has_rsample: bool = True
    base_dist: Any

    @property
    def temperature(self) -> Any:
        """How far from a choice the numbers are; a tensor or a number."""
        return self.base_dist.temperature

    @property
    def logits(self) -> Tensor:
        """The log-odds, or the logarithms of the chances."""
        return self.base_dist.logits

    @property
    def probs(self) -> Tensor:
        """The chances."""
        return self.base_dist.probs
