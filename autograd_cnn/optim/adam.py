"""Adam (Kingma and Ba, 2015) and AdamW (Loshchilov and Hutter, 2019)."""

from typing import Any

import numpy as np

from ..ops.kernels import compiled
from ._optimizer import Group, Optimizer, Parameters, at_least_zero, below_one, count, counted, new_state, refuse_differentiable


class Adam(Optimizer):
    """Steps scaled by running means m of the gradient and v of its square, both corrected for starting at zero.

    m ← β₁ m + (1 - β₁) g;  v ← β₂ v + (1 - β₂) g²;  w ← w - lr m̂ / (sqrt(v̂) + eps), where m̂ = m / (1 - β₁ᵗ) and
    v̂ = v / (1 - β₂ᵗ), with ``amsgrad`` the largest v so far. Weight decay λ adds λ w to g; decoupled, it multiplies w by
    1 - lr λ instead. ``foreach``, ``capturable`` and ``fused`` choose among PyTorch's implementations and change nothing here.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
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
        at_least_zero(learning__rate=lr, epsilon__value=eps)
        below_one(betas)
        at_least_zero(weight_decay__value=weight_decay)
        refuse_differentiable(differentiable)
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

    def _update(self, parameter: Any, gradient: Any, state: dict[str, Any], group: Group) -> None:
        lr, (beta1, beta2) = float(group["lr"]), group["betas"]
        if not state:
            state["step"] = count()
            state["exp_avg"], state["exp_avg_sq"] = new_state(parameter), new_state(parameter)
            if group["amsgrad"]:
                state["max_exp_avg_sq"] = new_state(parameter)
        t = counted(state)
        mean, square = state["exp_avg"].array, state["exp_avg_sq"].array
        if not group["amsgrad"] and (k := compiled(parameter, gradient, mean, square, work=parameter.size)) is not None:
            decay = group["weight_decay"] * (lr if group["decoupled_weight_decay"] else 1.0)
            if k.optimizer.adam(
                parameter,
                gradient,
                mean,
                square,
                rate=lr / (1 - beta1**t),
                beta1=beta1,
                beta2=beta2,
                epsilon=group["eps"],
                decay=decay,
                decoupled=group["decoupled_weight_decay"],
                root=(1 - beta2**t) ** 0.5,
                maximize=group["maximize"],
            ):
                return
        g = -gradient if group["maximize"] else gradient
        scale = 1.0
        if group["weight_decay"] and group["decoupled_weight_decay"]:
            scale = 1 - lr * group["weight_decay"]
        elif group["weight_decay"]:
            g = g + group["weight_decay"] * parameter
        mean += (1 - beta1) * (g - mean)
        square *= beta2
        square += (1 - beta2) * (g * g)
        if group["amsgrad"]:
            largest = state["max_exp_avg_sq"].array
            np.maximum(largest, square, out=largest)
            square = largest
        root = np.sqrt(square)
        root /= (1 - beta2**t) ** 0.5
        root += group["eps"]
        move = mean / root
        move *= lr / (1 - beta1**t)
        np.subtract(parameter if scale == 1.0 else scale * parameter, move, out=parameter)


class AdamW(Adam):
    """:class:`Adam` whose weight decay is decoupled from the gradient: w is first multiplied by 1 - lr λ."""

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )
