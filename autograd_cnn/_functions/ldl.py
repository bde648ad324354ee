"""Symmetric matrices that need not be positive definite: L D Lᵀ."""

from typing import Generic, NamedTuple

from .. import ops
from .._devices.device import CPU, device_of
from .._devices.transfer import move
from .._engine.handle import Handle, Operand, T
from .._engine.single import in_single
from ..ops._errors import scalar_type
from ._arguments import names_arguments
from ._matrices import need_equations
from ._return_types import return_type

__all__: list[str] = []


class LDLPair(NamedTuple, Generic[T]):
    """What ``ldl_factor`` returns."""

    LD: T
    pivots: T


_LDL_PAIR = return_type("linalg_ldl_factor", LDLPair)


class LDLInfo(NamedTuple, Generic[T]):
    """What ``ldl_factor_ex`` returns."""

    LD: T
    pivots: T
    info: T


_LDL_INFO = return_type("linalg_ldl_factor_ex", LDLInfo)


@names_arguments
@in_single
def ldl_factor_ex(A: Handle[T], *, hermitian: bool = False, check_errors: bool = False) -> LDLInfo[T]:
    """The packed L and D of symmetric matrices, LAPACK's pivots, and where a block of D is 0 (from 1; 0 where
    none is). They have no gradient."""
    where = device_of(A.array)
    parts = [A._lift(move(part, where), None) for part in ops.ldl(move(A.array, CPU))]
    if check_errors and bool((parts[2].array > 0).any()):
        raise ops.LinAlgError(
            "torch.linalg.ldl_factor_ex: the factorization has a block that is zero: the input is singular"
        )
    return _LDL_INFO(*parts)


@names_arguments
def ldl_factor(A: Handle[T], *, hermitian: bool = False) -> LDLPair[T]:
    """The packed L and D of symmetric matrices, and LAPACK's pivots; RuntimeError where a block of D is 0."""
    return _LDL_PAIR(*ldl_factor_ex(A, hermitian=hermitian, check_errors=True)[:2])


@names_arguments
@in_single
def ldl_solve(LD: Handle[T], pivots: Operand, B: Operand, *, hermitian: bool = False) -> T:
    """X with A X = B, of the result of :func:`ldl_factor`; only B gets a gradient."""
    need_equations("torch.linalg.ldl_solve", LD, B)
    if pivots.array.dtype.kind != "i":
        raise RuntimeError(
            f"torch.linalg.ldl_solve: Expected pivots to be integers. Got {scalar_type(pivots.array)}"
        )
    if tuple(pivots.shape) != tuple(LD.shape[:-1]):
        raise RuntimeError(
            f"torch.linalg.ldl_solve: Expected LD.shape[:-1] and pivots.shape to be the same, but got pivots "
            f"with shape {list(pivots.shape)}"
        )
    size, n = abs(pivots.array), LD.shape[-1]
    for wrong, bound in (((size == 0).any(), ">= 1"), ((size > n).any(), "<= LD.size(-2)")):
        if bool(wrong):
            raise RuntimeError(
                f"Pivots given to ldl_solve must all satisfy |pivot| {bound}. Did you properly pass the "
                "result of ldl_factor?"
            )
    return ops.ldl_solve(LD, pivots, B)
