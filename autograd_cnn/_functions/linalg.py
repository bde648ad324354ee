"""Linear algebra: equations, inverses, determinants, powers (``torch.linalg``, and the older names in
``torch``)."""

import math
from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, SupportsIndex

import numpy as np

from .. import ops
from .._devices.device import CPU, device_of
from .._devices.transfer import move
from .._engine.handle import Handle, Operand, T
from .._engine.single import in_single
from ..ops import _linalg as primitives
from ..ops._errors import scalar_type
from ._arguments import array_in, names_arguments
from ._dims import integer
from ._matrices import need_equations
from ._return_types import return_type
from .contraction import matmul
from .conversion import in_own_memory
from .factorization import from_lower, pinv, svdvals
from .movement import adjoint, movedim
from .norm import matrix_norm

__all__ = [
    "det",
    "inverse",
    "logdet",
    "matrix_exp",
    "matrix_power",
    "slogdet",
    "triangular_solve",
]


class Slogdet(NamedTuple, Generic[T]):
    """What ``slogdet`` returns."""

    sign: T
    logabsdet: T


_SLOGDET, _LINALG_SLOGDET = return_type("slogdet", Slogdet), return_type("linalg_slogdet", Slogdet)


class TriangularSolve(NamedTuple, Generic[T]):
    """What ``triangular_solve`` returns."""

    solution: T
    cloned_coefficient: T


_TRIANGULAR_SOLVE = return_type("triangular_solve", TriangularSolve)


class Lstsq(NamedTuple, Generic[T]):
    """What ``lstsq`` returns."""

    solution: T
    residuals: T
    rank: T
    singular_values: T


_LSTSQ = return_type("linalg_lstsq", Lstsq)


@names_arguments
def inv(A: Handle[T]) -> T:
    """The inverse of square matrices; LinAlgError where one is singular."""
    return primitives.inv(A)


inverse = inv


@names_arguments
@in_single
def solve(A: Handle[T], B: Operand, *, left: bool = True) -> T:
    """X with A X = B (or X A = B, where ``left`` is False); B holds matrices, or one vector for each
    matrix."""
    vector = B.ndim == 1 or (A.ndim - 1 == B.ndim and tuple(B.shape) == tuple(A.shape[:-1]))
    if vector:
        if not left:
            raise RuntimeError("linalg.solve: A vector right-hand side needs left=True")
        out = primitives.solve(A, ops.reshape(B, shape=(*B.shape, 1)))
        return ops.reshape(out, shape=tuple(out.shape[:-1]))
    return primitives.solve(A, B) if left else adjoint(primitives.solve(adjoint(A), adjoint(B)))


@names_arguments
@in_single
def solve_triangular(
    A: Handle[T], B: Operand, *, upper: bool, left: bool = True, unitriangular: bool = False
) -> T:
    """X with A X = B (or X A = B), of which only one triangle of A is read. It is infinite or NaN where the
    diagonal holds 0."""
    if B.ndim < 2:
        raise RuntimeError("linalg.solve_triangular: The input tensor B must have at least 2 dimensions.")
    if A.ndim < 2:
        raise RuntimeError("linalg.solve_triangular: The input tensor A must have at least 2 dimensions.")
    if A.shape[-1] != A.shape[-2]:
        raise RuntimeError(
            "linalg.solve_triangular: A must be batches of square matrices, but they are "
            f"{' by '.join(map(str, A.shape[-2:]))} matrices"
        )
    if A.shape[-1] != B.shape[-2 if left else -1]:
        raise RuntimeError(
            "linalg.solve_triangular: Incompatible shapes of A and B for the equation "
            f"{'AX' if left else 'XA'} = B ({A.shape[-2]}x{A.shape[-1]} and {B.shape[-2]}x{B.shape[-1]})"
        )
    if left:
        return ops.solve_triangular(A, B, upper=upper, unit=unitriangular)
    return adjoint(ops.solve_triangular(adjoint(A), adjoint(B), upper=not upper, unit=unitriangular))


