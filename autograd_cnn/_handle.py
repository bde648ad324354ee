"""What every part of the engine may know of a Tensor: its four slots. The Tensor and its mixins are built on it."""

from collections.abc import Callable
from typing import Any, NamedTuple


class View(NamedTuple):
    """How a tensor looks into another one's memory."""

    root: Any
    path: Any
    """Linked cells (path before, view primitive, parameters)."""
    node: Any
    """The root's node when the view was taken."""


class Handle:
    """An array, the node of the graph that made it, what it is a view of, and its gradient."""

    __slots__ = ("__weakref__", "_grad", "_node", "_view", "array")

    array: Any
    """The raw NumPy or CuPy array."""
    _node: Any
    _view: View | None
    _grad: Any

    @staticmethod
    def __primitive__(prim: Any, args: Any, params: Any = None, forward: Callable[..., Any] | None = None) -> Any:
        """The hook through which primitives reach the graph."""
        raise AssertionError("the Tensor provides it")

    @staticmethod
    def _lift(array: Any, node: Any) -> Any:
        """A Tensor for ``array``, made by ``node``."""
        raise AssertionError("the Tensor provides it")

    def _is_stale(self) -> bool:
        """Whether the root of this view was written since the view was taken."""
        return self._view is not None and self._view.root._node is not self._view.node

    def _refresh(self) -> None:
        raise AssertionError("only views are refreshed")

    def _become(self, view: Any) -> Any:
        raise AssertionError("MovementMethods provides it")

    def _overwrite(self, value: Any) -> Any:
        raise AssertionError("InPlace provides it")

    def _write_at(self, index: Any, value: Any) -> None:
        raise AssertionError("InPlace provides it")
