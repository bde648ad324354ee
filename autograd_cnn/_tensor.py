"""The Tensor: an array, and the node of the graph that made it.

``record`` is the one place where operators meet the graph. Everything else here is what PyTorch's users expect of a
Tensor; the methods stand in the mixins of ``_methods``, by families.
"""

import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import _memory, _source
from ._dtype import Size, device, device_of, dtype, from_numpy_dtype
from ._differentiate import Differentiable
from ._graph import Leaf, Node, output_of
from ._handle import Handle
from ._inplace import InPlace, View
from ._methods import ConversionMethods, ElementwiseMethods, IndexingMethods, MovementMethods, Operators, ReductionMethods
from ._modes import state
from ._numpy_protocol import NumPyProtocol
from ._operands import constant, explain, promote
from ._printing import tensor_text
from ._quiet import idle, new_runner
from .ops import Primitive

_new = object.__new__
_mode = state.get
_ndarray = np.ndarray
_F32, _F64 = np.dtype(np.float32), np.dtype(np.float64)


def lift(array: Any, node: Any) -> "Tensor":
    """A Tensor handle for ``array``, made by ``node`` (None: a constant)."""
    t = _new(Tensor)
    t.array, t._node, t._view, t._grad = array, node, None, None
    return t


def record(prim: Primitive, args: Sequence[Any], params: dict[str, Any] | None = None, forward: Callable[..., Any] | None = None) -> Any:
    """Run ``prim`` on the operands' arrays and, where a gradient is wanted, add a node to the graph.

    Tensors whose root was written in place since are taken again; operands of different dtypes are promoted; NumPy's
    warnings are kept quiet. ``forward`` stands in for the primitive's own where the result exists already.
    """
    arrays: list[Any] = []
    edges: list[Any] = []
    wanted, bit, kind, uniform = 0, 1, None, True
    for a in args:
        if isinstance(a, Tensor):
            view = a._view
            if view is not None and view.root._node is not view.node:
                a._refresh()
            array = a.array
            node = a._node
            if node is not None:
                wanted |= bit
        else:
            array = constant(a)
            node = None
        if kind is None:
            kind = getattr(array, "dtype", None)
        elif uniform and getattr(array, "dtype", kind) is not kind:
            uniform = False
        arrays.append(array)
        edges.append(node)
        bit <<= 1
    if prim.promotes and not (uniform and (kind is _F32 or kind is _F64)):
        arrays = promote(prim, arrays)
    run = idle.pop() if idle else new_runner()
    try:
        if params:
            for name, value in params.items():
                if isinstance(value, Tensor):
                    raise TypeError(f"{prim.name}: its parameter {name!r} is not differentiated and takes no Tensor; pass {name}.detach().array")
            out = run(forward or prim.forward, *arrays, **params)
        else:
            out = run(prim.forward, *arrays)
    except (TypeError, ValueError) as error:
        said = explain(prim, arrays, error)
        if said is error:
            raise
        raise said from error
    finally:
        idle.append(run)
    aux: Any = ()
    if prim.aux or prim.outputs:
        return _record_several(prim, arrays, edges, wanted, out, params)
    if type(out) is not _ndarray and isinstance(out, np.generic):
        out = np.asarray(out)
    t = _new(Tensor)
    t.array, t._grad, t._node, t._view = out, None, None, None
    mode = _mode()
    if mode.grad:
        if wanted and out.dtype.kind == "f":
            plan = prim.plan(wanted)
            n = _new(Node)
            n.prim, n.plan, n.edges, n.shape, n.dtype, n.hooks = prim, plan, tuple(edges), out.shape, out.dtype, None
            n.saved = plan.keep(_values(prim, plan, arrays, (out,), aux, params)) if plan.names else ()
            n.epoch, n.scope = _memory.epoch, mode.scope
            n.line = _source.here() if mode.lines else None
            t._node = n
        if prim.view and isinstance(args[0], Tensor) and _memory.owner(out) is _memory.owner(arrays[0]):
            source = args[0]._view
            root, path = (args[0], None) if source is None else (source.root, source.path)
            t._view = View(root, (path, prim, params or {}), root._node)
    return t


def _values(prim: Primitive, plan: Any, arrays: list[Any], outputs: tuple[Any, ...], aux: Any, params: dict[str, Any] | None) -> list[Any]:
    """Everything rules may ask for, in the order a plan picks from."""
    values = [tuple(arrays), *outputs, *aux] if prim.variadic else [*arrays, *outputs, *aux]
    for extra in plan.extras:
        if type(extra) is str:
            values.append(params[extra] if params and extra in params else prim.defaults[extra])
        elif prim.variadic:
            values.append(tuple(np.shape(a) for a in arrays))
        else:
            values.append(np.shape(arrays[extra]))
    return values


def _record_several(prim: Primitive, arrays: list[Any], edges: list[Any], wanted: int, made: tuple[Any, ...], params: dict[str, Any] | None) -> Any:
    """The second half of ``record`` for primitives with auxiliary values or several outputs."""
    count = len(prim.outputs) or 1
    outs, aux = [np.asarray(o) if isinstance(o, np.generic) else o for o in made[:count]], made[count:]
    mode = _mode()
    node = None
    if wanted and mode.grad and outs[0].dtype.kind == "f":
        node = _new(Node)
        node.prim, node.edges, node.hooks = prim, tuple(edges), None
        node.plan = plan = prim.plan(wanted)
        node.shape, node.dtype = outs[0].shape, outs[0].dtype
        node.saved = plan.keep(_values(prim, plan, arrays, tuple(outs), aux, params))
        node.epoch, node.scope = _memory.epoch, mode.scope
        node.line = _source.here() if mode.lines else None
    if not prim.outputs:
        return lift(outs[0], node)
    return tuple(lift(o, None if node is None else output_of(node, i, o)) for i, o in enumerate(outs))


class Tensor(
    Operators,
    ElementwiseMethods,
    ReductionMethods,
    MovementMethods,
    IndexingMethods,
    ConversionMethods,
    NumPyProtocol,
    Differentiable,
    InPlace,
):
    """A multi-dimensional array that records what is computed from it.

    Made by :func:`autograd_cnn.tensor` and its kin. ``array`` is the raw NumPy or CuPy array.
    """

    __slots__ = ()

    __primitive__ = staticmethod(record)
    _lift = staticmethod(lift)

    def __new__(cls, data: Any = (), requires_grad: bool = False) -> "Tensor":
        t = _new(cls)
        source = data.array if isinstance(data, Tensor) else data
        t.array = source if hasattr(source, "dtype") else np.asarray(source, np.float32)
        t._node, t._view, t._grad = None, None, None
        if requires_grad:
            t.requires_grad_()
        return t

    # what it is

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

    @property
    def requires_grad(self) -> bool:
        """Whether operators on it are recorded."""
        return self._node is not None

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self.requires_grad_(value)

    def requires_grad_(self, requires_grad: bool = True) -> "Tensor":
        """Ask for a gradient of this leaf, or no longer."""
        if not self.is_leaf:
            if not requires_grad:
                raise RuntimeError("you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach().")
            return self
        if requires_grad and self.array.dtype.kind != "f":
            raise RuntimeError(f"only Tensors of floating point dtype can require gradients, not {self.dtype!r}; convert it with .float()")
        if requires_grad and self._node is None:
            leaf = Leaf()
            leaf.tensor, leaf.shape, leaf.dtype, leaf.hooks = weakref.ref(self), self.array.shape, self.array.dtype, None
            self._node = leaf
        elif not requires_grad:
            self._node = None
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether the user made it, and no operator that was recorded."""
        return self._node is None or type(self._node) is Leaf

    @property
    def grad_fn(self) -> Any:
        """The node that made it; None for a leaf."""
        if self._is_stale():
            self._refresh()
        return None if self.is_leaf else self._node

    @property
    def grad(self) -> "Tensor | None":
        """The gradient that backward passes have added up here."""
        return self._grad

    @grad.setter
    def grad(self, value: "Tensor | None") -> None:
        if value is not None:
            if not isinstance(value, Tensor):
                raise TypeError(f"assigned grad expected to be a Tensor or None but got {type(value).__name__}")
            if value.array.shape != self.array.shape or value.array.dtype != self.array.dtype:
                raise RuntimeError(
                    f"assigned grad has shape {list(value.array.shape)} and dtype {value.dtype!r}, but the tensor has shape "
                    f"{list(self.array.shape)} and dtype {self.dtype!r}"
                )
        self._grad = value

    @property
    def data(self) -> "Tensor":
        """The same memory outside the graph."""
        return self.detach()

    @data.setter
    def data(self, value: "Tensor") -> None:
        if value.array.shape != self.array.shape and self._node is not None and not self.is_leaf:
            raise RuntimeError("data of a computed tensor can't change its shape")
        self.array = value.array
        if type(self._node) is Leaf:
            self._node.shape, self._node.dtype = value.array.shape, value.array.dtype

    def detach(self) -> "Tensor":
        """The same memory outside the graph: what is computed from it does not reach back."""
        return lift(self.array, None)

    def __repr__(self) -> str:
        return tensor_text(self)

    def __hash__(self) -> int:
        return id(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Tensor":
        if not self.is_leaf:
            raise RuntimeError("Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment; detach() it first")
        copy = type(self).__new__(type(self), self.array.copy())
        copy.requires_grad_(self.requires_grad)
        if self._grad is not None:
            copy._grad = lift(self._grad.array.copy(), None)
        memo[id(self)] = copy
        return copy

    def __reduce__(self) -> tuple[Any, ...]:
        if not self.is_leaf:
            raise RuntimeError("only leaf tensors can be sent to another process; detach() it first")
        return (_rebuild, (type(self), self.array, self.requires_grad))


def _rebuild(cls: type[Tensor], array: Any, requires_grad: bool) -> Tensor:
    t = cls.__new__(cls, array)
    return t.requires_grad_() if requires_grad else t
