"""Hooks of modules: those of all modules, and the border where the gradients of what goes in, or comes out,
are seen."""

import functools
import itertools
import warnings
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from .. import ops
from .._creation.creation import zeros_like
from .._engine.hook_tables import Hooks
from .._engine.source import stacklevel
from .._tensor import Tensor

Gradients = tuple[Any, ...]


class Everywhere(NamedTuple):
    """The hooks of all modules, by the moment at which they run, and what is said about some of them; they
    run before a module's own."""

    forward_pre: Hooks
    forward: Hooks
    forward_with_kwargs: Hooks
    forward_always_called: Hooks
    backward_pre: Hooks
    backward: Hooks
    full: bool | None
    """Whether those of ``backward`` see the gradients of the module, or (False) of its last operator."""


def border(values: Any, on_gradients: Callable[[Gradients], Gradients | None]) -> Any:
    """``values`` (a tensor, or a tuple holding some), all of whose gradients ``on_gradients`` sees at once
    and may replace.

    It receives one gradient for each value, None for one that wants none; where it returns None instead of
    one, that gradient is 0. Several tensors are joined into one
    vector and taken apart again, so that their gradients arrive together.
    """
    parts = list(values) if isinstance(values, tuple) else [values]
    wanted = [i for i, part in enumerate(parts) if isinstance(part, Tensor) and part.requires_grad]
    if not wanted:
        return values
    count = len(parts)

    def seen(found: list[Any]) -> list[Any]:
        gradients: list[Any] = [None] * count
        for i, g in zip(wanted, found, strict=True):
            gradients[i] = g
        replaced = on_gradients(tuple(gradients))
        if replaced is None:
            return found
        new = [replaced[i] for i in wanted]
        return [zeros_like(g) if n is None else n for n, g in zip(new, found, strict=True)]

    module = getattr(getattr(on_gradients, "__self__", None), "module", None)
    if module is not None:
        seen.__qualname__ = f"a backward hook of the module {type(module).__name__}"
    for i, t in zip(wanted, _passed([parts[i] for i in wanted], seen), strict=True):
        parts[i] = t
    if not isinstance(values, tuple):
        return parts[0]
    return type(values)(*parts) if hasattr(values, "_fields") else tuple(parts)


def _named(hook: Callable[[Any], Any], seen: Callable[..., Any]) -> Callable[[Any], Any]:
    """``hook`` under the name of what it calls, for whoever explains a gradient."""
    hook.__qualname__ = seen.__qualname__
    return hook


def _passed(tensors: list[Tensor], seen: Callable[[list[Any]], list[Any]]) -> list[Tensor]:
    if len(tensors) == 1:
        same = ops.reshape(tensors[0], shape=tensors[0].array.shape)
        same.register_hook(_named(lambda g: seen([g])[0], seen))
        return [same]
    shapes, dtypes = [t.array.shape for t in tensors], [t.array.dtype for t in tensors]
    ends = list(itertools.accumulate(t.array.size for t in tensors))
    starts = [0, *ends[:-1]]

    def apart(vector: Any) -> list[Any]:
        places = zip(starts, ends, shapes, dtypes, strict=True)
        parts = [(ops.reshape(vector[a:b], shape=shape), dtype) for a, b, shape, dtype in places]
        return [part if part.dtype == dtype else ops.cast(part, dtype=dtype) for part, dtype in parts]

    def joined(parts: list[Any]) -> Any:
        return ops.concatenate(*[ops.reshape(part, shape=(-1,)) for part in parts], axis=0)

    vector = joined(tensors)
    vector.register_hook(_named(lambda g: joined(seen(apart(g))), seen))
    return apart(vector)


