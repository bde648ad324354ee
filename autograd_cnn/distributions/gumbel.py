"""The Gumbel distribution."""

import math
from typing import Any, ClassVar

from .._tensor import Tensor
from . import constraints
from .transformed_distribution import TransformedDistribution
from .transforms import AffineTransform, ExpTransform
from .uniform import Uniform
from .utils import broadcast_all, eps_of, euler_constant, tiny_of

__all__ = ["Gumbel"]


class Gumbel(TransformedDistribution):
    """loc - scale log(-log u) of uniform u: the largest of many numbers."""

    arg_constraints: ClassVar[dict[str, Any]] = {"loc": constraints.real, "scale": constraints.positive}
    support: constraints.Constraint = constraints.real
    loc: Tensor
    scale: Tensor

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast_all(loc, scale)
        low, high = tiny_of(self.loc), 1 - eps_of(self.loc)
        base = Uniform(self.loc.new_full((), low), self.loc.new_full((), high), validate_args)
        turned = AffineTransform(0, -self.scale.new_ones(self.scale.shape))
        steps = [ExpTransform().inv, turned, ExpTransform().inv, AffineTransform(self.loc, -self.scale)]
        super().__init__(base.expand(self.loc.shape), steps, validate_args)

    @property
    def mean(self) -> Tensor:
        return self.loc + self.scale * euler_constant

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def stddev(self) -> Tensor:
        return (math.pi / math.sqrt(6)) * self.scale

    @property
    def variance(self) -> Tensor:
        return self.stddev**2

    def log_prob(self, value: Any) -> Tensor:
        value, loc, scale = self._valid(value, self.loc, self.scale)
        y = (loc - value) / scale
        return (y - y.exp()) - scale.log()

    def entropy(self) -> Tensor:
        return self.scale.log() + (1 + euler_constant)
