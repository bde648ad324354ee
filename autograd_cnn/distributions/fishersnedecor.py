"""The F distribution."""

import math
from typing import Any, ClassVar

from .._functions.exponential import log1p
from .._tensor import Tensor
from . import constraints
from ._draws import standard_gamma
from .distribution import Distribution
from .utils import tiny_of

__all__ = ["FisherSnedecor"]


class FisherSnedecor(Distribution):
    """The ratio of two chi-squared numbers, each by its degrees of freedom ``df1`` and ``df2``."""

    arg_constraints: ClassVar[dict[str, Any]] = {"df1": constraints.positive, "df2": constraints.positive}
    support: constraints.Constraint = constraints.positive
    has_rsample: bool = True
    df1: Tensor
    df2: Tensor

    def __init__(self, df1: Any, df2: Any, validate_args: bool | None = None) -> None:
        self._take(validate_args, df1=df1, df2=df2)

    @property
    def mean(self) -> Tensor:
        df2 = self.df2.masked_fill(self.df2 <= 2, math.nan)
        return df2 / (df2 - 2)

    @property
    def mode(self) -> Tensor:
        mode = (self.df1 - 2) / self.df1 * self.df2 / (self.df2 + 2)
        return mode.masked_fill(self.df1 <= 2, math.nan)

    @property
    def variance(self) -> Tensor:
        df2 = self.df2.masked_fill(self.df2 <= 4, math.nan)
        return 2 * df2**2 * (self.df1 + df2 - 2) / (self.df1 * (df2 - 2) ** 2 * (df2 - 4))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        half1, half2 = (self.df1 * 0.5).expand(shape), (self.df2 * 0.5).expand(shape)
        above, below = standard_gamma(half1) / half1, standard_gamma(half2) / half2
        return above / below.clamp(min=tiny_of(below))

    def log_prob(self, value: Any) -> Tensor:
        value, df1, df2 = self._valid(value, self.df1, self.df2)
        half1, half2, ratio = df1 * 0.5, df2 * 0.5, df1 / df2
        return (
            (half1 + half2).lgamma()
            - half1.lgamma()
            - half2.lgamma()
            + half1 * ratio.log()
            + (half1 - 1) * value.log()
            - (half1 + half2) * log1p(ratio * value)
        )