@names_arguments
def triangular_solve(
    b: Handle[T], A: Operand, upper: bool = True, transpose: bool = False, unitriangular: bool = False
) -> TriangularSolve[T]:
    """X with A X = b (Aᵀ X = b where ``transpose``), of which one triangle of A is read; and A again."""
    need_equations("torch.triangular_solve", A, b)
    matrix, side = (adjoint(A), not upper) if transpose else (A, upper)
    solution = solve_triangular(matrix, b, upper=side, unitriangular=unitriangular)
    return _TRIANGULAR_SOLVE(solution, ops.cast(A, dtype=A.array.dtype))


@names_arguments
def det(A: Handle[T]) -> T:
    """The determinant of square matrices."""
    return ops.det(A)


@names_arguments
def linalg_slogdet(A: Handle[T]) -> Slogdet[T]:
    """The sign and the logarithm of the absolute value of the determinant (``linalg.slogdet``)."""
    return _LINALG_SLOGDET(*ops.slogdet(A))


@names_arguments
def slogdet(input: Handle[T]) -> Slogdet[T]:
    """The sign and the logarithm of the absolute value of the determinant."""
    return _SLOGDET(*ops.slogdet(input))


@names_arguments
@in_single
def logdet(input: Handle[T]) -> T:
    """The logarithm of the determinant; NaN where it is negative."""
    sign, logabsdet = ops.slogdet(input)
    return ops.where(sign.array < 0, np.asarray(np.nan, input.array.dtype), logabsdet)


@names_arguments
@in_single
def matrix_power(A: Handle[T], n: SupportsIndex) -> T:
    """A multiplied ``n`` times with itself, by squaring; of its inverse where n is negative."""
    if A.ndim < 2 or A.shape[-1] != A.shape[-2]:
        raise RuntimeError(
            "linalg.matrix_power: The input tensor A must have at least 2 dimensions."
            if A.ndim < 2
            else "linalg.matrix_power: A must be batches of square matrices, but they are "
            f"{A.shape[-2]} by {A.shape[-1]} matrices"
        )
    exponent = n if type(n) is int else integer("n", n)
    if exponent == 0:
        xp = ops.array_module(A.array)
        eye = xp.eye(A.shape[-1], dtype=A.array.dtype)
        return ops.where(xp.ones(A.array.shape, bool), eye, A)  # part of the graph, as in PyTorch
    power: Any = primitives.inv(A) if exponent < 0 else A
    out: Any = None
    rest = abs(exponent)
    while True:
        if rest & 1:
            out = power if out is None else matmul(out, power)
        rest >>= 1
        if not rest:
            return in_own_memory(out, A)
        power = matmul(power, power)


@names_arguments
@in_single
def matrix_rank(
    A: Handle[T],
    tol: float | Operand | None = None,
    hermitian: bool = False,
    *,
    atol: float | Operand | None = None,
    rtol: float | Operand | None = None,
) -> T:
    """The number of singular values above ``max(atol, rtol * largest)``; ``tol`` is an older name of
    ``atol``.

    The bounds are numbers, or tensors of one for each matrix.
    """
    if A.ndim < 2:
        raise RuntimeError(
            "torch.linalg.matrix_rank: The input tensor input must have at least 2 dimensions."
        )
    if A.array.dtype.kind != "f":
        raise RuntimeError("This function doesn't handle types other than float and double")
    array = move((from_lower(A) if hermitian else A).array, CPU)
    s = ops.finite_svd(array, compute_uv=False)
    given = tol if atol is None else atol
    absolute = np.asarray(0.0 if given is None else _plain(given))[..., None]
    relative = (
        (0.0 if absolute.any() else max(array.shape[-2:]) * np.finfo(array.dtype).eps)
        if rtol is None
        else np.asarray(_plain(rtol))[..., None]
    )
    cutoff = np.maximum(absolute, relative * s.max(-1, keepdims=True, initial=0.0))
    return A._lift(move(np.asarray((s > cutoff).sum(-1)), device_of(A.array)), None)


def _plain(value: Any) -> Any:
    return move(array_in(value), CPU)


