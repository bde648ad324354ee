"""Adam (Kingma and Ba, 2015)."""

from collections import defaultdict
from typing import Any

import numpy as np

from .. import ops
from .._engine import memory
from .._tensor import Tensor
from ..ops.kernels import compiled
from ._functional import Tensors, stepped
from ._optimizer import Optimizer, Parameters
from ._updates import (
    Group,
    at_least_zero,
    below_one,
    check_tensors,
    choose_one,
    count,
    counted,
    gpu_kernels,
    held,
    new_state,
    running_means,
    write,
)

__all__ = ["Adam"]


class Adam(Optimizer):
    """Steps scaled by running means m of the gradient and v of its square, both corrected for starting at
    zero.

    m ← β₁ m + (1 - β₁) g;  v ← β₂ v + (1 - β₂) g²;  w ← w - lr m̂ / (sqrt(v̂) + eps),
    where m̂ = m / (1 - β₁ᵗ) and v̂ = v / (1 - β₂ᵗ), with ``amsgrad`` the largest v so
    far. Weight decay λ adds λ w to g; decoupled, it multiplies w by 1 - lr λ instead.
    ``foreach``, ``capturable`` and ``fused`` choose among PyTorch's implementations and
    change nothing here.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        check_tensors(lr, betas, foreach, capturable)
        at_least_zero({"learning rate": lr, "epsilon value": eps})
        below_one(betas)
        at_least_zero({"weight_decay value": weight_decay})
        choose_one(fused, foreach, differentiable)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, defaults)

    def _entries(self, group: Group) -> tuple[str, ...]:
        return ("step", "exp_avg", "exp_avg_sq", *(["max_exp_avg_sq"] if group["amsgrad"] else []))

    @staticmethod
    def _begin(parameter: Any, state: dict[str, Any], group: Group) -> None:
        if not state:
            state["step"] = count()
            state["exp_avg"], state["exp_avg_sq"] = new_state(parameter), new_state(parameter)
            if group["amsgrad"]:
                state["max_exp_avg_sq"] = new_state(parameter)

    def _update_together(self, parameters: list[Tensor], group: Group) -> list[Tensor]:
        left, launches = [], defaultdict(list)
        for parameter in parameters:
            array, gradient, state = parameter.array, parameter._grad.array, self.state[parameter]
            self._begin(array, state, group)
            mean, square = state["exp_avg"].array, state["exp_avg_sq"].array
            if group["amsgrad"] or (k := gpu_kernels(array, mean, square, gradient=gradient)) is None:
                left.append(parameter)
                continue
            launches[k, array.dtype, counted(state)].append((array, gradient, mean, square))
            memory.settle(array)
            memory.wrote(array)
        for (k, _, t), tensors in launches.items():
            k.optimizer.adam(tensors, **self._numbers_of_step(t, group))
        return left

    @staticmethod
    def _numbers_of_step(t: int, group: Group) -> dict[str, Any]:
        """What a kernel wants to know of step ``t``."""
        lr, (beta1, beta2), decoupled = group["lr"], group["betas"], group["decoupled_weight_decay"]
        return {
            "rate": lr / (1 - beta1**t),
            "beta1": beta1,
            "beta2": beta2,
            "epsilon": group["eps"],
            "decay": group["weight_decay"] * (lr if decoupled else 1.0),
            "decoupled": decoupled,
            "root": (1 - beta2**t) ** 0.5,
            "maximize": group["maximize"],
        }

    def _update(self, parameter: Any, gradient: Any, state: dict[str, Any], group: Group) -> None:
        lr, (beta1, beta2) = group["lr"], group["betas"]
        self._begin(parameter, state, group)
        t = counted(state)
        if not group["amsgrad"] and type(parameter) is np.ndarray:
            mean, square = state["exp_avg"].array, state["exp_avg_sq"].array
            k = compiled(parameter, gradient, mean, square, work=parameter.size)
            if k is not None and k.optimizer.adam(
                parameter, gradient, mean, square, **self._numbers_of_step(t, group)
            ):
                return
        g = -gradient if group["maximize"] else gradient
        decays = group["weight_decay"] and group["decoupled_weight_decay"]
        if group["weight_decay"] and not decays:
            g = g + group["weight_decay"] * parameter
        mean, square = running_means(state, g, group["betas"])
        if group["amsgrad"]:
            largest = held(parameter, state["max_exp_avg_sq"])
            write(largest, ops.maximum(largest, square))
            square = largest
        root = ops.sqrt(square) / (1 - beta2**t) ** 0.5 + group["eps"]
        move = mean / root * (lr / (1 - beta1**t))
        if decays:
            parameter *= 1 - lr * group["weight_decay"]
        parameter -= move


def adam(
    params: Tensors,
    grads: Tensors,
    exp_avgs: Tensors,
    exp_avg_sqs: Tensors,
    max_exp_avg_sqs: Tensors,
    state_steps: Tensors,
    foreach: bool | None = None,
    capturable: bool = False,
    differentiable: bool = False,
    fused: bool | None = None,
    grad_scale: Tensor | None = None,
    found_inf: Tensor | None = None,
    has_complex: bool = False,
    decoupled_weight_decay: bool = False,
    *,
    amsgrad: bool,
    beta1: float,
    beta2: float,
    lr: float | Tensor,
    weight_decay: float,
    eps: float,
    maximize: bool,
) -> None:
    """One step of :class:`Adam` in ``params``; the lists hold what is remembered of each."""
    options: Any = locals()
    stepped(
        Adam,
        params,
        grads,
        {
            "step": state_steps,
            "exp_avg": exp_avgs,
            "exp_avg_sq": exp_avg_sqs,
            "max_exp_avg_sq": max_exp_avg_sqs,
        },
        options,
    )
