"""Adamax (Kingma and Ba, 2015, section 7.1)."""

from typing import Any

from .. import ops
from .._tensor import Tensor
from ._functional import Tensors, stepped
from ._optimizer import Optimizer, Parameters
from ._updates import Group, at_least_zero, below_one, count, counted, descent, held, new_state, write

__all__ = ["Adamax"]


class Adamax(Optimizer):
    """Adam with the largest gradient so far, decaying, in place of the running square.

    m ← β₁ m + (1 - β₁) g;  u ← max(β₂ u, |g| + eps);  w ← w - lr m / ((1 - β₁ᵗ) u).
    Weight decay λ adds λ w to g. ``foreach`` and ``capturable`` choose among PyTorch's
    implementations and change nothing here.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        at_least_zero({"learning rate": lr, "epsilon value": eps})
        below_one(betas)
        at_least_zero({"weight_decay value": weight_decay})
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def _entries(self, group: Group) -> tuple[str, ...]:
        return "step", "exp_avg", "exp_inf"

    def _update(self, parameter: Any, gradient: Any, state: dict[str, Any], group: Group) -> None:
        beta1, beta2 = group["betas"]
        if not state:
            state.update(step=count(), exp_avg=new_state(parameter), exp_inf=new_state(parameter))
        t, g = counted(state), descent(parameter, gradient, group)
        mean, peak = (held(parameter, state[name]) for name in ("exp_avg", "exp_inf"))
        mean += (1 - beta1) * (g - mean)
        write(peak, ops.maximum(beta2 * peak, abs(g) + group["eps"]))
        parameter -= group["lr"] / (1 - beta1**t) * (mean / peak)


def adamax(
    params: Tensors,
    grads: Tensors,
    exp_avgs: Tensors,
    exp_infs: Tensors,
    state_steps: Tensors,
    foreach: bool | None = None,
    maximize: bool = False,
    differentiable: bool = False,
    capturable: bool = False,
    has_complex: bool = False,
    *,
    eps: float,
    beta1: float,
    beta2: float,
    lr: float | Tensor,
    weight_decay: float,
) -> None:
    """One step of :class:`Adamax` in ``params``; the lists hold what is remembered of each."""
    options: Any = locals()
    stepped(Adamax, params, grads, {"step": state_steps, "exp_avg": exp_avgs, "exp_inf": exp_infs}, options)
