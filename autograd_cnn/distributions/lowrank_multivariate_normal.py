"""The normal distribution of vectors, of a covariance of low rank and a diagonal."""

import math
from functools import cached_property
from typing import Any, ClassVar

from .._creation.ranges import eye
from .._functions.broadcasting import broadcast_shapes
from .._functions.factorization import cholesky
from .._functions.linalg import solve_triangular
from .._tensor import Tensor
from . import constraints
from ._draws import standard_normal
from .distribution import Distribution
from .multivariate_normal import mahalanobis

__all__ = ["LowRankMultivariateNormal"]


class LowRankMultivariateNormal(Distribution):
    """Of covariance W W^T + D: ``cov_factor`` W of shape (*batch, d, k), ``cov_diag`` the diagonal of D.

    By Woodbury's identity and the matrix determinant lemma everything costs k**3 instead of d**3.
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "loc": constraints.real_vector,
        "cov_factor": constraints.independent(constraints.real, 2),
        "cov_diag": constraints.independent(constraints.positive, 1),
    }
    support: constraints.Constraint = constraints.real_vector
    has_rsample: bool = True
    loc: Tensor
    cov_factor: Tensor
    cov_diag: Tensor
    _event_dims: ClassVar[dict[str, int]] = {
        "loc": 1,
        "cov_diag": 1,
        "variance": 1,
        "cov_factor": 2,
        "covariance_matrix": 2,
        "scale_tril": 2,
        "precision_matrix": 2,
    }
    _unexpanded = ("_given_factor", "_given_diag", "_capacitance")

    def __init__(
        self, loc: Tensor, cov_factor: Tensor, cov_diag: Tensor, validate_args: bool | None = None
    ) -> None:
        if loc.dim() < 1:
            raise ValueError("loc must be at least one-dimensional.")
        event = loc.shape[-1:]
        if cov_factor.dim() < 2:
            raise ValueError(
                "cov_factor must be at least two-dimensional, with optional leading batch dimensions"
            )
        if cov_factor.shape[-2:-1] != event:
            raise ValueError(f"cov_factor must be a batch of matrices with shape {event[0]} x m")
        if cov_diag.shape[-1:] != event:
            raise ValueError(f"cov_diag must be a batch of vectors with shape {event}")
        batch = broadcast_shapes(loc.shape[:-1], cov_factor.shape[:-2], cov_diag.shape[:-1])
        self._given_factor, self._given_diag = cov_factor, cov_diag
        self.loc, self.cov_diag = loc.expand((*batch, *event)), cov_diag.expand((*batch, *event))
        self.cov_factor = cov_factor.expand((*batch, *cov_factor.shape[-2:]))
        super().__init__(batch, event, validate_args)
        scaled = cov_factor.mT / cov_diag.unsqueeze(-2)
        self._capacitance = cholesky(scaled @ cov_factor + eye(cov_factor.shape[-1], dtype=cov_factor.dtype))

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @cached_property
    def variance(self) -> Tensor:
        return ((self._given_factor**2).sum(-1) + self._given_diag).expand(
            self._batch_shape + self._event_shape
        )

    @cached_property
    def covariance_matrix(self) -> Tensor:
        """W W^T + D."""
        whole = self._given_factor @ self._given_factor.mT + self._given_diag.diag_embed()
        return whole.expand(self._batch_shape + self._event_shape + self._event_shape)

    @cached_property
    def scale_tril(self) -> Tensor:
        """The Cholesky factor of the covariance."""
        return cholesky(self.covariance_matrix)

    @cached_property
    def precision_matrix(self) -> Tensor:
        """The inverse of the covariance."""
        scaled = self._given_factor.mT / self._given_diag.unsqueeze(-2)
        a = solve_triangular(self._capacitance, scaled, upper=False)
        inverse = self._given_diag.reciprocal().diag_embed() - a.mT @ a
        return inverse.expand(self._batch_shape + self._event_shape + self._event_shape)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        small = standard_normal(self.loc, (*shape[:-1], self.cov_factor.shape[-1]))
        noise = standard_normal(self.loc, shape)
        turned = (self._given_factor @ small.unsqueeze(-1)).squeeze(-1)
        return self.loc + turned + self._given_diag.sqrt() * noise

    def _log_det(self) -> Tensor:
        small = 2 * self._capacitance.diagonal(dim1=-2, dim2=-1).log().sum(-1)
        return small + self._given_diag.log().sum(-1)

    def log_prob(self, value: Any) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        difference = value - self.loc
        scaled = self._given_factor.mT / self._given_diag.unsqueeze(-2)
        inner = mahalanobis(self._capacitance, (scaled @ difference.unsqueeze(-1)).squeeze(-1))
        distance = (difference**2 / self._given_diag).sum(-1) - inner
        return -0.5 * (self._event_shape[0] * math.log(2 * math.pi) + self._log_det() + distance)

    def entropy(self) -> Tensor:
        h = 0.5 * (self._event_shape[0] * (1.0 + math.log(2 * math.pi)) + self._log_det())
        return h.expand(self._batch_shape) if self._batch_shape else h
