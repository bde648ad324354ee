"""The Tensor: an array, and the node of the graph that made it.

``record`` is where operators meet the graph. Everything else here is what PyTorch's users expect of a Tensor;
the methods stand in the mixins of ``methods``, by families.
"""

import copy
import warnings
from collections.abc import Callable, Sequence
from typing import Any, Final, Self

import numpy as np

from .._engine import memory
from .._engine.copies import copied
from .._engine.differentiate import Differentiable
from .._engine.dtypes import get_default_dtype, plain
from .._engine.handle import INFERENCE, UNWATCHED, Handle, View
from .._engine.inplace import InPlace, view_of, view_unseen
from .._engine.modes import left, state
from .._engine.node import GraphNode, Leaf, Node, Output, leaf_of, output_of, put_to_sleep
from .._engine.operands import as_number, beside_gpu, constant, promote
from .._engine.quiet import run_in_new_context, run_quietly, was_taken
from .._engine.recording import new_node
from .._functions.legacy import legacy_new
from ..ops import Primitive, gathered
from .grad_fn import seen
from .methods import Methods
from .numpy_protocol import NumPyProtocol
from .printing import tensor_text
from .refusals import raise_explained, refuse_to_keep

_new = object.__new__
_mode = state.get
_ndarray = np.ndarray
_F32, _F64 = np.dtype(np.float32), np.dtype(np.float64)


def lift(array: Any, node: GraphNode | None) -> "Tensor":
    """A Tensor handle for ``array``, made by ``node`` (None: a constant)."""
    t = _new(Tensor)
    t.array, t._node, t._view, t._grad = array, node, None, None
    return t


def record(
    prim: Primitive,
    args: Sequence[Any],
    params: dict[str, Any] | None = None,
    forward: Callable[..., Any] | None = None,
) -> Any:
    """Run ``prim`` on the operands' arrays and, where a gradient is wanted, add a node to the graph.

    Tensors whose root was written in place since are taken again; operands of different dtypes are promoted;
    NumPy's warnings are kept quiet. ``forward`` stands in for the primitive's own where the result exists
    already.
    """
    mode = _mode()
    if mode.ahead is not None:
        args, waiting = mode.ahead.before(prim, args, params, forward)
        if waiting is not None:
            return waiting
    arrays: list[Any] = []
    edges: list[Any] = []
    wanted, bit, kind, uniform, foreign, made_there = 0, 1, None, True, False, 0
    for a in args:
        if isinstance(a, Tensor):
            view = a._view  # what _present_node() does, without a call:
            if view is not None:
                if view.root._node is not view.node or view.root._view is not None:
                    a._refresh()
                elif view.root is INFERENCE:
                    made_there |= bit
            array = a.array
            edge = a._node
            if edge is not None:
                wanted |= bit
            if array.dtype is not kind:
                uniform = uniform and kind is None
                kind = array.dtype
        else:
            array, edge = constant(a), None
            if type(array) is _ndarray:
                uniform, foreign = False, True
        arrays.append(array)
        edges.append(edge)
        bit <<= 1
    in_single = False  # see ops._half
    if not (uniform and (kind is _F32 or kind is _F64)):
        if prim.promotes:
            arrays = promote(prim, arrays)
        if in_single := prim.computes_in_single(arrays):
            wanted = -wanted
    for name, value in params.items() if params else ():
        if isinstance(value, _NUMBERS):
            params[name] = as_number(prim, name, value)  # type: ignore[index]  # there are params here
    run = forward or (prim.forward_in_single if in_single else prim.forward)
    try:
        out = run_quietly(run, *arrays, **params) if params else run_quietly(run, *arrays)
    except (RuntimeError, TypeError, ValueError, MemoryError) as error:
        if not was_taken(error):
            if (moved := beside_gpu(args, arrays)) is not None:
                return record(prim, moved, params, forward)
            raise_explained(prim, arrays, error)
        out = run_in_new_context(run, *arrays, **(params or {}))
    kept: tuple[Any, ...] = ()
    if in_single and forward is None:
        kept, out = out  # rules get the results as they were before they were rounded
    made: tuple[Any, ...] = ()
    if prim.several:
        made = tuple(np.asarray(o) if isinstance(o, np.generic) else o for o in out)
        out = made[0]
    elif type(out) is not _ndarray and isinstance(out, np.generic):
        out = np.asarray(out)
    node: Node | None = None
    if (
        wanted
        and mode.grad
        and out.dtype.kind == "f"
        and (plan := prim.plans.get(wanted) or prim.compile(wanted)).rules
    ):
        if foreign and plan.holds_arrays:
            arrays = _safe_to_keep(args, arrays)
        if made_there:
            refuse_to_keep(plan, made_there)
        if plan.gathers:
            saved = plan.keep(gathered(prim, plan, arrays, kept or made or (out,), params))
        else:
            saved = plan.keep((*arrays, *(kept or (out,)))) if plan.names else ()
        node = new_node(prim, plan, tuple(edges), out, saved, mode)
    if prim.outputs:
        results = _results(node, made[: len(prim.outputs)], mode.made)
        if mode.observer is not None:
            mode.observer.recorded(prim, args, params or {}, results)
        return results
    t = _new(Tensor)
    t.array = out
    t._node = node
    t._view, t._grad = mode.made, None
    if prim.view and isinstance(args[0], Tensor) and memory.owner(out) is memory.owner(arrays[0]):
        t._view = view_of(args[0], prim, params) if mode.grad else view_unseen(args[0], mode.inference)
    if mode.observer is not None:
        mode.observer.recorded(prim, args, params or {}, (t,))
    return t


