"""The continuous Bernoulli distribution (Loaiza-Ganem and Cunningham 2019)."""

import math
from typing import Any, ClassVar

from .._engine.modes import no_grad
from .._functions.comparison import where
from .._functions.exponential import log1p
from .._tensor import Tensor
from ..nn.functional import binary_cross_entropy_with_logits
from . import constraints
from ._chances import Chances
from ._draws import uniform_in
from .exp_family import ExponentialFamily
from .utils import clamp_probs

__all__ = ["ContinuousBernoulli"]


class ContinuousBernoulli(Chances, ExponentialFamily):
    """Density C(p) p**x (1 - p)**(1 - x) of 0 <= x <= 1.

    Between the ``lims`` around 1/2, where C(p) is 0/0, its Taylor series stands.
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }
    support: constraints.Constraint = constraints.unit_interval
    has_rsample: bool = True
    _mean_carrier_measure = 0

    def __init__(
        self,
        probs: Any = None,
        logits: Any = None,
        lims: tuple[float, float] = (0.499, 0.501),
        validate_args: bool | None = None,
    ) -> None:
        self._take_chances(probs, logits)
        self._lims = lims
        if probs is not None:
            if validate_args is not False and not constraints.unit_interval.check(self._param).all():
                raise ValueError("The parameter probs has invalid values")
            self.probs = self._param = clamp_probs(self._param)
        ExponentialFamily.__init__(self, self._param.shape, (), validate_args)

    @property
    def param_shape(self) -> Any:
        """The shape of the parameter."""
        return self._param.size()

    def _off_half(self) -> tuple[Tensor, Tensor]:
        """Where the chances are outside the limits, and these chances, with the lower limit elsewhere."""
        outside = (self.probs <= self._lims[0]) | (self.probs > self._lims[1])
        return outside, where(outside, self.probs, self._lims[0])

    def _log_constant(self) -> Tensor:
        """log C(p) = log(2 artanh(1 - 2p) / (1 - 2p))."""
        outside, p = self._off_half()
        below, above = where(p <= 0.5, p, 0.0), where(p >= 0.5, p, 1.0)
        exact = (log1p(-p) - p.log()).abs().log() - where(
            p <= 0.5, log1p(-2.0 * below), (2.0 * above - 1.0).log()
        )
        x = (self.probs - 0.5) ** 2
        return where(outside, exact, math.log(2.0) + (4.0 / 3.0 + 104.0 / 45.0 * x) * x)

    @property
    def mean(self) -> Tensor:
        outside, p = self._off_half()
        exact = p / (2.0 * p - 1.0) + 1.0 / (log1p(-p) - p.log())
        x = self.probs - 0.5
        return where(outside, exact, 0.5 + (1.0 / 3.0 + 16.0 / 45.0 * x**2) * x)

    @property
    def stddev(self) -> Tensor:
        return self.variance.sqrt()

    @property
    def variance(self) -> Tensor:
        outside, p = self._off_half()
        exact = p * (p - 1.0) / (1.0 - 2.0 * p) ** 2 + 1.0 / (log1p(-p) - p.log()) ** 2
        x = (self.probs - 0.5) ** 2
        return where(outside, exact, 1.0 / 12.0 - (1.0 / 15.0 - 128.0 / 945.0 * x) * x)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        with no_grad():
            return self.icdf(uniform_in(self.probs, self._extended_shape(sample_shape)))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        return self.icdf(uniform_in(self.probs, self._extended_shape(sample_shape)))

    def log_prob(self, value: Any) -> Tensor:
        value, logits = self._valid(value, self.logits)
        return -binary_cross_entropy_with_logits(logits, value, reduction="none") + self._log_constant()

    def cdf(self, value: Any) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        outside, p = self._off_half()
        inner = (p**value * (1.0 - p) ** (1.0 - value) + p - 1.0) / (2.0 * p - 1.0)
        return where(value <= 0.0, 0.0, where(value >= 1.0, 1.0, where(outside, inner, value)))

    def icdf(self, value: Any) -> Tensor:
        outside, p = self._off_half()
        exact = (log1p(-p + value * (2.0 * p - 1.0)) - log1p(-p)) / (p.log() - log1p(-p))
        return where(outside, exact, value)

    def entropy(self) -> Tensor:
        low, high = log1p(-self.probs), self.probs.log()
        return self.mean * (low - high) - self._log_constant() - low

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return (self.logits,)

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        """log((exp(n) - 1) / n), near 0 by its series."""
        (x,) = natural_params
        outside = (x.sigmoid() <= self._lims[0]) | (x.sigmoid() > self._lims[1])
        safe = where(outside, x, (self._lims[0] - 0.5) * x.new_ones(x.shape))
        exact = (safe.exp() - 1).abs().log() - safe.abs().log()
        return where(outside, exact, 0.5 * x + x**2 / 24.0 - x**4 / 2880.0)
