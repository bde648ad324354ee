"""Rprop, resilient backpropagation (Riedmiller and Braun, 1993)."""

from typing import Any

import numpy as np

from .._tensor import tensor_of
from ._optimizer import Optimizer, Parameters
from ._updates import Group, at_least_zero, count, counted, new_state, refuse_differentiable

__all__ = ["Rprop"]


class Rprop(Optimizer):
    """Steps by the gradient's sign alone, each weight with a step size of its own.

    Where the sign stays, the size grows by the second of ``etas``; where it turns, it shrinks by the first
    and this step is left out. ``step_sizes`` bounds it. ``foreach`` and ``capturable`` choose among PyTorch's
    implementations and change nothing here.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        at_least_zero({"learning rate": lr})
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas[0]}, {etas[1]}")
        refuse_differentiable(differentiable)
        defaults = {
            "lr": lr,
            "etas": etas,
            "step_sizes": step_sizes,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def _entries(self, group: Group) -> tuple[str, ...]:
        return "step", "prev", "step_size"

    def _update(self, parameter: Any, gradient: Any, state: dict[str, Any], group: Group) -> None:
        if not state:
            state.update(
                step=count(),
                prev=new_state(parameter),
                step_size=tensor_of(np.full_like(parameter, float(group["lr"]))),
            )
        counted(state)
        g = -gradient if group["maximize"] else gradient
        shrink, grow = group["etas"]
        before, size = state["prev"].array, state["step_size"].array
        agreement = g * before
        size *= np.where(agreement > 0, grow, np.where(agreement < 0, shrink, 1.0))
        np.clip(size, *group["step_sizes"], out=size)
        g = np.where(agreement < 0, 0, g).astype(g.dtype, copy=False)
        parameter -= np.sign(g) * size
        before[...] = g
