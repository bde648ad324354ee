"""Functions of modules under the names that functorch gave them: a module as a function of its parameters,
several modules as one."""

import copy
from collections.abc import Callable, Sequence
from typing import Any

from .._functions.joining import stack
from .._tensor import Tensor
from ._stateless import functional_call

__all__ = [
    "FunctionalModule",
    "FunctionalModuleWithBuffers",
    "combine_state_for_ensemble",
    "debug_unwrap",
    "functionalize",
    "make_functional",
    "make_functional_with_buffers",
    "replace_all_batch_norm_modules_",
    "stack_module_state",
]


def functionalize(func: Callable[..., Any], *, remove: str = "mutations") -> Callable[..., Any]:
    """``func`` itself: transforms here take functions that write in place as they are.

    RuntimeError for a ``remove`` that PyTorch does not know.
    """
    if remove not in ("mutations", "mutations_and_views"):
        raise RuntimeError(
            "functionalize(f, remove='mutations'): Valid options for argument 'remove' are "
            f"['mutations', 'mutations_and_views'], but got {remove}"
        )

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return func(*args, **kwargs)

    return wrapper


def debug_unwrap(tensor: Tensor, *, recurse: bool = True) -> Tensor:
    """``tensor`` itself: transforms here wrap none."""
    return tensor


def replace_all_batch_norm_modules_(root: Any) -> Any:
    """Let every batch norm in ``root`` use the statistics of its batch and keep none, so that it can be
    transformed; returns ``root``."""
    for module in root.modules():
        if hasattr(module, "track_running_stats") and hasattr(module, "running_mean"):
            module.running_mean = module.running_var = module.num_batches_tracked = None
            module.track_running_stats = False
    return root


def stack_module_state(models: Sequence[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters of several models of one kind, and their buffers, each name's stacked along a new first
    dimension; to be mapped over by ``vmap`` with ``functional_call``.

    RuntimeError where there is no model, they differ in kind, or in whether they are in training mode.
    """
    _one_kind("stack_module_state", models)

    def stacked(tables: list[dict[str, Tensor]]) -> dict[str, Any]:
        return {name: _stacked([table[name] for table in tables]) for name in tables[0]}

    return (
        stacked([dict(model.named_parameters()) for model in models]),
        stacked([dict(model.named_buffers()) for model in models]),
    )


def _one_kind(name: str, models: Sequence[Any]) -> None:
    if not models:
        raise RuntimeError(f"{name}: Expected at least one model, got 0.")
    if len({bool(model.training) for model in models}) > 1:
        raise RuntimeError(f"{name}: Expected all models to have the same training/eval mode.")
    if len({type(model) for model in models}) > 1:
        raise RuntimeError(f"{name}: Expected all models to be of the same class.")


def _stacked(tensors: list[Tensor]) -> Tensor:
    wanted = {t.requires_grad for t in tensors}
    if len(wanted) > 1:
        raise RuntimeError("Expected tensors of one name to have the same .requires_grad")
    together: Tensor = stack([t.detach() for t in tensors])
    return together.requires_grad_() if wanted == {True} else together


class FunctionalModuleWithBuffers:
    """A module as a function of its parameters, its buffers and its inputs."""

    def __init__(self, module: Any) -> None:
        self.stateless_model: Any = copy.deepcopy(module)
        self.param_names: list[str] = [name for name, _ in module.named_parameters()]
        self.buffer_names: list[str] = [name for name, _ in module.named_buffers()]

    def __call__(self, params: Sequence[Tensor], buffers: Sequence[Tensor], *args: Any, **kwargs: Any) -> Any:
        """What the module returns for ``args`` with these parameters and buffers, in the order of its
        names."""
        state = dict(zip(self.param_names, params, strict=True))
        state |= dict(zip(self.buffer_names, buffers, strict=True))
        return functional_call(self.stateless_model, state, args, kwargs)


class FunctionalModule(FunctionalModuleWithBuffers):
    """A module without buffers as a function of its parameters and its inputs."""

    def __call__(self, params: Sequence[Tensor], *args: Any, **kwargs: Any) -> Any:
        """What the module returns for ``args`` with these parameters, in the order of its names."""
        return super().__call__(params, (), *args, **kwargs)


def make_functional_with_buffers(
    model: Any, disable_autograd_tracking: bool = False
) -> tuple[FunctionalModuleWithBuffers, tuple[Tensor, ...], tuple[Tensor, ...]]:
    """``(function, parameters, buffers)`` of a module."""
    return (
        FunctionalModuleWithBuffers(model),
        _copies(model.parameters(), disable_autograd_tracking),
        _copies(model.buffers(), True),
    )


def make_functional(
    model: Any, disable_autograd_tracking: bool = False
) -> tuple[FunctionalModule, tuple[Tensor, ...]]:
    """``(function, parameters)`` of a module. RuntimeError where it has buffers."""
    if any(True for _ in model.buffers()):
        raise RuntimeError(
            "make_functional(model): `model` has buffers. Please use make_functional_with_buffers(model) "
            "instead."
        )
    return FunctionalModule(model), _copies(model.parameters(), disable_autograd_tracking)


def _copies(tensors: Any, constant: bool) -> tuple[Tensor, ...]:
    copied = copy.deepcopy(list(tensors))
    return tuple(t.detach() if constant else t for t in copied)


def combine_state_for_ensemble(
    models: Sequence[Any],
) -> tuple[FunctionalModuleWithBuffers, tuple[Tensor, ...], tuple[Tensor, ...]]:
    """``(function, parameters, buffers)`` of several models of one kind, stacked as by
    :func:`stack_module_state`."""
    _one_kind("combine_state_for_ensemble", models)
    params, buffers = stack_module_state(models)
    return FunctionalModuleWithBuffers(models[0]), tuple(params.values()), tuple(buffers.values())
