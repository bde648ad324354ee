"""Operators in PyTorch's way: a class with a static ``forward`` and ``backward``.

Each call makes one node of the graph, like any primitive's: its rule is the class's ``backward``. What
``ctx.save_for_backward`` got is kept as raw arrays with their origin (an input, an output, or neither), so
that a node never holds a Tensor and ``backward`` can itself be differentiated.
"""

import functools
import inspect
import weakref
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from .._engine.handle import Handle
from .._engine.modes import State, enable_grad, state, unrecorded
from .._engine.node import GraphNode, Leaf, Node
from .._engine.recording import new_node
from .._tensor import Tensor, lift
from ..ops import Operator, Plan, array_module
from ._context import FunctionCtx
from ._outputs import check_outputs, finish, has_gradient, mark_views, origin_of


class _Operator(Operator):
    """What a node knows of the function whose call it is; made per call: the number of operands varies."""

    def __init__(self, function: "type[Function]", operands: int, outputs: int) -> None:
        results = tuple(f"output{i}" for i in range(outputs)) if outputs > 1 else ()
        names = tuple(f"input{i}" for i in range(operands))
        super().__init__(function.__name__, names, {}, outputs=results, broadcasts=True)
        self.function, self.__doc__, self.by_hand = function, function.__doc__, True


