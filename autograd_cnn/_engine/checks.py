"""What a backward pass checks, and what it says of gradients that do not fit and of values that are gone."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..ops import Primitive, cast, sum_to
from . import memory, source
from .node import Freed, Node, Packed, Saved, arrays_in


def fit(g: Any, node: Node, position: int) -> Any:
    """A gradient brought to its operand's shape and dtype where the operator broadcasts or promotes; else an
    error."""
    if isinstance(g, np.generic):
        g = np.asarray(g)
    prim, edge = node.prim, node.edges[position]
    assert edge is not None
    if not hasattr(g, "shape"):
        raise wrong_rule(node, position, f"returned {type(g).__name__}, not an array")
    if prim.broadcasts and g.shape != edge.shape and _broadcasts(edge.shape, g.shape):
        g = sum_to(g, shape=edge.shape)
    if g.dtype != edge.dtype and (prim.broadcasts or prim.promotes or edge.dtype == np.float16):
        g = cast(g, dtype=edge.dtype)
    if g.shape != edge.shape and not isinstance(prim, Primitive):
        raise RuntimeError(
            f"Function {node.name()} returned an invalid gradient at index {position} - got {list(g.shape)} "
            f"but expected shape compatible with {list(edge.shape)}"
        )
    if g.shape != edge.shape or g.dtype != edge.dtype:
        raise wrong_rule(
            node,
            position,
            f"returned a gradient of shape {tuple(g.shape)} and dtype {np.dtype(g.dtype)}, but the "
            f"operand has shape {edge.shape} and dtype {edge.dtype}",
        )
    return g


def _broadcasts(shape: tuple[int, ...], to: tuple[int, ...]) -> bool:
    """Whether an array of ``shape`` broadcasts to one of shape ``to``."""
    lead = len(to) - len(shape)
    return lead >= 0 and all(n in (1, m) for n, m in zip(shape, to[lead:], strict=True))


def wrong_rule(node: Node, position: int, what: str) -> RuntimeError:
    """The error that the rule for one operand is."""
    return RuntimeError(
        f"the local gradient of {node.prim.name} for its operand {node.operand_name(position)!r} {what}; "
        "correct the rule"
    )


def _is_in(array: Any, owners: list[Any]) -> bool:
    """Whether hooks gave back the very memory that they were given."""
    return any(memory.owner(array) is own for own in owners)


class Overwritten(NamedTuple):
    """A kept value whose memory was written after the node was made."""

    name: str
    array: Any
    write: memory.Write


def overwritten(node: Node, items: Sequence[Saved]) -> Overwritten | None:
    """The first of ``items``, the kept values of ``node``, that is no longer what it was."""
    if memory.lent:
        memory.look_for_foreign_writes(array for item in items for array in arrays_in(item.value))
    for item in items:
        if item.origin is None and isinstance(node.prim, Primitive):
            continue  # its own; an autograd.Function may save any tensor
        for array in arrays_in(item.value):
            if item.origin is not None and item.origin >= 0 and memory.detached_since(array, node.epoch):
                raise RuntimeError(
                    "Trying to use a saved tensor that has been detached in-place, i.e. with "
                    ".detach_().This is "
                    f"not supported, please use out-of-place `.detach()` instead ({node.prim.name} needs its "
                    f"{item.name!r})"
                )
            write = memory.written_since(array, node.epoch)
            if write is not None:
                return Overwritten(item.name, array, write)
    return None


def verify(node: Node, items: Sequence[Saved] | None = None) -> None:
    """Refuse to use a saved value whose memory was written after the node was made."""
    found = overwritten(node, node.saved_items() if items is None else items)
    if found is not None:
        raise overwriting(node, found)


def overwriting(node: Node, found: Overwritten) -> RuntimeError:
    """The error that the use of an overwritten value is."""
    saved_at = f" (saved at {source.describe(node.line)})" if node.line is not None else ""
    written_at = (
        f"at {source.describe(found.write.line)}"
        if found.write.line is not None
        else "from outside, through an array that shares its memory (numpy(), from_numpy)"
    )
    return RuntimeError(
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        f"{node.prim.name} needs its {found.name!r} of shape {list(found.array.shape)}{saved_at}, which was "
        f"overwritten {written_at}; write out of place there, or clone() before"
    )


def kept_by(node: Node) -> tuple[Any, ...]:
    """What ``node`` saved, fetched from where hooks keep it; an error where it is gone."""
    saved = node.saved
    if isinstance(saved, Packed):
        values = saved.unpack(saved.values)
        taken = [own() for own in saved.owners]
        items = map(Saved, node.plan.names, values, node.plan.origins)
        verify(node, [item for item in items if any(_is_in(a, taken) for a in arrays_in(item.value))])
        return values
    if isinstance(saved, Freed):
        raise RuntimeError(
            "Trying to backward through the graph a second time (or directly access saved tensors after "
            f"they have already been freed): what {node.prim.name} had saved is gone. Specify "
            "retain_graph=True in the first backward pass"
        )
    return saved
