"""LU factorisations, products of Householder reflections, and the solvers that report errors instead of
raising them."""

import math
from typing import Any, NamedTuple

import numpy as np

from .. import ops
from .._devices.device import CPU, device_of
from .._devices.transfer import move
from ._arguments import names_arguments
from .linalg import cholesky, solve, solve_triangular
from .movement import adjoint as turned
from .triangular import tril, triu


class LUPair(NamedTuple):
    """What ``lu_factor`` returns."""

    LU: Any
    pivots: Any


class LUInfo(NamedTuple):
    """What ``lu_factor_ex`` returns."""

    LU: Any
    pivots: Any
    info: Any


class PLU(NamedTuple):
    """What ``linalg.lu`` and ``lu_unpack`` return."""

    P: Any
    L: Any
    U: Any


class CholeskyInfo(NamedTuple):
    """What ``cholesky_ex`` returns."""

    L: Any
    info: Any


class InverseInfo(NamedTuple):
    """What ``inv_ex`` returns."""

    inverse: Any
    info: Any


class SolveInfo(NamedTuple):
    """What ``solve_ex`` returns."""

    result: Any
    info: Any


class TriangularSolve(NamedTuple):
    """What ``triangular_solve`` returns."""

    solution: Any
    cloned_coefficient: Any


class Geqrf(NamedTuple):
    """What ``geqrf`` returns."""

    a: Any
    tau: Any


# LU


# PyTorch's name
def _elimination(name: str, A: Any, pivot: bool = True) -> tuple[Any, Any, Any]:
    """The order of the rows by partial pivoting, LAPACK's pivots (from 1), and the place (from 1) of the
    first pivot that is 0."""
    array = move(A.array, CPU)
    if array.ndim < 2 or array.dtype.kind != "f" or array.dtype.itemsize < 4:
        raise RuntimeError(
            f"{name}: Expected float32 or float64 matrices of at least 2 dimensions, got {A.dtype!r} "
            f"of shape {list(array.shape)}"
        )
    batch, (rows, columns) = array.shape[:-2], array.shape[-2:]
    count, steps = math.prod(batch), min(rows, columns)
    work = array.reshape(count, rows, columns).copy()
    each, order, pivots = (
        np.arange(count),
        np.tile(np.arange(rows), (count, 1)),
        np.zeros((count, steps), np.int32),
    )

    def exchange(i: int) -> None:
        best = i + np.abs(work[:, i:, i]).argmax(1) if pivot else np.full(count, i)
        pivots[:, i] = best + 1
        for table in (work, order):
            table[each, i], table[each, best] = table[each, best], table[each, i]

    ops.eliminate(work, exchange)
    zero = np.diagonal(work, axis1=1, axis2=2) == 0
    info = np.where(zero.any(1), zero.argmax(1) + 1, 0) if steps else np.zeros(count, np.int64)
    return order.reshape(*batch, rows), pivots.reshape(*batch, steps), info.astype(np.int32).reshape(batch)


def _factors(A: Any, order: Any) -> tuple[Any, Any]:
    """L and U of A with its rows in ``order``: those of the square block in front, and what solving with them
    gives."""
    rows = ops.take_along(
        A, move(np.broadcast_to(order[..., None], tuple(A.shape)), device_of(A.array)), axis=A.ndim - 2
    )
    k = min(A.shape[-2:])
    lower, upper = ops.lu(_block(rows, slice(k), slice(k)))
    if A.shape[-2] > k:
        below = turned(ops.solve(turned(upper), turned(_block(rows, slice(k, None), slice(k)))))
        lower = ops.concatenate(lower, below, axis=A.ndim - 2)
    if A.shape[-1] > k:
        upper = ops.concatenate(
            upper, ops.solve(lower, _block(rows, slice(k), slice(k, None))), axis=A.ndim - 1
        )
    return lower, upper


def _block(A: Any, rows: slice, columns: slice) -> Any:
    return ops.getitem(A, index=(..., rows, columns))


