"""Factorisations of matrices, and what follows from them: Cholesky, QR, eigenvalues, singular values, the
pseudo-inverse."""

import math
from typing import Any, Generic, NamedTuple

import numpy as np

from .. import ops
from .._devices.device import CPU, device_of
from .._devices.transfer import move
from .._engine.handle import Handle, Operand, T
from .._engine.modes import state
from .._engine.single import in_single
from ..ops import _factorization as primitives
from ..ops._linalg import check_matrix
from ._arguments import names_arguments
from ._matrices import need_equations
from ._return_types import return_type
from .contraction import matmul
from .joining import stack, unbind
from .movement import adjoint
from .triangular import tril, triu

__all__ = ["cholesky", "cholesky_inverse", "cholesky_solve", "pinverse", "qr", "svd"]


class CholeskyInfo(NamedTuple, Generic[T]):
    """What ``cholesky_ex`` returns."""

    L: T
    info: T


_CHOLESKY_EX = return_type("linalg_cholesky_ex", CholeskyInfo)


class QR(NamedTuple, Generic[T]):
    """What ``qr`` returns."""

    Q: T
    R: T


_QR, _OLDER_QR = return_type("linalg_qr", QR), return_type("qr", QR)


class Eigh(NamedTuple, Generic[T]):
    """What ``eigh`` returns."""

    eigenvalues: T
    eigenvectors: T


_EIGH = return_type("linalg_eigh", Eigh)


class SVD(NamedTuple, Generic[T]):
    """What ``linalg.svd`` returns."""

    U: T
    S: T
    Vh: T


_SVD = return_type("linalg_svd", SVD)


class USV(NamedTuple, Generic[T]):
    """What the older ``svd`` returns."""

    U: T
    S: T
    V: T


_USV = return_type("svd", USV)


def _symmetric(A: Operand, lower: bool) -> Operand:
    """A where it is symmetric, up to rounding; else the symmetric matrix of its one triangle, as LAPACK reads
    it."""
    array = A.array
    if array.ndim < 2 or array.shape[-1] != array.shape[-2]:
        return A  # the primitive says what is wrong
    turned = np.swapaxes(array, -1, -2)
    largest = float(np.abs(array).max()) if array.size else 0.0
    scale = largest if math.isfinite(largest) else 0.0
    if np.allclose(
        array,
        turned,
        rtol=0.0,
        atol=64 * np.finfo(array.dtype if array.dtype.kind == "f" else np.float32).eps * scale,
        equal_nan=True,
    ):
        return A
    if lower:
        return ops.add(tril(A), adjoint(tril(A, -1)))
    return ops.add(triu(A), adjoint(triu(A, 1)))


# Cholesky


@names_arguments
@in_single
def linalg_cholesky(A: Handle[T], *, upper: bool = False) -> T:
    """L, lower triangular, with L Lᵀ = A (or its transpose) of symmetric positive-definite matrices
    (``linalg.cholesky``)."""
    factor = primitives.cholesky(_symmetric(A, lower=not upper))
    return adjoint(factor) if upper else factor


@names_arguments
def cholesky(input: Handle[T], upper: bool = False) -> T:
    """L, lower triangular, with L Lᵀ = input (or its transpose) of symmetric positive-definite matrices."""
    return linalg_cholesky(input, upper=upper)


@names_arguments
@in_single
def cholesky_inverse(L: Handle[T], upper: bool = False) -> T:
    """The inverse of the matrix of which L is the Cholesky factor."""
    check_matrix("cholesky_inverse", L.array)
    zero = (L.array.diagonal(0, -2, -1) == 0).reshape(-1, L.shape[-1])
    if bool(zero.any()):
        raise ops.LinAlgError(
            f"cholesky_inverse: The diagonal element {int(zero.any(0).argmax()) + 1} is zero, the inversion "
            "could not be completed because the input matrix is singular."
        )
    eye: Any = ops.array_module(L.array).eye(L.shape[-1], dtype=L.array.dtype)
    back: Any = ops.solve_triangular(L, eye, upper=upper)
    return matmul(back, adjoint(back)) if upper else matmul(adjoint(back), back)


@names_arguments
@in_single
def cholesky_solve(B: Handle[T], L: Operand, upper: bool = False) -> T:
    """X with A X = B, where L is the Cholesky factor of A."""
    need_equations("cholesky_solve", L, B)
    lower: Any = adjoint(L) if upper else L
    inner = ops.solve_triangular(lower, B, upper=False)
    return ops.solve_triangular(adjoint(lower), inner, upper=True)


