"""What becomes of each primitive called with symbols: the shape of its expression, what is refused."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .._arithmetic import reciprocal, square
from .._arrays import normalize_axes
from .._primitive import Primitive
from .elements import ELEMENTS, LOGICAL, MASKS
from .meanings import MEANINGS

if TYPE_CHECKING:
    from .expression import Expression, Trace

Maker = Callable[["Trace", Primitive, "tuple[Expression, ...]", dict[str, Any]], "Expression"]


class NoFormulaError(Exception):
    """Why a computation can't be one formula."""


def _broadcast(trace: "Trace", operands: "Sequence[Expression]") -> tuple[int | None, ...]:
    """The axes of operands side by side, aligned at the last one."""
    ndim = max(o.ndim for o in operands)
    found: list[int | None] = []
    for i in range(-ndim, 0):
        axis = None
        for o in operands:
            if -i <= o.ndim:
                axis = trace.join(axis, o.axes[i])
        found.append(axis)
    return tuple(found)


def _elementwise(
    trace: "Trace", prim: Primitive, operands: "tuple[Expression, ...]", params: dict[str, Any]
) -> "Expression":
    for i, operand in enumerate(operands):
        if operand.truth != (prim.name in LOGICAL or (prim.name == "where" and i == 0)):
            raise NoFormulaError(f"{prim.name} of a truth value, or of a number that stands for one")
    return trace.make(prim, operands, params, _broadcast(trace, operands), prim.name in MASKS)


def _power(
    trace: "Trace", prim: Primitive, operands: "tuple[Expression, ...]", params: dict[str, Any]
) -> "Expression":
    base, exponent = operands
    value = exponent.params.get("value") if exponent.op == "constant" else None
    if value == 2:
        return square(base)
    if value == 1:
        return base
    if value == -1:
        return reciprocal(base)
    return _elementwise(trace, prim, operands, params)


def _reduction(
    trace: "Trace", prim: Primitive, operands: "tuple[Expression, ...]", params: dict[str, Any]
) -> "Expression":
    (x,) = operands
    if x.truth:
        raise NoFormulaError(f"{prim.name} of truth values")
    axes = normalize_axes(params["axis"], x.ndim)
    kept: list[int | None] = []
    for i, axis in enumerate(x.axes):
        if i not in axes:
            kept.append(axis)
        elif params["keepdims"]:
            kept.append(None)
    reduced = [x.axes[i] for i in axes if x.axes[i] is not None]
    params = {"axis": axes, "keepdims": params["keepdims"], "reduced": tuple(reduced)}
    return trace.make(prim, (x,), params, tuple(kept))


def _meaning(
    trace: "Trace", prim: Primitive, operands: "tuple[Expression, ...]", params: dict[str, Any]
) -> "Expression":
    simpler = MEANINGS[prim.name](*operands, **params)
    found = trace.make(prim, operands, params, simpler.axes)
    found.lowered = simpler
    return found


def _reshape(
    trace: "Trace", prim: Primitive, operands: "tuple[Expression, ...]", params: dict[str, Any]
) -> "Expression":
    """Axes of size 1 come and go."""
    (x,) = operands
    shape = tuple(params["shape"])
    if -1 in shape:
        rest = math.prod(n for n in shape if n != -1)
        shape = tuple(x.size // max(rest, 1) if n == -1 else n for n in shape)
    left = [a for a in x.axes if a is not None]
    if [n for n in shape if n != 1] != [trace.sizes[a] for a in left]:
        raise NoFormulaError(f"reshape of {x.shape} to {shape}")
    axes = tuple(None if n == 1 else left.pop(0) for n in shape)
    return trace.make(prim, (x,), {"shape": shape}, axes)


def _broadcast_to(
    trace: "Trace", prim: Primitive, operands: "tuple[Expression, ...]", params: dict[str, Any]
) -> "Expression":
    (x,) = operands
    shape = tuple(params["shape"])
    axes: list[int | None] = []
    for i, n in enumerate(shape, start=x.ndim - len(shape)):
        mine = x.axes[i] if i >= 0 else None
        axes.append(trace.axis(n) if mine is None and n != 1 else mine)
    return trace.make(prim, (x,), {"shape": shape}, tuple(axes))


def _sum_to(
    trace: "Trace", prim: Primitive, operands: "tuple[Expression, ...]", params: dict[str, Any]
) -> "Expression":
    (x,) = operands
    shape = tuple(params["shape"])
    lead = x.ndim - len(shape)
    reduced, axes = [a for a in x.axes[:lead] if a is not None], []
    for n, a in zip(shape, x.axes[lead:], strict=True):
        axes.append(None if n == 1 else a)
        if n == 1 and a is not None:
            reduced.append(a)
    if not reduced and lead == 0:
        return x
    return trace.make(prim, (x,), {"shape": shape, "reduced": tuple(reduced)}, tuple(axes))


def _cast(
    trace: "Trace", prim: Primitive, operands: "tuple[Expression, ...]", params: dict[str, Any]
) -> "Expression":
    (x,) = operands
    if np.dtype(params["dtype"]) != np.float32:
        raise NoFormulaError(f"cast to {params['dtype']}")
    return trace.make(prim, (x,), params, x.axes) if x.truth else x


_MAKERS: dict[str, Maker] = {
    "power": _power,
    "reshape": _reshape,
    "broadcast_to": _broadcast_to,
    "sum_to": _sum_to,
    "cast": _cast,
    "sum": _reduction,
    "amax": _reduction,
    "amin": _reduction,
}


def maker(name: str) -> Maker:
    """What makes the expression of the primitive of this name; :class:`NoFormulaError` where it has none."""
    if name in _MAKERS:
        return _MAKERS[name]
    if name in MEANINGS:
        return _meaning
    if name in ELEMENTS:
        return _elementwise
    raise NoFormulaError(f"{name} is no part of a formula")
