"""NAdam (Dozat, 2016): Adam with Nesterov's momentum."""

from typing import Any

from .. import ops
from .._tensor import Tensor
from ._functional import Tensors, stepped
from ._optimizer import Optimizer, Parameters
from ._updates import (
    Group,
    at_least_zero,
    below_one,
    count,
    counted,
    descent,
    held,
    new_state,
    number,
    running_means,
)

__all__ = ["NAdam"]


class NAdam(Optimizer):
    """Adam that looks ahead: the momentum of the next step is already in this one.

    With μₜ = β₁ (1 - 0.96^(t ψ) / 2), ψ the momentum's decay: w ← w - lr ((1 - μₜ) g / (1
    - μ₁...μₜ) + μₜ₊₁ m / (1 - μ₁...μₜ₊₁)) / (sqrt(v̂) + eps), where m, v and v̂ are
    Adam's. ``foreach`` and ``capturable`` choose among PyTorch's implementations and
    change nothing here.
    """

    _numbers = ("step", "mu_product")

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        at_least_zero({"learning rate": lr, "epsilon value": eps})
        below_one(betas)
        at_least_zero({"weight_decay value": weight_decay, "momentum_decay value": momentum_decay})
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _entries(self, group: Group) -> tuple[str, ...]:
        return "step", "mu_product", "exp_avg", "exp_avg_sq"

    def _update(self, parameter: Any, gradient: Any, state: dict[str, Any], group: Group) -> None:
        lr, (beta1, beta2), psi = group["lr"], group["betas"], group["momentum_decay"]
        if not state:
            state.update(
                step=count(),
                mu_product=count(1),
                exp_avg=new_state(parameter),
                exp_avg_sq=new_state(parameter),
            )
        t, g = counted(state), descent(parameter, gradient, group)
        momentum, following = (beta1 * (1.0 - 0.5 * 0.96 ** (step * psi)) for step in (t, t + 1))
        so_far = held(parameter, state["mu_product"])
        so_far *= momentum
        product = number(parameter, state["mu_product"])
        mean, square = running_means(state, g, group["betas"])
        root = ops.sqrt(square / (1 - beta2**t)) + group["eps"]
        parameter -= lr * (1 - momentum) / (1 - product) * (g / root)
        parameter -= lr * following / (1 - product * following) * (mean / root)


def nadam(
    params: Tensors,
    grads: Tensors,
    exp_avgs: Tensors,
    exp_avg_sqs: Tensors,
    mu_products: Tensors,
    state_steps: Tensors,
    decoupled_weight_decay: bool = False,
    foreach: bool | None = None,
    capturable: bool = False,
    differentiable: bool = False,
    has_complex: bool = False,
    maximize: bool = False,
    *,
    beta1: float,
    beta2: float,
    lr: float | Tensor,
    weight_decay: float,
    momentum_decay: float,
    eps: float,
) -> None:
    """One step of :class:`NAdam` in ``params``; the lists hold what is remembered of each."""
    options: Any = locals()
    stepped(
        NAdam,
        params,
        grads,
        {"step": state_steps, "exp_avg": exp_avgs, "exp_avg_sq": exp_avg_sqs, "mu_product": mu_products},
        options,
    )
