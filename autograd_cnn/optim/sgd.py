"""Stochastic gradient descent: W ← W - lr dL/dW, with momentum."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .._engine import memory
from .._tensor import Tensor, tensor_of
from ..ops.kernels import compiled
from ._functional import Tensors, stepped
from ._optimizer import Optimizer, Parameters
from ._updates import Group, at_least_zero, choose_one, gpu_kernels, held, new_state, write

__all__ = ["SGD"]


class SGD(Optimizer):
    """Gradient descent with momentum m, dampening d and weight decay λ.

    g ← dL/dw + λ w;  v ← m v + (1 - d) g (first v: g);  w ← w - lr v, with ``nesterov`` w ← w - lr
    (g + m v). ``maximize`` climbs. ``foreach`` and ``fused`` choose among PyTorch's implementations
    and change nothing here.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-3,
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
        at_least_zero({"learning rate": lr, "momentum value": momentum, "weight_decay value": weight_decay})
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        choose_one(fused, foreach, differentiable)
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

    def _entries(self, group: Group) -> tuple[str, ...]:
        return ("momentum_buffer",)

    def _wrong_state(self, who: Any, state: Mapping[str, Any], parameter: Tensor, group: Group) -> list[str]:
        begun = group["momentum"] and state.get("momentum_buffer") is not None
        return super()._wrong_state(who, state, parameter, group) if begun else []

    def _update(self, parameter: Any, gradient: Any, state: dict[str, Any], group: Group) -> None:
        if self._fused(parameter, gradient, state, group):
            return
        g = -gradient if group["maximize"] else gradient
        if group["weight_decay"]:
            g = g + group["weight_decay"] * parameter
        momentum = group["momentum"]
        if momentum:
            if state.get("momentum_buffer") is None:
                state["momentum_buffer"] = new_state(parameter)
                write(held(parameter, state["momentum_buffer"]), g)
            else:
                velocity = held(parameter, state["momentum_buffer"])
                velocity *= momentum
                velocity += g if group["dampening"] == 0 else (1 - group["dampening"]) * g
            velocity = held(parameter, state["momentum_buffer"])
            g = g + momentum * velocity if group["nesterov"] else velocity
        parameter -= group["lr"] * g

    def _update_together(self, parameters: list[Tensor], group: Group) -> list[Tensor]:
        left, launches = [], defaultdict(list)
        for parameter in parameters:
            array, gradient, state = parameter.array, parameter._grad.array, self.state[parameter]
            started = state.get("momentum_buffer") is not None
            velocity = (
                []
                if not group["momentum"]
                else [state["momentum_buffer"].array if started else np.empty_like(array)]
            )
            if (k := gpu_kernels(array, *velocity, gradient=gradient)) is None:
                left.append(parameter)
                continue
            if velocity and not started:
                state["momentum_buffer"] = tensor_of(velocity[0])
            launches[k, array.dtype, started].append((array, gradient, *velocity))
            memory.settle(array)
            memory.wrote(array)
        for (k, _, started), tensors in launches.items():
            k.optimizer.sgd(
                tensors,
                rate=group["lr"],
                momentum=group["momentum"],
                dampening=group["dampening"],
                decay=group["weight_decay"],
                nesterov=group["nesterov"],
                started=started,
                maximize=group["maximize"],
            )
        return left

    @staticmethod
    def _fused(parameter: Any, gradient: Any, state: dict[str, Any], group: Group) -> bool:
        """The same in one pass over memory, where a compiled kernel serves."""
        if (
            type(parameter) is not np.ndarray
            or (k := compiled(parameter, gradient, work=parameter.size)) is None
        ):
            return False
        velocity, momentum, started = state.get("momentum_buffer"), group["momentum"], True
        if momentum and velocity is None:
            velocity, started = tensor_of(np.empty_like(gradient)), False
        done = k.optimizer.sgd(
            parameter,
            gradient,
            velocity.array if momentum and velocity is not None else None,
            rate=group["lr"],
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


def sgd(
    params: Tensors,
    d_p_list: Tensors,
    momentum_buffer_list: Sequence[Tensor | None],
    has_sparse_grad: bool = False,
    foreach: bool | None = None,
    fused: bool | None = None,
    grad_scale: Tensor | None = None,
    found_inf: Tensor | None = None,
    *,
    weight_decay: float,
    momentum: float,
    lr: float | Tensor,
    dampening: float,
    nesterov: bool,
    maximize: bool,
) -> None:
    """One step of :class:`SGD` in ``params``; the lists hold what is remembered of each."""
    options: Any = locals()
    stepped(SGD, params, d_p_list, {"momentum_buffer": momentum_buffer_list}, options)
