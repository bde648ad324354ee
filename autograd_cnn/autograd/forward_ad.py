"""Forward mode under torch.autograd.forward_ad's names: tensors that carry a tangent through what is computed
of them.

A tangent is not computed beside each operator, but when it is asked for, of the graph, as ``func.jvp`` does;
so code that runs in a level is recorded, also under ``no_grad`` outside of it.
"""

import contextlib
from typing import Any, NamedTuple

from .._engine.edges import edge_of
from .._engine.modes import State
from .._engine.node import GraphNode
from .._engine.sort import toposort
from .._tensor import Tensor, lift
from ..func._jacobian import pushed
from ..func._preserving import Preserving
from ..func._reverse import in_its_place, released

__all__ = [
    "UnpackedDualTensor",
    "dual_level",
    "enter_dual_level",
    "exit_dual_level",
    "make_dual",
    "unpack_dual",
]


class UnpackedDualTensor(NamedTuple):
    """What a dual tensor is made of."""

    primal: Tensor
    tangent: Tensor | None


class _Level(Preserving):
    """The duals that were made in a level: their places in the graph, their tangents."""

    def __init__(self) -> None:
        super().__init__()
        self.tangents: dict[GraphNode, Tensor] = {}
        self.own: list[Tensor] = []
        """Leaves that stand for primals which want no gradient themselves."""

    def under(self, now: State) -> State:
        """As outside, recorded; for tangents alone where it was not."""
        return super().under(now)._replace(grad=True, silent=not now.grad or now.silent, duals=unpack_dual)


_levels: list[_Level] = []
_current_level = -1


def enter_dual_level() -> int:
    """Begin a level, in which duals can be made; its number. RuntimeError inside another one."""
    global _current_level
    if _levels:
        raise RuntimeError(
            "Nested forward mode AD is not supported at the moment; use func.jvp inside func.jvp"
        )
    _levels.append(_Level().__enter__())
    _current_level = 0
    return 0


def exit_dual_level(*, level: int | None = None) -> None:
    """End the level: its duals carry no tangents any more."""
    global _current_level
    if not _levels or level not in (None, 0):
        raise RuntimeError(
            "Trying to exit a forward AD level that was not the last one that was created. This is not "
            "supported."
        )
    _levels.pop().__exit__(None, None, None)
    _current_level = -1


class dual_level(contextlib.ContextDecorator):
    """A level, as a context manager: ``with dual_level(): ...``."""

    def __enter__(self) -> int:
        return enter_dual_level()

    def clone(self) -> "dual_level":
        """Another one."""
        return dual_level()

    def __exit__(self, *error: object) -> None:
        exit_dual_level()


def make_dual(tensor: Tensor, tangent: Tensor, *, level: int | None = None) -> Tensor:
    """``tensor``, with which ``tangent`` goes through what is computed of it; it shares the tensor's memory.

    Raises RuntimeError outside of a level, or for a tangent of another shape or one that has a tangent
    itself; ValueError for what is not of floating point.
    """
    if not _levels:
        raise RuntimeError(
            "Trying to create a dual Tensor for forward AD but no level exists, make sure to "
            "enter_dual_level() first."
        )
    now = _levels[-1]
    for name, t in (("primal", tensor), ("tangent", tangent)):
        if t.array.dtype.kind != "f":
            raise ValueError(f"Expected {name} to be floating point or complex, but got: {t.dtype!r}")
    if tangent.shape != tensor.shape:
        raise RuntimeError(
            "Trying to set a forward gradient that has a different size than that of the original Tensor, "
            "this "
            f"is not supported. Tensor is of size {list(tensor.shape)} while the given forward gradient is "
            f"of "
            f"size {list(tangent.shape)}."
        )
    if _met(now, tangent):
        raise RuntimeError("Trying to set a forward gradient that has a forward gradient at the same level.")
    if tensor.dtype != tangent.dtype:
        tangent = tangent.to(tensor.dtype)
    source = tensor
    if not tensor.requires_grad:
        source = lift(tensor.array, None).requires_grad_()
        now.own.append(source)
    dual = in_its_place(source)
    assert dual._node is not None
    now.tangents[dual._node] = tangent
    return dual


def _met(level: _Level, tensor: Tensor) -> list[GraphNode]:
    """The duals of ``level`` that ``tensor`` was computed from."""
    node = tensor._present_node()
    return [] if node is None else [n for n in toposort([node]) if n in level.tangents]


def unpack_dual(tensor: Tensor, *, level: int | None = None) -> UnpackedDualTensor:
    """``(primal, tangent)``: the value, and its derivative along the tangents of the duals that it was
    computed from; None where it was computed from none, or no level is there."""
    if not _levels:
        return UnpackedDualTensor(tensor, None)
    now = _levels[-1]
    met = _met(now, tensor)
    primal: Tensor = released(tensor, now.own, True)
    if tensor._node in now.tangents:
        return UnpackedDualTensor(primal, now.tangents[tensor._node])
    if not met:
        return UnpackedDualTensor(tensor, None)
    (tangent,) = pushed([tensor], list(map(edge_of, met)), [now.tangents[n] for n in met])
    return UnpackedDualTensor(primal, _fixed(released(tangent, now.own, True)))


def _fixed(tangent: Any) -> Tensor | None:
    return tangent if isinstance(tangent, Tensor) else None
