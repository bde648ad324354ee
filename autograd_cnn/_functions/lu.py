"""LU factorisations by Gaussian elimination, and the solvers that tell of singular matrices instead of
raising."""

import math
from typing import Any, Generic, Literal, NamedTuple, overload

import numpy as np

from .. import ops
from .._devices.device import CPU, device_of
from .._devices.transfer import move
from .._engine.handle import Handle, Operand, T
from .._engine.single import in_single
from ..ops import _lu as primitives
from ._arguments import names_arguments
from ._return_types import return_type
from .linalg import solve, solve_triangular
from .movement import adjoint as turned
from .triangular import tril, triu

__all__ = ["lu", "lu_solve", "lu_unpack"]


class LUPair(NamedTuple, Generic[T]):
    """What ``lu_factor`` returns."""

    LU: T
    pivots: T


_LU_FACTOR = return_type("linalg_lu_factor", LUPair)


class LUInfo(NamedTuple, Generic[T]):
    """What ``lu_factor_ex`` returns."""

    LU: T
    pivots: T
    info: T


_LU_FACTOR_EX = return_type("linalg_lu_factor_ex", LUInfo)


class PLU(NamedTuple, Generic[T]):
    """What ``linalg.lu`` and ``lu_unpack`` return."""

    P: T
    L: T
    U: T


_PLU, _UNPACKED = return_type("linalg_lu", PLU), return_type("lu_unpack", PLU)


class InverseInfo(NamedTuple, Generic[T]):
    """What ``inv_ex`` returns."""

    inverse: T
    info: T


_INV_EX = return_type("linalg_inv_ex", InverseInfo)


class SolveInfo(NamedTuple, Generic[T]):
    """What ``solve_ex`` returns."""

    result: T
    info: T


_SOLVE_EX = return_type("linalg_solve_ex", SolveInfo)


def _elimination(name: str, A: Operand, pivot: bool = True) -> tuple[Any, Any, Any]:
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

    primitives.eliminate(work, exchange)
    zero = np.diagonal(work, axis1=1, axis2=2) == 0
    info = np.where(zero.any(1), zero.argmax(1) + 1, 0) if steps else np.zeros(count, np.int64)
    return order.reshape(*batch, rows), pivots.reshape(*batch, steps), info.astype(np.int32).reshape(batch)


def _factors(A: Operand, order: Any) -> tuple[Any, Any]:
    """L and U of A with its rows in ``order``: those of the square block in front, and what solving with them
    gives."""
    rows = ops.take_along(
        A, move(np.broadcast_to(order[..., None], tuple(A.shape)), device_of(A.array)), axis=A.ndim - 2
    )
    k = min(A.shape[-2:])
    lower, upper = primitives.lu(_block(rows, slice(k), slice(k)))
    if A.shape[-2] > k:
        below = turned(ops.solve(turned(upper), turned(_block(rows, slice(k, None), slice(k)))))
        lower = ops.concatenate(lower, below, axis=A.ndim - 2)
    if A.shape[-1] > k:
        upper = ops.concatenate(
            upper, ops.solve(lower, _block(rows, slice(k), slice(k, None))), axis=A.ndim - 1
        )
    return lower, upper


def _block(A: Operand, rows: slice, columns: slice) -> Any:
    return ops.getitem(A, index=(..., rows, columns))


def _permutation(A: Operand, order: Any) -> Any:
    """P with P[order[i], i] = 1, beside A."""
    eye = np.swapaxes(np.eye(order.shape[-1], dtype=A.array.dtype)[order], -1, -2).copy()
    return A._lift(move(eye, device_of(A.array)), None)


@names_arguments
@in_single
def linalg_lu(A: Handle[T], *, pivot: bool = True) -> PLU[T]:
    """P, L and U with P L U = A: a permutation, ones on the diagonal of a lower triangle, and an upper
    triangle (``linalg.lu``).

    Tall matrices must have full rank. The gradient takes P for constant (Walter and Lehmann 2010).
    """
    order, _, _ = _elimination("linalg.lu", A, pivot)
    return _PLU(_permutation(A, order), *_factors(A, order))


