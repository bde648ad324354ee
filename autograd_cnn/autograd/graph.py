"""The graph itself: its nodes and edges, hooks on several tensors at once, and on what operators keep for the
backward pass."""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any, Literal
from weakref import WeakKeyDictionary

from .._engine import memory
from .._engine.edges import GradientEdge, edge_of
from .._engine.hook_tables import Hookable as Node
from .._engine.hook_tables import RemovableHandle
from .._engine.hooks import add_hook, on_tensors
from .._engine.modes import Mode, SavedHooks, State, state
from .._engine.running import Running
from .._tensor import Tensor, lift
from ..func._preserving import Preserving

__all__ = [
    "GradientEdge",
    "Node",
    "allow_mutation_on_saved_tensors",
    "disable_saved_tensors_hooks",
    "get_gradient_edge",
    "increment_version",
    "register_multi_grad_hook",
    "save_on_cpu",
    "saved_tensors_hooks",
]


class saved_tensors_hooks(Mode):
    """Inside, what an operator saves goes through ``pack_hook`` at once and through ``unpack_hook`` when
    backward needs it.

    ``pack_hook(tensor)`` may return anything (a file name, a compressed copy); ``unpack_hook`` makes a tensor
    of it again.
    """

    def __init__(self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]) -> None:
        super().__init__(saved_hooks=SavedHooks(pack_hook, unpack_hook, lambda array: lift(array, None)))

    def under(self, now: State) -> State:
        """As outside, with these hooks; RuntimeError where hooks are forbidden."""
        if now.hooks_forbidden:
            raise RuntimeError(now.hooks_forbidden)
        return super().under(now)


class save_on_cpu(saved_tensors_hooks):
    """Keep what operators save in the host's memory."""

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        super().__init__(lambda t: (t.device, t.cpu()), lambda kept: kept[1].to(kept[0]))


class disable_saved_tensors_hooks(Mode):
    """Inside, to use hooks on what operators save is a RuntimeError with ``error_message``."""

    def __init__(self, error_message: str) -> None:
        super().__init__()
        self._message = error_message

    def under(self, now: State) -> State:
        """As outside, with hooks forbidden; an error where some are in force."""
        if now.saved_hooks is not None:
            raise RuntimeError(self._message)
        return now._replace(hooks_forbidden=self._message)


class allow_mutation_on_saved_tensors(Preserving):
    """Inside, what operators save may be written in place: it is copied when that is about to happen.

    A backward pass needs what is kept here: outside, it is an AssertionError.
    """

    def __init__(self) -> None:
        super().__init__()
        self.changes["saved_hooks"] = self.changes["saved_hooks"]._replace(unpack=self._given_back)

    def _given_back(self, tensor: Tensor) -> Tensor:
        if getattr(getattr(state.get().saved_hooks, "pack", None), "__self__", None) is not self:
            raise AssertionError(
                "Trying to backward outside of the 'allow_mutation_on_saved_tensors' context in which the "
                "graph was recorded"
            )
        return tensor

    def under(self, now: State) -> State:
        """As outside, with what is saved kept from writes; RuntimeError inside another one."""
        keeper = getattr(getattr(now.saved_hooks, "pack", None), "__self__", None)
        if isinstance(keeper, allow_mutation_on_saved_tensors):
            raise RuntimeError("allow_mutation_on_saved_tensors contexts cannot be nested")
        return super().under(now)


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """Where the gradient of ``tensor`` arrives: ``grad`` and ``backward`` take it in the place of the tensor,
    which may then be forgotten."""
    tensor.grad_fn  # noqa: B018 - the node, once seen, has its name
    node = tensor._present_node()
    if node is None:
        raise RuntimeError(
            "It is not possible to get the gradient edge for a Tensor that does not require gradients"
        )
    return edge_of(node)


def increment_version(tensor: Tensor | Sequence[Tensor]) -> None:
    """Note that the memory of ``tensor`` (or of several) was written, by means that the graph can't see."""
    for t in [tensor] if isinstance(tensor, Tensor) else tensor:
        memory.settle(t.array)
        memory.wrote(t.array)


class _Together(RemovableHandle):
    """Takes several hooks away."""

    def __init__(self, handles: Sequence[RemovableHandle]) -> None:
        self._handles = handles

    def remove(self) -> None:
        """Take all of them away."""
        for handle in self._handles:
            handle.remove()


def register_multi_grad_hook(
    tensors: Sequence[Tensor],
    fn: Callable[[Sequence[Tensor | None]], None] | Callable[[Tensor], None],
    *,
    mode: Literal["all", "any"] = "all",
) -> RemovableHandle:
    """Call ``fn`` in each backward pass once for all of ``tensors``: in mode ``"all"`` with the list of their
    gradients, when those that this pass computes are there (None for the others); in mode ``"any"`` with the
    first gradient.

    What ``fn`` returns is not used. ValueError for another mode.
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    collecting = (_All if mode == "all" else _Any)(list(map(get_gradient_edge, tensors)), fn)
    nodes = [t._present_node() for t in tensors]
    hooks = [collecting.hook(i) for i in range(len(tensors))]
    return _Together(
        [
            add_hook(node, on_tensors(hook, lift))
            for node, hook in zip(nodes, hooks, strict=True)
            if node is not None
        ]
    )


class _Collecting:
    """The gradients of several tensors in the backward passes that run now."""

    def __init__(self, edges: list[GradientEdge], told: Callable[[Any], Any]) -> None:
        self._nodes = [edge.node for edge in edges]
        self._told = told
        self._lock = Lock()
        self._passes: WeakKeyDictionary[Running, list[Any]] = WeakKeyDictionary()

    def hook(self, place: int) -> Callable[[Tensor | None], None]:
        """The hook of the tensor at ``place``."""

        def receive(g: Tensor | None) -> None:
            running = state.get().running
            if running is not None:
                self._receive(running, place, g)

        return receive

    def _receive(self, running: Running, place: int, g: Tensor | None) -> None:
        raise NotImplementedError


class _All(_Collecting):
    def _receive(self, running: Running, place: int, g: Tensor | None) -> None:
        with self._lock:
            if running not in self._passes:
                waiting = sum(running.comes_to(node) for node in self._nodes)
                self._passes[running] = [waiting, [None] * len(self._nodes)]
            entry = self._passes[running]
            entry[0] -= 1
            entry[1][place] = g
            done = not entry[0]
            if done:
                del self._passes[running]
        if done:
            self._told(entry[1])


class _Any(_Collecting):
    def _receive(self, running: Running, place: int, g: Tensor | None) -> None:
        with self._lock:
            first = g is not None and running not in self._passes
            if first:
                self._passes[running] = []
        if first:
            self._told(g)
