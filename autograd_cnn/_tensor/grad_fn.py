"""The nodes of the graph as users see them: under the names that PyTorch's have, with what was saved as
Tensors."""

import functools
from collections.abc import Callable
from typing import Any

from .._engine.backward import rules_of
from .._engine.checks import kept_by
from .._engine.handle import Handle
from .._engine.modes import state
from .._engine.node import GraphNode, Leaf, Node, Output, is_array, maker

_OPERANDS = (("self", "input", "mat1", "tensors"), ("other", "mat2", "exponent", "weight", "target"))
_RESULTS = ("result", "output", "result0"), ("result1",), ("result2",)


class GradFn(Node):
    """A node that somebody has looked at. ``_saved_self``, ``_saved_other`` and ``_saved_result`` are what
    its operator keeps of its operands and its result; what it keeps beside goes by the name that the
    operator's parameter has. Of an ``autograd.Function`` it also shows what ``ctx`` holds."""

    __slots__ = ()

    _make: Callable[[Any, GraphNode | None], Any]
    """Makes a Tensor of an array and a node."""

    @property
    def next_functions(self) -> tuple[tuple[Node | Leaf | None, int], ...]:
        """The nodes that receive this node's gradients, each with the number of the result meant."""
        return tuple(
            (seen(edge, self._make), edge.index if isinstance(edge, Output) else 0) for edge in self.edges
        )

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What ``ctx.save_for_backward`` got, of an ``autograd.Function``."""
        context, *saved = kept_by(self)
        if not self.prim.by_hand:
            raise AttributeError(f"{self.name()} has no saved_tensors: ask for _saved_self, _saved_result")
        rest = iter([self._tensor(value, at) for value, at in zip(saved, self.plan.origins[1:], strict=True)])
        return tuple(next(rest) if present else None for present in context.present)

    def _tensor(self, value: Any, origin: int | None) -> Any:
        """A kept value: arrays as Tensors in their places in the graph."""
        if type(value) is tuple:
            return tuple(self._tensor(part, None) for part in value)
        if not is_array(value):
            return value
        edge = self.edges[origin] if origin is not None and origin >= 0 else None
        leaf = edge.tensor() if isinstance(edge, Leaf) else None
        if leaf is not None and leaf.array is value:
            return leaf
        result = origin is not None and origin < 0 and not self.prim.outputs
        return self._make(value, self if result else edge)

    def __call__(self, *gradients: Any) -> Any:
        """What its rules make of ``gradients`` of its results (None for one of which there is none): a
        gradient for each operand, or the only one. No hook is called. It is recorded where operators are.

        Raises TypeError for another number of arguments, and for one that is no Tensor.
        """
        count = max(len(self.prim.outputs), 1)
        if len(gradients) != count:
            raise TypeError(
                f"{self.name()}: expected {count} arguments, got {len(gradients)} instead: one gradient for "
                "each result"
            )
        for i, g in enumerate(gradients):
            if g is not None and not isinstance(g, Handle):
                raise TypeError(f"argument {i} is not a Variable, but {type(g).__name__}: give a Tensor")
        found: list[Any] = [None] * len(self.edges)
        if any(g is not None for g in gradients):
            recorded = state.get().grad
            given = [g if recorded or g is None else g.array for g in gradients]
            upstream = given if self.prim.outputs else given[0]
            for position, part in rules_of(self, upstream, self._make if recorded else None):
                found[position] = part if recorded else self._make(part, None)
        return found[0] if len(found) == 1 else tuple(found)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_saved_"):
            asked = name.removeprefix("_saved_")
            for kept, value, origin in zip(self.plan.names, kept_by(self), self.plan.origins, strict=True):
                if asked == kept or asked in _called(origin):
                    return self._tensor(value, origin)
        elif self.prim.by_hand and not name.startswith("__"):
            context = self.value_of("ctx")
            if context is not None and hasattr(context.ctx, name):
                return getattr(context.ctx, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __dir__(self) -> list[str]:
        saved = (aliases[0] for aliases in map(_called, self.plan.origins) if aliases)
        return [*super().__dir__(), *(f"_saved_{name}" for name in saved)]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} object at {id(self):#x}>"


def _called(origin: int | None) -> tuple[str, ...]:
    """What PyTorch calls an operand or a result."""
    if origin is None:
        return ()
    names = _RESULTS[-1 - origin :] if origin < 0 else _OPERANDS[origin:]
    return names[0] if names else ()


@functools.cache
def _named(name: str, make: Callable[[Any, GraphNode | None], Any]) -> type[GradFn]:
    names = {"__slots__": (), "__module__": __name__, "_make": staticmethod(make)}
    return type(name, (GradFn,), names)


def seen(node: GraphNode | None, make: Callable[[Any, GraphNode | None], Any]) -> Node | Leaf | None:
    """The operator or leaf behind the node of a tensor, as users see it: the same object, which has a class
    of its operator's name from now on. ``make`` makes Tensors."""
    made_by = maker(node)
    if type(made_by) is Node:
        made_by.__class__ = _named(made_by.name(), make)
    return made_by
