"""The categorical distribution."""

import math
from typing import Any, ClassVar

from .._creation.ranges import arange
from .._engine.modes import no_grad
from .._engine.size import Size
from .._functions.broadcasting import broadcast_tensors
from .._functions.sampling import multinomial
from .._tensor import Tensor
from . import constraints
from ._chances import Chances
from .distribution import Distribution

__all__ = ["Categorical"]


class Categorical(Chances, Distribution):
    """One of K classes, each with the chance that the last axis of ``probs`` says; these are divided by their
    sum."""

    arg_constraints: ClassVar[dict[str, Any]] = {
        "probs": constraints.simplex,
        "logits": constraints.real_vector,
    }
    has_enumerate_support: bool = True
    _binary = False
    _event_dims: ClassVar[dict[str, int]] = {"probs": 1, "logits": 1, "_param": 1}

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self._take_chances(probs, logits)
        if self._param.dim() < 1:
            raise ValueError(
                f"`{'logits' if probs is None else 'probs'}` parameter must be at least one-dimensional."
            )
        if probs is not None:
            self.probs = self._param / self._param.sum(-1, keepdim=True)
        else:
            self.logits = self._param - self._param.logsumexp(-1, keepdim=True)
        self._param = self.logits if probs is None else self.probs
        self._num_events = self._param.size()[-1]
        Distribution.__init__(self, self._param.size()[:-1], (), validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> constraints.Constraint:
        return constraints.integer_interval(0, self._num_events - 1)

    @property
    def param_shape(self) -> Any:
        """The shape of the parameter."""
        return self._param.size()

    @property
    def mean(self) -> Tensor:
        return self.probs.new_full(self._extended_shape(), math.nan)

    @property
    def mode(self) -> Tensor:
        return self.probs.argmax(-1)

    @property
    def variance(self) -> Tensor:
        return self.probs.new_full(self._extended_shape(), math.nan)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        sample_shape = Size(sample_shape)
        with no_grad():
            rows = multinomial(self.probs.reshape(-1, self._num_events), sample_shape.numel(), True)
            return rows.T.reshape(self._extended_shape(sample_shape))

    def log_prob(self, value: Any) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        value, table = broadcast_tensors(value.long().unsqueeze(-1), self.logits)
        return table.gather(-1, value[..., :1]).squeeze(-1)

    def entropy(self) -> Tensor:
        least = -3.4028234663852886e38 if self.logits.element_size() == 4 else -1.7976931348623157e308
        logits = self.logits.clamp(min=least if self.logits.element_size() > 2 else -65504.0)
        return -(logits * self.probs).sum(-1)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return self._listed(arange(self._num_events), expand)
