"""The one place where nodes are made: for each primitive that is recorded, and each ``autograd.Function``."""

import functools
import weakref
from typing import Any, NamedTuple

from ..ops import Operator, Plan
from . import memory, source
from .handle import Handle, Operand
from .modes import SavedHooks, State
from .node import GraphNode, Node, Packed, arrays_in, is_array, maker

_new = object.__new__


def new_node(
    prim: Operator,
    plan: Plan,
    edges: tuple[GraphNode | None, ...],
    out: Any,
    saved: tuple[Any, ...],
    mode: State,
) -> Node:
    """The node of one call of ``prim``, whose (first) result is the array ``out``.

    ``saved`` is what the plan keeps. Memory in it that others may write is remembered as it is now, and hooks
    on saved tensors take it into their keeping.
    """
    node = _new(Node)
    node.prim = prim
    node.plan = plan
    node.edges = edges
    node.shape = out.shape
    node.dtype = out.dtype
    if memory.lent:
        memory.look_for_foreign_writes(arrays_in(saved), saving=True)
    if mode.saved_hooks is None:
        node.saved = saved
    else:  # so it is in forward mode
        node.saved = _packed(saved, mode.saved_hooks)
        node.plan = plan.in_forward_mode() if mode.silent else plan
    node.epoch = memory.epoch
    node.scope = mode.scope
    node.line = source.here() if mode.lines else None
    node.hooks = None
    return node


_of_constants = functools.lru_cache(maxsize=256)(Plan.of_constants)


def of_constants(result: Any, *operands: Operand) -> Any:
    """``result``, made of ``operands`` by operators whose other operands are constants that only their
    function knows, weights or indices: their nodes can be passed a second time."""
    stop = {operand._node for operand in operands}
    waiting = [result._node]
    while waiting:
        node = maker(waiting.pop())
        if isinstance(node, Node) and node not in stop:
            node.plan = _of_constants(node.plan)
            waiting += [edge for edge in node.edges if edge not in stop]
    return result


class _Parcel(NamedTuple):
    """Stands for an array that hooks took."""

    content: Any


def _packed(saved: tuple[Any, ...], hooks: SavedHooks) -> tuple[Any, ...] | Packed:
    """What a node saves, its arrays handed to ``hooks`` as Tensors and fetched back when they are needed."""
    given: list[Any] = []

    def handed(value: Any) -> Any:
        if is_array(value):
            tensor = hooks.lift(value)
            given.append(weakref.ref(tensor))
            before = memory.epoch
            parcel = _Parcel(hooks.pack(tensor))
            if memory.written_since(value, before) is not None:
                raise RuntimeError(
                    "A saved tensor pack hook is modifying its input in place. Tensors provided as input to "
                    "pack hook can not be modified by in-place operations as this can lead to unexpected "
                    "side-effects; write a clone() of it"
                )
            return parcel
        return tuple(map(handed, value)) if type(value) is tuple else value

    def fetched(value: Any) -> Any:
        if type(value) is _Parcel:
            tensor = hooks.unpack(value.content)
            if not isinstance(tensor, Handle):
                raise TypeError(
                    "Output of saved tensor unpack_hook expected to be a Tensor but got result of type "
                    f"{type(tensor).__name__}"
                )
            return tensor.array
        return tuple(map(fetched, value)) if type(value) is tuple else value

    if next(arrays_in(saved), None) is None:
        return saved
    owners = [own for own in map(memory.owner, arrays_in(saved)) if type(own).__weakrefoffset__]
    return Packed(handed(saved), fetched, given, [weakref.ref(own) for own in owners])
