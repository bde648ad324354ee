"""Writing into a tensor: compute out of place, copy into the memory, and move the tensor's history.

A view remembers its root, the path of view operators from it, and the root's node at its birth. Writing a
view gives the root a ``put_view`` node; a view whose root has moved on is taken again at its next use.
"""

from typing import Any, Self

import numpy as np

from .._devices.device import device_of
from ..ops import Primitive, ShapeError, cast, follow, put_view, reshape, setitem
from . import memory
from .dtypes import category
from .handle import Handle, Operand, T, Unrecorded, View
from .hooks import carry_retained
from .modes import enable_grad, state
from .node import GraphNode, Leaf, Node, is_array, maker
from .operands import constant, wrapped

_NODES_OF_A_COMPOSITION = 32


def view_of(tensor: Operand, prim: Primitive, params: dict[str, Any] | None) -> View:
    """How the result of the view primitive ``prim`` looks into the memory that ``tensor`` looks into."""
    source = tensor._view
    if source is not None and isinstance(source.root, Unrecorded):
        return source
    root, path = (tensor, None) if source is None else (source.root, source.path)
    return View(root, (path, prim, params or {}), root._node)


def unrecorded_view_of(tensor: Operand, how: str) -> View:
    """The view of a tensor's memory that was taken ``how`` ("under no_grad()"), so that the graph can't tell
    what a write into it changes."""
    source = tensor._view
    root = tensor if source is None else source.root
    return View(root if isinstance(root, Unrecorded) else Unrecorded(root, how), None, None)


def _without_leading_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    """``shape`` without the axes of size one that it begins with: they broadcast away."""
    first = next((axis for axis, size in enumerate(shape) if size != 1), len(shape))
    return shape[first:]