def _safe_to_keep(args: Sequence[Any], arrays: list[Any]) -> list[Any]:
    """The operands, copied where they are NumPy's own, which anybody may write without our notice."""
    return [
        a if isinstance(arg, Tensor) or not isinstance(a, _ndarray) else a.copy()
        for arg, a in zip(args, arrays, strict=True)
    ]


def _results(node: Node | None, made: tuple[Any, ...], view: View | None) -> tuple["Tensor", ...]:
    """The results of ``node``, which has several."""
    found = []
    for index, array in enumerate(made):
        made_by = output_of(node, index, array) if node is not None and array.dtype.kind == "f" else None
        t = lift(array, made_by)
        t._view = view
        found.append(t)
    return tuple(found)


class Tensor(
    Methods["Tensor"], NumPyProtocol["Tensor"], Differentiable["Tensor"], InPlace["Tensor"], Handle["Tensor"]
):
    """A multi-dimensional array that records what is computed from it.

    Made by :func:`autograd_cnn.tensor` and its kin. ``array`` is the raw NumPy or CuPy array.
    """

    __slots__ = (
        "__dict__",
    )  # made when an attribute is set: the tensors that have none are not larger for it

    __primitive__: Callable[..., Any] = staticmethod(record)
    _lift = staticmethod(lift)

    def __new__(cls, *given: Any, requires_grad: bool = False, **options: Any) -> Self:
        """PyTorch's older constructor: ``Tensor(2, 3)`` is unwritten memory in this shape, ``Tensor([1, 2])``
        a copy in the default dtype, as is ``Tensor(ndarray)`` unless it has that dtype; ``Tensor(tensor)``
        is an alias of the tensor."""
        any_will_do = len(given) == 1 and isinstance(given[0], Tensor)
        found = cls._alias(legacy_new(given, None if any_will_do else get_default_dtype().dtype, options))
        return found.requires_grad_() if requires_grad else found

    @classmethod
    def _alias(cls, source: Any) -> Self:
        """Another tensor of the same memory, and of the same history, as ``source``, a tensor or an array."""
        if not isinstance(source, Tensor):
            return cls._sharing(source)
        if source.requires_grad:
            return source.view(source.shape).as_subclass(cls)
        return cls._sharing(source.array)

    def as_subclass(self, cls: type[Any]) -> Any:
        """The same tensor as one of ``cls``, a subclass of Tensor."""
        if not (isinstance(cls, type) and issubclass(cls, Tensor)):
            raise TypeError(f"cls must be a type (got {type(cls).__name__}) that inherits from Tensor")
        t = _new(cls)
        t.array, t._node, t._view, t._grad = self.array, self._present_node(), self._view, None
        return t

    @classmethod
    def _sharing(cls, array: Any, requires_grad: bool = False) -> Self:
        """A leaf that shares the memory of ``array``."""
        t = _new(cls)
        t.array = plain(array)
        t._node, t._view, t._grad = None, _mode().made, None
        if requires_grad:
            t.requires_grad_()
        return t

    # what it is

    @property
    def requires_grad(self) -> bool:
        """Whether operators on it are recorded."""
        return self._present_node() is not None

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if not isinstance(value, (bool, np.bool_)):
            raise RuntimeError(f"requires_grad must be a bool, not {type(value).__name__}")
        self.requires_grad_(value)

    @requires_grad.deleter
    def requires_grad(self) -> None:
        raise RuntimeError("requires_grad must be a bool: it can't be deleted, set it to False")

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Ask for a gradient of this leaf, or no longer."""
        if not isinstance(requires_grad, (bool, np.bool_)):
            raise TypeError(
                f"requires_grad_(): argument 'requires_grad' must be bool, not {type(requires_grad).__name__}"
            )
        if not self.is_leaf:
            if not requires_grad:
                raise RuntimeError(
                    "you can only change requires_grad flags of leaf variables. If you want to use a "
                    "computed variable in a subgraph that doesn't require differentiation use "
                    "var_no_grad = var.detach()."
                )
            return self
        if requires_grad and self.array.dtype.kind != "f":
            raise RuntimeError(
                "Only Tensors of floating point and complex dtype can require gradients, not "
                f"{self.dtype!r}; convert it with .float()"
            )
        if requires_grad and self._node is None:
            if self.is_inference():
                if not _mode().inference:
                    raise RuntimeError(
                        "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed."
                    )
            else:
                self._view = None  # what is taken of it from now on is of this leaf
            self._node = leaf_of(self)
        elif not requires_grad and self._node is not None:
            if isinstance(self._node, Leaf):
                put_to_sleep(self._node)
            self._node = None
            left(self, "requires_grad_(False)", self)
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether the user made it, and no operator that was recorded."""
        node = self._present_node()
        return node is None or type(node) is Leaf

    @property
    def grad_fn(self) -> Node | None:
        """The node that made it; None for a leaf."""
        node = self._present_node()
        found = None if node is None or type(node) is Leaf else seen(node, lift)
        return found if isinstance(found, Node) else None

    @property
    def _version(self) -> int:
        """How often its memory was written."""
        if self.is_inference():
            raise RuntimeError("Inference tensors do not track version counter.")
        unwatched = self._view is not None and self._view.root is UNWATCHED
        return 0 if unwatched else memory.times_written(self.array)

    @property
    def output_nr(self) -> int:
        """Which of the results of :attr:`grad_fn` it is."""
        node = self._present_node()
        return node.index if isinstance(node, Output) else 0

    @property
    def grad(self) -> "Tensor | None":
        """The gradient that backward passes have added up here."""
        if self._grad is None and not self.is_leaf and not self.retains_grad:
            warnings.warn(
                "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad "
                "attribute won't be populated during autograd.backward(). If you indeed want the .grad field "
                "to be populated for a non-leaf Tensor, use .retain_grad() on the non-leaf Tensor. If you "
                "access the non-leaf Tensor by mistake, make sure you access the leaf Tensor instead.",
                UserWarning,
                stacklevel=2,
            )
        return self._grad

    @grad.setter
    def grad(self, value: "Tensor | None") -> None:
        if value is self:
            raise RuntimeError("can't assign Variable as its own grad")
        if value is not None:
            if not isinstance(value, Tensor):
                kind = type(value).__name__
                raise TypeError(f"assigned grad expected to be a Tensor or None but got grad of type {kind}")
            if value.array.shape != self.array.shape:
                raise RuntimeError(
                    f"attempting to assign a gradient of size '{list(value.array.shape)}' to a tensor of "
                    f"size '{list(self.array.shape)}'. Please ensure that the gradient and the tensor are "
                    "the same size"
                )
            if value.array.dtype != self.array.dtype and self.grad_dtype is not None:
                raise RuntimeError(
                    f"attempting to assign a gradient with dtype '{value.dtype!r}' to a tensor with "
                    f"grad_dtype '{self.dtype!r}'. The gradient must match the tensor's grad_dtype"
                )
        self._grad = value

    @grad.deleter
    def grad(self) -> None:
        self._grad = None

    @property
    def data(self) -> "Tensor":
        """The same memory outside the graph; a write through it is not watched, as in PyTorch: a backward
        pass that needs the old value takes the new one. ``detach()`` is watched."""
        out = self.detach()
        out._view = View(UNWATCHED, None, None)
        return out

    @data.setter
    def data(self, value: "Tensor") -> None:
        if not isinstance(value, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(value).__name__}")
        if self._node is not None and value.array.dtype.kind != "f":
            raise RuntimeError(
                "data set to a tensor that requires gradients must be floating point or complex dtype, not "
                f"{value.dtype!r}"
            )
        self._show(value.array)

    @data.deleter
    def data(self) -> None:
        raise RuntimeError("Deleting tensor data is not allowed. Delete tensor instead!")

    def __repr__(self) -> str:
        return tensor_text(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Tensor":
        if not self.is_leaf:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy "
                "protocol at the moment; detach() it first"
            )
        found = _rebuild(type(self), copied(self.array, memo), self.requires_grad)
        memo[id(self)] = found
        if self._grad is not None:
            found._grad = self._grad.__deepcopy__(memo)
        if attributes := getattr(self, "__dict__", None):
            found.__dict__.update(copy.deepcopy(attributes, memo))
        return found

    def __reduce__(self) -> tuple[Any, ...]:
        if self.is_cuda:
            raise RuntimeError(
                "a tensor on a GPU is not pickled, and not sent to another process: send "
                "tensor.cpu(), or save() it to a file"
            )
        made = (_rebuild, (type(self), self.array, self.requires_grad))
        attributes = getattr(self, "__dict__", None)
        return (*made, attributes) if attributes else made


def _rebuild(cls: type[Tensor], array: Any, requires_grad: bool) -> Tensor:
    return cls._sharing(array, requires_grad)


tensor_of: Final = Tensor._sharing

_NUMBERS: Final = (Tensor, np.generic)
"""What a parameter is not given as: see :func:`.as_number`."""
