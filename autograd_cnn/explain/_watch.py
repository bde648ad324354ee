"""``watch``: keep what happens, so that a page can play it and ``why`` can say where a gradient was lost."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

from .._engine import memory as _memory
from .._engine import source as _source
from .._engine.handle import Handle
from .._engine.modes import Observing, state
from .._engine.node import GraphNode, Leaf, Node, Saved, maker
from .._engine.statistics import not_finite
from ..ops import Operator
from ._names import Names, memory_key
from ._reading import Reading, read, root_of
from ._signals import BackwardPass, rehearse

Key = Any
"""What stands for a value: the node that made it, or the block of memory of a constant."""


def key_of(value: Any) -> Key | None:
    """The key of an operand; None for a number."""
    if isinstance(value, Handle):
        node = value._node
        return memory_key(value.array) if node is None else maker(node)
    return memory_key(value) if hasattr(value, "shape") else None


class Call(NamedTuple):
    """One operator that ran, recorded in the graph or not."""

    prim: Operator
    operands: tuple[Key | None, ...]
    results: tuple[Key, ...]
    node: Any
    line: _source.Line
    recording: bool
    saved: tuple[Saved, ...]
    """What the node kept for the backward pass, which frees its own."""
    arrays: tuple[Any, ...]
    """The operands' values."""
    values: tuple[Any, ...]
    """The results' values."""
    bad_leaves: dict[int, str]
    """Which operands were leaves that held NaN or infinities then (an optimizer may have written them
    since)."""
    bad_result: str
    """``"nan"`` or ``"inf"`` where the result held one then."""
    epoch: int
    """How many writes in place had happened."""

    def still(self, array: Any) -> bool:
        """Whether ``array`` is as it was at the call."""
        return not hasattr(array, "shape") or _memory.written_since(array, self.epoch) is None


class Left(NamedTuple):
    """One way out of the graph that was taken: ``detach()``, ``numpy()``, ``item()``, ..."""

    how: str
    source: Key
    memory: Key
    result: Key | None
    line: _source.Line
    keeps: Any
    """The array, kept so that its memory is not given to another one."""


class Watch(Observing):
    """What :func:`watch` returns: every operator that ran, every way out of the graph, every backward
    pass."""

    def __init__(self, fusion: bool = False) -> None:
        super().__init__(lines=True, fusion=fusion)
        self.events: list[Call | Left] = []
        self.keys: set[Key] = set()
        """Every value that was an operand or a result."""
        self.passes: list[BackwardPass] = []
        self.calls: dict[Any, Call] = {}
        """The call that made each node."""

    def __enter__(self) -> Self:
        global _latest
        _latest = self
        return super().__enter__()

    def recorded(
        self, prim: Operator, operands: Sequence[Any], params: dict[str, Any], results: tuple[Any, ...]
    ) -> None:
        """The engine ran an operator."""
        keys = tuple(key_of(t) for t in results)
        nodes = [key for key in keys if isinstance(key, Node)]
        arrays = tuple(x.array if isinstance(x, Handle) else x for x in operands)
        call = Call(
            prim,
            tuple(key_of(x) for x in operands),
            keys,
            nodes[0] if nodes else None,
            _source.here(),
            state.get().grad,
            nodes[0].saved_items() if nodes else (),
            arrays,
            tuple(t.array for t in results),
            {
                i: bad
                for i, x in enumerate(operands)
                if isinstance(x, Handle) and type(x._node) is Leaf and (bad := not_finite(x.array))
            },
            not_finite(results[0].array),
            _memory.epoch,
        )
        self.events.append(call)
        self.keys.update(call.operands, keys)
        for node in nodes:
            self.calls[node] = call

    def left(self, tensor: Any, how: str, result: Any) -> None:
        """A value left the graph."""
        self.events.append(
            Left(
                how,
                key_of(tensor),
                memory_key(tensor.array),
                key_of(result),
                _source.here(),
                (tensor.array, getattr(result, "array", None)),
            )
        )

    def began(self, roots: list[GraphNode]) -> None:
        """A backward pass begins."""
        self.passes.append(BackwardPass())
        self.passes[-1].began(roots)

    def hooked(self, node: GraphNode, hook: Any, before: Any, after: Any) -> None:
        """A hook was called in it."""
        self.passes[-1].hooked(node, hook, before, after)

    def step(self, node: Node, upstream: Any, contributions: list[tuple[int, Any]]) -> None:
        """One step of it."""
        self.passes[-1].step(node, upstream, contributions)

    def pass_of(self, root: Any) -> BackwardPass | None:
        """The last backward pass that began at the node ``root``."""
        return next((p for p in reversed(self.passes) if root in p.roots), None)

    def value_of(self, node: Any) -> Any:
        """The value that ``node`` made; None if it was not made here, or overwritten since."""
        call = self.calls.get(node)
        return call.values[0] if call is not None and call.still(call.values[0]) else None

    def saved_by(self, node: Node) -> tuple[Saved, ...]:
        """What ``node`` kept for the backward pass, also after that has freed it."""
        call = self.calls.get(node)
        return node.saved_items() if call is None else call.saved

    def forget(self) -> None:
        """Drop everything that was kept."""
        self.events.clear()
        self.keys.clear()
        self.passes.clear()
        self.calls.clear()


_latest: Watch | None = None


def watch(fusion: bool = False) -> Watch:
    """Keep the values, gradients and source lines of everything computed inside: ``with explain.watch():
    ...``.

    Composed operators (conv2d, cross_entropy, ...) run their definitions, so that pictures and pages can open
    them; with ``fusion`` they run as they do outside.

    :func:`page` and :func:`why` then know them. The latest watch is kept, with its arrays, until another
    begins or its ``forget()`` is called.
    """
    return Watch()


def latest_watch(*values: Key) -> Watch | None:
    """The latest watch, if it saw one of these values."""
    return _latest if _latest is not None and not _latest.keys.isdisjoint(values) else None


def read_watched(loss: Any, names: Names, focus: Any = None) -> Reading:
    """The graph of ``loss``, with what its operators saved as far as a watch or the graph itself still has
    it."""
    seen = latest_watch(root_of(loss))
    return read(loss, names, focus) if seen is None else read(loss, names, focus, seen.saved_by)


def watched_or_rehearsed(loss: Any) -> BackwardPass | None:
    """The backward pass of ``loss``: the one that was watched, else a rehearsal; None where neither is
    possible."""
    root = root_of(loss)
    seen = latest_watch(root)
    return (seen.pass_of(root) if seen is not None else None) or rehearse(loss)