@names_arguments
@in_single
def cholesky_ex(A: Handle[T], *, upper: bool = False, check_errors: bool = False) -> CholeskyInfo[T]:
    """:func:`cholesky` that raises only with ``check_errors``: ``info`` is the order of the first leading
    minor that is not positive.

    Where it is not 0 the factor is all NaN.
    """
    array = move(A.array, CPU)
    where = device_of(A.array)
    flat = array.reshape(math.prod(array.shape[:-2]), *array.shape[-2:])
    info = np.array([_first_bad_minor(m, upper) for m in flat], np.int32).reshape(array.shape[:-2])
    told = A._lift(move(info, where), None)
    if not info.any() or check_errors:
        return _CHOLESKY_EX(linalg_cholesky(A, upper=upper), told)
    bad = move(np.asarray(info != 0)[..., None, None], where)
    eye = ops.array_module(A.array).eye(A.shape[-1], dtype=A.array.dtype)
    factor = linalg_cholesky(ops.where(bad, eye, A), upper=upper)
    return _CHOLESKY_EX(ops.where(bad, np.nan, factor), told)


def _first_bad_minor(matrix: Any, upper: bool) -> int:
    """The order of the first leading minor that is not positive; 0 where all are."""
    symmetric = np.triu(matrix) + np.triu(matrix, 1).T if upper else np.tril(matrix) + np.tril(matrix, -1).T
    if _is_positive(symmetric):
        return 0
    return next(
        n for n in range(1, len(matrix) + 1) if n == len(matrix) or not _is_positive(symmetric[:n, :n])
    )


def _is_positive(matrix: Any) -> bool:
    try:
        factor = np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return False
    return not np.isnan(factor).any()


# QR


@names_arguments
@in_single
def linalg_qr(A: Handle[T], mode: str = "reduced") -> QR[T]:
    """Q with orthonormal columns and R upper triangular, Q R = A (``linalg.qr``).

    Args:
        mode: ``"reduced"``, ``"complete"`` (Q square; no gradient where A has more rows than columns), or
            ``"r"`` (an empty Q).
    """
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(
            f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or "
            "'complete'"
        )
    rows, columns = A.shape[-2:] if A.ndim >= 2 else (0, 0)
    if mode == "complete" and rows > columns:
        _no_gradient(
            A,
            "The QR decomposition is not differentiable when mode='complete' and nrows > ncols; use "
            "mode='reduced'",
        )
        return _QR(*(A._lift(part, None) for part in np.linalg.qr(A.array, "complete")))
    if rows >= columns:
        q, r = primitives.qr(A)
    else:  # a wide matrix (X | Y): Q R = X, and R goes on with Qᵀ Y
        q, r = primitives.qr(ops.getitem(A, index=(..., slice(None), slice(rows))))
        r = ops.concatenate(
            r,
            matmul(adjoint(q), ops.getitem(A, index=(..., slice(None), slice(rows, None)))),
            axis=A.ndim - 1,
        )
    return _QR(A._lift(np.zeros(0, A.array.dtype), None), r) if mode == "r" else _QR(q, r)


@names_arguments
def qr(input: Handle[T], some: bool = True) -> QR[T]:
    """Q with orthonormal columns and R upper triangular, Q R = input; where not ``some``, Q is square."""
    return _OLDER_QR(*linalg_qr(input, "reduced" if some else "complete"))


def _no_gradient(A: Operand, why: str) -> None:
    if A._present_node() is not None and state.get().grad:
        raise RuntimeError(f"{why}, or detach() the input first")


# eigenvalues


@names_arguments
@in_single
def eigh(A: Handle[T], UPLO: str = "L") -> Eigh[T]:
    """The eigenvalues of symmetric matrices, ascending, and their eigenvectors, in columns.

    The gradient of the eigenvectors is finite only where the eigenvalues differ. It is symmetric, as the
    matrices are.
    """
    if UPLO.upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    return _EIGH(*primitives.eigh(_symmetric(A, lower=UPLO.upper() == "L")))


@names_arguments
@in_single
def eigvalsh(A: Handle[T], UPLO: str = "L") -> T:
    """The eigenvalues of symmetric matrices, ascending."""
    return eigh(A, UPLO).eigenvalues


# singular values


