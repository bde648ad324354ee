"""A backward pass while it runs: what hooks may ask about it."""

from collections.abc import Callable, Sequence
from functools import cached_property

from .node import GraphNode, maker
from .sort import leading_to, toposort

_RUNS_ON_A_STACK = 30
"""Each takes about ten of the 1000 calls that Python lets a thread nest."""


class Running:
    """One run of the graph from ``roots``, to all leaves or to ``targets``."""

    def __init__(
        self,
        roots: Sequence[GraphNode],
        targets: Sequence[GraphNode] | None,
        within: "Running | None" = None,
    ) -> None:
        self._roots, self._targets = roots, targets
        self._depth: int = 0 if within is None else within._depth + 1
        self.callbacks: list[Callable[[], None]] = []
        """What is called when it is over."""

    def end(self) -> None:
        """It is over; a callback may add another one."""
        for callback in self.callbacks:
            callback()

    @property
    def deep(self) -> bool:
        """Whether so many runs have been started within one another that this one needs a stack of its
        own."""
        return self._depth % _RUNS_ON_A_STACK == _RUNS_ON_A_STACK - 1

    @property
    def to_chosen(self) -> bool:
        """Whether it leads to chosen tensors only, as that of ``grad`` does."""
        return self._targets is not None

    @cached_property
    def _reached(self) -> set[object]:
        order = toposort(self._roots)
        reached = order if self._targets is None else leading_to(order, self._targets).intersection(order)
        return {maker(node) for node in reached}

    def comes_to(self, node: GraphNode) -> bool:
        """Whether a gradient of ``node`` is computed in this pass."""
        return maker(node) in self._reached
