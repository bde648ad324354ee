"""Running the graph backwards from tensors, and what may listen to it: ``backward``, hooks, retained
gradients."""

import warnings
import weakref
from collections.abc import Callable, Iterable, Sequence
from contextvars import copy_context
from sys import getrefcount
from threading import Lock
from typing import Any

import numpy as np

from .._devices.failures import device_failure, running_node
from ..ops import ShapeError
from . import memory
from .dtypes import Size
from .graph import Leaf, Node, backward, leaf_of
from .handle import Handle, T
from .modes import enable_grad, state

_accumulating = Lock()


class Differentiable(Handle[T]):
    """The part of a Tensor that starts backward passes and listens to them."""

    __slots__ = ()

    def backward(
        self,
        gradient: Handle | None = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Iterable[Handle] | None = None,
    ) -> None:
        """Add the gradient of this tensor to ``.grad`` of every leaf it was computed from.

        Args:
            gradient: the upstream signal, of this tensor's shape; needed where it has more than one element.
            retain_graph: keep what operators saved, so that backward can run again. Default:
                ``create_graph``.
            create_graph: record the backward pass itself, for derivatives of higher order.
            inputs: add gradients to these tensors only.
        """
        backward_into_grads(
            [self], [gradient], retain_graph, create_graph, None if inputs is None else list(inputs)
        )

    def register_hook(self, hook: Callable[[Any], Any]) -> "RemovableHandle":
        """Call ``hook`` with the gradient for this tensor when it is known; what it returns replaces it."""
        if self._present_node() is None:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")

        lift = self._lift  # the hook must not hold this tensor, or tensor and node would hold each other

        def on_gradient(g: Any) -> Any:
            was_tensor = isinstance(g, Handle)
            result = hook(g if was_tensor else lift(g, None))
            if result is None:
                return g
            if not isinstance(result, Handle):
                raise TypeError(
                    f"expected a hook to return a Tensor or None, but it returned {type(result).__name__}"
                )
            received = g.array if was_tensor else g
            if result.array.shape != received.shape:
                raise RuntimeError(
                    f"a hook returned a gradient of shape {list(result.array.shape)} for one of shape "
                    f"{list(g.shape)}"
                )
            if result.array.dtype != received.dtype:
                raise RuntimeError(
                    f"a hook returned a gradient of dtype {result.array.dtype} for one of dtype "
                    f"{received.dtype}; convert it back with .to(...)"
                )
            return result if was_tensor else result.array

        return RemovableHandle(self._node, on_gradient)

    def retain_grad(self) -> None:
        """Keep ``.grad`` for this tensor though it is no leaf."""
        if self._present_node() is None:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        if type(self._node) is not Leaf and not self.retains_grad:
            self._node.hooks = [*(self._node.hooks or ()), _Retain(self)]

    def _renew_leaf(self) -> None:
        """A leaf whose array has another shape or dtype from now on gets a node of its own; graphs made
        before keep the old one."""
        before = self._node
        if type(before) is Leaf and (before.shape, before.dtype) != (self.array.shape, self.array.dtype):
            self._node = leaf_of(self)
            self._node.hooks = before.hooks

    @property
    def retains_grad(self) -> bool:
        """Whether :meth:`retain_grad` was asked for; False for a leaf, which has its gradient anyway."""
        hooks = getattr(self._present_node(), "hooks", None) or ()
        return any(isinstance(hook, _Retain) and hook.tensor() is self for hook in hooks)


def carry_retained(tensor: Handle, before: Any) -> None:
    """Where ``before``, the node of ``tensor`` until it was written in place, was to fill its ``.grad``, its
    present node does."""
    kept = [
        hook
        for hook in getattr(before, "hooks", None) or ()
        if isinstance(hook, _Retain) and hook.tensor() is tensor
    ]
    if kept and before is not tensor._node and tensor._node is not None:
        before.hooks = [hook for hook in before.hooks if hook not in kept] or None
        tensor._node.hooks = [*(tensor._node.hooks or ()), *kept]


class _Retain:
    """The hook that fills ``.grad`` of a tensor that is no leaf; it runs after the user's hooks."""

    def __init__(self, tensor: Handle) -> None:
        self.tensor = weakref.ref(tensor)

    def __call__(self, g: Any) -> Any:
        t = self.tensor()
        if t is not None:
            kept = g if isinstance(g, Handle) else t._lift(g.copy(), None)
            t._grad = kept if t._grad is None else t._grad + kept
        return g


class RemovableHandle:
    """What ``register_hook`` returns; ``remove()`` takes the hook away."""

    def __init__(self, node: Any, hook: Callable[[Any], Any]) -> None:
        self._node, self._hook = node, hook
        before: list[Any] = node.hooks or []
        retaining = [h for h in before if isinstance(h, _Retain)]
        node.hooks = [*(h for h in before if h not in retaining), hook, *retaining]

    def remove(self) -> None:
        """Take the hook away; a second call does nothing."""
        tensor = self._node.tensor() if type(self._node) is Leaf else None
        for node in (
            self._node,
            None if tensor is None else tensor._node,
        ):  # a leaf's node is another one after .double()
            if node is not None:
                node.hooks = [h for h in node.hooks or () if h is not self._hook] or None


