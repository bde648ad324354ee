"""The relaxed Bernoulli distribution (Maddison et al. 2016, Jang et al. 2016)."""

from typing import Any, ClassVar

from .._functions.exponential import log1p
from .._tensor import Tensor
from . import constraints
from ._chances import Chances
from ._draws import uniform_in
from ._relaxed import Relaxed
from .distribution import Distribution
from .transforms import SigmoidTransform
from .utils import clamp_probs

__all__ = ["LogitRelaxedBernoulli", "RelaxedBernoulli"]


class LogitRelaxedBernoulli(Chances, Distribution):
    """The log-odds of a relaxed Bernoulli number: (logits + log u - log(1 - u)) / temperature."""

    arg_constraints: ClassVar[dict[str, Any]] = {
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }
    support: constraints.Constraint = constraints.real
    has_rsample: bool = True
    _unexpanded = ("temperature",)
    temperature: Any

    def __init__(
        self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self.temperature = temperature
        self._take_chances(probs, logits)
        Distribution.__init__(self, self._param.shape, (), validate_args)

    @property
    def param_shape(self) -> Any:
        """The shape of the parameter."""
        return self._param.size()

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        probs = clamp_probs(self.probs.expand(shape))
        u = clamp_probs(uniform_in(probs, shape))
        return (u.log() - log1p(-u) + probs.log() - log1p(-probs)) / self.temperature

    def log_prob(self, value: Any) -> Tensor:
        value, logits = self._valid(value, self.logits)
        t = self.temperature if isinstance(self.temperature, Tensor) else logits.new_tensor(self.temperature)
        difference = logits - value * t
        return t.log() + difference - 2 * log1p(difference.exp())


class RelaxedBernoulli(Relaxed):
    """Numbers between 0 and 1 that are close to both for a small ``temperature``."""

    arg_constraints: ClassVar[dict[str, Any]] = {
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }
    support: constraints.Constraint = constraints.unit_interval

    def __init__(
        self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        super().__init__(LogitRelaxedBernoulli(temperature, probs, logits), SigmoidTransform(), validate_args)
