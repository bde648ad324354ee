"""The binomial distribution."""

from typing import Any, ClassVar

from .._creation.ranges import arange
from .._engine.modes import no_grad
from .._functions.bounds import minimum
from .._functions.sampling import binomial
from .._tensor import Tensor
from ..nn.functional import softplus
from . import constraints
from ._chances import Chances
from .distribution import Distribution

__all__ = ["Binomial"]


class Binomial(Chances, Distribution):
    """How many of ``total_count`` trials succeed, each with the chance ``probs``."""

    arg_constraints: ClassVar[dict[str, Any]] = {
        "total_count": constraints.nonnegative_integer,
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }
    has_enumerate_support: bool = True
    total_count: Tensor

    def __init__(
        self, total_count: Any = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        (self.total_count,) = self._take_chances(probs, logits, total_count)
        self.total_count = self.total_count.type_as(self._param)
        Distribution.__init__(self, self._param.shape, (), validate_args)

    @property
    def param_shape(self) -> Any:
        """The shape of the parameter."""
        return self._param.size()

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> constraints.Constraint:
        return constraints.integer_interval(0, self.total_count)

    @property
    def mean(self) -> Tensor:
        return self.total_count * self.probs

    @property
    def mode(self) -> Tensor:
        return minimum(((self.total_count + 1) * self.probs).floor(), self.total_count)

    @property
    def variance(self) -> Tensor:
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        with no_grad():
            return binomial(self.total_count.expand(shape), self.probs.expand(shape))

    def log_prob(self, value: Any) -> Tensor:
        """log n! - log k! - log (n - k)! + k log-odds - n log(1 + exp(log-odds))."""
        value, n, logits = self._valid(value, self.total_count, self.logits)
        ways = (n + 1).lgamma() - (value + 1).lgamma() - (n - value + 1).lgamma()
        return ways + value * logits - n * softplus(logits)

    def entropy(self) -> Tensor:
        total = int(self.total_count.max())
        if not (self.total_count.min() == total).all():
            raise NotImplementedError("Inhomogeneous total count not supported by `entropy`.")
        log_prob = self.log_prob(self.enumerate_support(False))
        return -(log_prob.exp() * log_prob).sum(0)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        total = int(self.total_count.max())
        if not (self.total_count.min() == total).all():
            raise NotImplementedError("Inhomogeneous total count not supported by `enumerate_support`.")
        return self._listed(arange(1 + total, dtype=self._param.dtype), expand)