def after_pre_hook(
    result: Any, args: tuple[Any, ...], kwargs: dict[str, Any], with_kwargs: bool
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments after a forward pre-hook returned ``result``."""
    if result is None:
        return args, kwargs
    if not with_kwargs:
        return (result if isinstance(result, tuple) else (result,)), kwargs
    if not (isinstance(result, tuple) and len(result) == 2):
        raise RuntimeError(
            f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {result}."
        )
    return result


class BackwardHooks:
    """The backward hooks of one call of a module: the gradients of its outputs come first, those of its
    inputs after."""

    def __init__(self, module: Any, before: list[Any], after: list[Any]) -> None:
        self._module = module
        self._before = before
        self._after = after
        self._grad_output: Any = None
        self._has_inputs = False

    @property
    def module(self) -> Any:
        """Whose hooks these are."""
        return self._module

    def enter(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The inputs, whose gradients are now watched."""
        passed: tuple[Any, ...] = border(args, self._on_inputs)
        self._has_inputs = passed is not args
        self._count = len(args)
        return passed

    def leave(self, result: Any) -> Any:
        """The outputs, whose gradients are now watched; the inside of a list or a dict is not looked at."""
        if not isinstance(result, (Tensor, tuple)):
            warnings.warn(
                "For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but "
                f"received {type(result)}",
                stacklevel=stacklevel(),
            )
        return border(result, self._on_outputs)

    def _on_outputs(self, gradients: Any) -> Any:
        gradients = _through(self._before, gradients, "Backward pre hook", "grad_output", self._module)
        self._grad_output = gradients
        if self._has_inputs:
            return gradients
        warnings.warn(
            "Full backward hook is firing when gradients are computed with respect to module outputs since "
            "no inputs require gradients: grad_input is None for each of them.",
            stacklevel=stacklevel(),
        )
        if any(g is not None for g in self._on_inputs((None,) * self._count)):
            raise RuntimeError(
                "Backward hook for Modules where no input requires gradient should always return None or "
                "None for all gradients."
            )
        return gradients

    def _on_inputs(self, gradients: Any) -> Any:
        if self._grad_output is None:
            return gradients  # they came by another way than the module's output
        gradients = _through(
            self._after, gradients, "Backward hook", "grad_input", self._module, self._grad_output
        )
        self._grad_output = None  # of this pass
        return gradients


def _through(
    hooks: Iterable[Callable[..., Any]], gradients: Any, kind: str, what: str, module: Any, *rest: Any
) -> Any:
    """The gradients as the hooks, which may return others, leave them: each is called with
    ``(module, gradients, *rest)``."""
    for hook in hooks:
        changed = hook(module, gradients, *rest)
        if changed is None:
            continue
        changed = changed if isinstance(changed, tuple) else (changed,)
        if len(changed) != len(gradients):
            raise RuntimeError(
                f"{kind} returned an invalid number of {what}, got {len(changed)}, but expected "
                f"{len(gradients)}"
            )
        gradients = changed
    return gradients


def on_each_node(
    module: Any, args: tuple[Any, ...], result: Any, hooks: Iterable[Callable[..., Any]]
) -> None:
    """Let hooks of the old kind see the gradients of the operator that made ``result``, and warn where these
    are not those of the module."""
    found = _first_tensor(result)
    node = None if found is None else found.grad_fn
    if node is None:
        return
    for hook in hooks:
        node.register_hook(functools.partial(hook, module))
    if missed := _what_is_missed(args, result, node):
        warnings.warn(
            f"{missed} Please use register_full_backward_hook to get the documented behavior.",
            FutureWarning,
            stacklevel=stacklevel(),
        )


def _first_tensor(value: Any) -> Tensor | None:
    while not isinstance(value, Tensor):
        if isinstance(value, dict):
            value = next((v for v in value.values() if isinstance(v, Tensor)), None)
        elif isinstance(value, (tuple, list)) and value:
            value = value[0]
        if not isinstance(value, (Tensor, dict, tuple, list)) or (
            not isinstance(value, Tensor) and not value
        ):
            return None
    return value


def _what_is_missed(args: tuple[Any, ...], result: Any, node: Any) -> str | None:
    """What a hook of the old kind on ``node`` does not see of a module's gradients, as PyTorch's warning says
    it."""
    later = "is deprecated and will be removed in future versions. This hook will be missing some"
    results = result if isinstance(result, tuple) else (result,)
    if not all(isinstance(part, Tensor) for part in results):
        return (
            "Using non-full backward hooks on a Module that does not return a single Tensor or a tuple of "
            f"Tensors {later} of the grad_output."
        )
    if not all(isinstance(part, Tensor) for part in args):
        return (
            "Using non-full backward hooks on a Module that does not take as input a single Tensor or a "
            f"tuple of Tensors {later} of the grad_input."
        )
    makers = {id(part.grad_fn) for part in results if part.grad_fn is not None}
    if makers and id(node) not in makers:
        return (
            "Using a non-full backward hook when outputs are nested in python data structure "
            f"{later} grad_output."
        )
    if len(makers) > 1:
        return (
            "Using a non-full backward hook when outputs are generated by different autograd Nodes "
            f"{later} grad_output."
        )
    given = {id(part.grad_fn) for part in args if part.grad_fn is not None}
    if given != {
        id(before) for before, _ in node.next_functions if before is not None and before.next_functions
    }:
        return (
            "Using a non-full backward hook when the forward contains multiple autograd Nodes "
            f"{later} grad_input."
        )
    return None
