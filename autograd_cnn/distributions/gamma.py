"""The gamma distribution."""

from typing import Any, ClassVar

from .._functions.exponential import xlogy
from .._functions.incomplete_gamma import igamma
from .._tensor import Tensor
from . import constraints
from ._draws import standard_gamma
from .exp_family import ExponentialFamily
from .utils import tiny_of

__all__ = ["Gamma"]


class Gamma(ExponentialFamily):
    """Density rate**c x**(c - 1) exp(-rate x) / Gamma(c) of the concentration c.

    Samples have implicit gradients by the concentration (Figurnov et al. 2018).
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "concentration": constraints.positive,
        "rate": constraints.positive,
    }
    support: constraints.Constraint = constraints.nonnegative
    has_rsample: bool = True
    _mean_carrier_measure = 0
    concentration: Tensor
    rate: Tensor

    def __init__(self, concentration: Any, rate: Any, validate_args: bool | None = None) -> None:
        self._take(validate_args, concentration=concentration, rate=rate)

    @property
    def mean(self) -> Tensor:
        return self.concentration / self.rate

    @property
    def mode(self) -> Tensor:
        return ((self.concentration - 1) / self.rate).clamp(min=0)

    @property
    def variance(self) -> Tensor:
        return self.concentration / self.rate**2

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        value = standard_gamma(self.concentration.expand(shape)) / self.rate.expand(shape)
        value.detach().clamp_(min=tiny_of(value))
        return value

    def log_prob(self, value: Any) -> Tensor:
        value, c, rate = self._valid(value, self.concentration, self.rate)
        return xlogy(c, rate) + xlogy(c - 1, value) - rate * value - c.lgamma()

    def cdf(self, value: Any) -> Tensor:
        value, c, rate = self._valid(value, self.concentration, self.rate)
        return igamma(c, rate * value)

    def entropy(self) -> Tensor:
        c = self.concentration
        return c - self.rate.log() + c.lgamma() + (1 - c) * c.digamma()

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return self.concentration - 1, -self.rate

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        x, y = natural_params
        return (x + 1).lgamma() + (x + 1) * (-y.reciprocal()).log()