def _permutation(A: Any, order: Any) -> Any:
    """P with P[order[i], i] = 1, beside A."""
    eye = np.swapaxes(np.eye(order.shape[-1], dtype=A.array.dtype)[order], -1, -2).copy()
    return A._lift(move(eye, device_of(A.array)), None)


@names_arguments
def lu(A: Any, *, pivot: bool = True) -> PLU:
    """P, L and U with P L U = A: a permutation, ones on the diagonal of a lower triangle, and an upper
    triangle.

    Tall matrices must have full rank. The gradient takes P for constant (Walter and Lehmann 2010).
    """
    order, _, _ = _elimination("linalg.lu", A, pivot)
    return PLU(_permutation(A, order), *_factors(A, order))


@names_arguments
# PyTorch's name
def lu_factor_ex(A: Any, *, pivot: bool = True, check_errors: bool = False) -> LUInfo:
    """:func:`lu_factor` that raises only with ``check_errors``: ``info`` names the first pivot (from 1) that
    is 0, or is 0."""
    order, pivots, info = _elimination("linalg.lu_factor", A, pivot)
    if check_errors and info.any():
        first = int(info.reshape(-1)[info.reshape(-1) > 0][0])
        raise RuntimeError(
            f"linalg.lu_factor: U[{first},{first}] is zero and using it on lu_solve would result in a "
            "division by zero; see linalg.lu"
        )
    lower, upper = _factors(A, order)
    k = min(A.shape[-2:])
    packed = tril(_block(lower, slice(k), slice(k)), -1) + _block(upper, slice(k), slice(k))
    if A.shape[-2] > k:
        packed = ops.concatenate(packed, _block(lower, slice(k, None), slice(k)), axis=A.ndim - 2)
    if A.shape[-1] > k:
        packed = ops.concatenate(packed, _block(upper, slice(k), slice(k, None)), axis=A.ndim - 1)
    where = device_of(A.array)
    return LUInfo(packed, A._lift(move(pivots, where), None), A._lift(move(np.asarray(info), where), None))


@names_arguments
def lu_factor(A: Any, *, pivot: bool = True) -> LUPair:
    """L and U in one matrix (the ones of L are left out), and the rows (from 1) that were exchanged, for
    :func:`lu_solve`."""
    return LUPair(*lu_factor_ex(A, pivot=pivot, check_errors=True)[:2])


@names_arguments
def lu_of(A: Any, pivot: bool = True, get_infos: bool = False) -> Any:
    """:func:`lu_factor` with the arguments of ``torch.lu``; ``get_infos`` reports pivots that are 0 instead
    of raising."""
    packed, pivots, info = lu_factor_ex(A, pivot=pivot, check_errors=not get_infos)
    return (packed, pivots, info) if get_infos else (packed, pivots)


def _order(pivots: Any, rows: int) -> Any:
    """The order of rows to which exchanging them one after the other leads."""
    swaps = move(pivots.array, CPU)
    flat = swaps.reshape(math.prod(swaps.shape[:-1]), swaps.shape[-1]) - 1
    each, order = np.arange(len(flat)), np.tile(np.arange(rows), (len(flat), 1))
    for i in range(flat.shape[1]):
        order[each, i], order[each, flat[:, i]] = order[each, flat[:, i]], order[each, i]
    return order.reshape(*swaps.shape[:-1], rows)


@names_arguments
# PyTorch's names
def lu_unpack(LU_data: Any, LU_pivots: Any, unpack_data: bool = True, unpack_pivots: bool = True) -> PLU:
    """P, L and U of what :func:`lu_factor` returned; empty what is not asked for."""
    rows, columns = LU_data.shape[-2:]
    k = min(rows, columns)
    empty = LU_data._lift(move(np.zeros(0, LU_data.array.dtype), device_of(LU_data.array)), None)
    # the mathematics' name
    P = _permutation(LU_data, _order(LU_pivots, rows)) if unpack_pivots else empty  # noqa: N806
    if not unpack_data:
        return PLU(P, empty, empty)
    ones = ops.array_module(LU_data.array).eye(rows, k, dtype=LU_data.array.dtype)
    return PLU(
        P,
        tril(_block(LU_data, slice(None), slice(k)), -1) + ones,
        triu(_block(LU_data, slice(k), slice(None))),
    )


