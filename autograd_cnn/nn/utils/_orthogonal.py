"""A matrix held orthogonal: computed from another one of which every value will do."""

from typing import Any

from ..._creation.creation import zeros_like
from ..._creation.random import randn
from ..._creation.ranges import eye
from ..._engine.dtypes import finfo
from ..._engine.modes import no_grad
from ..._functions.comparison import allclose
from ..._functions.factorization import qr
from ..._functions.householder import geqrf, householder_product
from ..._functions.joining import cat
from ..._functions.linalg import matrix_exp, solve
from ..._tensor import Tensor
from ..modules import Module

MAPS = ("matrix_exp", "cayley", "householder")


class Orthogonal(Module):
    """Q with orthonormal columns (rows, where there are more columns): of the skew-symmetric A = X - Xᵀ its
    exponential or Cayley's (I - A/2)⁻¹(I + A/2), or a product of Householder's reflections.

    With ``base`` the map starts from that matrix (Lezcano-Casado, 2019): Q = base · map(X).
    """

    base: Any

    def __init__(self, weight: Tensor, orthogonal_map: str, use_trivialization: bool) -> None:
        super().__init__()
        self.shape = weight.shape
        self.orthogonal_map = orthogonal_map
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, X: Tensor) -> Tensor:
        wide = X.shape[-2] < X.shape[-1]
        x = X.mT if wide else X
        q = self._reflections(x) if self.orthogonal_map == "householder" else self._of_skew(x)
        if hasattr(self, "base"):
            q = self.base @ q
        return q.mT if wide else q

    def _of_skew(self, x: Tensor) -> Tensor:
        n, k = x.shape[-2:]
        x = x.tril()
        if n != k:
            x = cat([x, x.new_zeros(*x.shape[:-1], n - k)], dim=-1)
        skew = x - x.mT
        if self.orthogonal_map == "matrix_exp":
            return matrix_exp(skew)[..., :k]
        one = eye(n, dtype=skew.dtype, device=skew.device)
        return solve(one - skew / 2, one + skew / 2)[..., :k]

    @staticmethod
    def _reflections(x: Tensor) -> Tensor:
        below = x.tril(-1)
        product = householder_product(below, 2.0 / (1.0 + (below * below).sum(-2)))
        return product * x.diagonal(dim1=-2, dim2=-1).detach().sign().unsqueeze(-2)

    @no_grad()
    def right_inverse(self, Q: Tensor) -> Tensor:
        if Q.shape != self.shape:
            raise ValueError(
                f"Expected a matrix or batch of matrices of shape {self.shape}. Got a tensor of shape "
                f"{Q.shape}."
            )
        wide = Q.shape[-2] < Q.shape[-1]
        q = Q.mT if wide else Q
        if hasattr(self, "base"):
            self.base = _completed(q)
            start = zeros_like(Q)
            start.diagonal(dim1=-2, dim2=-1).fill_(-1.0)
            return start
        if self.orthogonal_map != "householder":
            raise NotImplementedError(
                "It is not possible to assign to the matrix exponential or the Cayley parametrizations when "
                "use_trivialization=False."
            )
        reflections, tau = geqrf(q)
        signs = reflections.diagonal(dim1=-2, dim2=-1)
        signs.copy_(signs.sign() * (1 - 2 * (tau == 0).to(signs.dtype)))  # LAPACK's way to leave one out
        return reflections.mT if wide else reflections


def _completed(q: Tensor) -> Tensor:
    """A square orthogonal matrix that begins with ``q``, or with its Q where it is not orthogonal."""
    n, k = q.shape[-2:]
    if n == k:
        return q.clone() if _is_orthogonal(q) else _orthogonalized(q)
    more = randn(*q.shape[:-1], n - k, dtype=q.dtype, device=q.device)
    return _orthogonalized(cat([q, more], dim=-1))


def _is_orthogonal(q: Tensor) -> bool:
    """Whether QᵀQ is the identity up to ten roundings of each of its sums."""
    n, k = q.shape[-2:]
    one = eye(k, dtype=q.dtype, device=q.device)
    return allclose(q.mT @ q, one.expand(*q.shape[:-2], k, k), atol=10 * n * finfo(q.dtype).eps)


def _orthogonalized(x: Tensor) -> Tensor:
    """Q of X = QR whose R has a positive diagonal."""
    q, r = qr(x)
    return q * r.diagonal(dim1=-2, dim2=-1).sign().unsqueeze(-2)
