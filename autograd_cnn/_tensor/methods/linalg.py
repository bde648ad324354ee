"""Matrix products, linear algebra and norms."""

from typing import Any

from ..._engine.handle import Handle, T
from ..._functions import contraction, factorization, linalg, norm
from ..._functions._dims import numpy_names


class LinalgMethods(Handle[T]):
    """Matrix products, linear algebra and norms."""

    __slots__ = ()

    def __matmul__(self, other: Any) -> Any:
        return contraction.matmul(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return contraction.matmul(other, self)

    def matmul(self, other: Any) -> Any:
        """See :func:`autograd_cnn.matmul`."""
        return contraction.matmul(self, other)

    def mm(self, mat2: Any) -> Any:
        """See :func:`autograd_cnn.mm`."""
        return contraction.mm(self, mat2)

    def bmm(self, mat2: Any) -> Any:
        """See :func:`autograd_cnn.bmm`."""
        return contraction.bmm(self, mat2)

    def mv(self, vec: Any) -> Any:
        """See :func:`autograd_cnn.mv`."""
        return contraction.mv(self, vec)

    def dot(self, tensor: Any) -> Any:
        """See :func:`autograd_cnn.dot`."""
        return contraction.dot(self, tensor)

    def vdot(self, other: Any) -> Any:
        """See :func:`autograd_cnn.vdot`."""
        return contraction.vdot(self, other)

    def outer(self, vec2: Any) -> Any:
        """See :func:`autograd_cnn.outer`."""
        return contraction.outer(self, vec2)

    def ger(self, vec2: Any) -> Any:
        """See :func:`autograd_cnn.ger`."""
        return contraction.ger(self, vec2)

    def inner(self, other: Any) -> Any:
        """See :func:`autograd_cnn.inner`."""
        return contraction.inner(self, other)

    def kron(self, other: Any) -> Any:
        """See :func:`autograd_cnn.kron`."""
        return contraction.kron(self, other)

    def cross(self, other: Any, dim: int | None = None) -> Any:
        """See :func:`autograd_cnn.cross`."""
        return contraction.cross(self, other, dim)

    def addmm(self, mat1: Any, mat2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
        """See :func:`autograd_cnn.addmm`."""
        return contraction.addmm(self, mat1, mat2, beta=beta, alpha=alpha)

    def addmm_(self, mat1: Any, mat2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
        """See :func:`autograd_cnn.addmm`; in place."""
        return self._overwrite(contraction.addmm(self, mat1, mat2, beta=beta, alpha=alpha))

    def addmv(self, mat: Any, vec: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
        """See :func:`autograd_cnn.addmv`."""
        return contraction.addmv(self, mat, vec, beta=beta, alpha=alpha)

    def addmv_(self, mat: Any, vec: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
        """See :func:`autograd_cnn.addmv`; in place."""
        return self._overwrite(contraction.addmv(self, mat, vec, beta=beta, alpha=alpha))

    def addr(self, vec1: Any, vec2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
        """See :func:`autograd_cnn.addr`."""
        return contraction.addr(self, vec1, vec2, beta=beta, alpha=alpha)

    def addr_(self, vec1: Any, vec2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
        """See :func:`autograd_cnn.addr`; in place."""
        return self._overwrite(contraction.addr(self, vec1, vec2, beta=beta, alpha=alpha))

    def baddbmm(self, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
        """See :func:`autograd_cnn.baddbmm`."""
        return contraction.baddbmm(self, batch1, batch2, beta=beta, alpha=alpha)

    def baddbmm_(self, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
        """See :func:`autograd_cnn.baddbmm`; in place."""
        return self._overwrite(contraction.baddbmm(self, batch1, batch2, beta=beta, alpha=alpha))

    def addbmm(self, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
        """See :func:`autograd_cnn.addbmm`."""
        return contraction.addbmm(self, batch1, batch2, beta=beta, alpha=alpha)

    def addbmm_(self, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
        """See :func:`autograd_cnn.addbmm`; in place."""
        return self._overwrite(contraction.addbmm(self, batch1, batch2, beta=beta, alpha=alpha))

    def inverse(self) -> Any:
        """See :func:`autograd_cnn.inv`."""
        return linalg.inv(self)

    def det(self) -> Any:
        """See :func:`autograd_cnn.det`."""
        return linalg.det(self)

    def slogdet(self) -> Any:
        """See :func:`autograd_cnn.slogdet`."""
        return linalg.slogdet(self)

    def logdet(self) -> Any:
        """See :func:`autograd_cnn.logdet`."""
        return linalg.logdet(self)

    def cholesky(self, upper: bool = False) -> Any:
        """See :func:`autograd_cnn.cholesky`."""
        return linalg.cholesky_of(self, upper)

    def cholesky_inverse(self, upper: bool = False) -> Any:
        """See :func:`autograd_cnn.cholesky_inverse`."""
        return linalg.cholesky_inverse(self, upper)

    def cholesky_solve(self, L: Any, upper: bool = False) -> Any:
        """See :func:`autograd_cnn.cholesky_solve`."""
        return linalg.cholesky_solve(self, L, upper)

    def qr(self, some: bool = True) -> Any:
        """See :func:`autograd_cnn.qr`."""
        return linalg.qr_of(self, some)

    def svd(self, some: bool = True, compute_uv: bool = True) -> Any:
        """See :func:`autograd_cnn.svd`."""
        return linalg.svd_of(self, some, compute_uv)

    def pinverse(self, rcond: float = 1e-15) -> Any:
        """See :func:`autograd_cnn.pinverse`."""
        return linalg.pinverse(self, rcond)

    def matrix_exp(self) -> Any:
        """See :func:`autograd_cnn.matrix_exp`."""
        return linalg.matrix_exp(self)

    def matrix_power(self, n: int) -> Any:
        """See :func:`autograd_cnn.matrix_power`."""
        return linalg.matrix_power(self, n)

    @numpy_names
    def norm(self, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:
        """See :func:`autograd_cnn.norm`."""
        return norm.norm(self, p, dim, keepdim, dtype)

    def dist(self, other: Any, p: Any = 2) -> Any:
        """See :func:`autograd_cnn.dist`."""
        return norm.dist(self, other, p)

    def renorm(self, p: float, dim: int, maxnorm: float) -> Any:
        """See :func:`autograd_cnn.renorm`."""
        return norm.renorm(self, p, dim, maxnorm)

    def lu(self, pivot: bool = True, get_infos: bool = False) -> Any:
        """See :func:`autograd_cnn.lu`."""
        return factorization.lu_of(self, pivot, get_infos)

    def lu_solve(self, LU_data: Any, LU_pivots: Any) -> Any:
        """See :func:`autograd_cnn.lu_solve`."""
        return factorization.lu_solve(self, LU_data, LU_pivots)

    def triangular_solve(
        self, A: Any, upper: bool = True, transpose: bool = False, unitriangular: bool = False
    ) -> Any:
        """See :func:`autograd_cnn.triangular_solve`."""
        return factorization.triangular_solve(self, A, upper, transpose, unitriangular)

    def geqrf(self) -> Any:
        """See :func:`autograd_cnn.geqrf`."""
        return factorization.geqrf(self)

    def orgqr(self, tau: Any) -> Any:
        """See :func:`autograd_cnn.orgqr`."""
        return factorization.orgqr(self, tau)

    def ormqr(self, tau: Any, other: Any, left: bool = True, transpose: bool = False) -> Any:
        """See :func:`autograd_cnn.ormqr`."""
        return factorization.ormqr(self, tau, other, left, transpose)
