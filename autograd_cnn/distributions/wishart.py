"""The Wishart distribution of matrices."""

import math
from functools import cached_property
from typing import Any, ClassVar

from .._creation.ranges import arange
from .._functions.broadcasting import broadcast_shapes
from .._functions.factorization import cholesky, cholesky_inverse, cholesky_solve
from .._functions.linalg import slogdet
from .._functions.special import mvlgamma
from .._tensor import Tensor
from . import constraints
from ._draws import standard_gamma, standard_normal
from .exp_family import ExponentialFamily
from .multivariate_normal import precision_to_scale_tril

__all__ = ["Wishart"]


class Wishart(ExponentialFamily):
    """X = A A^T of random A, with ``df`` degrees of freedom and a scale V: ``covariance_matrix``,
    its inverse ``precision_matrix`` or its factor ``scale_tril``, of shape (*batch, p, p).

    Samples by Bartlett's decomposition (1933).
    """

    support: constraints.Constraint = constraints.positive_definite
    has_rsample: bool = True
    _mean_carrier_measure = 0
    _event_dims: ClassVar[dict[str, int]] = {
        "covariance_matrix": 2,
        "precision_matrix": 2,
        "scale_tril": 2,
    }
    df: Tensor

    @property
    def arg_constraints(self) -> dict[str, Any]:
        return {
            "covariance_matrix": constraints.positive_definite,
            "precision_matrix": constraints.positive_definite,
            "scale_tril": constraints.lower_cholesky,
            "df": constraints.greater_than(self.event_shape[-1] - 1),
        }

    def __init__(
        self,
        df: Any,
        covariance_matrix: Tensor | None = None,
        precision_matrix: Tensor | None = None,
        scale_tril: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        given = {
            "covariance_matrix": covariance_matrix,
            "precision_matrix": precision_matrix,
            "scale_tril": scale_tril,
        }
        named = [(name, matrix) for name, matrix in given.items() if matrix is not None]
        if len(named) != 1:
            raise ValueError(
                "Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified."
            )
        ((name, matrix),) = named
        if matrix.dim() < 2:
            raise ValueError(
                "scale_tril must be at least two-dimensional, with optional leading batch dimensions"
            )
        df = df if isinstance(df, Tensor) else matrix.new_tensor(float(df))
        batch = broadcast_shapes(df.shape, matrix.shape[:-2])
        event = matrix.shape[-2:]
        if (df <= event[-1] - 1).any():
            raise ValueError(f"Value of df={df} expected to be greater than ndim - 1 = {event[-1] - 1}.")
        self.df = df.expand(batch)
        vars(self)[name] = matrix.expand((*batch, *event))
        super().__init__(batch, event, validate_args)
        if name == "covariance_matrix":
            self.scale_tril = cholesky(self.covariance_matrix)
        elif name == "precision_matrix":
            self.scale_tril = precision_to_scale_tril(self.precision_matrix)

    @cached_property
    def scale_tril(self) -> Tensor:
        """The Cholesky factor of V."""
        raise AttributeError("scale_tril")  # set where the object is made

    @cached_property
    def covariance_matrix(self) -> Tensor:
        """V."""
        return self.scale_tril @ self.scale_tril.mT

    @cached_property
    def precision_matrix(self) -> Tensor:
        """The inverse of V."""
        return cholesky_inverse(self.scale_tril)

    def _wide_df(self) -> Tensor:
        return self.df.view((*self._batch_shape, 1, 1))

    @property
    def mean(self) -> Tensor:
        return self._wide_df() * self.covariance_matrix

    @property
    def mode(self) -> Tensor:
        factor = self._wide_df() - self.event_shape[-1] - 1
        return factor.masked_fill(factor <= 0, math.nan) * self.covariance_matrix

    @property
    def variance(self) -> Tensor:
        v = self.covariance_matrix
        diagonal = v.diagonal(dim1=-2, dim2=-1)
        return self._wide_df() * (v**2 + diagonal.unsqueeze(-1) * diagonal.unsqueeze(-2))

    def rsample(self, sample_shape: Any = (), max_try_correction: int | None = None) -> Tensor:
        """Random matrices; singular ones are as rare as rounding makes them and are returned as they are."""
        shape, p = self._extended_shape(sample_shape), self.event_shape[-1]
        degrees = self.df.unsqueeze(-1) - arange(p, dtype=self.df.dtype)
        half = (degrees / 2).expand((*shape[:-2], p))
        diagonal = (2 * standard_gamma(half)).sqrt()
        noise = standard_normal(self.df, shape).tril(-1) + diagonal.diag_embed()
        factor = self.scale_tril @ noise
        return factor @ factor.mT

    def log_prob(self, value: Any) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        nu, p = self.df, self.event_shape[-1]
        trace = cholesky_solve(value, self.scale_tril).diagonal(dim1=-2, dim2=-1).sum(-1)
        log_volume = self.scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)
        return (
            -nu * (p * math.log(2) / 2 + log_volume)
            - mvlgamma(nu / 2, p)
            + (nu - p - 1) / 2 * slogdet(value)[1]
            - trace / 2
        )

    def entropy(self) -> Tensor:
        nu, p = self.df, self.event_shape[-1]
        log_volume = self.scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)
        digammas = ((nu.unsqueeze(-1) - arange(p, dtype=nu.dtype)) / 2).digamma().sum(-1)
        return (
            (p + 1) * (p * math.log(2) / 2 + log_volume)
            + mvlgamma(nu / 2, p)
            - (nu - p - 1) / 2 * digammas
            + nu * p / 2
        )

    @property
    def _natural_params(self) -> tuple[Tensor, ...]:
        return -self.precision_matrix / 2, (self.df - self.event_shape[-1] - 1) / 2

    def _log_normalizer(self, *natural_params: Tensor) -> Tensor:
        x, y = natural_params
        p = x.shape[-1]
        half = y + (p + 1) / 2
        return half * (-slogdet(-2 * x)[1] + math.log(2) * p) + mvlgamma(half, p)
