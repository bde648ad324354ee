"""Running the graph backwards from tensors, and what may listen to it: ``backward``, hooks, retained
gradients."""

import warnings
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

import numpy as np

from .._devices.failures import device_failure, running_node
from ..ops import getitem, stack
from .backward import backward
from .edges import GradientEdge
from .gradients import Found, add_to_grads, handed_out, unshared
from .handle import Handle, Operand, T
from .hook_tables import AfterAccumulation, RemovableHandle
from .hooks import Retain, add_hook, on_tensors, retaining
from .modes import Mode, state
from .node import GraphNode, Leaf, Node
from .running import Running
from .seeds import Top, listed, node_of, seed, tensor_maker, upstream_for
from .size import Size


class Differentiable(Handle[T]):
    """The part of a Tensor that starts backward passes and listens to them."""

    __slots__ = ()

    def backward(
        self,
        gradient: Operand | None = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Operand | Iterable[Operand] | None = None,
    ) -> None:
        """Add the gradient of this tensor to ``.grad`` of every leaf it was computed from.

        Args:
            gradient: the upstream signal, of this tensor's shape; needed where it has more than one element.
            retain_graph: keep what operators saved, so that backward can run again. Default:
                ``create_graph``.
            create_graph: record the backward pass itself, for derivatives of higher order.
            inputs: add gradients to these tensors only.
        """
        _warn_of_create_graph(create_graph)
        backward_into_grads([self], [gradient], retain_graph, create_graph, inputs)

    def register_hook(self, hook: Callable[[T], T | None]) -> RemovableHandle:
        """Call ``hook`` with the gradient for this tensor when it is known; what it returns replaces it."""
        node = self._present_node()
        if node is None:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        # the hook must not hold this tensor, or tensor and node would hold each other
        return add_hook(node, on_tensors(hook, self._lift))

    def register_post_accumulate_grad_hook(self, hook: Callable[[T], None]) -> RemovableHandle:
        """Call ``hook`` with this leaf whenever a backward pass has added to its ``.grad``."""
        node = self._present_node()
        if node is None:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        if not isinstance(node, Leaf):
            raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
        return RemovableHandle(node._table(), AfterAccumulation(hook))

    def retain_grad(self) -> None:
        """Keep ``.grad`` for this tensor though it is no leaf."""
        node = self._present_node()
        if node is None:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        _retain(node, self)

    @property
    def retains_grad(self) -> bool:
        """Whether :meth:`retain_grad` was asked for; False for a leaf, which has its gradient anyway."""
        return bool(retaining(self._present_node(), self))


def _warn_of_create_graph(create_graph: bool) -> None:
    if create_graph:
        warnings.warn(
            "Using backward() with create_graph=True will create a reference cycle between the parameter and "
            "its gradient which can cause a memory leak. We recommend using autograd.grad when creating the "
            "graph to avoid this. If you have to use this function, make sure to reset the .grad fields of "
            "your parameters to None after use to break the cycle and avoid the leak.",
            UserWarning,
            stacklevel=3,
        )


R = TypeVar("R")


def run_backward(
    outputs: Sequence[Top],
    gradients: Sequence[Any],
    retain_graph: bool | None,
    create_graph: bool,
    targets: list[GraphNode] | None,
    fills: bool = False,
) -> tuple[Found, Running]:
    """Run the graph backwards from ``outputs`` to the leaves or ``targets`` (nodes), with NumPy's warnings
    quiet; whether it ``fills`` ``.grad``, hooks can tell. Whoever calls it ends that run at last."""
    make = tensor_maker(outputs, gradients)
    seeds = [seed(i, o, g, make) for i, (o, g) in enumerate(zip(outputs, gradients, strict=True))]
    mode = state.get()
    retain = create_graph if retain_graph is None else retain_graph
    retain = retain or mode.forward_mode  # somebody may still ask for tangents
    roots = [node for node in map(node_of, outputs) if node is not None]
    running = Running(roots, targets, mode.running)

    def run() -> Found:
        np.seterr(all="ignore")
        state.set(mode._replace(grad=create_graph, silent=False, running=running))
        try:
            return backward(
                roots,
                seeds if create_graph else [given.array for given in seeds],
                targets=targets,
                retain=retain,
                lift=make if create_graph else None,
                make=make,
                observer=mode.observer,
                fills=fills,
            )
        except Exception as error:
            if mode.observer is not None:
                mode.observer.failed(running_node(error, backward.__code__), error)
            said = _device_failure(error)
            if said is None:
                raise
            try:
                raise said from error
            finally:
                del said  # the traceback holds this frame, and so what it names

    context = copy_context()
    return (_deep(context.run, run) if running.deep else context.run(run)), running