@names_arguments
# PyTorch's names
def linalg_lu_solve(LU: Any, pivots: Any, B: Any, *, left: bool = True, adjoint: bool = False) -> Any:
    """X with A X = B (X A = B where not ``left``; with Aᵀ for A where ``adjoint``), of what
    ``lu_factor(A)`` returned."""
    if not left:
        return turned(linalg_lu_solve(LU, pivots, turned(B), adjoint=not adjoint))
    P, _, _ = lu_unpack(LU, pivots, unpack_data=False)  # noqa: N806 - the mathematics' name
    if adjoint:
        inner = solve_triangular(turned(LU), B, upper=False)
        return ops.matmul(P, solve_triangular(turned(LU), inner, upper=True, unitriangular=True))
    inner = solve_triangular(LU, ops.matmul(turned(P), B), upper=False, unitriangular=True)
    return solve_triangular(LU, inner, upper=True)


@names_arguments
def lu_solve(b: Any, LU_data: Any, LU_pivots: Any) -> Any:
    """X with A X = b, of what :func:`lu_factor` returned (``torch.lu_solve``)."""
    return linalg_lu_solve(LU_data, LU_pivots, b)


@names_arguments
def triangular_solve(
    b: Any, A: Any, upper: bool = True, transpose: bool = False, unitriangular: bool = False
) -> TriangularSolve:
    """X with A X = b (Aᵀ X = b where ``transpose``), of which one triangle of A is read; and A again."""
    matrix, side = (turned(A), not upper) if transpose else (A, upper)
    return TriangularSolve(solve_triangular(matrix, b, upper=side, unitriangular=unitriangular), A.clone())


# errors as information


@names_arguments
# PyTorch's name
def cholesky_ex(A: Any, *, upper: bool = False, check_errors: bool = False) -> CholeskyInfo:
    """:func:`cholesky` that raises only with ``check_errors``: ``info`` is the order of the first leading
    minor that is not positive.

    Where it is not 0 the factor is all NaN.
    """
    array = move(A.array, CPU)
    where = device_of(A.array)
    flat = array.reshape(math.prod(array.shape[:-2]), *array.shape[-2:])
    info = np.array([_first_bad_minor(m, upper) for m in flat], np.int32).reshape(array.shape[:-2])
    if not info.any() or check_errors:
        return CholeskyInfo(cholesky(A, upper=upper), A._lift(move(info, where), None))
    bad = move(np.asarray(info != 0)[..., None, None], where)
    eye = ops.array_module(A.array).eye(A.shape[-1], dtype=A.array.dtype)
    factor = cholesky(ops.where(bad, eye, A), upper=upper)
    return CholeskyInfo(ops.where(bad, np.nan, factor), A._lift(move(info, where), None))


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


def _regular(name: str, A: Any, check_errors: bool) -> tuple[Any, Any, Any]:
    """A with the identity in place of singular matrices, where they were, and for each the place of its first
    pivot that is 0."""
    if A.ndim < 2 or A.shape[-1] != A.shape[-2]:
        raise RuntimeError(
            f"linalg.{name}: A must be batches of square matrices, but got shape {list(A.shape)}"
        )
    _, _, info = _elimination(f"linalg.{name}", A)
    if check_errors and info.any():
        raise ops.LinAlgError(
            f"linalg.{name}: The diagonal element {int(info.max())} of a factor is zero: the matrix "
            "is singular"
        )
    where = device_of(A.array)
    told = A._lift(move(np.asarray(info), where), None)
    if not info.any():
        return A, None, told
    bad = move(np.asarray(info != 0)[..., None, None], where)
    return ops.where(bad, ops.array_module(A.array).eye(A.shape[-1], dtype=A.array.dtype), A), bad, told