class Function:
    """Base of operators with a hand-written backward pass. Call them by ``apply``.

    ``forward(ctx, *args)`` computes with Tensors, unrecorded; ``backward(ctx, *grad_outputs)`` returns a
    gradient (or None) for each argument of ``apply``. With ``setup_context(ctx, inputs, output)`` ``forward``
    takes no ``ctx``.
    """

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the result; to be written by the subclass."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        """Leave in ``ctx`` what ``backward`` needs; where it is written, ``forward`` takes no ``ctx``."""
        raise NotImplementedError("setup_context is not written")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """The gradient for each argument; to be written by the subclass."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function "
            "to use it with backward mode AD."
        )

    vjp = backward
    """Another name of ``backward``; a class writes one of the two."""

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Any:
        """The tangent of each result, for the tangent (or None) of each argument. Where it is not written,
        forward mode is made of ``backward``."""
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with forward mode AD."
        )

    @staticmethod
    def vmap(info: Any, in_dims: Any, *args: Any) -> Any:
        """Accepted: ``func.vmap`` runs ``forward`` for each example."""
        raise NotImplementedError(
            "To use autograd.Function with vmap, you must either override the vmap static method or set "
            "generate_vmap_rule=True."
        )

    generate_vmap_rule = False

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        """RuntimeError: functions are called by ``apply``, which runs static methods."""
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use new-style "
            "autograd function with static forward method, and call it by apply. (Example: "
            "https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)"
        )

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run ``forward`` and record one node for it. With ``setup_context``, arguments of ``forward`` may go
        by name."""
        if kwargs or (
            cls.setup_context is not Function.setup_context and getattr(cls.forward, "__defaults__", None)
        ):
            args = cls._bound(args, kwargs)
        inputs = [a for a in args if isinstance(a, Tensor)]
        for t in inputs:
            t._present_node()
        mode = state.get()
        edges = tuple(a._node if isinstance(a, Tensor) else None for a in args)
        ctx = FunctionCtx(tuple(edge is not None for edge in edges))
        with unrecorded():
            if cls.setup_context is Function.setup_context:
                result = cls.forward(ctx, *args)
            else:
                result = cls.forward(*args)
                cls.setup_context(ctx, args, result)
        ctx._note_writes(args)
        recorded = mode.grad and any(ctx.needs_input_grad)
        outputs: tuple[Any, ...] = result if isinstance(result, tuple) else (result,)
        if mode.grad and not recorded:
            mark_views(cls.__name__, outputs)
        if not recorded and mode.observer is None:
            return result
        operator = _Operator(cls, len(args), len(outputs))
        if recorded:
            check_outputs(cls.__name__, ctx, outputs)
            node = _node(operator, ctx, args, edges, outputs, mode)
            finished: list[Any] = []
            several = sum(isinstance(out, Tensor) and has_gradient(out, ctx) for out in outputs) > 1
            for i, out in enumerate(outputs):
                twice = next((j for j in range(i) if outputs[j] is out), None)
                if twice is not None:
                    finished.append(finished[twice])
                    continue
                others = (t for t in (*inputs, *finished) if isinstance(t, Tensor))
                finished.append(finish(cls.__name__, ctx, node, i, out, others, several))
            outputs = tuple(finished)
            ctx._dirty = ctx._without_gradient = ()  # the node keeps ctx, and must keep no tensor
        made = tuple(out for out in outputs if isinstance(out, Tensor))
        if mode.observer is not None and made:
            mode.observer.recorded(operator, args, {}, made)
        return outputs if isinstance(result, tuple) else outputs[0]

    @classmethod
    def _bound(cls, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        if cls.setup_context is Function.setup_context:
            raise TypeError(f"{cls.__name__}.apply() takes no keyword arguments; write a setup_context()")
        bound = inspect.signature(cls.forward).bind(*args, **kwargs)
        bound.apply_defaults()
        return bound.args

    @classmethod
    def _backward(cls) -> Callable[..., Any]:
        """The rule of the class, under either name."""
        if cls.vjp is Function.vjp:
            return cls.backward
        if cls.backward is not Function.backward:
            raise RuntimeError(
                "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should "
                "only implement one of them."
            )
        return cls.vjp


class InplaceFunction(Function):
    """A function of old scripts that may work in place."""

    def __init__(self, inplace: bool = False) -> None:
        self.inplace = inplace


def _node(
    operator: _Operator,
    ctx: FunctionCtx,
    args: tuple[Any, ...],
    edges: tuple[GraphNode | None, ...],
    outputs: tuple[Any, ...],
    mode: State,
) -> Node:
    """The node of one call. What ``ctx`` saved is kept as arrays; whole, it is one rule for all operands."""
    kept = [t for t in ctx._to_save if t is not None]
    origins = [origin_of(t, ctx, args, outputs) for t in kept]
    names = ("ctx", *(f"saved{i}" for i in range(len(kept))))
    everything, positions = tuple(range(len(names))), tuple(range(len(args)))
    plan = Plan(
        names,
        (None, *origins),
        ((functools.partial(_run_backward, operator.function, edges), everything, positions),),
        simple=False,
        holds_arrays=bool(kept),
    )
    context = _Context(ctx, origins, list(map(_zeros_of, outputs)))
    if mode.forward_mode and operator.function.jvp is not Function.jvp and ctx._materialize:
        context.zero_tangents = [_zeros_of(a) if _floats(a) else None for a in args]
    ctx._to_save = ()
    first = next(out.array for out in outputs if isinstance(out, Tensor))
    return new_node(operator, plan, edges, first, (context, *(t.array for t in kept)), mode)


class _Context:
    """The ctx of a call, what it saved and where that came from, and what makes zeros like each output."""

    def __init__(self, ctx: FunctionCtx, origins: list[int | None], zeros: list[Any]) -> None:
        self.ctx, self.origins, self.zeros = ctx, origins, zeros
        self.present = [t is not None for t in ctx._to_save]
        self.zero_tangents: list[Any] = []
        """What makes the tangent of each argument that has none, for a ``jvp``."""
        self.given = [weakref.ref(t) for t in ctx._to_save if t is not None]


def _floats(value: Any) -> bool:
    return isinstance(value, Tensor) and value.array.dtype.kind == "f"


def _zeros_of(output: Any) -> Callable[[], Any] | None:
    """What makes zeros of the shape, dtype and device of ``output``, without holding it."""
    if not isinstance(output, Tensor):
        return None
    shape, none = output.array.shape, output.array.reshape(-1)[:0].copy()
    return lambda: array_module(none).zeros_like(none, shape=shape)


def _input(array: Any, edge: GraphNode | None, given: Callable[[], Tensor | None]) -> Tensor:
    """A saved tensor as ``backward`` sees it: the very one where it lives and is what it was, else one in its
    place in the graph."""
    tensor = given()
    same = tensor is not None and tensor.array is array and tensor._node is edge
    return tensor if tensor is not None and same else lift(array, edge)


def _run_backward(
    cls: type[Function], edges: tuple[GraphNode | None, ...], *upstream_and_saved: Any
) -> list[Any]:
    """The rule of a node: the class's ``backward``, on raw arrays or, where the pass is recorded, on
    Tensors."""
    arity = len(edges)
    at = next(i for i, value in enumerate(upstream_and_saved) if isinstance(value, _Context))
    upstream, context, saved = upstream_and_saved[:at], upstream_and_saved[at], upstream_and_saved[at + 1 :]
    ctx: FunctionCtx = context.ctx
    recorded = any(isinstance(g, Handle) for g in upstream)
    grads: list[Any] = []
    for g, zeros in zip(upstream, context.zeros, strict=True):
        if g is None and zeros is not None and ctx._materialize:
            grads.append(lift(zeros(), None))
        else:
            grads.append(g if g is None or isinstance(g, Handle) else lift(g, None))
    values = iter(
        [
            value
            if isinstance(value, Handle)
            else _input(value, None if origin is None or origin < 0 else edges[origin], given)
            for value, origin, given in zip(saved, context.origins, context.given, strict=True)
        ]
    )
    ctx._saved = tuple(next(values) if present else None for present in context.present)
    if state.get().transposing and cls.jvp is not Function.jvp:
        return _transposed(cls, context, edges, upstream)
    try:
        with enable_grad() if recorded else unrecorded():
            result = cls._backward()(ctx, *grads)
    finally:
        ctx._saved = ()
    parts = list(result) if isinstance(result, (tuple, list)) else [result]
    while len(parts) > arity and parts[-1] is None:
        parts.pop()
    if len(parts) != arity:
        raise RuntimeError(
            f"function {cls.__name__}Backward returned an incorrect number of gradients (expected "
            f"{arity}, got {len(parts)})"
        )
    for part, needed in zip(parts, ctx.needs_input_grad, strict=True):
        if part is not None and needed and not isinstance(part, Tensor):
            raise TypeError(
                f"expected Variable or None (got {type(part).__name__}): {cls.__name__}.backward must return "
                "Tensors or None"
            )
    wanted = [part if needed else None for part, needed in zip(parts, ctx.needs_input_grad, strict=True)]
    return wanted if recorded else [None if part is None else part.array for part in wanted]


def _transposed(
    cls: type[Function], context: _Context, edges: tuple[GraphNode | None, ...], upstream: Sequence[Any]
) -> list[Any]:
    """In forward mode, what the rule hands on: only its derivative by ``upstream`` matters, and that is the
    class's ``jvp``."""
    ctx = context.ctx
    saved, ctx._saved = ctx._for_forward or ctx._saved, ()
    missing = [zeros and zeros() for zeros in context.zero_tangents] or [None] * len(edges)
    wanted = [i for i, edge in enumerate(edges) if edge is not None]
    arrived = [i for i, g in enumerate(upstream) if g is not None]
    shapes = [(edge.shape, edge.dtype) for edge in edges if edge is not None]

    class Transposed(Function):
        @staticmethod
        def forward(own: Any, *seeds: Any) -> Any:
            like = seeds[0].array
            made = [lift(array_module(like).zeros(shape, dtype), None) for shape, dtype in shapes]
            return tuple(made) if len(made) > 1 else made[0]

        @staticmethod
        def backward(own: Any, *tangents: Any) -> Any:
            own = (t.clone() if isinstance(t._node, Leaf) else t for t in tangents)  # a jvp may write them
            along = dict(zip(wanted, own, strict=True))
            before, ctx._saved = ctx._saved, saved
            try:
                result = cls.jvp(
                    ctx, *(along[i] if i in along else _constant(zero) for i, zero in enumerate(missing))
                )
            finally:
                ctx._saved = before
            parts = result if isinstance(result, tuple) else (result,)
            return tuple(parts[i] for i in arrived)

    def _constant(zero: Any) -> Any:
        return None if zero is None else lift(zero, None)

    made = Transposed.apply(*(upstream[i] for i in arrived))
    given = dict(zip(wanted, made if isinstance(made, tuple) else (made,), strict=True))
    return [given.get(i) for i in range(len(edges))]


def once_differentiable(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a ``backward`` that can't itself be differentiated: a second derivative through it is an
    error."""

    @functools.wraps(fn)
    def wrapper(ctx: Any, *grads: Any) -> Any:
        with unrecorded():
            result = fn(ctx, *grads)
        recorded = any(isinstance(g, Handle) and g._node is not None for g in grads) or any(
            t is not None and t._node is not None for t in ctx.saved_tensors
        )
        if not recorded:
            return result
        single = not isinstance(result, tuple)
        parts = (result,) if single else result
        barred = tuple(
            None if part is None else _NoSecondDerivative.apply(part.detach().requires_grad_())
            for part in parts
        )
        return barred[0] if single else barred

    return wrapper


class _NoSecondDerivative(Function):
    """Passes a gradient on and refuses to be differentiated."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        return x.detach()

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        raise RuntimeError(
            "trying to differentiate twice a function that was marked with @once_differentiable"
        )
