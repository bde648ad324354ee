"""Maps of vectors and matrices, and maps side by side."""

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from .._creation.ranges import arange, eye
from .._functions.exponential import log1p
from .._functions.factorization import cholesky
from .._functions.joining import cat, stack
from .._tensor import Tensor
from ..nn.functional import pad, softplus
from . import constraints
from ._transform import Transform
from .constraints import Constraint
from .utils import clamp_probs, eps_of, tril_matrix_to_vec, vec_to_tril_matrix

__all__ = [
    "CatTransform",
    "CorrCholeskyTransform",
    "LowerCholeskyTransform",
    "PositiveDefiniteTransform",
    "SoftmaxTransform",
    "StackTransform",
    "StickBreakingTransform",
]


class _OfEvents(Transform):
    """A map of events that is the same map for all its instances."""

    _equal_by = ()


class SoftmaxTransform(_OfEvents):
    """y = softmax(x), of vectors; its inverse is the logarithm."""

    domain: Constraint = constraints.real_vector
    codomain: Constraint = constraints.simplex

    def _call(self, x: Tensor) -> Tensor:
        return x.softmax(-1)

    def _inverse(self, y: Tensor) -> Tensor:
        return y.log()

    def forward_shape(self, shape: Any) -> Any:
        if len(shape) < 1:
            raise ValueError("Too few dimensions on input")
        return shape

    def inverse_shape(self, shape: Any) -> Any:
        return self.forward_shape(shape)


class StickBreakingTransform(_OfEvents):
    """Vectors of K numbers onto simplices of K + 1: each breaks off a part of what is left of a stick."""

    domain: Constraint = constraints.real_vector
    codomain: Constraint = constraints.simplex
    bijective: bool = True

    def _offset(self, x: Tensor) -> Tensor:
        """Log of how many pieces there are to be, so that 0 breaks the stick into equal parts."""
        k = x.shape[-1]
        return (k + 1 - arange(1, k + 1, dtype=x.dtype)).log()

    def _call(self, x: Tensor) -> Tensor:
        z = clamp_probs((x - self._offset(x)).sigmoid())
        left = (1 - z).cumprod(-1)
        return pad(z, [0, 1], value=1.0) * pad(left, [1, 0], value=1.0)

    def _inverse(self, y: Tensor) -> Tensor:
        parts = y[..., :-1]
        left = (1 - parts.cumsum(-1)).clamp(min=2.0**-126)
        return parts.log() - left.log() + self._offset(parts)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        x = x - self._offset(x)
        return (-x - softplus(-x) + y[..., :-1].log()).sum(-1)

    def forward_shape(self, shape: Any) -> Any:
        if len(shape) < 1:
            raise ValueError("Too few dimensions on input")
        return (*shape[:-1], shape[-1] + 1)

    def inverse_shape(self, shape: Any) -> Any:
        if len(shape) < 1:
            raise ValueError("Too few dimensions on input")
        return (*shape[:-1], shape[-1] - 1)


class LowerCholeskyTransform(_OfEvents):
    """Matrices onto lower triangular ones with a positive diagonal."""

    domain: Constraint = constraints.independent(constraints.real, 2)
    codomain: Constraint = constraints.lower_cholesky

    def _call(self, x: Tensor) -> Tensor:
        return x.tril(-1) + x.diagonal(dim1=-2, dim2=-1).exp().diag_embed()

    def _inverse(self, y: Tensor) -> Tensor:
        return y.tril(-1) + y.diagonal(dim1=-2, dim2=-1).log().diag_embed()


class PositiveDefiniteTransform(_OfEvents):
    """Matrices onto positive definite ones: L L^T of what LowerCholeskyTransform makes of them."""

    domain: Constraint = constraints.independent(constraints.real, 2)
    codomain: Constraint = constraints.positive_definite

    def _call(self, x: Tensor) -> Tensor:
        factor = LowerCholeskyTransform()(x)
        return factor @ factor.mT

    def _inverse(self, y: Tensor) -> Tensor:
        return LowerCholeskyTransform().inv(cholesky(y))


