"""The normal distribution of vectors."""

import math
from functools import cached_property
from typing import Any, ClassVar

from .._creation.ranges import eye
from .._functions.broadcasting import broadcast_shapes
from .._functions.factorization import cholesky, cholesky_inverse
from .._functions.linalg import solve_triangular
from .._tensor import Tensor
from . import constraints
from ._draws import standard_normal
from .distribution import Distribution

__all__ = ["MultivariateNormal"]


def precision_to_scale_tril(precision: Tensor) -> Tensor:
    """L with L L^T the inverse of ``precision``: from the Cholesky factor of its rows and columns turned
    round."""
    turned = cholesky(precision.flip((-2, -1))).flip((-2, -1)).mT
    return solve_triangular(turned, eye(precision.shape[-1], dtype=precision.dtype), upper=False)


def mahalanobis(factor: Tensor, difference: Tensor) -> Tensor:
    """|L^-1 d|**2 of the last axis of ``difference``; both broadcast."""
    shape = broadcast_shapes(factor.shape[:-2], difference.shape[:-1])
    wide = difference.expand((*shape, difference.shape[-1])).unsqueeze(-1)
    solved = solve_triangular(factor.expand((*shape, *factor.shape[-2:])), wide, upper=False)
    return (solved.squeeze(-1) ** 2).sum(-1)


class MultivariateNormal(Distribution):
    """Vectors loc + L e of standard normal e; L L^T is the covariance.

    One of ``covariance_matrix``, ``precision_matrix`` (its inverse) and ``scale_tril`` (L) is given, all of
    shape (*batch, d, d).
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "loc": constraints.real_vector,
        "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite,
        "scale_tril": constraints.lower_cholesky,
    }
    support: constraints.Constraint = constraints.real_vector
    has_rsample: bool = True
    loc: Tensor
    _event_dims: ClassVar[dict[str, int]] = {
        "loc": 1,
        "covariance_matrix": 2,
        "precision_matrix": 2,
        "scale_tril": 2,
    }
    _unexpanded = ("_unbroadcasted_scale_tril",)

    def __init__(
        self,
        loc: Tensor,
        covariance_matrix: Tensor | None = None,
        precision_matrix: Tensor | None = None,
        scale_tril: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        if loc.dim() < 1:
            raise ValueError("loc must be at least one-dimensional.")
        given = {
            "covariance_matrix": covariance_matrix,
            "scale_tril": scale_tril,
            "precision_matrix": precision_matrix,
        }
        named = [(name, matrix) for name, matrix in given.items() if matrix is not None]
        if len(named) != 1:
            raise ValueError(
                "Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified."
            )
        ((name, matrix),) = named
        if matrix.dim() < 2:
            raise ValueError(
                f"{name} must be at least two-dimensional, with optional leading batch dimensions"
            )
        batch = broadcast_shapes(matrix.shape[:-2], loc.shape[:-1])
        vars(self)[name] = matrix.expand((*batch, *matrix.shape[-2:]))
        self.loc = loc.expand((*batch, *loc.shape[-1:]))
        super().__init__(batch, self.loc.shape[-1:], validate_args)
        factor = {"scale_tril": lambda m: m, "covariance_matrix": cholesky}.get(name, precision_to_scale_tril)
        self._unbroadcasted_scale_tril: Tensor = factor(matrix)

    @cached_property
    def scale_tril(self) -> Tensor:
        """L."""
        return self._unbroadcasted_scale_tril.expand(
            self._batch_shape + self._event_shape + self._event_shape
        )

    @cached_property
    def covariance_matrix(self) -> Tensor:
        """L L^T."""
        factor = self._unbroadcasted_scale_tril
        return (factor @ factor.mT).expand(self._batch_shape + self._event_shape + self._event_shape)

    @cached_property
    def precision_matrix(self) -> Tensor:
        """The inverse of the covariance."""
        inverse = cholesky_inverse(self._unbroadcasted_scale_tril)
        return inverse.expand(self._batch_shape + self._event_shape + self._event_shape)

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        return (self._unbroadcasted_scale_tril**2).sum(-1).expand(self._batch_shape + self._event_shape)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        noise = standard_normal(self.loc, self._extended_shape(sample_shape))
        return self.loc + (self._unbroadcasted_scale_tril @ noise.unsqueeze(-1)).squeeze(-1)

    def _log_volume(self) -> Tensor:
        return self._unbroadcasted_scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)

    def log_prob(self, value: Any) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        distance = mahalanobis(self._unbroadcasted_scale_tril, value - self.loc)
        return -0.5 * (self._event_shape[0] * math.log(2 * math.pi) + distance) - self._log_volume()

    def entropy(self) -> Tensor:
        h = 0.5 * self._event_shape[0] * (1.0 + math.log(2 * math.pi)) + self._log_volume()
        return h.expand(self._batch_shape) if self._batch_shape else h
