"""The geometric distribution."""

from typing import Any, ClassVar

from .._engine.modes import no_grad
from .._functions.exponential import log1p
from .._tensor import Tensor
from ..nn.functional import binary_cross_entropy_with_logits
from . import constraints
from ._chances import Chances
from ._draws import uniform_in
from .distribution import Distribution
from .utils import tiny_of

__all__ = ["Geometric"]


class Geometric(Chances, Distribution):
    """How many trials fail before the first success, each of the chance ``probs``."""

    arg_constraints: ClassVar[dict[str, Any]] = {
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }
    support: constraints.Constraint = constraints.nonnegative_integer

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self._take_chances(probs, logits)
        Distribution.__init__(self, self._param.shape, (), validate_args)
        if self._validate_args and probs is not None and not (self.probs > 0).all():
            raise ValueError(
                f"Expected parameter probs (Tensor of shape {tuple(self.probs.shape)}) of distribution "
                f"{self!r} to be positive but found invalid values:\n{self.probs}"
            )

    @property
    def mean(self) -> Tensor:
        return 1.0 / self.probs - 1.0

    @property
    def mode(self) -> Tensor:
        return self.probs.new_zeros(self.probs.shape)

    @property
    def variance(self) -> Tensor:
        return (1.0 / self.probs - 1.0) / self.probs

    def sample(self, sample_shape: Any = ()) -> Tensor:
        with no_grad():
            u = uniform_in(self.probs, self._extended_shape(sample_shape)).clamp(min=tiny_of(self.probs))
            return (u.log() / log1p(-self.probs)).floor()

    def log_prob(self, value: Any) -> Tensor:
        value, probs = self._valid(value, self.probs)
        probs = probs.masked_fill((probs == 1) & (value == 0), 0)
        return value * log1p(-probs) + self.probs.log()

    def entropy(self) -> Tensor:
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none") / self.probs
