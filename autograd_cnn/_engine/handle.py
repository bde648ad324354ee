"""What every part of the engine may know of a Tensor: its four slots. The Tensor and its mixins are built on
it."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple, Self, TypeAlias, TypeVar
from weakref import ref

import numpy as np

from .._devices.device import device, device_of
from .dtypes import dtype, from_numpy_dtype
from .node import GraphNode, Leaf, leaf_of
from .operators import Operators
from .size import Size

T = TypeVar("T", bound="Handle[Any]", covariant=True)
"""The Tensor, as what stands below it knows it: ``def exp(input: Handle[T]) -> T``."""


_size = tuple.__new__
"""A Size of what is a shape already, unchecked."""


class View(NamedTuple):
    """How a tensor looks into another one's memory."""

    root: Any
    path: Any
    """Linked cells (path before, view primitive, parameters)."""
    node: GraphNode | None
    """The root's node when the view was taken."""
    several: str = ""
    """What it is of a function that returns several views, ``"Output 0 of Unbind"``."""
    turned: bool = False
    """Whether it was turned in place, as by ``t_()``: older views know it as it was."""


class Unrecorded:
    """Stands in ``View.root`` where a view was taken without being recorded: the graph has no path from that
    tensor to it."""

    __slots__ = ("how", "said", "tensor")

    _view = None

    def __init__(self, tensor: "Handle[Any] | None", how: str, said: str = "") -> None:
        self.how, self.said = how, said
        self.tensor: Callable[[], Any] = (lambda: None) if tensor is None else ref(tensor)

    @property
    def _node(self) -> GraphNode | None:
        tensor = self.tensor()
        return None if tensor is None else tensor._node


_LATER = (
    "A view was created in {} and is being modified inplace {}. Given that this use case is ambiguous and "
    "error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either "
    "both inside the {} block (if you don't want the inplace to be tracked) or both outside (if you want the "
    "inplace to be tracked)"
)

WRITTEN_LATER: Final = _LATER.format("no_grad mode", "with grad mode enabled", "no_grad")
"""What PyTorch says of a write into a view that was taken while nothing was recorded."""

WRITTEN_OUTSIDE: Final = _LATER.format("inference mode", "in normal mode", "inference_mode")
"""What PyTorch says of such a write where the view was taken in inference mode."""

ONE_OF_SEVERAL: Final = (
    "{} is a view and is being modified inplace. This view is the output of a function that returns multiple "
    "views. Such functions do not allow the output views to be modified inplace. You should replace the "
    "inplace operation by an out-of-place one."
)
"""What PyTorch says of a write into one of them."""


UNSEEN: Final = "A view was created in no_grad mode and is being modified inplace with grad mode enabled."
"""How PyTorch's sentence begins where nothing was recorded."""


MADE_INSIDE: Final = (
    "{} is a view and is being modified inplace. This view was created inside a custom "
    "Function (or because an input was returned as-is) and the autograd logic to handle view+inplace would "
    "override the custom backward associated with the custom Function, leading to incorrect gradients. You "
    "can fix this by cloning the output of the custom Function"
)
"""What PyTorch says of a write into such an output."""


class Apart(Unrecorded):
    """Stands in ``View.root`` of a tensor that is no view of another one."""

    __slots__ = ()

    _node = None


UNWATCHED = Apart(None, "as .data")
"""Of what ``.data`` shows."""
INFERENCE = Apart(None, "in inference mode")
"""Of what was made in inference mode, and of what shows a part of that."""
MADE_IN_INFERENCE = View(INFERENCE, None, None)


class Handle(Operators[T]):
    """An array, the node of the graph that made it, what it is a view of, and its gradient."""

    __slots__ = ("__weakref__", "_grad", "_node", "_view", "array")

    array: Any
    """The raw NumPy or CuPy array."""
    _node: GraphNode | None
    _view: View | None
    _grad: Any
    """A Tensor, or None."""

    # What the Tensor and its mixins add, for those who stand below them:
    _lift: Callable[[Any, GraphNode | None], T]
    """A Tensor for an array, made by a node: the Tensor's ``lift``."""
    _refresh: Callable[[], None]
    _stand_alone: Callable[[], None]
    _become: Callable[[Any], Self]
    _write_at: Callable[[Any, Any], None]
    """See :mod:`.inplace`."""

    @property
    def shape(self) -> Size:
        """The sizes of its axes."""
        return _size(Size, self.array.shape)

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

    def _is_view(self) -> bool:
        """Whether it looks into another tensor's memory; what ``.data`` shows is no view of PyTorch's."""
        return self._shows_another() and not self._view.turned  # type: ignore[union-attr]  # it has a view

    def _shows_another(self) -> bool:
        """Whether it is a view, or was turned in place and is one of what it was."""
        return self._view is not None and type(self._view.root) is not Apart

    @property
    def _base(self) -> Any:
        """The tensor that it is a view of; None where it is no view."""
        if not self._is_view():
            return None
        root: Any = self._view.root  # type: ignore[union-attr]  # it has a view
        return root.tensor() if type(root) is Unrecorded else root

    def is_inference(self) -> bool:
        """Whether it was made in inference mode: it must not be written outside of it."""
        root = None if self._view is None else self._view.root
        if not isinstance(root, Unrecorded):
            return False
        base = root.tensor()
        return root is INFERENCE or (base is not None and base.is_inference())

    def _present_node(self) -> GraphNode | None:
        """The node that made it; of a view whose root was written since, the node of the view taken again."""
        view = self._view
        if view is not None and (view.root._node is not view.node or view.root._view is not None):
            self._refresh()
        return self._node

    def _show(self, array: Any) -> None:
        """Have another array from now on.

        A leaf whose array gets another shape or dtype gets a node of its own, with the same hooks; graphs
        made before keep the old one.
        """
        self.array, before = array, self._node
        if isinstance(before, Leaf) and (before.shape, before.dtype) != (array.shape, array.dtype):
            self._node = leaf_of(self)
            self._node.hooks = before.hooks


Operand: TypeAlias = Handle[Any]
"""A tensor of which a function's result type does not depend."""

Number: TypeAlias = bool | int | float | np.number[Any] | np.bool_
"""A number that may stand beside a tensor: Python's or NumPy's."""
