"""Stochastic gradient descent: W ← W - lr dL/dW, with momentum."""

from typing import Any

import numpy as np

from .._tensor import Tensor
from ..ops.kernels import compiled
from ._optimizer import Group, Optimizer, Parameters, at_least_zero, refuse_differentiable


class SGD(Optimizer):
    """Gradient descent with momentum m, dampening d and weight decay λ.

    g ← dL/dw + λ w;  v ← m v + (1 - d) g (first v: g);  w ← w - lr v, with ``nesterov`` w ← w - lr (g + m v).
    ``maximize`` climbs. ``foreach`` and ``fused`` choose among PyTorch's implementations and change nothing here.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        at_least_zero(learning__rate=lr, momentum__value=momentum, weight_decay__value=weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        refuse_differentiable(differentiable)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
            "foreach": foreach,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)

    def _update(self, parameter: Any, gradient: Any, state: dict[str, Any], group: Group) -> None:
        if self._fused(parameter, gradient, state, group):
            return
        g = -gradient if group["maximize"] else gradient
        if group["weight_decay"]:
            g = g + group["weight_decay"] * parameter
        momentum = group["momentum"]
        if momentum:
            if state.get("momentum_buffer") is None:
                state["momentum_buffer"] = Tensor(g.copy())
            else:
                velocity = state["momentum_buffer"].array
                velocity *= momentum
                velocity += g if group["dampening"] == 0 else (1 - group["dampening"]) * g
            velocity = state["momentum_buffer"].array
            g = g + momentum * velocity if group["nesterov"] else velocity
        parameter -= float(group["lr"]) * g

    @staticmethod
    def _fused(parameter: Any, gradient: Any, state: dict[str, Any], group: Group) -> bool:
        """The same in one pass over memory, where a compiled kernel serves."""
        if (k := compiled(parameter, gradient, work=parameter.size)) is None:
            return False
        velocity, momentum, started = state.get("momentum_buffer"), group["momentum"], True
        if momentum and velocity is None:
            velocity, started = Tensor(np.empty_like(gradient)), False
        done = k.optimizer.sgd(
            parameter,
            gradient,
            velocity.array if momentum and velocity is not None else None,
            rate=float(group["lr"]),
            momentum=momentum,
            dampening=group["dampening"],
            decay=group["weight_decay"],
            nesterov=group["nesterov"],
            started=started,
            maximize=group["maximize"],
        )
        if done and momentum:
            state["momentum_buffer"] = velocity
        return bool(done)
