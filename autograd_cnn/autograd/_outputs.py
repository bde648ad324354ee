"""What ``forward`` of an ``autograd.Function`` returned, checked, and made tensors of the graph."""

from collections.abc import Iterable, Sequence
from typing import Any

from .._engine import memory
from .._engine.handle import MADE_INSIDE, ONE_OF_SEVERAL, UNSEEN, Unrecorded, View
from .._engine.inplace import unrecorded_view_of
from .._engine.node import Leaf, Node, output_of
from .._tensor import Tensor, lift
from ._context import FunctionCtx


def check_outputs(name: str, ctx: FunctionCtx, outputs: tuple[Any, ...]) -> None:
    """RuntimeError where ``forward`` of the function ``name`` returned no tensor, or not every input that it
    wrote, or wrote a view and returned something beside it."""
    if any(all(t is not out for out in outputs) for t in ctx._dirty):
        raise RuntimeError(
            f"{name}: some inputs that forward marked as dirty were not returned. (Some elements "
            "marked as dirty during the forward method were not returned as output. The inputs that are "
            "modified inplace must all be outputs of the Function.)"
        )
    if not any(isinstance(out, Tensor) for out in outputs):
        raise RuntimeError(
            f"{name}.forward must return a Tensor or a tuple with Tensors, not {type(outputs[0]).__name__}"
        )
    single = sum(isinstance(out, Tensor) for out in outputs) < 2
    if not single and any(t._shows_another() for t in ctx._dirty):
        raise RuntimeError(
            f"{name}: If your Function modifies inplace an input that is a view of another Tensor, your "
            "Function cannot return more than one Tensor. Give apply() a clone() of the view, or return what "
            "was written alone"
        )


def origin_of(tensor: Tensor, ctx: FunctionCtx, args: Sequence[Any], outputs: Sequence[Any]) -> int | None:
    """Where a saved tensor came from; what was written is a result, though it is an argument too. A result
    that has no gradient is a constant."""
    for i, a in enumerate(args):
        if a is tensor and all(t is not tensor for t in ctx._dirty):
            return i
    for i, out in enumerate(outputs):
        if out is tensor and has_gradient(out, ctx):
            return -1 - i
    return None


def has_gradient(out: Tensor, ctx: FunctionCtx) -> bool:
    """Whether a gradient may come for ``out``."""
    return out.array.dtype.kind == "f" and all(out is not t for t in ctx._without_gradient)


def finish(
    name: str,
    ctx: FunctionCtx,
    node: Node,
    index: int,
    out: Any,
    others: Iterable[Tensor],
    several: bool,
) -> Any:
    """An output of ``forward``, one of ``several`` with gradients, as a tensor of the graph; it may look into
    the memory of one of ``others``."""
    if not isinstance(out, Tensor):
        return out
    if not has_gradient(out, ctx):
        return lift(out.array, None)
    made = output_of(node, index, out.array) if node.prim.outputs else node
    if any(out is t for t in ctx._dirty):
        if isinstance((out if out._view is None else out._view.root)._node, Leaf):
            raise RuntimeError(
                f"{name}: a leaf Variable that requires grad has been used in an in-place "
                "operation; give apply() a clone()"
            )
        value = lift(out.array, made)
        out._check_writable(value)
        out._move_history(value)
        out._grad = None  # it was of another value, and PyTorch drops it
        return out
    result = lift(out.array, made)
    shown = next((t for t in others if memory.owner(t.array) is memory.owner(out.array)), None)
    said = (ONE_OF_SEVERAL if several else MADE_INSIDE).format(f"Output {index} of {name}")
    if shown is not None:
        result._view = unrecorded_view_of(shown, _by(name), said)
    elif out._shows_another():  # of something that forward made, and that may be gone
        result._view = View(Unrecorded(result, _by(name), said), None, result._node)
    return result


def mark_views(name: str, outputs: tuple[Any, ...]) -> None:
    """Say of ``outputs`` that were not recorded, and look into what ``forward`` got or made, why they must
    not be written with recording on."""
    for out in outputs:
        view = out._view if isinstance(out, Tensor) and out._shows_another() else None
        if view is not None and isinstance(view.root, Unrecorded):
            said = MADE_INSIDE.format(f"{UNSEEN} An output of {name}")
            base = view.root.tensor()
            out._view = view._replace(root=Unrecorded(out if base is None else base, _by(name), said))


def _by(name: str) -> str:
    return f"by {name}.forward, an autograd.Function,"
