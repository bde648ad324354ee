"""Tables of hooks, the handle that takes one away again, and the hooks of nodes.

Hooks of a tensor see its gradient. They stand in the table of the tensor's node as plain functions; what
stands there beside them is of the classes below, which say when it is called.
"""

import itertools
import weakref
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple, Self, TypeAlias

Hooks: TypeAlias = OrderedDict[int, Any]
"""A table of hooks, by the ``id`` of their handles."""


_ids = itertools.count()


class RemovableHandle:
    """What registering a hook returns, on tensors, modules and optimizers; ``remove()`` takes the hook away,
    and so does the end of ``with handle:``."""

    id: int
    """The hook's key in the table it stands in."""
    next_id: int = 0
    """The key of the next hook of all."""

    def __init__(
        self, hooks_dict: Hooks, hook: Any = None, prepend: bool = False, *, extra_dict: Any = None
    ) -> None:
        """Put ``hook`` into ``hooks_dict`` (or leave that to the caller), and a mark into each of
        ``extra_dict``, a table or several."""
        self.id = next(_ids)
        RemovableHandle.next_id = self.id + 1
        extra = [] if extra_dict is None else [extra_dict] if isinstance(extra_dict, dict) else [*extra_dict]
        self.hooks_dict_ref: Any = weakref.ref(hooks_dict)
        self.extra_dict_ref: tuple[Any, ...] = tuple(map(weakref.ref, extra))
        if hook is not None:
            hooks_dict[self.id] = hook
            for marked in extra:
                marked[self.id] = True
        if prepend:
            hooks_dict.move_to_end(self.id, last=False)

    def remove(self) -> None:
        """Take the hook away; a second call does nothing."""
        for reference in (self.hooks_dict_ref, *self.extra_dict_ref):
            table = reference()
            if table is not None:
                table.pop(self.id, None)

    def __getstate__(self) -> Any:
        return self.id, self.hooks_dict_ref(), tuple(reference() for reference in self.extra_dict_ref)

    def __setstate__(self, state: Any) -> None:
        self.id, hooks, extra = state
        self.hooks_dict_ref = weakref.ref(OrderedDict() if hooks is None else hooks)
        self.extra_dict_ref = tuple(weakref.ref(table) for table in extra if table is not None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()


class BeforeNode(NamedTuple):
    """Called with the gradients of a node's results, before its rules run."""

    hook: Callable[[tuple[Any, ...]], Any]


class AfterNode(NamedTuple):
    """Called with what a node's rules made of them, and with the gradients of its results."""

    hook: Callable[[tuple[Any, ...], tuple[Any, ...]], Any]


class AfterAccumulation(NamedTuple):
    """Called with a leaf, once its gradient was added to ``.grad``."""

    hook: Callable[[Any], Any]


class OfResult(NamedTuple):
    """At a node of several results: the hooks of one of them, which are told where no gradient arrives."""

    number: int
    hooks: Hooks


class Metadata(NamedTuple):
    """No hook: what somebody keeps beside a node."""

    kept: dict[Any, Any]


OF_NODES = frozenset((BeforeNode, AfterNode, AfterAccumulation, OfResult, Metadata))


class Hookable:
    """What may have hooks: the nodes of operators and of leaves."""

    __slots__ = ("hooks",)

    hooks: Hooks | None

    def name(self) -> str:
        """The name PyTorch prints."""
        raise NotImplementedError("a node has a name: make one by an operator")

    @property
    def next_functions(self) -> tuple[Any, ...]:
        """The nodes that its gradients go to, each with the number of the result that it is."""
        raise NotImplementedError("a node leads on: make one by an operator")

    def _table(self) -> Hooks:
        if self.hooks is None:
            self.hooks = OrderedDict()
        return self.hooks

    def register_hook(self, fn: Callable[[tuple[Any, ...], tuple[Any, ...]], Any]) -> RemovableHandle:
        """Call ``fn(grad_inputs, grad_outputs)`` after this node has run in a backward pass; a tuple that
        it returns goes on in the place of ``grad_inputs``."""
        return RemovableHandle(self._table(), AfterNode(fn))

    def register_prehook(self, fn: Callable[[tuple[Any, ...]], Any]) -> RemovableHandle:
        """Call ``fn(grad_outputs)`` before this node runs; a tuple that it returns is what the node
        gets."""
        return RemovableHandle(self._table(), BeforeNode(fn))

    @property
    def metadata(self) -> dict[Any, Any]:
        """A dict for what belongs to this node."""
        for entry in self._table().values():
            if type(entry) is Metadata:
                return entry.kept
        kept: dict[Any, Any] = {}
        RemovableHandle(self._table(), Metadata(kept))
        return kept
