"""Products of Householder's reflections, as LAPACK packs them for the QR factorisation."""

import math
from typing import Any, Generic, NamedTuple

import numpy as np

from .. import ops
from .._devices.device import CPU, device_of
from .._devices.transfer import move
from .._engine.handle import Handle, Operand, T
from .._engine.single import in_single
from ..ops._errors import scalar_type
from ._arguments import names_arguments
from ._return_types import return_type
from .movement import adjoint as turned
from .triangular import tril

__all__ = ["geqrf", "orgqr", "ormqr"]


class Geqrf(NamedTuple, Generic[T]):
    """What ``geqrf`` returns."""

    a: T
    tau: T


_GEQRF = return_type("geqrf", Geqrf)


def _reflections(A: Operand, tau: Operand) -> list[tuple[Any, Any]]:
    """v (as a column) and its factor for each H = I - tau v vᵀ: 1 on the diagonal of A, what is below it, 0
    above."""
    below: Operand = tril(A, -1) + ops.array_module(A.array).eye(*A.shape[-2:], dtype=A.array.dtype)
    count = tau.shape[-1]
    return [
        (
            ops.getitem(below, index=(..., slice(None), slice(i, i + 1))),
            ops.reshape(ops.getitem(tau, index=(..., i)), shape=(*tau.shape[:-1], 1, 1)),
        )
        for i in range(count)
    ]


def _reflect(x: Operand, v: Any, tau: Any) -> Any:
    return x - tau * ops.matmul(v, ops.matmul(turned(v), x))


@names_arguments
@in_single
def householder_product(A: Handle[T], tau: Operand) -> T:
    """The first columns of H₁ H₂ ... Hₖ, as many as A has; Hᵢ = I - tauᵢ vᵢ vᵢᵀ, vᵢ below
    the diagonal of A's column i."""
    who = "torch.linalg.householder_product:"
    if A.ndim < 2:
        raise RuntimeError(f"{who} input must have at least 2 dimensions.")
    for first, second, what in (
        (A.shape[-2], A.shape[-1], "input.shape[-2] must be greater than or equal to input.shape[-1]"),
        (
            A.shape[-1],
            tau.shape[-1] if tau.ndim else math.inf,
            "input.shape[-1] must be greater than or equal to tau.shape[-1]",
        ),
    ):
        if first < second:
            raise RuntimeError(f"{who} {what}, got {list(A.shape)} and {list(tau.shape)}")
    if tau.array.dtype != A.array.dtype:
        raise RuntimeError(
            f"{who} tau dtype {scalar_type(tau.array)} does not match input dtype {scalar_type(A.array)}"
        )
    q: Any = A * 0 + ops.array_module(A.array).eye(*A.shape[-2:], dtype=A.array.dtype)
    for v, factor in reversed(_reflections(A, tau)):
        q = _reflect(q, v, factor)
    return q


@names_arguments
def orgqr(input: Handle[T], tau: Operand) -> T:
    """:func:`householder_product` under its older name."""
    return householder_product(input, tau)


@names_arguments
@in_single
def ormqr(input: Handle[T], tau: Operand, other: Operand, left: bool = True, transpose: bool = False) -> T:
    """Q ``other`` (or ``other`` Q; Qᵀ where ``transpose``), Q the square product of the reflections in
    ``input`` and ``tau``."""
    if not left:
        return turned(ormqr(input, tau, turned(other), True, not transpose))
    reflections = _reflections(input, tau)
    out: Any = other
    for v, factor in reflections if transpose else reversed(reflections):
        out = _reflect(out, v, factor)
    return out


@names_arguments
@in_single
def geqrf(input: Handle[T]) -> Geqrf[T]:
    """The reflections of the QR factorisation as LAPACK packs them, for :func:`orgqr`. It has no gradient:
    use ``linalg.qr``."""
    if input.ndim < 2:
        raise RuntimeError(
            f"torch.geqrf: input must have at least 2 dimensions, got shape {list(input.shape)}"
        )
    packed, tau = np.linalg.qr(move(input.array, CPU), mode="raw")
    where = device_of(input.array)
    return _GEQRF(
        *(
            input._lift(move(np.ascontiguousarray(part), where), None)
            for part in (np.swapaxes(packed, -1, -2), tau)
        )
    )