class InPlace(Handle[T]):
    """The part of a Tensor that lets it be written."""

    __slots__ = ()

    def _refresh(self) -> None:
        """Take this view again, from its root as it is now; recorded, whoever asks: the view keeps its
        history."""
        assert self._view is not None
        root, path, _ = self._view
        while root._view is not None:
            root = root._view.root  # it was t_() or unsqueeze_(), and is itself a view of what it was
        with enable_grad():
            again = follow(root, path)
        before, self._node = self._node, again._node
        self._view = View(root, path, root._node)
        carry_retained(self, before)

    def _become(self, view: Any) -> Self:
        """Show this tensor's memory in another shape from now on: it becomes that ``view`` of what it was."""
        root = self._view.root if self._view is not None else self
        if state.get().grad and isinstance(root._node, Leaf):
            raise RuntimeError(
                "a leaf Variable that requires grad is being used in an in-place operation. Write it "
                "under no_grad(), or write a clone()"
            )
        if self._view is not None:
            self._view = view._view
        elif view._view is not None and not isinstance(view._view.root, Unrecorded):
            before = self._lift(self.array, self._node)
            self._view = View(before, view._view.path, self._node)
        if not isinstance(self._node, Leaf):
            self._node = view._node
        self._show(view.array)
        return self

    def _check_writable(self, value: Any) -> None:
        if self._view is not None and isinstance(self._view.root, Unrecorded):
            self._check_recorded(self._view.root, value)
        root = self._view.root if self._view is not None else self
        if state.get().grad and isinstance(root._node, Leaf):
            what = (
                "a leaf Variable that requires grad"
                if root is self
                else "a view of a leaf Variable that requires grad"
            )
            raise RuntimeError(
                f"{what} is being used in an in-place operation. Write it under no_grad(), or write a clone()"
            )
        if isinstance(self.array, np.ndarray) and not self.array.flags.writeable:
            raise RuntimeError(
                "this tensor can't be written in place: its memory is read-only, or several of its "
                "elements share one memory location (an expanded tensor); clone() it first"
            )

    def _check_recorded(self, root: Unrecorded, value: Any) -> None:
        """Refuse a write that the graph of the tensor this is a view of would not learn of."""
        tensor = root.tensor()
        if tensor is None:
            self._view = None
        elif state.get().grad and (tensor._node is not None or getattr(value, "_node", None) is not None):
            raise RuntimeError(
                f"a view that was taken {root.how} is being written in place with recording on: the "
                "gradient of the tensor it is a view of would miss the write. Take the view where "
                "operators are recorded, write it under no_grad() too, or write a clone()"
            )

    def _check_fits(self, value: Any) -> None:
        if value.array.shape != self.array.shape:
            raise RuntimeError(
                f"output with shape {list(self.array.shape)} doesn't match the broadcast shape "
                f"{list(value.array.shape)}: an in-place operation can't change a tensor's shape"
            )
        if category(value.array.dtype) > category(self.array.dtype):
            raise RuntimeError(
                f"result type {value.array.dtype} can't be cast to the desired output type "
                f"{self.array.dtype}: an in-place operation can't change a tensor's dtype"
            )

    def _overwrite(self, value: Any) -> Self:
        """Write ``value`` (a Tensor of this shape) into this tensor; returns this tensor."""
        self._check_writable(value)
        self._check_fits(value)
        if value.array.dtype != self.array.dtype:
            value = cast(value, dtype=self.array.dtype)
        self._keep_old_value(value._node)
        np.copyto(self.array, value.array)
        memory.wrote(self.array)
        self._move_history(value)
        return self

    def _keep_old_value(self, node: GraphNode | None) -> None:
        """Give the nodes of the new value a copy of this tensor's memory where they saved it; it is about to
        be written.

        A primitive made one node, on top of this tensor's; a composition a few, which lie between.
        """
        waiting, looked_at = [node], 0
        while waiting and looked_at < _NODES_OF_A_COMPOSITION:
            node = maker(waiting.pop())
            if isinstance(node, Node) and node is not self._node:
                looked_at += 1
                if type(node.saved) is tuple:
                    node.saved = tuple(map(self._copied, node.saved))
                if self._node not in node.edges:
                    waiting += node.edges

    def _copied(self, value: Any) -> Any:
        """A value that a node saved; a copy where it is this tensor's memory, or a part of it."""
        if type(value) is tuple:
            return tuple(map(self._copied, value))
        own = value is self.array or (is_array(value) and memory.owner(value) is memory.owner(self.array))
        return value.copy() if own else value

    def _write_at(self, index: Any, value: Any) -> None:
        """``self[index] = value``: written in place at once, for what it saves is neither array."""
        self._check_writable(value)
        self._present_node()
        if isinstance(value, Handle):
            if value.array.dtype != self.array.dtype:
                value = cast(value, dtype=self.array.dtype)
        elif not isinstance(value, (bool, int, float, np.generic, type(self.array))):
            raise TypeError(
                f"can't assign a {type(value).__name__} to a tensor of dtype {self.array.dtype}; make "
                "it a tensor first"
            )
        else:
            value = wrapped(constant(value), self.array.dtype)
        if isinstance(value, Handle) and value.array.ndim and value.array.shape[0] == 1:
            value = reshape(value, shape=_without_leading_ones(value.array.shape))
        if isinstance(value, Handle) and type(value.array) is not type(self.array):
            # a Handle that is a value is a Tensor
            value = value.to(device_of(self.array))  # type: ignore[attr-defined]
        written = value.array if isinstance(value, Handle) else value
        try:
            self.array[index] = written
        except (ValueError, OverflowError) as error:
            chosen = self.array[index].shape  # an index that chooses nothing raises its own error here
            if isinstance(written, (int, float)):
                raise RuntimeError(
                    f"value cannot be converted to type {self.array.dtype} without overflow: {written}"
                ) from error
            raise ShapeError(
                f"shape mismatch: value tensor of shape {list(np.shape(written))} cannot be broadcast "
                f"to indexing result of shape {list(chosen)}"
            ) from error
        memory.wrote(self.array)
        self._move_history(self._record_written(setitem, self.array, (self, value), {"index": index}))

    def _move_history(self, value: Any) -> None:
        """The tensor's node becomes that of ``value``, which was just written; a view's root gets the
        history."""
        if not state.get().grad or (value._node is None and self._node is None):
            return
        view = self._view
        if view is None or isinstance(view.root, Unrecorded):
            before, self._node = self._node, value._node
            carry_retained(self, before)
        else:
            root, path, before = view
            root._node = self._record_written(put_view, root.array, (root, value), {"path": path})._node
            carry_retained(root, before)
            self._refresh()

    def _record_written(
        self, prim: Primitive, array: Any, operands: tuple[Any, ...], parameters: dict[str, Any]
    ) -> Any:
        """The record of a write that has already happened: ``array`` is its result."""
        return type(self).__primitive__(prim, operands, parameters, lambda *_, **__: array)