def _deep(call: Callable[[Callable[[], R]], R], run: Callable[[], R]) -> R:
    """``call(run)`` in a thread of its own, whose stack is empty: passes that start within passes would reach
    Python's limit."""
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(call, run).result()


def _device_failure(error: Exception) -> Exception | None:
    """What to raise where ``error`` is a device's, in words that name the operator whose rule ran."""
    node = running_node(error, backward.__code__)
    if not isinstance(error, (RuntimeError, MemoryError)):
        return None
    if not isinstance(node, Node) or type(node.saved) is not tuple:
        return None
    return device_failure(f"the backward pass of {node.prim.name}", node.saved, error)


def _end(running: Running) -> None:
    """Call what waits for the end of this run; it may ask for more of that."""
    if running.callbacks:
        with Mode(running=running):
            running.end()


def backward_into_grads(
    outputs: Sequence[Operand],
    gradients: Sequence[Any],
    retain_graph: bool | None,
    create_graph: bool,
    inputs: Operand | Iterable[Operand] | None,
) -> None:
    """Run backward and add what arrives to ``.grad``; written last, so that a failing pass changes none."""
    if not outputs:
        return
    if inputs is None:
        found, running = run_backward(outputs, gradients, retain_graph, create_graph, None)
        add_to_grads(found, None, create_graph)
        _end(running)
        return
    targets = dict(map(_to_fill, listed(inputs)))
    if not targets:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    for node, t in targets.items():
        if t is not None:
            _retain(node, t)  # as in PyTorch, also in later passes
    found, running = run_backward(outputs, gradients, retain_graph, create_graph, list(targets), True)
    add_to_grads(found, targets, create_graph)
    _end(running)


def _to_fill(t: Top) -> tuple[GraphNode, Operand | None]:
    """Where the gradient of ``t`` arrives, and the tensor whose ``.grad`` it is added to: None for an edge
    that is no leaf's."""
    node = _target(t)
    if isinstance(t, Handle):
        return node, t
    return node, node.tensor() if isinstance(node, Leaf) else None


def _retain(node: GraphNode, t: Operand) -> None:
    if not isinstance(node, Leaf) and not retaining(node, t):
        add_hook(node, Retain(t))


def _target(t: Top) -> GraphNode:
    node = node_of(t)
    if node is None:
        raise RuntimeError(
            "One of the differentiated Tensors does not require grad; make it with requires_grad=True"
        )
    return node


