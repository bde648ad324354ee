"""Adafactor (Shazeer and Stern, 2018): Adam's second moments of a matrix by its rows and columns."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .._tensor import Tensor, tensor_of
from ._checks import wrong_entries
from ._optimizer import Optimizer, Parameters
from ._updates import Group, count, counted, new_state, not_negative

__all__ = ["Adafactor"]


class Adafactor(Optimizer):
    """Steps relative to the size of the parameter, divided by the root of a running mean square that is kept
    for rows and columns only.

    With β = t^``beta2_decay``: r and c, of parameters with two dimensions or more, move by β towards the
    mean squares of g along its last dimension and the one before; v = r c / mean(r). Else v moves by β
    towards g². u = g / sqrt(v);  w ← (1 - lr λ) w - α u / max(1, rms(u) / d), where
    α = max(ε₂, rms(w)) min(lr, 1 / sqrt(t)).
    """

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
    ) -> None:
        not_negative({"Learning rate": lr})
        if beta2_decay > 0:
            raise ValueError(f"beta2_decay should be <= 0 but is: {beta2_decay}")
        not_negative({"epsilon1": eps[0] or 0.0, "epsilon2": eps[1]})
        if not d >= 1.0:
            raise ValueError(f"Clipping threshold d should be >= 1 but is: {d}")
        not_negative({"weight_decay": weight_decay})
        defaults = {
            "lr": lr,
            "beta2_decay": beta2_decay,
            "eps": eps,
            "d": d,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def _wrong_state(self, who: Any, state: Mapping[str, Any], parameter: Tensor, group: Group) -> list[str]:
        entries = ["step", "variance"] if parameter.ndim < 2 else ["step"]
        return wrong_entries(who, state, parameter, entries, self._numbers)

    def _update(self, parameter: Any, gradient: Any, state: dict[str, Any], group: Group) -> None:
        if not state:
            state["step"] = count()
            if gradient.ndim > 1:
                state["row_var"] = tensor_of(np.zeros_like(gradient[..., :1]))
                state["col_var"] = tensor_of(np.zeros_like(gradient[..., :1, :]))
            else:
                state["variance"] = new_state(parameter)
        t, g, lr = counted(state), -gradient if group["maximize"] else gradient, group["lr"]
        least, smallest = group["eps"]
        least = float(np.finfo(parameter.dtype).eps) if least is None else least
        share = t ** group["beta2_decay"]
        alpha = max(smallest, _rms(parameter)) * min(lr, t**-0.5)
        if group["weight_decay"]:
            parameter *= 1 - lr * group["weight_decay"]
        if g.ndim > 1:
            rows, columns = state["row_var"].array, state["col_var"].array
            rows += share * ((g * g).mean(-1, keepdims=True) - rows)
            columns += share * ((g * g).mean(-2, keepdims=True) - columns)
            square = rows @ columns / np.maximum(rows.mean(-2, keepdims=True), least)
        else:
            square = state["variance"].array
            square += share * (g * g - square)
        move = g / np.sqrt(np.maximum(square, least * least))
        parameter -= alpha / max(1.0, _rms(move) / group["d"]) * move


def _rms(x: Any) -> float:
    return float(np.sqrt((x * x).mean())) if x.size else 0.0
