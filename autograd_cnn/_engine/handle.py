"""What every part of the engine may know of a Tensor: its four slots. The Tensor and its mixins are built on
it."""

from typing import Any, NamedTuple, TypeAlias, TypeVar
from weakref import ref

from .._devices.device import device, device_of
from .dtypes import Size, dtype, from_numpy_dtype
from .operators import Operators

T = TypeVar("T", bound="Handle[Any]", covariant=True)
"""What operators and functions make of their operands: the Tensor. The engine and the functions stand below it,
and know it as ``Handle[T]``: ``def exp(input: Handle[T]) -> T``."""


class View(NamedTuple):
    """How a tensor looks into another one's memory."""

    root: Any
    path: Any
    """Linked cells (path before, view primitive, parameters)."""
    node: Any
    """The root's node when the view was taken."""


class Unrecorded:
    """Stands in ``View.root`` where a view was taken without being recorded: the graph has no path from that
    tensor to it."""

    __slots__ = ("how", "tensor")

    _node = _view = None

    def __init__(self, tensor: "Handle[Any]", how: str) -> None:
        self.tensor, self.how = ref(tensor), how


class Handle(Operators[T]):
    """An array, the node of the graph that made it, what it is a view of, and its gradient."""

    __slots__ = ("__weakref__", "_grad", "_node", "_view", "array")

    array: Any
    """The raw NumPy or CuPy array."""
    _node: Any
    _view: View | None
    _grad: Any

    @staticmethod
    def _lift(array: Any, node: Any) -> Any:
        """A Tensor for ``array``, made by ``node``."""
        raise AssertionError("the Tensor provides it")

    @property
    def shape(self) -> Size:
        """The sizes of its axes."""
        return Size(self.array.shape)

    @property
    def ndim(self) -> int:
        """The number of its axes."""
        return int(self.array.ndim)

    @property
    def dtype(self) -> dtype:
        """The type of its elements."""
        return from_numpy_dtype(self.array.dtype)

    @property
    def device(self) -> device:
        """Where its memory is."""
        return device_of(self.array)

    def _present_node(self) -> Any:
        """The node that made it; of a view whose root was written since, the node of the view taken again."""
        view = self._view
        if view is not None and (view.root._node is not view.node or view.root._view is not None):
            self._refresh()
        return self._node

    def _refresh(self) -> None:
        raise AssertionError("only views are refreshed")

    def _renew_leaf(self) -> None:
        raise AssertionError("Differentiable provides it")

    def _become(self, view: Any) -> Any:
        raise AssertionError("MovementMethods provides it")

    def _write_at(self, index: Any, value: Any) -> None:
        raise AssertionError("InPlace provides it")


Operand: TypeAlias = Handle[Any]
"""A tensor of which a function's result type does not depend."""
