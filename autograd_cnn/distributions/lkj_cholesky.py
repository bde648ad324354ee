"""Cholesky factors of random correlation matrices (Lewandowski, Kurowicka and Joe 2009)."""

import math
from typing import Any, ClassVar

from .._creation.creation import zeros
from .._creation.ranges import arange
from .._engine.modes import no_grad
from .._functions.joining import cat
from .._functions.special import mvlgamma
from .._tensor import Tensor
from . import constraints
from .beta import Beta
from .distribution import Distribution
from .utils import broadcast_all, tiny_of

__all__ = ["LKJCholesky"]


class LKJCholesky(Distribution):
    """Factors L (dim, dim) whose L L^T has the density det**(concentration - 1): 1 is uniform.

    Samples by the onion method of the paper's section 3.2.
    """

    arg_constraints: ClassVar[dict[str, Any]] = {"concentration": constraints.positive}
    support: constraints.Constraint = constraints.corr_cholesky
    dim: int
    concentration: Tensor

    def __init__(self, dim: int, concentration: Any = 1.0, validate_args: bool | None = None) -> None:
        if dim < 2:
            raise ValueError(f"Expected dim to be an integer greater than or equal to 2. Found dim={dim}.")
        self.dim = dim
        (self.concentration,) = broadcast_all(concentration)
        super().__init__(self.concentration.shape, (dim, dim), validate_args)
        marginal = self.concentration + 0.5 * (dim - 2)
        offset = self.concentration.new_zeros(()) + cat([zeros(1), arange(dim - 1, dtype=marginal.dtype)])
        self._beta = Beta(offset + 0.5, marginal.unsqueeze(-1) - 0.5 * offset)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        with no_grad():
            y = self._beta.sample(sample_shape).unsqueeze(-1)
            directions = y.new_empty(self._extended_shape(sample_shape)).normal_().tril(-1)
            unit = directions / directions.norm(dim=-1, keepdim=True)
            unit[..., 0, :] = 0.0
            w = y.sqrt() * unit
            left = (1 - (w**2).sum(-1)).clamp(min=tiny_of(w)).sqrt()
            return w + left.diag_embed()

    def log_prob(self, value: Any) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        diagonal, d = value.diagonal(dim1=-1, dim2=-2)[..., 1:], self.dim
        order = 2 * (self.concentration - 1).unsqueeze(-1) + d - arange(2, d + 1, dtype=value.dtype)
        density = (order * diagonal.log()).sum(-1)
        less = d - 1
        alpha = self.concentration + 0.5 * less
        numerator = mvlgamma(alpha - 0.5, less)
        normalizer = 0.5 * less * math.log(math.pi) + numerator - alpha.lgamma() * less
        return density - normalizer
