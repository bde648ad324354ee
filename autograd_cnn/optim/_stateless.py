"""A step of an optimizer on other tensors than its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .._tensor import Tensor
from ._optimizer import Optimizer

__all__ = ["swap_in_optimizer_params_and_state"]


@contextmanager
def swap_in_optimizer_params_and_state(
    optimizer: Optimizer, swapin_parameters: dict[str, Tensor], swapin_optim_state: dict[str, Any]
) -> Iterator[None]:
    """In its block the optimizer has these parameters, in the order of its own, and this state, as of
    ``state_dict()``; then its own again. ValueError for another number of parameters."""
    own = [(group, list(group["params"])) for group in optimizer.param_groups]
    options = [{k: v for k, v in group.items() if k != "params"} for group, _ in own]
    state = dict(optimizer.state)
    given = list(swapin_parameters.values())
    if len(given) != sum(len(parameters) for _, parameters in own):
        raise ValueError(
            f"swapin_parameters has {len(given)} tensors for {sum(len(p) for _, p in own)} parameters"
        )
    waiting = iter(given)
    try:
        for (group, parameters), told in zip(own, swapin_optim_state["param_groups"], strict=True):
            group.update({k: v for k, v in told.items() if k != "params"})
            group["params"] = [next(waiting) for _ in parameters]
        optimizer.state.clear()
        optimizer.state.update({given[i]: dict(kept) for i, kept in swapin_optim_state["state"].items()})
        yield
    finally:
        optimizer.state.clear()
        optimizer.state.update(state)
        for (group, parameters), kept in zip(own, options, strict=True):
            group.clear()
            group.update({"params": parameters, **kept})
