"""RAdam (Liu et al., 2020): Adam whose first steps are rectified."""

from typing import Any

from .. import ops
from .._tensor import Tensor
from ._functional import Tensors, stepped
from ._optimizer import Optimizer, Parameters
from ._updates import Group, at_least_zero, below_one, count, counted, descent, new_state, running_means

__all__ = ["RAdam"]


class RAdam(Optimizer):
    """Adam that adapts no step while the variance of its running square is unknown.

    With ρ∞ = 2 / (1 - β₂) - 1 and ρₜ = ρ∞ - 2 t β₂ᵗ / (1 - β₂ᵗ), the length of
    the average: w ← w - lr m̂ r / (sqrt(v) + eps) · sqrt(1 - β₂ᵗ), where r² =
    (ρₜ - 4)(ρₜ - 2) ρ∞ / ((ρ∞ - 4)(ρ∞ - 2) ρₜ); while ρₜ ≤ 5 just w ← w - lr
    m̂. ``foreach`` and ``capturable`` choose among PyTorch's implementations
    and change nothing here.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        at_least_zero({"learning rate": lr, "epsilon value": eps})
        below_one(betas)
        at_least_zero({"weight_decay value": weight_decay})
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _entries(self, group: Group) -> tuple[str, ...]:
        return "step", "exp_avg", "exp_avg_sq"

    def _update(self, parameter: Any, gradient: Any, state: dict[str, Any], group: Group) -> None:
        beta1, beta2 = group["betas"]
        if not state:
            state.update(step=count(), exp_avg=new_state(parameter), exp_avg_sq=new_state(parameter))
        t, g = counted(state), descent(parameter, gradient, group)
        mean, square = running_means(state, g, group["betas"])
        move = group["lr"] / (1 - beta1**t) * mean
        limit = 2 / (1 - beta2) - 1
        length = limit - 2 * t * beta2**t / (1 - beta2**t)
        if length > 5.0:
            rectified = ((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)) ** 0.5
            move = move * (rectified * (1 - beta2**t) ** 0.5 / (ops.sqrt(square) + group["eps"]))
        parameter -= move


def radam(
    params: Tensors,
    grads: Tensors,
    exp_avgs: Tensors,
    exp_avg_sqs: Tensors,
    state_steps: Tensors,
    decoupled_weight_decay: bool = False,
    foreach: bool | None = None,
    differentiable: bool = False,
    capturable: bool = False,
    has_complex: bool = False,
    maximize: bool = False,
    *,
    beta1: float,
    beta2: float,
    lr: float | Tensor,
    weight_decay: float,
    eps: float,
) -> None:
    """One step of :class:`RAdam` in ``params``; the lists hold what is remembered of each."""
    options: Any = locals()
    stepped(
        RAdam, params, grads, {"step": state_steps, "exp_avg": exp_avgs, "exp_avg_sq": exp_avg_sqs}, options
    )
