"""Distributions of loc + scale x, x of one fixed distribution around 0."""

from typing import Any, ClassVar

from .._tensor import Tensor
from . import constraints
from .distribution import Distribution

__all__ = ["LocationScale"]


class LocationScale(Distribution):
    """A distribution over all real numbers whose peak is at ``loc`` and as wide as ``scale``."""

    arg_constraints: ClassVar[dict[str, Any]] = {"loc": constraints.real, "scale": constraints.positive}
    support: constraints.Constraint = constraints.real
    has_rsample: bool = True
    loc: Tensor
    scale: Tensor

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self._take(validate_args, loc=loc, scale=scale)

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc
