"""RMSprop (Hinton, 2012, lecture 6e of Neural Networks for Machine Learning)."""

from typing import Any

from .. import ops
from .._tensor import Tensor
from ._functional import Tensors, stepped
from ._optimizer import Optimizer, Parameters
from ._updates import Group, at_least_zero, count, counted, descent, held, new_state

__all__ = ["RMSprop"]


class RMSprop(Optimizer):
    """Steps divided by the root of a running mean of squared gradients.

    v ← α v + (1 - α) g²;  w ← w - lr g / (sqrt(v) + eps), or through a momentum buffer. ``centered``
    divides by the root of the variance v - ḡ² instead. Weight decay λ adds λ w to g. ``foreach`` and
    ``capturable`` choose among PyTorch's implementations and change nothing here.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        at_least_zero(
            {
                "learning rate": lr,
                "epsilon value": eps,
                "momentum value": momentum,
                "weight_decay value": weight_decay,
                "alpha value": alpha,
            }
        )
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "capturable": capturable,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _entries(self, group: Group) -> tuple[str, ...]:
        more = (["momentum_buffer"] if group["momentum"] > 0 else []) + (
            ["grad_avg"] if group["centered"] else []
        )
        return ("step", "square_avg", *more)

    def _update(self, parameter: Any, gradient: Any, state: dict[str, Any], group: Group) -> None:
        lr, alpha = group["lr"], group["alpha"]
        if not state:
            state.update(step=count(), square_avg=new_state(parameter))
            if group["momentum"] > 0:
                state["momentum_buffer"] = new_state(parameter)
            if group["centered"]:
                state["grad_avg"] = new_state(parameter)
        counted(state)
        g = descent(parameter, gradient, group)
        variance = held(parameter, state["square_avg"])
        variance *= alpha
        variance += (1 - alpha) * (g * g)
        if group["centered"]:
            mean = held(parameter, state["grad_avg"])
            mean += (1 - alpha) * (g - mean)
            variance = variance - mean * mean
        step = g / (ops.sqrt(variance) + group["eps"])
        if group["momentum"] > 0:
            velocity = held(parameter, state["momentum_buffer"])
            velocity *= group["momentum"]
            velocity += step
            step = velocity
        parameter -= lr * step


def rmsprop(
    params: Tensors,
    grads: Tensors,
    square_avgs: Tensors,
    grad_avgs: Tensors,
    momentum_buffer_list: Tensors,
    state_steps: Tensors,
    foreach: bool | None = None,
    maximize: bool = False,
    differentiable: bool = False,
    capturable: bool = False,
    has_complex: bool = False,
    *,
    lr: float | Tensor,
    alpha: float,
    eps: float,
    weight_decay: float,
    momentum: float,
    centered: bool,
) -> None:
    """One step of :class:`RMSprop` in ``params``; the lists hold what is remembered of each."""
    options: Any = locals()
    stepped(
        RMSprop,
        params,
        grads,
        {
            "step": state_steps,
            "square_avg": square_avgs,
            "grad_avg": grad_avgs,
            "momentum_buffer": momentum_buffer_list,
        },
        options,
    )
