"""The negative binomial distribution."""

from typing import Any, ClassVar

from .._engine.modes import no_grad
from .._functions.sampling import poisson
from .._tensor import Tensor
from ..nn.functional import logsigmoid
from . import constraints
from ._chances import Chances
from .distribution import Distribution
from .gamma import Gamma

__all__ = ["NegativeBinomial"]


class NegativeBinomial(Chances, Distribution):
    """How many trials succeed, each with the chance ``probs``, before ``total_count`` fail."""

    arg_constraints: ClassVar[dict[str, Any]] = {
        "total_count": constraints.greater_than_eq(0),
        "probs": constraints.half_open_interval(0.0, 1.0),
        "logits": constraints.real,
    }
    support: constraints.Constraint = constraints.nonnegative_integer
    total_count: Tensor

    def __init__(
        self, total_count: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        (self.total_count,) = self._take_chances(probs, logits, total_count)
        self.total_count = self.total_count.type_as(self._param)
        Distribution.__init__(self, self._param.shape, (), validate_args)

    @property
    def param_shape(self) -> Any:
        """The shape of the parameter."""
        return self._param.size()

    @property
    def mean(self) -> Tensor:
        return self.total_count * self.logits.exp()

    @property
    def mode(self) -> Tensor:
        return ((self.total_count - 1) * self.logits.exp()).floor().clamp(min=0.0)

    @property
    def variance(self) -> Tensor:
        return self.mean / (-self.logits).sigmoid()

    def sample(self, sample_shape: Any = ()) -> Tensor:
        with no_grad():
            rates = Gamma(self.total_count, (-self.logits).exp(), validate_args=False).sample(sample_shape)
            return poisson(rates)

    def log_prob(self, value: Any) -> Tensor:
        value, n, logits = self._valid(value, self.total_count, self.logits)
        chances = n * logsigmoid(-logits) + value * logsigmoid(logits)
        ways = (n + value).lgamma() - (1.0 + value).lgamma() - n.lgamma()
        return chances + ways.masked_fill(n + value == 0.0, 0.0)