class CorrCholeskyTransform(_OfEvents):
    """Vectors of D (D - 1) / 2 numbers onto Cholesky factors of correlation matrices: tanh of each is a
    partial correlation, and every row takes its part of what is left of its
    unit length (Stan's manual, 10.12)."""

    domain: Constraint = constraints.real_vector
    codomain: Constraint = constraints.corr_cholesky
    bijective: bool = True

    def _call(self, x: Tensor) -> Tensor:
        x = x.tanh()
        x = x.clamp(min=-1 + eps_of(x), max=1 - eps_of(x))
        r = vec_to_tril_matrix(x, diag=-1)
        r = r + eye(r.shape[-1], dtype=r.dtype)
        left = (1 - (r * r).tril(-1)).sqrt().cumprod(-1)
        return r * pad(left[..., :-1], [1, 0], value=1)

    def _inverse(self, y: Tensor) -> Tensor:
        left = 1 - (y * y).cumsum(-1)
        below = tril_matrix_to_vec(y, diag=-1)
        t = below / tril_matrix_to_vec(pad(left[..., :-1], [1, 0], value=1), diag=-1).sqrt()
        return (log1p(t) - log1p(-t)) / 2

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor, intermediates: None = None) -> Tensor:
        left = 1 - (y * y).cumsum(-1)
        rows = 0.5 * tril_matrix_to_vec(left, diag=-2).log().sum(-1)
        return rows - 2 * (x + softplus(-2 * x) - math.log(2.0)).sum(-1)

    def forward_shape(self, shape: Any) -> Any:
        if len(shape) < 1:
            raise ValueError("Too few dimensions on input")
        n = shape[-1]
        d = round((0.25 + 2 * n) ** 0.5 + 0.5)
        if d * (d - 1) // 2 != n:
            raise ValueError("Input is not a flattened lower-diagonal number")
        return (*shape[:-1], d, d)

    def inverse_shape(self, shape: Any) -> Any:
        if len(shape) < 2:
            raise ValueError("Too few dimensions on input")
        if shape[-2] != shape[-1]:
            raise ValueError("Input is not square")
        return (*shape[:-2], shape[-1] * (shape[-1] - 1) // 2)


class _SideBySide(Transform):
    """Several maps, each of its part of the axis ``dim``."""

    _equal_by: ClassVar[tuple[str, ...]] = ("transforms", "dim")
    _made_of = "transforms"
    transforms: list[Transform]
    dim: int

    def __init__(self, tseq: Sequence[Transform], dim: int, cache_size: int) -> None:
        if not all(isinstance(t, Transform) for t in tseq):
            raise AssertionError("All elements of tseq must be Transform instances")
        super().__init__(cache_size)
        self.transforms = [t.with_cache(cache_size) if cache_size else t for t in tseq]
        self.dim = dim

    def _parts(self, x: Tensor) -> list[Tensor]:
        raise NotImplementedError

    def _joined(self, parts: list[Tensor]) -> Tensor:
        raise NotImplementedError

    @property
    def bijective(self) -> bool:
        return all(t.bijective for t in self.transforms)

    def _call(self, x: Tensor) -> Tensor:
        return self._joined([t(part) for t, part in zip(self.transforms, self._parts(x), strict=True)])

    def _inverse(self, y: Tensor) -> Tensor:
        return self._joined([t.inv(part) for t, part in zip(self.transforms, self._parts(y), strict=True)])


class CatTransform(_SideBySide):
    """Maps of ``lengths`` numbers each along an axis, as ``torch.cat`` joins them."""

    _equal_by = ("transforms", "dim", "lengths")
    lengths: list[int]

    def __init__(
        self,
        tseq: Sequence[Transform],
        dim: int = 0,
        lengths: Sequence[int] | None = None,
        cache_size: int = 0,
    ) -> None:
        super().__init__(tseq, dim, cache_size)
        self.lengths = [1] * len(self.transforms) if lengths is None else list(lengths)
        if len(self.lengths) != len(self.transforms):
            raise AssertionError(f"{len(self.transforms)} transforms but {len(self.lengths)} lengths")

    @property
    def event_dim(self) -> int:
        return max(t.event_dim for t in self.transforms)

    @property
    def length(self) -> int:
        """The size of the axis."""
        return sum(self.lengths)

    def _parts(self, x: Tensor) -> list[Tensor]:
        return list(x.split(self.lengths, self.dim))

    def _joined(self, parts: list[Tensor]) -> Tensor:
        return cat(parts, self.dim)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        slopes = []
        for t, before, after in zip(self.transforms, self._parts(x), self._parts(y), strict=True):
            slope = t.log_abs_det_jacobian(before, after)
            more = self.event_dim - t.event_dim
            slopes.append(slope.flatten(slope.dim() - more).sum(-1) if more else slope)
        dim = self.dim - x.dim() if self.dim >= 0 else self.dim
        if dim + self.event_dim < 0:
            return cat(slopes, dim + self.event_dim)
        total = slopes[0]
        for slope in slopes[1:]:
            total = total + slope
        return total

    @constraints.dependent_property(is_discrete=False)
    def domain(self) -> Any:
        return constraints.cat([t.domain for t in self.transforms], self.dim, self.lengths)

    @constraints.dependent_property(is_discrete=False)
    def codomain(self) -> Any:
        return constraints.cat([t.codomain for t in self.transforms], self.dim, self.lengths)


class StackTransform(_SideBySide):
    """Maps of one slice each along an axis, as ``torch.stack`` puts them."""

    def __init__(self, tseq: Sequence[Transform], dim: int = 0, cache_size: int = 0) -> None:
        super().__init__(tseq, dim, cache_size)

    def _parts(self, x: Tensor) -> list[Tensor]:
        return list(x.unbind(self.dim))

    def _joined(self, parts: list[Tensor]) -> Tensor:
        return stack(parts, self.dim)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        each = zip(self.transforms, self._parts(x), self._parts(y), strict=True)
        return stack([t.log_abs_det_jacobian(before, after) for t, before, after in each], self.dim)

    @constraints.dependent_property(is_discrete=False)
    def domain(self) -> Any:
        return constraints.stack([t.domain for t in self.transforms], self.dim)

    @constraints.dependent_property(is_discrete=False)
    def codomain(self) -> Any:
        return constraints.stack([t.codomain for t in self.transforms], self.dim)