@names_arguments
def inv_ex(A: Any, *, check_errors: bool = False) -> InverseInfo:
    """The inverse, and 0 in ``info``; of a singular matrix NaN and the place (from 1) of its first pivot that
    is 0."""
    regular, bad, info = _regular("inv_ex", A, check_errors)
    inverse = ops.inv(regular)
    return InverseInfo(inverse if bad is None else ops.where(bad, np.nan, inverse), info)


@names_arguments
# PyTorch's names
def solve_ex(A: Any, B: Any, *, left: bool = True, check_errors: bool = False) -> SolveInfo:
    """:func:`solve`, and 0 in ``info``; of a singular matrix NaN and the place (from 1) of its first pivot
    that is 0."""
    regular, bad, info = _regular("solve_ex", A, check_errors)
    result = solve(regular, B, left=left)
    if bad is None:
        return SolveInfo(result, info)
    vector = B.ndim == 1 or (A.ndim - 1 == B.ndim and tuple(B.shape) == tuple(A.shape[:-1]))
    return SolveInfo(ops.where(bad[..., 0] if vector else bad, np.nan, result), info)


# Householder's reflections


def _reflections(A: Any, tau: Any) -> list[tuple[Any, Any]]:
    """v (as a column) and its factor for each H = I - tau v vᵀ: 1 on the diagonal of A, what is below it, 0
    above."""
    below = tril(A, -1) + ops.array_module(A.array).eye(*A.shape[-2:], dtype=A.array.dtype)
    count = tau.shape[-1]
    return [
        (
            _block(below, slice(None), slice(i, i + 1)),
            ops.reshape(ops.getitem(tau, index=(..., i)), shape=(*tau.shape[:-1], 1, 1)),
        )
        for i in range(count)
    ]


def _reflect(x: Any, v: Any, tau: Any) -> Any:
    return x - tau * ops.matmul(v, ops.matmul(turned(v), x))


@names_arguments
def householder_product(A: Any, tau: Any) -> Any:
    """The first columns of H₁ H₂ ... Hₖ, as many as A has; Hᵢ = I - tauᵢ vᵢ vᵢᵀ, vᵢ below
    the diagonal of A's column i."""
    if A.ndim < 2 or A.shape[-2] < A.shape[-1] or not tau.ndim or tau.shape[-1] > A.shape[-1]:
        raise RuntimeError(
            "linalg.householder_product: A needs at least as many rows as columns, and these as many "
            f"as tau, got {list(A.shape)} and {list(tau.shape)}"
        )
    q = A * 0 + ops.array_module(A.array).eye(*A.shape[-2:], dtype=A.array.dtype)
    for v, factor in reversed(_reflections(A, tau)):
        q = _reflect(q, v, factor)
    return q


@names_arguments
def orgqr(input: Any, tau: Any) -> Any:
    """:func:`householder_product` under its older name."""
    return householder_product(input, tau)


@names_arguments
def ormqr(input: Any, tau: Any, other: Any, left: bool = True, transpose: bool = False) -> Any:
    """Q ``other`` (or ``other`` Q; Qᵀ where ``transpose``), Q the square product of the reflections in
    ``input`` and ``tau``."""
    if not left:
        return turned(ormqr(input, tau, turned(other), True, not transpose))
    reflections = _reflections(input, tau)
    for v, factor in reflections if transpose else reversed(reflections):
        other = _reflect(other, v, factor)
    return other


@names_arguments
def geqrf(input: Any) -> Geqrf:
    """The reflections of the QR factorisation as LAPACK packs them, for :func:`orgqr`. It has no gradient:
    use ``linalg.qr``."""
    if input.ndim < 2:
        raise RuntimeError(
            f"torch.geqrf: input must have at least 2 dimensions, got shape {list(input.shape)}"
        )
    packed, tau = np.linalg.qr(move(input.array, CPU), mode="raw")
    where = device_of(input.array)
    return Geqrf(
        *(
            input._lift(move(np.ascontiguousarray(part), where), None)
            for part in (np.swapaxes(packed, -1, -2), tau)
        )
    )
