"""Adagrad (Duchi, Hazan and Singer, 2011)."""

from typing import Any

from .. import ops
from .._tensor import Tensor
from ..ops._half import single
from ._functional import Tensors, stepped
from ._optimizer import Optimizer, Parameters
from ._updates import Group, at_least_zero, choose_one, count, counted, descent, held, new_state

__all__ = ["Adagrad"]


class Adagrad(Optimizer):
    """Steps divided by the root of all squared gradients so far.

    s ← s + g²;  w ← w - lr / (1 + (t - 1) η) g / (sqrt(s) + eps), η the decay of the learning rate.
    Weight decay λ adds λ w to g. ``foreach`` and ``fused`` choose among PyTorch's implementations and
    change nothing here.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        at_least_zero(
            {
                "learning rate": lr,
                "lr_decay value": lr_decay,
                "weight_decay value": weight_decay,
                "initial_accumulator_value value": initial_accumulator_value,
                "epsilon value": eps,
            }
        )
        choose_one(fused, foreach, differentiable)
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)
        for group in self.param_groups:
            for parameter in group["params"]:
                self._start(self.state[parameter], single(parameter.array))

    def _start(self, state: dict[str, Any], parameter: Any) -> None:
        state.update(step=count(), sum=new_state(parameter, self.defaults["initial_accumulator_value"]))

    def _entries(self, group: Group) -> tuple[str, ...]:
        return "step", "sum"

    def share_memory(self) -> None:
        """Move the sums to memory that processes forked from this one write together."""
        for state in self.state.values():
            state["sum"].share_memory_()

    def _update(self, parameter: Any, gradient: Any, state: dict[str, Any], group: Group) -> None:
        if not state:
            self._start(state, parameter)
        t, g = counted(state), descent(parameter, gradient, group)
        total = held(parameter, state["sum"])
        total += g * g
        parameter -= group["lr"] / (1 + (t - 1) * group["lr_decay"]) * (g / (ops.sqrt(total) + group["eps"]))


def adagrad(
    params: Tensors,
    grads: Tensors,
    state_sums: Tensors,
    state_steps: Tensors,
    fused: bool | None = None,
    grad_scale: Tensor | None = None,
    found_inf: Tensor | None = None,
    has_sparse_grad: bool = False,
    foreach: bool | None = None,
    differentiable: bool = False,
    has_complex: bool = False,
    *,
    lr: float | Tensor,
    weight_decay: float,
    lr_decay: float,
    eps: float,
    maximize: bool,
) -> None:
    """One step of :class:`Adagrad` in ``params``; the lists hold what is remembered of each."""
    options: Any = locals()
    stepped(Adagrad, params, grads, {"step": state_steps, "sum": state_sums}, options)
