"""Linear algebra: inverses, determinants, factorisations (``torch.linalg``, and the older names in
``torch``)."""

import math
from typing import Any, NamedTuple

import numpy as np

from .. import ops
from .._devices.device import CPU, device_of
from .._devices.transfer import move
from .._engine.handle import Handle
from .._engine.modes import state
from ._arguments import names_arguments
from ._dims import wrap_dim
from .contraction import matmul
from .movement import adjoint, movedim
from .norm import matrix_norm
from .triangular import diagonal, tril, triu
from .triangular import vander as powers


class Slogdet(NamedTuple):
    """What ``slogdet`` returns."""

    sign: Any
    logabsdet: Any


class QR(NamedTuple):
    """What ``qr`` returns."""

    Q: Any
    R: Any


class Eigh(NamedTuple):
    """What ``eigh`` returns."""

    eigenvalues: Any
    eigenvectors: Any


class SVD(NamedTuple):
    """What ``linalg.svd`` returns."""

    U: Any
    S: Any
    Vh: Any


class USV(NamedTuple):
    """What the older ``svd`` returns."""

    U: Any
    S: Any
    V: Any


class Lstsq(NamedTuple):
    """What ``lstsq`` returns."""

    solution: Any
    residuals: Any
    rank: Any
    singular_values: Any


@names_arguments
def inv(A: Any) -> Any:
    """The inverse of square matrices; LinAlgError where one is singular."""
    return ops.inv(A)


@names_arguments
def solve(A: Any, B: Any, *, left: bool = True) -> Any:
    """X with A X = B (or X A = B, where ``left`` is False); B holds matrices, or one vector for each
    matrix."""
    vector = B.ndim == 1 or (A.ndim - 1 == B.ndim and tuple(B.shape) == tuple(A.shape[:-1]))
    if vector:
        if not left:
            raise RuntimeError("linalg.solve: A vector right-hand side needs left=True")
        out = ops.solve(A, ops.reshape(B, shape=(*B.shape, 1)))
        return ops.reshape(out, shape=tuple(out.shape[:-1]))
    return ops.solve(A, B) if left else adjoint(ops.solve(adjoint(A), adjoint(B)))


@names_arguments
def det(A: Any) -> Any:
    """The determinant of square matrices."""
    return ops.det(A)


@names_arguments
def slogdet(A: Any) -> Slogdet:
    """The sign and the logarithm of the absolute value of the determinant."""
    return Slogdet(*ops.slogdet(A))


@names_arguments
def logdet(input: Any) -> Any:
    """The logarithm of the determinant; NaN where it is negative."""
    sign, logabsdet = ops.slogdet(input)
    return ops.where(sign.array < 0, np.asarray(np.nan, input.array.dtype), logabsdet)


def _symmetric(A: Any, lower: bool) -> Any:
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
    return tril(A) + adjoint(tril(A, -1)) if lower else triu(A) + adjoint(triu(A, 1))


@names_arguments
def cholesky(A: Any, *, upper: bool = False) -> Any:
    """L, lower triangular, with L Lᵀ = A (or its transpose) of symmetric positive-definite matrices."""
    factor = ops.cholesky(_symmetric(A, lower=not upper))
    return adjoint(factor) if upper else factor


@names_arguments
def cholesky_of(input: Any, upper: bool = False) -> Any:
    """:func:`cholesky` with the arguments of ``torch.cholesky``."""
    return cholesky(input, upper=upper)


@names_arguments
def cholesky_inverse(L: Any, upper: bool = False) -> Any:
    """The inverse of the matrix of which L is the Cholesky factor."""
    back = ops.inv(triu(L) if upper else tril(L))
    return matmul(back, adjoint(back)) if upper else matmul(adjoint(back), back)


@names_arguments
def cholesky_solve(B: Any, L: Any, upper: bool = False) -> Any:
    """X with A X = B, where L is the Cholesky factor of A."""
    lower = adjoint(triu(L)) if upper else tril(L)
    return ops.solve(adjoint(lower), ops.solve(lower, B))


