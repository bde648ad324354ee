"""Writing into a tensor: compute out of place, copy into the memory, and move the tensor's history.

A view remembers its root, the path of view operators from it, and the root's node at its birth. Writing a
view gives the root a ``put_view`` node; a view whose root has moved on is taken again at its next use.
"""

import sys
from typing import Any, Self

import numpy as np

from .._devices.device import device_of
from ..ops import Primitive, ShapeError, cast, follow, getitem, put_view, replace, reshape, setitem, write_at
from ..ops._errors import scalar_type
from . import memory
from .dtypes import category
from .handle import (
    INFERENCE,
    ONE_OF_SEVERAL,
    UNWATCHED,
    WRITTEN_LATER,
    WRITTEN_OUTSIDE,
    Apart,
    Handle,
    Operand,
    T,
    Unrecorded,
    View,
)
from .hooks import carry_retained
from .modes import enable_grad, state
from .node import GraphNode, Leaf, Node, Packed, arrays_in, is_array, maker
from .operands import constant, wrapped
from .overlap import check_apart, writable

_NODES_OF_A_COMPOSITION = 32
_HELD_BY_ONE = 2
"""What ``sys.getrefcount`` says of an object that one other holds: its argument counts too."""


def view_of(tensor: Operand, prim: Primitive, params: dict[str, Any] | None) -> View:
    """How the result of the view primitive ``prim`` looks into the memory that ``tensor`` looks into."""
    if tensor._view is not None:
        tensor._stand_alone()
    source = tensor._view
    if source is not None and isinstance(source.root, Unrecorded):
        return source
    if source is None:
        return View(tensor, (None, prim, params or {}), tensor._node)
    return View(source.root, (source.path, prim, params or {}), source.root._node, source.several)


def unrecorded_view_of(tensor: Operand, how: str, said: str) -> View:
    """The view of a tensor's memory that was taken ``how`` ("under no_grad()"), so that the graph can't tell
    what a write into it changes; ``said`` is what PyTorch says of such a write."""
    source = tensor._view
    if source is not None and isinstance(source.root, Unrecorded):
        return source
    root = tensor if source is None else source.root
    return View(Unrecorded(root, how, said), None, root._node)


def view_unseen(tensor: Operand, inference: bool) -> View:
    """The view that was taken in a mode that records none."""
    said = WRITTEN_OUTSIDE if inference else WRITTEN_LATER
    return unrecorded_view_of(tensor, "under no_grad() or inference_mode()", said)


def _without_leading_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    """``shape`` without the axes of size one that it begins with: they broadcast away."""
    return shape[next((axis for axis, size in enumerate(shape) if size != 1), len(shape)) :]


def _hooked(node: GraphNode | None, root: GraphNode | None) -> bool:
    """Whether a view's ``node``, or one on the way from it to its ``root``, has hooks."""
    while isinstance(node, Node) and node is not root:
        if node.hooks:
            return True
        node = node.edges[0]
    return False


def _lead_past(hooked: GraphNode | None, plain: GraphNode | None, written: GraphNode | None) -> None:
    """Let what leads from the node of a ``written`` value to the ``hooked`` view that it was made of lead to
    the ``plain`` one: as in PyTorch, the old value of a view counts as a part of its root's, and hooks of the
    view hear nothing of it. A composition may use the old value in several of its nodes."""
    top = maker(written)
    scope = top.scope if isinstance(top, Node) and top.scope and top.scope.kind == "composition" else None
    waiting, looked_at = [written], 0
    while waiting and looked_at < _NODES_OF_A_COMPOSITION:
        node = maker(waiting.pop())
        if isinstance(node, Node) and node is not hooked:
            looked_at += 1
            is_last = hooked in node.edges and (scope is None or node.scope is not scope)
            node.edges = tuple(plain if edge is hooked else edge for edge in node.edges)
            waiting += () if is_last else [edge for edge in node.edges if edge is not plain]