def grad(
    outputs: Operand | Sequence[Operand],
    inputs: Handle[T] | Sequence[Handle[T]],
    grad_outputs: Operand | Sequence[Operand | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[T, ...]:
    """The sum of gradients of ``outputs`` with respect to each of ``inputs``; ``.grad`` stays as it is.

    Args:
        outputs: a tensor or several.
        inputs: a tensor or several, anywhere in the graph.
        grad_outputs: the upstream signal of each output; None for a scalar.
        retain_graph: keep what operators saved. Default: ``create_graph``.
        create_graph: record the backward pass, for derivatives of higher order.
        only_inputs: always true, as in PyTorch, which still takes it.
        allow_unused: return None for an input that no output depends on; otherwise that is an error.
        is_grads_batched: the first axis of each of ``grad_outputs`` counts upstream signals: one pass is run
            for each, and the gradients are stacked.
        materialize_grads: return zeros instead of None; implies ``allow_unused``.
    """
    if not only_inputs:
        raise RuntimeError(
            "only_inputs=False is not supported: call backward() to add gradients to every leaf"
        )
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: "
            "allow_unused=False."
        )
    tops, variables = listed(outputs), listed(inputs)
    upstream = upstream_for(tops, grad_outputs)
    if is_grads_batched:
        return _grad_of_each(
            tops, variables, upstream, retain_graph, create_graph, allow_unused, materialize_grads
        )
    if not variables:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty.")
    targets = [_target(t) for t in variables]
    distinct = list(dict.fromkeys(targets))
    found, running = run_backward(tops, upstream, retain_graph, create_graph, distinct)
    _end(running)
    if len(found) < len(distinct) and not (allow_unused or materialize_grads):
        place = next(i for i, node in enumerate(targets) if node not in found)
        raise RuntimeError(
            "One of the differentiated Tensors appears to not have been used in the graph (input "
            f"{place}, of shape {list(targets[place].shape)}). Set allow_unused=True if this is the "
            "desired behavior."
        )
    for t, node in zip(variables, targets, strict=True):
        if materialize_grads and isinstance(t, GradientEdge) and node not in found:
            raise RuntimeError("materialize_grads cannot be used when the given input is a GradientEdge")
    make = tensor_maker(tops, upstream)
    results = [
        handed_out(
            t if isinstance(t, Handle) else None, n, found.get(n), make, materialize_grads, create_graph
        )
        for t, n in zip(variables, targets, strict=True)
    ]
    return tuple(unshared(results, [g for g in upstream if g is not None]))


def _grad_of_each(
    outputs: list[Any],
    inputs: list[Any],
    batches: list[Any],
    retain_graph: bool | None,
    create_graph: bool,
    allow_unused: bool | None,
    materialize_grads: bool,
) -> tuple[Any, ...]:
    """The gradients for each upstream signal of ``batches``, stacked."""
    for i, (output, batch) in enumerate(zip(outputs, batches, strict=True)):
        if batch is None or batch.array.shape[1:] != output.array.shape or not batch.ndim:
            given = "None" if batch is None else f"a shape of {Size(batch.array.shape)}"
            raise RuntimeError(
                "If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the "
                "batch dimension. The sizes of the remaining dimensions are expected to match the shape of "
                f"corresponding output, but a mismatch was detected: grad_output[{i}] has {given} and "
                f"output[{i}] has a shape of {Size(output.array.shape)}."
            )
    counts = {len(batch.array) for batch in batches}
    if len(counts) != 1:
        raise ValueError(f"grad: the batches of grad_outputs have different sizes: {sorted(counts)}")
    (count,) = counts
    if not count:
        return tuple(t._lift(np.zeros_like(t.array, shape=(0, *t.array.shape)), None) for t in inputs)
    keep = create_graph if retain_graph is None else retain_graph
    rows = [
        grad(
            outputs,
            inputs,
            [getitem(batch, index=i) for batch in batches],
            keep or i < count - 1,
            create_graph,
            allow_unused=allow_unused,
            materialize_grads=materialize_grads,
        )
        for i in range(count)
    ]
    return tuple(None if column[0] is None else stack(*column, axis=0) for column in zip(*rows, strict=True))


def backward_from(
    tensors: Operand | Sequence[Operand],
    grad_tensors: Operand | Sequence[Operand | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Operand | Sequence[Operand | None] | None = None,
    inputs: Operand | Sequence[Operand] | None = None,
) -> None:
    """As ``Tensor.backward``, from several tensors at once. ``grad_variables`` is an older name of
    ``grad_tensors``."""
    tops = listed(tensors)
    if grad_variables is not None:
        if grad_tensors is not None:
            raise RuntimeError(
                "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to "
                "`backward()`. Please only use `grad_tensors`."
            )
        warnings.warn(
            "`grad_variables` is deprecated. Use `grad_tensors` instead.", FutureWarning, stacklevel=2
        )
        grad_tensors = grad_variables
    _warn_of_create_graph(create_graph)
    backward_into_grads(tops, upstream_for(tops, grad_tensors), retain_graph, create_graph, inputs)
