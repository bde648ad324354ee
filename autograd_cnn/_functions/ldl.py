"""Symmetric matrices that need not be positive definite: L D Lᵀ; and eigenvalues of matrices that are not
symmetric, where they are real."""

from typing import Any, Generic, NamedTuple

import numpy as np

from .. import ops
from .._devices.device import CPU, device_of
from .._devices.transfer import move
from .._engine.handle import Handle, Operand, T
from .._engine.modes import state
from .._engine.single import in_single
from ..ops import _ldl as primitives
from ..ops._linalg import check_matrix
from ._arguments import names_arguments
from .contraction import matmul
from .linalg import solve
from .movement import unsqueeze
from .scattering import masked_fill
from .strided import diagonal

__all__: list[str] = []


class LDLPair(NamedTuple, Generic[T]):
    """What ``ldl_factor`` returns."""

    LD: T
    pivots: T


class LDLInfo(NamedTuple, Generic[T]):
    """What ``ldl_factor_ex`` returns."""

    LD: T
    pivots: T
    info: T


class Eig(NamedTuple, Generic[T]):
    """What ``eig`` returns."""

    eigenvalues: T
    eigenvectors: T


@names_arguments
@in_single
def ldl_factor_ex(A: Handle[T], *, hermitian: bool = False, check_errors: bool = False) -> LDLInfo[T]:
    """The packed L and D of symmetric matrices, LAPACK's pivots, and where a block of D is 0 (from 1; 0 where
    none is). They have no gradient."""
    where = device_of(A.array)
    parts = [A._lift(move(part, where), None) for part in primitives.ldl(move(A.array, CPU))]
    if check_errors and bool((parts[2].array > 0).any()):
        raise ops.LinAlgError(
            "torch.linalg.ldl_factor_ex: the factorization has a block that is zero: the input is singular"
        )
    return LDLInfo(*parts)


@names_arguments
def ldl_factor(A: Handle[T], *, hermitian: bool = False) -> LDLPair[T]:
    """The packed L and D of symmetric matrices, and LAPACK's pivots; RuntimeError where a block of D is 0."""
    return LDLPair(*ldl_factor_ex(A, hermitian=hermitian, check_errors=True)[:2])


@names_arguments
@in_single
def ldl_solve(LD: Handle[T], pivots: Operand, B: Operand, *, hermitian: bool = False) -> T:
    """X with A X = B, of the result of :func:`ldl_factor`; only B gets a gradient."""
    if LD.ndim < 2 or LD.array.shape[-1] != LD.array.shape[-2]:
        raise RuntimeError(f"torch.linalg.ldl_solve: LD must be batches of square matrices, got {LD.shape}")
    if B.ndim < 2:
        raise RuntimeError("torch.linalg.ldl_solve: Expected B to have at least 2 dimensions")
    if pivots.array.dtype.kind != "i":
        raise RuntimeError(f"torch.linalg.ldl_solve: Expected pivots to be integers. Got {pivots.dtype!r}")
    if tuple(pivots.shape) != tuple(LD.shape[:-1]):
        raise RuntimeError(
            f"torch.linalg.ldl_solve: Expected LD.shape[:-1] and pivots.shape to be the same, but got pivots "
            f"with shape {list(pivots.shape)}"
        )
    if bool((pivots.array == 0).any()):
        raise RuntimeError(
            "Pivots given to ldl_solve must all satisfy |pivot| >= 1. Did you properly pass the result of "
            "ldl_factor?"
        )
    return primitives.ldl_solve(LD, pivots, B)


def _real_spectrum(A: Operand) -> tuple[Any, Any]:
    check_matrix("eig", A.array)
    if not np.isfinite(move(A.array, CPU)).all():
        raise RuntimeError("torch.linalg.eig: input tensor should not contain infs or NaNs.")
    values, vectors = np.linalg.eig(move(A.array, CPU))
    if np.iscomplexobj(values) and bool((values.imag != 0).any()):
        raise NotImplementedError(
            "linalg.eig: some eigenvalues are complex, and there are no complex tensors here; of symmetric "
            "matrices linalg.eigh gives real ones, of others use numpy.linalg.eig on A.detach().numpy()"
        )
    return values.real, vectors.real


@names_arguments
@in_single
def eig(A: Handle[T]) -> Eig[T]:
    """The eigenvalues of square matrices and their eigenvectors, in columns of length 1, where all are real:
    real tensors. NotImplementedError where some are complex.

    The gradients are those of ``A V = V diag(w)`` (Giles 2008, section 3.1); the vectors keep their length.
    """
    found = Eig(
        *(A._lift(move(np.ascontiguousarray(part), device_of(A.array)), None) for part in _real_spectrum(A))
    )
    if A._present_node() is None or not state.get().grad:
        return found
    return _refined(A, _refined(A, found))


def _refined(A: Handle[T], found: Eig[T]) -> Eig[T]:
    """One step of Newton's from the solution itself: the numbers stay as they are, and where the first n
    derivatives of ``found`` are right, those of what is returned are right to the order 2 n + 1."""
    values, vectors = found
    residual = solve(vectors, matmul(A, vectors) - vectors * unsqueeze(values, -2))
    residual = residual - residual.detach()
    gaps = unsqueeze(values, -2) - unsqueeze(values, -1)
    equal = (gaps == 0).detach()  # the diagonal, and eigenvalues that come twice
    turned: Any = vectors + matmul(vectors, masked_fill(residual, equal, 0) / masked_fill(gaps, equal, 1))
    length = ops.sum(turned * turned, axis=turned.ndim - 2, keepdims=True) ** 0.5
    return Eig(values + diagonal(residual, 0, -2, -1), turned / length)


@names_arguments
def eigvals(A: Handle[T]) -> T:
    """The eigenvalues of square matrices, where all are real (see :func:`eig`)."""
    return eig(A).eigenvalues
