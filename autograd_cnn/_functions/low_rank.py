"""A few singular values or eigenvalues of large matrices (Halko, Martinsson and Tropp, 2009), and what older
PyTorch called its functions of matrices."""

from collections.abc import Callable
from typing import Any, Final, NoReturn

import numpy as np

from .. import ops
from .._devices.device import device_of
from .._devices.transfer import move
from .._engine.handle import Handle, Operand, T
from ._arguments import names_arguments
from .contraction import matmul
from .factorization import USV, eigh, linalg_cholesky, linalg_qr, linalg_svd
from .linalg import solve_triangular
from .movement import adjoint, flip
from .sampling import normal_

__all__ = ["eig", "lobpcg", "lstsq", "matrix_rank", "pca_lowrank", "solve", "svd_lowrank", "symeig"]


def _basis(A: Handle[T], q: int, niter: int) -> Any:
    """q orthonormal columns that span most of what A makes, by products with random vectors."""
    noise = move(np.zeros((A.shape[-1], q), A.array.dtype), device_of(A.array))
    columns = linalg_qr(matmul(A, normal_(A._lift(noise, None)))).Q
    for _ in range(niter):
        rows = linalg_qr(matmul(adjoint(A), columns)).Q
        columns = linalg_qr(matmul(A, rows)).Q
    return columns


@names_arguments
def svd_lowrank(A: Handle[T], q: int | None = 6, niter: int = 2, M: Operand | None = None) -> USV[T]:
    """About the ``q`` largest singular values of A, or of A - M, and their vectors: U, S and V itself."""
    whole: Any = A if M is None else A - M
    wide = whole.shape[-2] < whole.shape[-1]
    tall = adjoint(whole) if wide else whole
    columns = _basis(tall, 6 if q is None else q, niter)
    u, s, vh = linalg_svd(matmul(adjoint(columns), tall), full_matrices=False)
    u, v = matmul(columns, u), adjoint(vh)
    return USV(v, s, u) if wide else USV(u, s, v)


@names_arguments
def pca_lowrank(A: Handle[T], q: int | None = None, center: bool = True, niter: int = 2) -> USV[T]:
    """The principal components of the rows of A: :func:`svd_lowrank` of A less the means of its columns."""
    m, n = A.shape[-2:]
    count = min(6, m, n) if q is None else q
    if not 0 <= count <= min(m, n):
        raise ValueError(
            f"q(={count}) must be non-negative integer and not greater than min(m, n)={min(m, n)}"
        )
    if niter < 0:
        raise ValueError(f"niter(={niter}) must be non-negative integer")
    if not center:
        return svd_lowrank(A, count, niter)
    return svd_lowrank(A, count, niter, ops.mean(A, axis=A.ndim - 2, keepdims=True))


@names_arguments
def lobpcg(
    A: Handle[T],
    k: int | None = None,
    B: Operand | None = None,
    X: Operand | None = None,
    n: int | None = None,
    iK: Operand | None = None,
    niter: int | None = None,
    tol: float | None = None,
    largest: bool | None = None,
    method: str | None = None,
    tracker: Any = None,
    ortho_iparams: Any = None,
    ortho_fparams: Any = None,
    ortho_bparams: Any = None,
) -> tuple[T, T]:
    """The ``k`` largest (or smallest) eigenvalues of symmetric A, with A x = e B x, and their vectors.

    Dense matrices are factored as a whole, so the result is exact and what steers the iteration (``X``,
    ``iK``, ``niter``, ``tol``, ``method``) changes nothing. ValueError where A has less than 3 k rows.
    """
    size = A.shape[-1]
    count = k if k is not None else (X.shape[-1] if X is not None else 1)
    if A.shape[-2] != size:
        raise RuntimeError(f"lobpcg: A must be batches of square matrices, but got shape {list(A.shape)}")
    if size < 3 * (n or count):
        raise ValueError(
            f"LOBPCG algorithm is not applicable when the number of A rows (={size})"
            f" is smaller than 3 x the number of requested eigenpairs (={n or count})"
        )
    matrix: Any = A
    if B is not None:  # B = L Lᵀ: the eigenvectors of L⁻¹ A L⁻ᵀ are Lᵀ x
        lower = linalg_cholesky(B)
        half = solve_triangular(lower, A, upper=False)
        matrix = adjoint(solve_triangular(lower, adjoint(half), upper=False))
    values, vectors = eigh(matrix)
    if B is not None:
        vectors = solve_triangular(adjoint(lower), vectors, upper=True)
    if largest is None or largest:
        values, vectors = flip(values, -1), flip(vectors, -1)
    return (
        ops.getitem(values, index=(..., slice(count))),
        ops.getitem(vectors, index=(..., slice(count))),
    )


def _removed(name: str, instead: str) -> Callable[..., NoReturn]:
    """A function that says what took its place."""

    def function(*args: Any, **options: Any) -> NoReturn:
        raise RuntimeError(f"This function was deprecated since version 1.9 and is now removed. {instead}")

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Removed from PyTorch: {instead}"
    return function


eig: Final = _removed("eig", "`torch.linalg.eig` returns eigenvalues and eigenvectors.")
lstsq: Final = _removed("lstsq", "`torch.lstsq` is deprecated in favor of `torch.linalg.lstsq`.")
matrix_rank: Final = _removed("matrix_rank", "Please use the `torch.linalg.matrix_rank` function instead.")
solve: Final = _removed("solve", "`torch.solve` is deprecated in favor of `torch.linalg.solve(A, B)`.")
symeig: Final = _removed("symeig", "Please use `torch.linalg.eigh` or `torch.linalg.eigvalsh` instead.")
