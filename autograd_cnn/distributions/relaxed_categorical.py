"""The relaxed categorical distribution (Maddison et al. 2016, Jang et al. 2016)."""

from typing import Any, ClassVar

from .._functions.broadcasting import broadcast_tensors
from .._tensor import Tensor
from . import constraints
from ._draws import uniform_in
from ._relaxed import Relaxed
from .categorical import Categorical
from .distribution import Distribution
from .transforms import ExpTransform
from .utils import clamp_probs

__all__ = ["ExpRelaxedCategorical", "RelaxedOneHotCategorical"]


class ExpRelaxedCategorical(Distribution):
    """Logarithms of the parts of a relaxed category: the log-softmax of (logits + Gumbel numbers) by the
    temperature."""

    arg_constraints: ClassVar[dict[str, Any]] = {
        "probs": constraints.simplex,
        "logits": constraints.real_vector,
    }
    support: constraints.Constraint = constraints.real_vector
    has_rsample: bool = True
    _unexpanded = ("temperature",)
    temperature: Any
    _categorical: Categorical

    def __init__(
        self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        self._categorical, self.temperature = Categorical(probs, logits), temperature
        super().__init__(self._categorical.batch_shape, self._categorical.param_shape[-1:], validate_args)

    @property
    def param_shape(self) -> Any:
        """The shape of the parameter."""
        return self._categorical.param_shape

    @property
    def logits(self) -> Tensor:
        """Logarithms of the chances."""
        return self._categorical.logits

    @property
    def probs(self) -> Tensor:
        """The chances of the classes."""
        return self._categorical.probs

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        u = clamp_probs(uniform_in(self.logits, shape))
        scores = (self.logits.expand(shape) - (-u.log()).log()) / self.temperature
        return scores - scores.logsumexp(-1, keepdim=True)

    def log_prob(self, value: Any) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        k = self._categorical._num_events
        logits, value = broadcast_tensors(self.logits, value)
        t = self.temperature if isinstance(self.temperature, Tensor) else logits.new_tensor(self.temperature)
        constant = logits.new_full(t.shape, float(k)).lgamma() - t.log().mul(-(k - 1))
        score = logits - value * t
        return (score - score.logsumexp(-1, keepdim=True)).sum(-1) + constant


class RelaxedOneHotCategorical(Relaxed):
    """Points of a simplex that are close to its corners for a small ``temperature``."""

    arg_constraints: ClassVar[dict[str, Any]] = {
        "probs": constraints.simplex,
        "logits": constraints.real_vector,
    }
    support: constraints.Constraint = constraints.simplex

    def __init__(
        self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        base = ExpRelaxedCategorical(temperature, probs, logits, validate_args)
        super().__init__(base, ExpTransform(), validate_args)