@names_arguments
@in_single
def lstsq(A: Handle[T], B: Operand, rcond: float | None = None, *, driver: str | None = None) -> Lstsq[T]:
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
    if A.ndim < 2:
        raise RuntimeError("torch.linalg.lstsq: input must have at least 2 dimensions.")
    if A.array.dtype != B.array.dtype:
        raise RuntimeError(
            "torch.linalg.lstsq: Expected input and other to have the same dtype, but got input's dtype "
            f"{scalar_type(A.array)} and other's dtype {scalar_type(B.array)}"
        )
    vector = B.ndim == 1 or (A.ndim - 1 == B.ndim and tuple(B.shape) == tuple(A.shape[:-1]))
    if A.shape[-2] != B.shape[-1 if vector else -2]:
        raise RuntimeError(
            f"torch.linalg.lstsq: input.size(-2) should match other.size({-1 if vector else -2})"
        )
    right = ops.reshape(B, shape=(*B.shape, 1)) if vector else B
    solution = matmul(pinv(A, rtol=rcond), right)
    rank: Any = matrix_rank(A, rtol=rcond)
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
    return _LSTSQ(
        ops.reshape(solution, shape=tuple(solution.shape[:-1])) if vector else solution,
        residuals,
        rank,
        values,
    )


@names_arguments
@in_single
def cond(A: Handle[T], p: float | str | None = None) -> T:
    """The condition number: the norm of A times that of its inverse (by default, of the singular values)."""
    if A.ndim < 2:
        raise RuntimeError("linalg.cond: The input tensor must have at least 2 dimensions.")
    if p in (None, 2, -2):
        s = svdvals(A)
        if not s.array.shape[-1]:
            return ops.sum(s, axis=-1)  # of no singular values 0
        first, last = ops.getitem(s, index=(..., 0)), ops.getitem(s, index=(..., -1))
        return last / first if p == -2 else first / last
    if p not in ("fro", "nuc", 1, -1, math.inf, -math.inf):
        raise RuntimeError(f"linalg.cond got an invalid norm type: {p}")
    if not A.array.size and not isinstance(p, str):
        return ops.sum(A, axis=(-2, -1))
    if A.shape[-1] != A.shape[-2]:
        raise RuntimeError(
            f"linalg.cond(ord={p}): A must be batches of square matrices, but they are {A.shape[-2]} by "
            f"{A.shape[-1]} matrices"
        )
    norm = matrix_norm(A, p)
    try:
        return norm * matrix_norm(inv(A), p)
    except ops.LinAlgError:  # of a singular matrix: infinite
        singular = primitives.zero_pivots(move(A.array, CPU)) > 0
        other: Any = ops.where(singular[..., None, None], np.eye(A.shape[-1], dtype=A.array.dtype), A)
        return ops.where(singular, math.inf, norm * matrix_norm(inv(other), p))


@names_arguments
def matrix_exp(A: Handle[T]) -> T:
    """The exponential of square matrices: the sum of their powers over factorials."""
    return primitives.matrix_exp(A)


@names_arguments
@in_single
def tensorinv(A: Handle[T], ind: SupportsIndex = 2) -> T:
    """The inverse for ``tensordot``: of A as a matrix whose rows are its first ``ind`` dimensions."""
    if (count := ind if type(ind) is int else integer("ind", ind)) <= 0:
        raise RuntimeError(f"Expected a strictly positive integer for 'ind', but got {count}")
    rows, columns = tuple(A.shape[:count]), tuple(A.shape[count:])
    if math.prod(rows) != math.prod(columns):
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[ind:]) == "
            f"prod(self.shape[:ind]), but got {math.prod(columns)} != {math.prod(rows)}"
        )
    return ops.reshape(
        primitives.inv(ops.reshape(A, shape=(math.prod(rows), math.prod(columns)))), shape=(*columns, *rows)
    )


@names_arguments
@in_single
def tensorsolve(A: Handle[T], B: Operand, dims: Sequence[SupportsIndex] | None = None) -> T:
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
    return ops.reshape(primitives.solve(ops.reshape(A, shape=(-1, math.prod(shape))), flat), shape=shape)