def _seed(output: Handle, gradient: Any, create_graph: bool) -> Any:
    """The upstream signal of ``output``, checked."""
    if output._present_node() is None:
        raise RuntimeError(
            "element 0 of tensors does not require grad and does not have a grad_fn: nothing it was "
            "computed from asked for a gradient (requires_grad=True), or it was computed under "
            "no_grad()"
        )
    array = output.array
    if gradient is None:
        if array.size != 1:
            raise RuntimeError(
                "grad can be implicitly created only for scalar outputs, not for shape "
                f"{list(array.shape)}: reduce it with .sum(), or pass gradient="
            )
        seed = output._lift(np.ones_like(array), None)
    elif not isinstance(gradient, Handle):
        raise TypeError(f"gradients can be either Tensors or None, but got {type(gradient).__name__}")
    elif gradient.array.shape != array.shape:
        raise ShapeError(
            f"Mismatch in shape: grad_output[0] has a shape of {Size(gradient.array.shape)} and "
            f"output[0] has a shape of {Size(array.shape)}."
        )
    else:
        seed = (
            gradient
            if gradient.array.dtype == array.dtype
            else gradient._lift(gradient.array.astype(array.dtype), None)
        )
    return seed if create_graph else seed.array


def run_backward(
    outputs: Sequence[Handle],
    gradients: Sequence[Any],
    retain_graph: bool | None,
    create_graph: bool,
    targets: list[Any] | None,
) -> dict[Any, tuple[Any, bool]]:
    """Run the graph backwards from ``outputs`` to the leaves or ``targets`` (nodes), with NumPy's warnings
    quiet."""
    seeds = [_seed(o, g, create_graph) for o, g in zip(outputs, gradients, strict=True)]
    retain = create_graph if retain_graph is None else retain_graph
    mode = state.get()

    def run() -> dict[Any, tuple[Any, bool]]:
        np.seterr(all="ignore")
        state.set(mode._replace(grad=create_graph))
        lift = outputs[0]._lift if create_graph else None
        try:
            return backward(
                [o._node for o in outputs],
                seeds,
                targets=targets,
                retain=retain,
                lift=lift,
                observer=mode.observer,
            )
        except (RuntimeError, MemoryError) as error:
            node = running_node(error, backward.__code__)
            saved = node.saved if type(node) is Node and type(node.saved) is tuple else None
            said = (
                None
                if saved is None
                else device_failure(f"the backward pass of {node.prim.name}", saved, error)
            )
            if said is None:
                raise
            try:
                raise said from error
            finally:
                del said, node, saved  # the traceback holds this frame, and so what it names

    return copy_context().run(run)


def backward_into_grads(
    outputs: Sequence[Handle],
    gradients: Sequence[Any],
    retain_graph: bool | None,
    create_graph: bool,
    inputs: list[Handle] | None,
) -> None:
    """Run backward and add what arrives to ``.grad``; written last, so that a failing pass changes none."""
    if inputs is not None and not inputs:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    targets = None if inputs is None else [_target(t) for t in inputs]
    found = run_backward(outputs, gradients, retain_graph, create_graph, targets)
    by_node = None if inputs is None else {t._node: t for t in inputs}
    with _accumulating:
        if inputs is None:
            _check_shapes(found)
        for node in list(found):
            g, own = found.pop(node)
            own = own or _nobody_else_holds(g)
            tensor: Any = node.tensor() if by_node is None else by_node[node]
            if tensor is not None and not tensor.retains_grad:  # what is retained has been added by its hook
                _accumulate(tensor, g, own)


def _check_shapes(leaves: Iterable[Any]) -> None:
    """Refuse gradients for tensors that have got another shape since they were used."""
    for leaf in leaves:
        tensor = leaf.tensor()
        if tensor is not None and tensor._node is not leaf and tensor.array.shape != leaf.shape:
            raise RuntimeError(
                f"a tensor of shape {list(leaf.shape)} was given the shape {list(tensor.array.shape)} "
                "after it was used, so its gradient "
                "does not fit any more: run the forward pass again"
            )


def _nobody_else_holds(array: Any) -> bool:
    """Whether the caller's variable is the only one that leads to this memory, so that it need not be copied.

    A view counts as a reference to its base; a reshaped array is the only view of all of a base that nobody
    else knows.
    """
    base = getattr(array, "base", array)
    if base is None:
        return getrefcount(array) == _ONE_HOLDER
    if type(base) is not np.ndarray or base.base is not None or base.nbytes != array.nbytes:
        return False
    return getrefcount(array) == _ONE_HOLDER and getrefcount(base) == _ONE_VIEW