class InPlace(Handle[T]):
    """The part of a Tensor that lets it be written."""

    __slots__ = ()

    array: Any

    def _refresh(self) -> None:
        """Take this view again, from its root as it is now; recorded, whoever asks: the view keeps its
        history."""
        assert self._view is not None
        root, path = self._view.root, self._view.path
        if isinstance(root, Unrecorded):
            self._refresh_unrecorded(root)
            return
        while root._view is not None:
            root = root._view.root  # it was t_() or unsqueeze_(), and is itself a view of what it was
        if root._node is None and self._was_detached(root):
            return  # what was taken before keeps its history, until a write
        with enable_grad():
            again = follow(root, path)
        before, self._node = self._node, again._node
        self._view = self._view._replace(root=root, node=root._node)
        carry_retained(self, before)

    def _was_detached(self, root: Any) -> bool:
        """Whether ``root`` has lost its history by ``detach_()``, and not by a write."""
        node = maker(self._node)
        return isinstance(node, Node) and memory.written_since(root.array, node.epoch) is None

    def _refresh_unrecorded(self, root: Unrecorded) -> None:
        """Refuse the use of a view of which the graph can't tell what it shows now."""
        tensor = root.tensor()
        if tensor is None:
            self._view = None
        elif tensor._node is None or isinstance(tensor._node, Leaf):  # detached, or asked for a gradient
            self._view = View(root, None, tensor._node)
        elif state.get().for_gradients:
            raise RuntimeError(
                f"a view that was taken {root.how} is used with recording on after its base, or another view "
                "of its base, has been modified inplace: the gradient would miss the write. Take the view "
                "where operators are recorded, or clone() it before the write"
            )

    def _become(self, view: Any) -> Self:
        """Show this tensor's memory in another shape from now on: it becomes that ``view`` of what it was."""
        memory.settle(self.array)
        root = self._view.root if self._view is not None else self
        if state.get().for_gradients and isinstance(root._node, Leaf):
            raise RuntimeError(
                "a leaf Variable that requires grad is being used in an in-place operation. Write it "
                "under no_grad(), or write a clone()"
            )
        if self._view is not None:
            self._view = view._view
        elif view._view is not None and not isinstance(view._view.root, Unrecorded):
            as_it_was = self._lift(self.array, self._node)
            self._view = View(as_it_was, view._view.path, self._node, turned=True)
        if not isinstance(self._node, Leaf):
            before, self._node = self._node, view._node
            carry_retained(self, before)
        self._show(view.array)
        self._wrote()  # as in PyTorch, it counts as a write for what nodes have saved
        return self

    def _stand_alone(self) -> None:
        """Be a root, where this is a view of a tensor that nobody holds: of a function's last step but one,
        such as what ``linear`` reshapes. Else a view of this one would have its history from that tensor,
        past this one's, and a gradient from there to here would be lost."""
        view = self._view
        if view is None or view.several or view.turned:
            return
        if isinstance(view.root, Unrecorded):
            if not isinstance(view.root, Apart) and view.root.tensor() is None:
                self._let_go()
            return
        if isinstance(view.root._node, Leaf):
            return
        in_rows = view.root.array.flags.c_contiguous  # else its root tells how it would lie in PyTorch
        if in_rows and sys.getrefcount(view.root) <= _HELD_BY_ONE:
            self._present_node()
            self._let_go()

    def _let_go(self) -> None:
        """Be no view any more: of an expanded tensor a part that repeats no element may be written as
        before."""
        self._view = None
        if isinstance(self.array, np.ndarray) and not self.array.flags.writeable:
            part: Any = writable(self.array)
            self.array = self.array if part is None else part

    def _check_writable(self, value: Any) -> None:
        self._stand_alone()
        memory.settle(self.array)
        if self._view is not None and isinstance(self._view.root, Unrecorded):
            self._check_recorded(self._view.root, value)
        root = self._view.root if self._view is not None else self
        if state.get().for_gradients and self._view is not None and self._view.several:
            self._check_alone(root, value)
        if state.get().for_gradients and (isinstance(root._node, Leaf) or isinstance(self._node, Leaf)):
            what = (
                "a leaf Variable that requires grad"
                if isinstance(self._node, Leaf)
                else "a view of a leaf Variable that requires grad"
            )
            raise RuntimeError(
                f"{what} is being used in an in-place operation. Write it under no_grad(), or write a clone()"
            )
        if isinstance(self.array, np.ndarray) and not self.array.flags.writeable:
            part = self.array.copy() if not self.array.size else writable(self.array)
            if part is not None and self._view is not None:
                self.array = part
                return
            raise RuntimeError(
                "unsupported operation: more than one element of the written-to tensor refers to a single "
                "memory location. Please clone() the tensor before performing the operation. (Or its memory "
                "is read-only: it can't be written in place.)"
            )
        if (hooks := state.get().saved_hooks) is not None and hooks.before_write is not None:
            hooks.before_write(self.array)

    def _check_alone(self, root: Any, value: Any) -> None:
        assert self._view is not None
        if root._node is not None or getattr(value, "_node", None) is not None:
            raise RuntimeError(ONE_OF_SEVERAL.format(self._view.several))

    def _check_recorded(self, root: Unrecorded, value: Any) -> None:
        """Refuse a write that the graph of the tensor this is a view of would not learn of."""
        if root is UNWATCHED:
            return
        if root is INFERENCE:
            if not state.get().inference:
                raise RuntimeError(
                    "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a "
                    "clone to get a normal tensor before doing inplace update.See "
                    "https://github.com/pytorch/rfcs/pull/17 for more details."
                )
            return
        tensor = root.tensor()
        if tensor is None:
            self._view = None
        elif state.get().for_gradients and (
            tensor._node is not None or getattr(value, "_node", None) is not None
        ):
            raise RuntimeError(
                f"{root.said}. (A view that was taken {root.how} is being written in place with recording "
                "on: the gradient of the tensor it is a view of would miss the write. Take the view where "
                "operators are recorded, write it under no_grad() too, or write a clone().)"
            )

    def _check_fits(self, value: Any) -> None:
        if value.array.shape != self.array.shape:
            raise RuntimeError(
                f"output with shape {list(self.array.shape)} doesn't match the broadcast shape "
                f"{list(value.array.shape)}: an in-place operation can't change a tensor's shape"
            )
        if category(value.array.dtype) > category(self.array.dtype):
            raise RuntimeError(
                f"result type {scalar_type(value.array)} can't be cast to the desired output type "
                f"{scalar_type(self.array)}: an in-place operation can't change a dtype"
            )

    def _overwrite(self, value: Any, *operands: Any) -> Self:
        """Write ``value`` (a Tensor of this shape), computed of this tensor and ``operands``, into this
        tensor; returns this tensor."""
        before = self.array
        for operand in operands:
            if isinstance(operand, Handle):
                check_apart(before, operand.array)
        self._check_writable(value)
        self._check_fits(value)
        if value.array.dtype != self.array.dtype:
            value = cast(value, dtype=self.array.dtype)
        self._keep_old_value(value, before)
        np.copyto(self.array, value.array)
        self._wrote()
        self._note_result(maker(value._node))
        self._move_history(value)
        return self

    def _note_result(self, made: Any) -> None:
        """Let the node that ``made`` the new value know that what it saved of this memory is what is written
        there now; unless it saved another part of it, which is overwritten indeed."""
        if isinstance(made, Node) and made is not self._node and type(made.saved) is tuple:
            own = memory.owner(self.array)
            if all(kept is self.array or memory.owner(kept) is not own for kept in arrays_in(made.saved)):
                made.epoch = memory.epoch

    def _wrote(self) -> None:
        """Note the write, unless it went through ``.data``, which PyTorch does not watch."""
        if self._view is not None and self._view.root is UNWATCHED:
            memory.wrote_unwatched(self.array)
        else:
            memory.wrote(self.array)

    def _keep_old_value(self, value: Any, before: Any) -> None:
        """Give the nodes of the new value a copy of ``before``, this tensor's array, where they saved it, for
        it is about to be written; and this memory where they saved the new value, which will lie there.

        A primitive made one node, on top of this tensor's; a composition a few, which lie between.
        """
        waiting, looked_at = [value._node], 0
        while waiting and looked_at < _NODES_OF_A_COMPOSITION:
            node = maker(waiting.pop())
            if isinstance(node, Node) and node is not self._node:
                new = value.array if looked_at == 0 else None
                if type(node.saved) is tuple:
                    node.saved = tuple(self._settled(kept, before, new) for kept in node.saved)
                elif isinstance(node.saved, Packed):
                    for taken in (tensor() for tensor in node.saved.handed):
                        if taken is not None:
                            taken.array = self._settled(taken.array, before, None)
                looked_at += 1
                if self._node not in node.edges:
                    waiting += node.edges

    def _settled(self, kept: Any, before: Any, new: Any) -> Any:
        """What a node that ``kept`` this has once the memory is written with ``new``: a copy of its part."""
        if type(kept) is tuple:
            return tuple(self._settled(part, before, new) for part in kept)
        if kept is new and new is not None:
            return self.array
        own = kept is before or (is_array(kept) and memory.owner(kept) is memory.owner(self.array))
        return kept.copy() if own else kept

    def _write_at(self, index: Any, value: Any) -> None:
        """``self[index] = value``: written in place at once, for what it saves is neither array."""
        if index is not ... and not getattr(self.array.flags, "writeable", True):
            part = getitem(self, index=index)  # of an expanded tensor, perhaps no element twice
            own = writable(part.array)
            if part._view is not None and own is not None:
                part.array = own
                part._write_at(..., value)
                return
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
            value = value.to(device_of(self.array))  # type: ignore[attr-defined]  # a Tensor: it has a value
        written = value.array if isinstance(value, Handle) else value
        try:
            write_at(self.array, index, written)
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
        self._wrote()
        prim, parameters = (replace, {}) if index is ... else (setitem, {"index": index})
        self._move_history(self._record_written(prim, self.array, (self, value), parameters))

    def _move_history(self, value: Any) -> None:
        """The tensor's node becomes that of ``value``, which was just written; a view's root gets the
        history."""
        mode, view = state.get(), self._view
        if not mode.grad or (value._node is None and self._node is None):
            return
        if mode.silent and isinstance((self if view is None else view.root)._node, Leaf | None):
            return  # what no tangent goes through is not written for one
        if view is None or isinstance(view.root, Unrecorded):
            before, self._node = self._node, value._node
            carry_retained(self, before)
        else:
            root, path, before = view[:3]
            if _hooked(self._node, before):
                with enable_grad():
                    plain = follow(self._lift(root.array, before), path)
                _lead_past(self._node, plain._node, value._node)
            root._node = self._record_written(put_view, root.array, (root, value), {"path": path})._node
            carry_retained(root, before)
            self._refresh()

    def _record_written(
        self, prim: Primitive, array: Any, operands: tuple[Any, ...], parameters: dict[str, Any]
    ) -> Any:
        """The record of a write that has already happened: ``array`` is its result."""
        return type(self).__primitive__(prim, operands, parameters, lambda *_, **__: array)
