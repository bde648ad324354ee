"""Averaged stochastic gradient descent (Polyak and Juditsky, 1992)."""

from typing import Any

from .._tensor import Tensor
from ._functional import Tensors, stepped
from ._optimizer import Optimizer, Parameters
from ._updates import Group, at_least_zero, count, counted, descent, held, new_state

__all__ = ["ASGD"]


class ASGD(Optimizer):
    """Gradient descent with a decaying rate, that also keeps the average of where it has been, as ``ax`` in
    the state.

    w ← (1 - λ η) w - η g;  a ← a + μ (w - a);  η ← lr / (1 + λ lr t)^α;  μ ← 1 / max(1, t
    - t₀), with λ = ``lambd``. ``foreach`` and ``capturable`` choose among PyTorch's
    implementations and change nothing here.
    """

    _numbers = ("step", "eta", "mu")

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        at_least_zero({"learning rate": lr, "weight_decay value": weight_decay})
        defaults = {
            "lr": lr,
            "lambd": lambd,
            "alpha": alpha,
            "t0": t0,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def _entries(self, group: Group) -> tuple[str, ...]:
        return "step", "eta", "mu", "ax"

    def _update(self, parameter: Any, gradient: Any, state: dict[str, Any], group: Group) -> None:
        lr, lambd = group["lr"], group["lambd"]
        if not state:
            state.update(step=count(), eta=count(lr), mu=count(1), ax=new_state(parameter))
        t, g = counted(state), descent(parameter, gradient, group)
        eta, mu = (float(state[name].array) for name in ("eta", "mu"))  # constants, as in PyTorch
        parameter *= 1 - lambd * eta
        parameter -= eta * g
        average = held(parameter, state["ax"])
        average += mu * (parameter - average)
        rate = float(lr)
        state["eta"].array[...] = rate / (1 + lambd * rate * t) ** group["alpha"]
        state["mu"].array[...] = 1 / max(1, t - group["t0"])


def asgd(
    params: Tensors,
    grads: Tensors,
    axs: Tensors,
    mus: Tensors,
    etas: Tensors,
    state_steps: Tensors,
    foreach: bool | None = None,
    maximize: bool = False,
    differentiable: bool = False,
    capturable: bool = False,
    has_complex: bool = False,
    *,
    lambd: float,
    lr: float | Tensor,
    t0: float,
    alpha: float,
    weight_decay: float,
) -> None:
    """One step of :class:`ASGD` in ``params``; the lists hold what is remembered of each."""
    options: Any = locals()
    stepped(ASGD, params, grads, {"step": state_steps, "ax": axs, "mu": mus, "eta": etas}, options)