def _reference_counts() -> tuple[int, int]:
    """What the function above counts for an array that its caller alone knows, and for the base of one:
    interpreters differ."""

    def count(array: Any) -> tuple[int, int]:
        base = array.base
        return getrefcount(array), getrefcount(base)

    flat = np.zeros(1).reshape(1, 1)
    return count(flat)


_ONE_HOLDER, _ONE_VIEW = _reference_counts()


def _accumulate(tensor: Handle, g: Any, own: bool) -> None:
    before = tensor._grad
    if g.dtype != tensor.array.dtype and not isinstance(
        g, Handle
    ):  # it was converted since, as by model.double()
        g, own = g.astype(tensor.array.dtype), True
    if isinstance(g, Handle):
        recorded: Any = g
        with enable_grad():  # create_graph records, also inside no_grad
            tensor._grad = recorded.clone() if before is None else before + g
    elif before is None:
        tensor._grad = tensor._lift(g if own else g.copy(), None)
    elif before._node is not None or (
        isinstance(before.array, np.ndarray) and not before.array.flags.writeable
    ):
        tensor._grad = before + tensor._lift(g, None)
    else:
        np.add(before.array, g, out=before.array)
        memory.wrote(before.array)


def _target(t: Handle) -> Any:
    if t._present_node() is None:
        raise RuntimeError(
            "One of the differentiated Tensors does not require grad; make it with requires_grad=True"
        )
    return t._node


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (tuple, list)) else [value]


def _upstream_for(outputs: list[Handle], gradients: Any) -> list[Any]:
    given = [None] * len(outputs) if gradients is None else _listed(gradients)
    if len(given) != len(outputs):
        raise RuntimeError(
            f"got {len(outputs)} tensors and {len(given)} gradients; give one gradient (or None) for "
            "each tensor"
        )
    return given


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Any, ...]:
    """The sum of gradients of ``outputs`` with respect to each of ``inputs``; ``.grad`` stays as it is.

    Args:
        outputs: a tensor or several.
        inputs: a tensor or several, anywhere in the graph.
        grad_outputs: the upstream signal of each output; None for a scalar.
        retain_graph: keep what operators saved. Default: ``create_graph``.
        create_graph: record the backward pass, for derivatives of higher order.
        only_inputs: always true, as in PyTorch, which still takes it.
        allow_unused: return None for an input that no output depends on; otherwise that is an error.
        is_grads_batched: not supported; loop over the batch, or use ``func.vmap``.
        materialize_grads: return zeros instead of None; implies ``allow_unused``.
    """
    if not only_inputs:
        raise RuntimeError(
            "only_inputs=False is not supported: call backward() to add gradients to every leaf"
        )
    if is_grads_batched:
        raise RuntimeError(
            "is_grads_batched=True is not supported: call grad() for each upstream signal, or use func.vmap"
        )
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: "
            "allow_unused=False."
        )
    tops, variables = _listed(outputs), _listed(inputs)
    upstream = _upstream_for(tops, grad_outputs)
    if not variables:
        raise ValueError("grad requires non-empty inputs.")
    targets = [_target(t) for t in variables]
    found = run_backward(tops, upstream, retain_graph, create_graph, list(dict.fromkeys(targets)))
    if len(found) < len(set(targets)) and not (allow_unused or materialize_grads):
        place = next(i for i, node in enumerate(targets) if node not in found)
        raise RuntimeError(
            "One of the differentiated Tensors appears to not have been used in the graph (input "
            f"{place}, of shape "
            f"{list(variables[place].array.shape)}). Set allow_unused=True if this is the desired behavior."
        )
    results = [
        _result(t, found.get(node), materialize_grads) for t, node in zip(variables, targets, strict=True)
    ]
    return tuple(_unshared(results, [g for g in upstream if g is not None]))


def _unshared(results: list[Any], others: list[Any]) -> list[Any]:
    """The gradients, copied where two of them, or one and a tensor of ``others``, share memory: writing one
    changes no other."""
    taken: set[int | None] = {id(memory.owner(t.array)) for t in others}
    out = []
    for g in results:
        owner = None if g is None else id(memory.owner(g.array))
        with enable_grad():  # create_graph records, also inside no_grad
            out.append(g.clone() if owner is not None and owner in taken else g)
        taken.add(owner)
    return out


def _result(variable: Handle, found: tuple[Any, bool] | None, materialize: bool) -> Any:
    """A gradient as a Tensor of its own memory."""
    if found is None:
        return variable._lift(np.zeros_like(variable.array), None) if materialize else None
    g, own = found
    return g if isinstance(g, Handle) else variable._lift(g if own else g.copy(), None)


def backward_from(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Any = None,
) -> None:
    """As ``Tensor.backward``, from several tensors at once. ``grad_variables`` is an older name of
    ``grad_tensors``."""
    tops = _listed(tensors)
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
    backward_into_grads(
        tops,
        _upstream_for(tops, grad_tensors),
        retain_graph,
        create_graph,
        None if inputs is None else _listed(inputs),
    )
