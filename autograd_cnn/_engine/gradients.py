"""What becomes of the gradients that a pass found: added to ``.grad``, or handed out; copied where somebody
else may hold their memory."""

from collections.abc import Callable, Iterable, Sequence
from sys import getrefcount
from threading import Lock
from types import NoneType
from typing import Any

import numpy as np

from . import memory
from .handle import Handle
from .memory_format import laid_like
from .modes import enable_grad, unrecorded
from .node import GraphNode, Leaf, leaf_of
from .node_hooks import after_leaf, before_node

Found = dict[Any, tuple[Any, bool]]
"""By leaf or target: its gradient, and whether that array is the engine's own."""

_accumulating = Lock()


def add_to_grads(
    found: Found, targets: dict[GraphNode, Handle[Any] | None] | None, create_graph: bool
) -> None:
    """Add what arrived at leaves, or at the nodes of ``targets``, to ``.grad`` of their tensors. Hooks of
    leaves record where the pass did, with ``create_graph``.

    Raises RuntimeError, before anything is added, where a tensor has got another shape since, or a history.
    """
    with _accumulating:
        if targets is None:
            _check_leaves(found)
    for node in list(found):
        g, own = found.pop(node)
        tensor: Any = node.tensor() if targets is None else targets[node]
        if tensor is None or (targets is None and tensor._node is None):
            continue  # it is gone, or wants no gradient any more
        if type(node) is Leaf and node.hooks:
            with enable_grad() if create_graph else unrecorded():
                before, g = g, before_node(node, g, tensor._lift)
                first = tensor._grad is None
                with _accumulating:
                    _accumulate(tensor, g, own and g is before)
                # hooks of the node see what hooks of the tensor do to the memory of a first gradient
                after_leaf(node, tensor._grad.array if first and not create_graph else g, tensor)
        elif type(node) is Leaf or not tensor.retains_grad:  # what is retained has been added by its hook
            own = own or _nobody_else_holds(g)
            with _accumulating:
                _accumulate(tensor, g, own)


def _check_leaves(leaves: Iterable[Any]) -> None:
    """Refuse gradients for tensors that are no longer what they were when they were used."""
    for leaf in leaves:
        tensor = leaf.tensor()
        if tensor is None or tensor._node is leaf:
            continue
        if type(tensor._node) not in (Leaf, NoneType):
            raise RuntimeError(
                "leaf variable has been moved into the graph interior: it was used while it was a leaf, and "
                "written since, without requires_grad, by something that wants gradients; write to a clone()"
            )
        if tensor.array.shape != leaf.shape:
            raise RuntimeError(
                f"a tensor of shape {list(leaf.shape)} was given the shape {list(tensor.array.shape)} "
                "after it was used, so its gradient does not fit any more: run the forward pass again"
            )


def _nobody_else_holds(array: Any) -> bool:
    """Whether the caller's variable is the only one that leads to this memory, so that it need not be copied.

    A view counts as a reference to its base; a reshaped array is the only view of all of a base that nobody
    else knows.
    """
    base = getattr(array, "base", array)
    if base is None:
        return getrefcount(array) == _ONE_HOLDER
    if type(base) is not np.ndarray or base.base is not None or base.nbytes != array.nbytes:
        return False
    return getrefcount(array) == _ONE_HOLDER and getrefcount(base) == _ONE_VIEW


def _reference_counts() -> tuple[int, int]:
    """What the function above counts for an array that its caller alone knows, and for the base of one:
    interpreters differ."""

    def count(array: Any) -> tuple[int, int]:
        base = array.base
        return getrefcount(array), getrefcount(base)

    flat = np.zeros(1).reshape(1, 1)
    return count(flat)


_ONE_HOLDER, _ONE_VIEW = _reference_counts()


def _accumulate(tensor: Handle[Any], g: Any, own: bool) -> None:
    before = tensor._grad
    if isinstance(g, Handle):
        recorded: Any = g
        with enable_grad():  # create_graph records, also inside no_grad
            tensor._grad = recorded.clone() if before is None else before + recorded
        return
    if g.dtype != tensor.array.dtype:  # it was converted since, as by model.double()
        g, own = g.astype(tensor.array.dtype), True
    if before is None:
        made = g if own else g.copy()
        in_rows = tensor.array.flags.c_contiguous
        tensor._grad = tensor._lift(made if in_rows else laid_like(made, tensor.array), None)
    elif isinstance(before.array, np.ndarray) and not before.array.flags.writeable:
        tensor._grad = before + tensor._lift(g, None)
    else:
        memory.settle(before.array)
        np.add(before.array, g, out=before.array)
        memory.wrote(before.array)


def handed_out(
    variable: Handle[Any] | None,
    node: GraphNode,
    found: tuple[Any, bool] | None,
    make: Callable[[Any, None], Any],
    materialize: bool,
    recorded: bool,
) -> Any:
    """The gradient of ``node``, of ``variable`` where it is known, as a Tensor of its own memory; where
    nothing arrived None or, to ``materialize`` it, zeros, which want a gradient themselves in a pass that is
    ``recorded``."""
    if found is None:
        if not materialize:
            return None
        like = np.zeros(node.shape, node.dtype) if variable is None else np.zeros_like(variable.array)
        zeros = make(like, None)
        zeros._node = leaf_of(zeros) if recorded else None
        return zeros
    g, own = found
    return g if isinstance(g, Handle) else make(g if own else g.copy(), None)


def unshared(results: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    """The gradients, copied where two of them, or one and a tensor of ``others``, share memory: writing one
    changes no other."""
    taken: set[int | None] = {id(memory.owner(t.array)) for t in others}
    out = []
    for g in results:
        owner = None if g is None else id(memory.owner(g.array))
        with enable_grad():  # create_graph records, also inside no_grad
            out.append(g.clone() if owner is not None and owner in taken else g)
        taken.add(owner)
    return out
