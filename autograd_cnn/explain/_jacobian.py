"""The local gradient of one operand as a linear map: whole where it is small, else what kind of map it is."""

from contextvars import copy_context
from typing import Any

import numpy as np

from .._engine.backward import contributions_of
from .._engine.checks import fit
from .._engine.node import Node
from ..ops import unit_vector
from ._arrays import number
from ._reading import Vertex

WHOLE = 64
"""A Jacobian with at most this many entries is shown whole."""
_PROBES, _TRIED = 3, 13
_LARGEST = 4_000_000
"""Arrays with more elements than this are not probed: a rule runs once per probe."""


def local_gradient(vertex: Vertex, position: int, shape: tuple[int, ...], upstream: Any) -> dict[str, Any]:
    """``{"kind": ..., "says": ...}`` and, where it is small, ``"matrix"`` (rows: the result's elements,
    columns: the operand's).

    The rule itself is run on unit vectors, so the map is the one that the backward pass applies.
    """
    node = vertex.node
    out, size = int(np.prod(vertex.shape)), int(np.prod(shape))
    told = {"rows": out, "columns": size}
    if (
        len(vertex.saved) < len(node.plan.names)
        or node.prim.outputs
        or not out
        or not size
        or not isinstance(upstream, np.ndarray)
        or node.prim.variadic
    ):
        return {**told, "kind": "linear map", "says": "a linear map of the upstream signal"}
    if out * size <= WHOLE:
        rows = [_applied(vertex, position, i) for i in range(out)]
        if all(row is not None for row in rows):
            matrix = np.stack(
                [
                    np.broadcast_to(row, shape).reshape(-1) if row.shape != shape else row.reshape(-1)
                    for row in map(_plain, rows)
                ]
            )
            return {
                **told,
                "kind": "whole",
                "says": "the whole Jacobian ∂result/∂operand",
                "matrix": [[number(float(x)) for x in row] for row in matrix],
            }
    if max(out, size) > _LARGEST:
        return {**told, "kind": "linear map", "says": "a linear map of the upstream signal"}
    return {**told, **_structure(vertex, position, shape, out)}


def _plain(row: Any) -> np.ndarray[Any, Any]:
    return np.asarray(row, dtype=np.float64)


def _applied(vertex: Vertex, position: int, element: int) -> Any:
    """The rule applied to the unit vector of one element of the result, brought to the operand's shape."""
    node: Node = vertex.node
    unit = unit_vector(np.empty(vertex.shape, node.dtype), element)

    def run() -> Any:
        np.seterr(all="ignore")
        for at, part in contributions_of(node, unit, tuple(item.value for item in vertex.saved)):
            if at == position:
                return fit(part, node, at)
        return None

    return copy_context().run(run)


_SAYS = {
    "diagonal": "diagonal: each element is scaled by a factor of its own",
    "identity": "the identity: the signal passes unchanged",
    "permutation": "a permutation or selection: elements move, none changes",
    "sum": "the adjoint of a sum: one element's signal goes to many alike",
    "linear map": "a linear map: one element's signal goes to many, weighted",
    "zero": "zero where it was probed: nothing passes",
}


def _structure(vertex: Vertex, position: int, shape: tuple[int, ...], out: int) -> dict[str, Any]:
    kinds: list[str] = []
    for i in sorted({int(x) for x in np.linspace(0, out - 1, _TRIED + 2)[1:-1]}):
        if len(kinds) - kinds.count("zero") == _PROBES:
            break
        row = _applied(vertex, position, i)
        flat = np.zeros(1) if row is None else _plain(row).reshape(-1)
        at = np.flatnonzero(flat)
        if not at.size:
            kinds.append("zero")
        elif at.size == 1:
            same = shape == vertex.shape and at[0] == i
            kinds.append(
                "identity"
                if same and flat[i] == 1
                else "diagonal"
                if same
                else "permutation"
                if flat[at[0]] == 1
                else "linear map"
            )
        else:
            kinds.append("sum" if np.all(flat[at] == flat[at[0]]) else "linear map")
    found = set(kinds) - {"zero"}
    if found == {"identity", "diagonal"} or (found == {"identity"} and "zero" in kinds):
        found = {"diagonal"}
    kind = found.pop() if len(found) == 1 else "linear map" if found else "zero"
    return {"kind": kind, "says": _SAYS[kind]}
