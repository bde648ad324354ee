"""The nodes of the graph: what each operator left for its backward pass, and how to ask for it.

A node is made for each recorded operator (see :mod:`.recording`). Its edges lead to the nodes of its
operands; it keeps what the operator's rules asked for. Nodes know operators and arrays, never a Tensor.
"""

import weakref
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ..ops import Operator, Plan
from . import source
from .hook_tables import Hookable, Hooks
from .node_names import node_name


class Scope(NamedTuple):
    """A name in force while operators are recorded, such as a module's or a composition's; a linked cell."""

    name: str
    outer: "Scope | None"
    kind: str
    """``"module"`` or ``"composition"``."""


def scopes(scope: Scope | None) -> list[Scope]:
    """The names in force, the outermost first."""
    found: list[Scope] = []
    while scope is not None:
        found.append(scope)
        scope = scope.outer
    return found[::-1]


class Freed:
    """Stands in ``Node.saved`` after a backward pass has used the values up."""


FREED = Freed()


class Packed(NamedTuple):
    """Stands in ``Node.saved`` for values that ``saved_tensors_hooks`` took into their keeping."""

    values: tuple[Any, ...]
    unpack: Callable[[tuple[Any, ...]], tuple[Any, ...]]
    handed: list[Callable[[], Any]]
    """Weak references to the Tensors that the hooks were called with."""
    owners: list[Callable[[], Any]]
    """And to what owns their memory: see :mod:`.memory`."""


class Saved(NamedTuple):
    """One value that a node keeps."""

    name: str
    """What the operator's rules call it."""
    value: Any
    """An array, a tuple of arrays (the operands of a variadic operator), a shape, a parameter."""
    origin: int | None
    """The position of the operand that it is, -1 - i for result i, None for anything else."""

    @property
    def is_result(self) -> bool:
        """Whether it is what the operator made."""
        return self.origin is not None and self.origin < 0


def is_array(value: Any) -> bool:
    """Whether a kept value is an array of NumPy's or CuPy's."""
    return hasattr(value, "dtype") and hasattr(value, "ndim")


def arrays_in(value: Any) -> Iterator[Any]:
    """The arrays in what a node keeps, however deep: the path of a view is a cell within a cell."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if is_array(part):
            yield part
        elif isinstance(part, (tuple, list)):
            waiting += reversed(part)


class Node(Hookable):
    """One recorded operator."""

    __slots__ = ("dtype", "edges", "epoch", "line", "plan", "prim", "saved", "scope", "shape")

    prim: Operator
    edges: "tuple[GraphNode | None, ...]"
    """For each operand the node that made it, or None where no gradient is wanted."""
    plan: Plan
    saved: tuple[Any, ...] | Packed | Freed
    """The kept values in the order of the plan: ask :meth:`saved_items` for them."""
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    epoch: int
    """How many writes into memory there had been: see :mod:`.memory`."""
    hooks: Hooks | None
    scope: Scope | None
    line: source.Line | None

    def saved_items(self) -> tuple[Saved, ...]:
        """What it keeps: nothing once that is freed, or where hooks have it in their keeping."""
        if not isinstance(self.saved, tuple) or isinstance(self.saved, Packed):
            return ()
        return tuple(map(Saved, self.plan.names, self.saved, self.plan.origins))

    def value_of(self, name: str) -> Any:
        """The kept value that the rules call ``name``; None where it is not kept."""
        return next((item.value for item in self.saved_items() if item.name == name), None)

    @property
    def freed(self) -> bool:
        """Whether what it kept is gone."""
        return self.saved is FREED

    def operand_name(self, position: int) -> str:
        """What the operand at ``position`` is called."""
        return self.prim.operand_name(position)

    def name(self) -> str:
        """The name PyTorch prints: ``ExpBackward0``, or ``MyFunctionBackward``."""
        if self.prim.by_hand:
            return f"{self.prim.name}Backward"
        return node_name(self.prim.name, self.value_of)

    def __repr__(self) -> str:
        return f"<{self.name()}>"


class Output:
    """One of several results of a node: collects its gradient for that node."""

    __slots__ = ("dtype", "edges", "hooks", "index", "shape")

    edges: tuple[Node]
    index: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    hooks: Hooks | None


class Leaf(Hookable):
    """A tensor the user made and wants a gradient for; holds it weakly. PyTorch calls it AccumulateGrad."""

    __slots__ = ("__weakref__", "dtype", "shape", "tensor")

    edges: tuple[()] = ()
    tensor: Callable[[], Any]
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    hooks: Hooks | None

    next_functions: tuple[()] = ()

    @property
    def variable(self) -> Any:
        """The tensor."""
        return self.tensor()

    def name(self) -> str:
        """The name PyTorch prints."""
        return "torch::autograd::AccumulateGrad"


Leaf.__name__ = "AccumulateGrad"  # scripts that walk a graph look for this name

GraphNode: TypeAlias = Node | Output | Leaf


def output_of(node: Node, index: int, array: Any) -> Output:
    """The handle in the graph of result ``index`` of a node that has several."""
    out = Output()
    out.edges, out.index, out.hooks = (node,), index, None
    out.shape, out.dtype = array.shape, array.dtype
    return out


_asleep: "weakref.WeakValueDictionary[int, Leaf]" = weakref.WeakValueDictionary()
"""By the identity of the tensor: leaves that no gradient is asked for now, while graphs lead to them."""


def put_to_sleep(leaf: Leaf) -> None:
    """Keep a leaf for its tensor, which may ask for a gradient again (:func:`leaf_of`)."""
    _asleep[id(leaf.tensor())] = leaf


def leaf_of(tensor: Any) -> Leaf:
    """A leaf of the graph for ``tensor`` as it is; the same as before where graphs still lead to that."""
    before = _asleep.pop(id(tensor), None)
    if before is not None and before.tensor() is tensor and before.shape == tensor.array.shape:
        return before
    leaf, array = Leaf(), tensor.array
    leaf.tensor, leaf.shape, leaf.dtype, leaf.hooks = weakref.ref(tensor), array.shape, array.dtype, None
    return leaf


def maker(node: GraphNode | None) -> Node | Leaf | None:
    """The operator or leaf behind the node of a tensor, which may be one of several results."""
    return node.edges[0] if isinstance(node, Output) else node
