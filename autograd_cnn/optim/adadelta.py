"""Adadelta (Zeiler, 2012)."""

from typing import Any

from .. import ops
from .._tensor import Tensor
from ._functional import Tensors, stepped
from ._optimizer import Optimizer, Parameters
from ._updates import Group, at_least_zero, count, counted, descent, held, new_state

__all__ = ["Adadelta"]


class Adadelta(Optimizer):
    """Steps in the parameter's own unit: the ratio of the running squares of past steps and of gradients.

    v ← ρ v + (1 - ρ) g²;  d = g sqrt(u + eps) / sqrt(v + eps);  u ← ρ u + (1 - ρ) d²;  w ← w - lr
    d. Weight decay λ adds λ w to g. ``foreach`` and ``capturable`` choose among PyTorch's
    implementations and change nothing here.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        at_least_zero({"learning rate": lr})
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Invalid rho value: {rho}")
        at_least_zero({"epsilon value": eps, "weight_decay value": weight_decay})
        defaults = {
            "lr": lr,
            "rho": rho,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "capturable": capturable,
            "foreach": foreach,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _entries(self, group: Group) -> tuple[str, ...]:
        return "step", "square_avg", "acc_delta"

    def _update(self, parameter: Any, gradient: Any, state: dict[str, Any], group: Group) -> None:
        rho, eps = group["rho"], group["eps"]
        if not state:
            state.update(step=count(), square_avg=new_state(parameter), acc_delta=new_state(parameter))
        counted(state)
        g = descent(parameter, gradient, group)
        square, steps = (held(parameter, state[name]) for name in ("square_avg", "acc_delta"))
        square *= rho
        square += (1 - rho) * (g * g)
        step = ops.sqrt(steps + eps) / ops.sqrt(square + eps) * g
        steps *= rho
        steps += (1 - rho) * (step * step)
        parameter -= group["lr"] * step


def adadelta(
    params: Tensors,
    grads: Tensors,
    square_avgs: Tensors,
    acc_deltas: Tensors,
    state_steps: Tensors,
    capturable: bool = False,
    foreach: bool | None = None,
    differentiable: bool = False,
    has_complex: bool = False,
    *,
    lr: float | Tensor,
    rho: float,
    eps: float,
    weight_decay: float,
    maximize: bool,
) -> None:
    """One step of :class:`Adadelta` in ``params``; the lists hold what is remembered of each."""
    options: Any = locals()
    stepped(
        Adadelta,
        params,
        grads,
        {"step": state_steps, "square_avg": square_avgs, "acc_delta": acc_deltas},
        options,
    )
