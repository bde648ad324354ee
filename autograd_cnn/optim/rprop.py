"""Rprop, resilient backpropagation (Riedmiller and Braun, 1993)."""

from typing import Any

from .. import ops
from .._tensor import Tensor
from ._functional import Tensors, stepped
from ._optimizer import Optimizer, Parameters
from ._updates import Group, at_least_zero, count, counted, held, new_state, write

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
        lr: float | Tensor = 1e-2,
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
                step_size=new_state(parameter, group["lr"]),
            )
        counted(state)
        g = -gradient if group["maximize"] else gradient
        shrink, grow = group["etas"]
        before, size = (held(parameter, state[name]) for name in ("prev", "step_size"))
        agreement = g * before
        kept, turned = ops.greater(agreement, 0), ops.less(agreement, 0)
        least, most = group["step_sizes"]
        grown = ops.where(kept, size * grow, ops.where(turned, size * shrink, size))
        write(size, ops.minimum(ops.maximum(grown, least), most))
        g = ops.where(turned, ops.multiply(g, 0), g)
        parameter -= ops.sign(g) * size
        write(before, g)


def rprop(
    params: Tensors,
    grads: Tensors,
    prevs: Tensors,
    step_sizes: Tensors,
    state_steps: Tensors,
    foreach: bool | None = None,
    capturable: bool = False,
    maximize: bool = False,
    differentiable: bool = False,
    has_complex: bool = False,
    *,
    step_size_min: float,
    step_size_max: float,
    etaminus: float,
    etaplus: float,
) -> None:
    """One step of :class:`Rprop` in ``params``; the lists hold what is remembered of each."""
    options: Any = {**locals(), "step_sizes": (step_size_min, step_size_max), "etas": (etaminus, etaplus)}
    stepped(Rprop, params, grads, {"step": state_steps, "prev": prevs, "step_size": step_sizes}, options)
