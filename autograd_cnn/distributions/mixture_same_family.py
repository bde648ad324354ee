"""Mixtures of distributions of one family."""

from typing import Any, ClassVar

from .._engine.modes import no_grad
from .._tensor import Tensor
from . import constraints
from .categorical import Categorical
from .distribution import Distribution

__all__ = ["MixtureSameFamily"]


class MixtureSameFamily(Distribution):
    """A component chosen by ``mixture_distribution``, a Categorical, along the last batch axis of
    ``component_distribution``."""

    arg_constraints: ClassVar[dict[str, Any]] = {}

    def __init__(
        self,
        mixture_distribution: Categorical,
        component_distribution: Distribution,
        validate_args: bool | None = None,
    ) -> None:
        if not isinstance(mixture_distribution, Categorical):
            raise ValueError(
                " The Mixture distribution needs to be an  instance of torch.distributions.Categorical"
            )
        if not isinstance(component_distribution, Distribution):
            raise ValueError(
                "The Component distribution need to be an instance of torch.distributions.Distribution"
            )
        self._mixture_distribution, self._component_distribution = (
            mixture_distribution,
            component_distribution,
        )
        batch = component_distribution.batch_shape[:-1]
        for ours, theirs in zip(reversed(mixture_distribution.batch_shape), reversed(batch), strict=False):
            if ours not in (1, theirs) and theirs != 1:
                raise ValueError(
                    f"`mixture_distribution.batch_shape` ({mixture_distribution.batch_shape}) is not "
                    "compatible with `component_distribution.batch_shape`"
                    f"({component_distribution.batch_shape})"
                )
        many, held = mixture_distribution.logits.shape[-1], component_distribution.batch_shape[-1]
        if many != held:
            raise ValueError(
                f"`mixture_distribution component` ({many}) does not equal "
                f"`component_distribution.batch_shape[-1]` ({held})"
            )
        self._num_component = held
        super().__init__(batch, component_distribution.event_shape, validate_args)

    @constraints.dependent_property
    def support(self) -> constraints.Constraint:
        return constraints.MixtureSameFamilyConstraint(self._component_distribution.support)

    @property
    def mixture_distribution(self) -> Categorical:
        """Which component."""
        return self._mixture_distribution

    @property
    def component_distribution(self) -> Distribution:
        """The components."""
        return self._component_distribution

    def _events(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape + (1,) * len(self.event_shape))

    @property
    def mean(self) -> Tensor:
        return (self._events(self.mixture_distribution.probs) * self.component_distribution.mean).sum(
            -1 - len(self.event_shape)
        )

    @property
    def variance(self) -> Tensor:
        """The mean of the variances and the variance of the means."""
        chances, axis = self._events(self.mixture_distribution.probs), -1 - len(self.event_shape)
        within = (chances * self.component_distribution.variance).sum(axis)
        apart = self.component_distribution.mean - self.mean.unsqueeze(axis)
        return within + (chances * apart**2).sum(axis)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        with no_grad():
            axis = len(tuple(sample_shape)) + len(self.batch_shape)
            chosen = self.mixture_distribution.sample(sample_shape)
            samples = self.component_distribution.sample(sample_shape)
            place = self._events(chosen.expand(samples.shape[:axis]).unsqueeze(-1))
            place = place.expand((*samples.shape[:axis], 1, *self.event_shape))
            return samples.gather(axis, place).squeeze(axis)

    def _each(self, value: Tensor) -> Tensor:
        return value.unsqueeze(-1 - len(self.event_shape))

    def log_prob(self, x: Any) -> Tensor:
        if self._validate_args:
            self._validate_sample(x)
        each = self.component_distribution.log_prob(self._each(x))
        return (each + self.mixture_distribution.logits.log_softmax(-1)).logsumexp(-1)

    def cdf(self, x: Any) -> Tensor:
        return (self.component_distribution.cdf(self._each(x)) * self.mixture_distribution.probs).sum(-1)

    def __repr__(self) -> str:
        return f"MixtureSameFamily(\n  {self.mixture_distribution!r},\n  {self.component_distribution!r})"