# PyTorch's names
def solve_triangular(A: Any, B: Any, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Any:
    """X with A X = B (or X A = B), of which only one triangle of A is read."""
    if unitriangular:
        strict = triu(A, 1) if upper else tril(A, -1)
        triangle = strict + np.eye(A.shape[-1], dtype=A.array.dtype)
    else:
        triangle = triu(A) if upper else tril(A)
    return solve(triangle, B, left=left) if left else adjoint(ops.solve(adjoint(triangle), adjoint(B)))


@names_arguments
def qr(A: Any, mode: str = "reduced") -> QR:
    """Q with orthonormal columns and R upper triangular, Q R = A.

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
            "the QR decomposition is not differentiable when mode='complete' and nrows > ncols; use "
            "mode='reduced'",
        )
        return QR(*(A._lift(part, None) for part in np.linalg.qr(A.array, "complete")))
    if rows >= columns:
        q, r = ops.qr(A)
    else:  # a wide matrix (X | Y): Q R = X, and R goes on with Qᵀ Y
        q, r = ops.qr(ops.getitem(A, index=(..., slice(None), slice(rows))))
        r = ops.concatenate(
            r,
            matmul(adjoint(q), ops.getitem(A, index=(..., slice(None), slice(rows, None)))),
            axis=A.ndim - 1,
        )
    return QR(A._lift(np.zeros(0, A.array.dtype), None), r) if mode == "r" else QR(q, r)


@names_arguments
def qr_of(input: Any, some: bool = True) -> QR:
    """:func:`qr` with the arguments of ``torch.qr``."""
    return qr(input, "reduced" if some else "complete")


def _no_gradient(A: Any, why: str) -> None:
    if A.requires_grad and state.get().grad:
        raise RuntimeError(f"{why}, or detach() the input first")


@names_arguments
def eigh(A: Any, UPLO: str = "L") -> Eigh:
    """The eigenvalues of symmetric matrices, ascending, and their eigenvectors, in columns.

    The gradient of the eigenvectors is finite only where the eigenvalues differ. It is symmetric, as the
    matrices are.
    """
    if UPLO.upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    return Eigh(*ops.eigh(_symmetric(A, lower=UPLO.upper() == "L")))


@names_arguments
def eigvalsh(A: Any, UPLO: str = "L") -> Any:
    """The eigenvalues of symmetric matrices, ascending."""
    return eigh(A, UPLO).eigenvalues


@names_arguments
def svd(A: Any, full_matrices: bool = True) -> SVD:
    """U, the singular values (descending) and Vᵀ, with U diag(S) Vᵀ = A.

    The gradients of U and Vᵀ are finite only where the singular values differ, and are there only for
    ``full_matrices=False`` or square matrices.
    """
    if full_matrices and A.ndim >= 2 and A.shape[-1] != A.shape[-2]:
        _no_gradient(
            A,
            "svd: the singular vectors of full_matrices=True have no gradient here; use full_matrices=False",
        )
        return SVD(*(A._lift(part, None) for part in ops.finite_svd(A.array)))
    return SVD(*ops.svd(A))


@names_arguments
def svd_of(input: Any, some: bool = True, compute_uv: bool = True) -> USV:
    """:func:`svd` with the arguments of ``torch.svd``: V itself, not its transpose."""
    u, s, vh = svd(input, full_matrices=not some)
    if compute_uv:
        return USV(u, s, adjoint(vh))
    return USV(
        *(
            input._lift(np.zeros_like(part.array), None) if part is not s else s
            for part in (u, s, adjoint(vh))
        )
    )


@names_arguments
def svdvals(A: Any) -> Any:
    """The singular values, descending."""
    return ops.svd(A)[1]


@names_arguments
# PyTorch's name
def pinv(A: Any, *, atol: Any = None, rtol: Any = None, hermitian: bool = False) -> Any:
    """The pseudo-inverse; singular values of at most ``max(atol, rtol * largest)`` count as 0."""
    if atol is not None:
        singular = ops.finite_svd(A.array, compute_uv=False)
        largest = float(singular.max()) if singular.size else 0.0
        if A.ndim > 2:
            raise RuntimeError("linalg.pinv: atol is for one matrix here; use rtol for a batch")
        rtol = max(float(atol) / largest if largest else math.inf, float(rtol or 0.0))
    return ops.pinv(A, rtol=None if rtol is None else float(rtol))


@names_arguments
def pinverse(input: Any, rcond: float = 1e-15) -> Any:
    """:func:`pinv` with the arguments of ``torch.pinverse``."""
    return pinv(input, rtol=rcond)


@names_arguments
def matrix_power(A: Any, n: int) -> Any:
    """A multiplied ``n`` times with itself, by squaring; of its inverse where n is negative."""
    if A.ndim < 2 or A.shape[-1] != A.shape[-2]:
        raise RuntimeError(
            f"linalg.matrix_power: A must be batches of square matrices, but got shape {list(A.shape)}"
        )
    if n == 0:
        eye = ops.array_module(A.array).eye(A.shape[-1], dtype=A.array.dtype)
        return ops.where(
            ops.array_module(A.array).ones(A.array.shape, bool), eye, A
        )  # part of the graph, as in PyTorch
    power, out = (ops.inv(A), None) if n < 0 else (A, None)
    n = abs(n)
    while True:
        if n & 1:
            out = power if out is None else matmul(out, power)
        n >>= 1
        if not n:
            return out
        power = matmul(power, power)


@names_arguments
def matrix_rank(
    A: Any, *, atol: Any = None, rtol: Any = None, hermitian: bool = False, tol: Any = None
) -> Any:
    """The number of singular values above ``max(atol, rtol * largest)``."""
    array = move(A.array, CPU)
    s = ops.finite_svd(array, compute_uv=False)
    atol = tol if atol is None else atol
    relative = (
        (0.0 if atol else max(array.shape[-2:]) * np.finfo(array.dtype).eps)
        if rtol is None
        else np.asarray(_plain(rtol))[..., None]
    )
    cutoff = np.maximum(
        np.asarray(_plain(atol or 0.0))[..., None], relative * s.max(-1, keepdims=True, initial=0.0)
    )
    return A._lift(move(np.asarray((s > cutoff).sum(-1)), device_of(A.array)), None)


def _plain(value: Any) -> Any:
    return move(value.array, CPU) if isinstance(value, Handle) else value


@names_arguments
# PyTorch's names
def lstsq(A: Any, B: Any, rcond: Any = None, *, driver: str | None = None) -> Lstsq:
    """The X of least ``|A X - B|`` (and, among equals, least ``|X|``), by the pseudo-inverse.

    ``driver`` decides what comes with it, as LAPACK's do: "gelsy" (the default) the rank, "gels" the squared
    residuals, "gelsd" and "gelss" both and the singular values. What does not come is empty.
    """
    driver = driver or "gelsy"
    if driver not in ("gels", "gelsd", "gelss", "gelsy"):
        raise RuntimeError(
            "torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss), "
            f"not {driver}"
        )
    vector = B.ndim == 1 or (A.ndim - 1 == B.ndim and tuple(B.shape) == tuple(A.shape[:-1]))
    right = ops.reshape(B, shape=(*B.shape, 1)) if vector else B
    solution = matmul(pinv(A, rtol=rcond), right)
    rank = matrix_rank(A, rtol=rcond)
    residuals = A._lift(np.zeros(0, A.array.dtype), None)
    if driver != "gelsy" and A.shape[-2] > A.shape[-1] and bool((rank.array == A.shape[-1]).all()):
        rest = matmul(A, solution) - right
        residuals = ops.sum(rest * rest, axis=rest.ndim - 2)
    values = A._lift(
        ops.finite_svd(A.array, compute_uv=False)
        if driver in ("gelsd", "gelss")
        else np.zeros(0, A.array.dtype),
        None,
    )
    if driver == "gels":
        rank = A._lift(np.zeros(0, np.int64), None)
    return Lstsq(
        ops.reshape(solution, shape=tuple(solution.shape[:-1])) if vector else solution,
        residuals,
        rank,
        values,
    )


@names_arguments
def cond(A: Any, p: Any = None) -> Any:
    """The condition number: the norm of A times that of its inverse (by default, of the singular values)."""
    if p in (None, 2, -2):
        s = svdvals(A)
        first, last = ops.getitem(s, index=(..., 0)), ops.getitem(s, index=(..., -1))
        return last / first if p == -2 else first / last
    return matrix_norm(A, p) * matrix_norm(inv(A), p)


@names_arguments
def vander(x: Any, *, N: int | None = None) -> Any:
    """The powers of the last dimension's elements along a new one, ascending (``linalg.vander``)."""
    return powers(x, N, increasing=True)


@names_arguments
# PyTorch's name
def linalg_diagonal(A: Any, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    """A view of the diagonal of the last two dimensions (``linalg.diagonal``)."""
    return diagonal(A, offset, wrap_dim(dim1, A.ndim), wrap_dim(dim2, A.ndim))


@names_arguments
def matrix_exp(A: Any) -> Any:
    """The exponential of square matrices: the sum of their powers over factorials."""
    return ops.matrix_exp(A)


@names_arguments
def tensorinv(A: Any, ind: int = 2) -> Any:
    """The inverse for ``tensordot``: of A as a matrix whose rows are its first ``ind`` dimensions."""
    if ind <= 0:
        raise RuntimeError("Expected a strictly positive integer for 'ind'")
    rows, columns = tuple(A.shape[:ind]), tuple(A.shape[ind:])
    if math.prod(rows) != math.prod(columns):
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[ind:]) == "
            f"prod(self.shape[:ind]), but got {math.prod(columns)} != {math.prod(rows)}"
        )
    return ops.reshape(ops.inv(ops.reshape(A, shape=(math.prod(rows), -1))), shape=(*columns, *rows))


@names_arguments
def tensorsolve(A: Any, B: Any, dims: Any = None) -> Any:
    """X with ``tensordot(A, X, X.ndim) == B``; ``dims`` of A are moved to its end first."""
    if dims is not None:
        A = movedim(A, tuple(dims), tuple(range(A.ndim - len(dims), A.ndim)))  # noqa: N806 - PyTorch's name
    shape = tuple(A.shape[B.ndim :])
    if math.prod(shape) != math.prod(B.shape):
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == "
            f"prod(self.shape[:other.ndim]), but got {math.prod(shape)} != {math.prod(B.shape)}"
        )
    flat = ops.reshape(B, shape=(-1, 1))
    return ops.reshape(ops.solve(ops.reshape(A, shape=(-1, math.prod(shape))), flat), shape=shape)