@names_arguments
@in_single
def linalg_svd(A: Handle[T], full_matrices: bool = True, *, driver: str | None = None) -> SVD[T]:
    """U, the singular values (descending) and Vᵀ, with U diag(S) Vᵀ = A (``linalg.svd``).

    The gradients of U and Vᵀ are finite only where the singular values differ; what ``full_matrices`` adds
    to them is a constant, as in PyTorch. ``driver`` chooses among a GPU's algorithms in PyTorch: on the host
    it is an error, and on a GPU there is one here.
    """
    _refuse_driver(A, driver)
    if not full_matrices or A.ndim < 2 or A.shape[-1] == A.shape[-2]:
        return _SVD(*primitives.svd(A))
    if A._present_node() is None or not state.get().grad:
        return _SVD(*(A._lift(part, None) for part in ops.finite_svd(A.array)))
    u, s, vh = primitives.svd(A)
    whole, k = ops.finite_svd(A.array), min(A.shape[-2:])
    if A.shape[-2] > k:
        u = ops.concatenate(u, A._lift(whole[0][..., k:], None), axis=A.ndim - 1)
    if A.shape[-1] > k:
        vh = ops.concatenate(vh, A._lift(whole[2][..., k:, :], None), axis=A.ndim - 2)
    return _SVD(u, s, vh)


def _refuse_driver(A: Operand, driver: str | None) -> None:
    """RuntimeError where a ``driver`` is named for a matrix in the host's memory, unless it is empty."""
    if driver is not None and A.array.size and isinstance(A.array, np.ndarray):
        raise RuntimeError(
            "torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER "
            "backend."
        )


@names_arguments
def svd(input: Handle[T], some: bool = True, compute_uv: bool = True) -> USV[T]:
    """U, the singular values (descending) and V itself, with U diag(S) Vᵀ = input.

    Where not ``some``, U and V are square; where not ``compute_uv``, they are zeros.
    """
    if compute_uv:
        u, s, vh = linalg_svd(input, full_matrices=not some)
        return _USV(u, s, adjoint(vh))
    s, (*batch, m, n) = svdvals(input), input.array.shape
    xp, dtype = ops.array_module(input.array), input.array.dtype
    u, v = (input._lift(xp.zeros((*batch, size, size), dtype), None) for size in (m, n))
    return _USV(u, s, v)


@names_arguments
@in_single
def svdvals(A: Handle[T], *, driver: str | None = None) -> T:
    """The singular values, descending; ``driver`` is for GPUs, see :func:`linalg_svd`."""
    _refuse_driver(A, driver)
    return primitives.svd(A)[1]


def from_lower(A: Handle[T]) -> T:
    """The symmetric matrices whose lower triangles are those of A: what is read of A where it is said to be
    ``hermitian``."""
    if A.ndim < 2 or A.array.shape[-1] != A.array.shape[-2]:
        raise RuntimeError(f"expected batches of square matrices, but got shape {list(A.shape)}")
    lower: Any = tril(A)
    return lower + adjoint(tril(A, -1))


@names_arguments
@in_single
def pinv(
    A: Handle[T],
    rcond: float | None = None,
    hermitian: bool = False,
    *,
    atol: float | None = None,
    rtol: float | None = None,
) -> T:
    """The pseudo-inverse; singular values of at most ``max(atol, rtol * largest)`` count as 0. ``rcond`` is
    an older name of ``rtol``."""
    rtol = rcond if rtol is None else rtol
    A = from_lower(A) if hermitian else A  # noqa: N806 - PyTorch's name
    if atol is not None and A.ndim > 2:
        shape = A.array.shape
        rows = [pinv(part, atol=atol, rtol=rtol) for part in unbind(ops.reshape(A, shape=(-1, *shape[-2:])))]
        if rows:
            return ops.reshape(stack(rows), shape=(*shape[:-2], shape[-1], shape[-2]))
        atol = None
    if atol is not None:
        singular = ops.finite_svd(A.array, compute_uv=False)
        largest = float(singular.max()) if singular.size else 0.0
        rtol = max(float(atol) / largest if largest else math.inf, float(rtol or 0.0))
    return primitives.pinv(A, rtol=None if rtol is None else float(rtol))


@names_arguments
def pinverse(input: Handle[T], rcond: float = 1e-15) -> T:
    """:func:`pinv` with the arguments of ``torch.pinverse``."""
    return primitives.pinv(input, rtol=float(rcond))