@names_arguments
@in_single
def lu_factor_ex(A: Handle[T], *, pivot: bool = True, check_errors: bool = False) -> LUInfo[T]:
    """:func:`lu_factor` that raises only with ``check_errors``: ``info`` names the first pivot (from 1) that
    is 0, or is 0."""
    order, pivots, info = _elimination("linalg.lu_factor", A, pivot)
    if check_errors and info.any():
        first = int(info.reshape(-1)[info.reshape(-1) > 0][0])
        raise RuntimeError(
            f"torch.linalg.lu_factor: U[{first},{first}] is zero and using it on lu_solve would result in a "
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
    told = (A._lift(move(np.asarray(part), where), None) for part in (pivots, info))
    return _LU_FACTOR_EX(packed, *told)


@names_arguments
def lu_factor(A: Handle[T], *, pivot: bool = True) -> LUPair[T]:
    """L and U in one matrix (the ones of L are left out), and the rows (from 1) that were exchanged, for
    :func:`lu_solve`."""
    return _LU_FACTOR(*lu_factor_ex(A, pivot=pivot, check_errors=True)[:2])


@overload
def lu(A: Handle[T], pivot: bool = True, get_infos: Literal[False] = False) -> tuple[T, T]: ...
@overload
def lu(A: Handle[T], pivot: bool = True, *, get_infos: Literal[True]) -> tuple[T, T, T]: ...
@overload
def lu(A: Handle[T], pivot: bool, get_infos: Literal[True]) -> tuple[T, T, T]: ...
@names_arguments
def lu(A: Any, pivot: bool = True, get_infos: bool = False) -> Any:
    """:func:`lu_factor` with the arguments of ``torch.lu``, of singular matrices too; ``get_infos`` reports
    pivots that are 0."""
    packed, pivots, info = lu_factor_ex(A, pivot=pivot)
    return (packed, pivots, info) if get_infos else (packed, pivots)


def _order(pivots: Operand, rows: int) -> Any:
    """The order of rows to which exchanging them one after the other leads."""
    swaps = move(pivots.array, CPU)
    flat = swaps.reshape(math.prod(swaps.shape[:-1]), swaps.shape[-1]) - 1
    each, order = np.arange(len(flat)), np.tile(np.arange(rows), (len(flat), 1))
    for i in range(flat.shape[1]):
        order[each, i], order[each, flat[:, i]] = order[each, flat[:, i]], order[each, i]
    return order.reshape(*swaps.shape[:-1], rows)


@names_arguments
def lu_unpack(
    LU_data: Handle[T], LU_pivots: Operand, unpack_data: bool = True, unpack_pivots: bool = True
) -> PLU[T]:
    """P, L and U of what :func:`lu_factor` returned; empty what is not asked for."""
    rows, columns = LU_data.shape[-2:]
    k = min(rows, columns)
    empty = LU_data._lift(move(np.zeros(0, LU_data.array.dtype), device_of(LU_data.array)), None)
    permutation = _permutation(LU_data, _order(LU_pivots, rows)) if unpack_pivots else empty
    if not unpack_data:
        return _UNPACKED(permutation, empty, empty)
    ones = ops.array_module(LU_data.array).eye(rows, k, dtype=LU_data.array.dtype)
    return _UNPACKED(
        permutation,
        tril(_block(LU_data, slice(None), slice(k)), -1) + ones,
        triu(_block(LU_data, slice(k), slice(None))),
    )


@names_arguments
@in_single
def linalg_lu_solve(
    LU: Handle[T], pivots: Operand, B: Operand, *, left: bool = True, adjoint: bool = False
) -> T:
    """X with A X = B (X A = B where not ``left``; with Aᵀ for A where ``adjoint``), of what
    ``lu_factor(A)`` returned (``linalg.lu_solve``)."""
    if not left:
        return turned(linalg_lu_solve(LU, pivots, turned(B), adjoint=not adjoint))
    P = _permutation(LU, _order(pivots, LU.shape[-2]))  # noqa: N806 - the mathematics' name
    if adjoint:
        inner = solve_triangular(turned(LU), B, upper=False)
        return ops.matmul(P, solve_triangular(turned(LU), inner, upper=True, unitriangular=True))
    inner = solve_triangular(LU, ops.matmul(turned(P), B), upper=False, unitriangular=True)
    return solve_triangular(LU, inner, upper=True)


@names_arguments
def lu_solve(b: Handle[T], LU_data: Operand, LU_pivots: Operand) -> T:
    """X with A X = b, of what :func:`lu_factor` returned (``torch.lu_solve``)."""
    return linalg_lu_solve(LU_data, LU_pivots, b)


def _regular(name: str, A: Operand, check_errors: bool) -> tuple[Any, Any, Any]:
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
@in_single
def inv_ex(A: Handle[T], *, check_errors: bool = False) -> InverseInfo[T]:
    """The inverse, and 0 in ``info``; of a singular matrix NaN and the place (from 1) of its first pivot that
    is 0."""
    regular, bad, info = _regular("inv_ex", A, check_errors)
    inverse = ops.inv(regular)
    return _INV_EX(inverse if bad is None else ops.where(bad, np.nan, inverse), info)


@names_arguments
@in_single
def solve_ex(A: Handle[T], B: Operand, *, left: bool = True, check_errors: bool = False) -> SolveInfo[T]:
    """:func:`solve`, and 0 in ``info``; of a singular matrix NaN and the place (from 1) of its first pivot
    that is 0."""
    regular, bad, info = _regular("solve_ex", A, check_errors)
    result = solve(regular, B, left=left)
    if bad is None:
        return _SOLVE_EX(result, info)
    vector = B.ndim == 1 or (A.ndim - 1 == B.ndim and tuple(B.shape) == tuple(A.shape[:-1]))
    return _SOLVE_EX(ops.where(bad[..., 0] if vector else bad, np.nan, result), info)
