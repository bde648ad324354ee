"""Muon (Jordan et al., 2024): momentum made orthogonal, for matrices."""

import math
from typing import Any

import numpy as np

from .._tensor import Tensor
from ._optimizer import Optimizer, Parameters
from ._updates import Group, new_state, not_negative

__all__ = ["Muon"]


def _orthogonal(g: Any, coefficients: tuple[float, float, float], steps: int, eps: float) -> Any:
    """About U Vᵀ of g's singular value decomposition: a quintic iteration of Newton's and Schulz' kind,
    which brings the singular values near 1."""
    a, b, c = coefficients
    tall = g.shape[0] > g.shape[1]
    x = g.T if tall else g
    x = x / max(float(np.sqrt((x * x).sum())), eps)
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * (gram @ gram)) @ x
    return x.T if tall else x


class Muon(Optimizer):
    """Steps of one length in every direction of a matrix: the momentum's singular values become about 1.

    v ← μ v + (1 - μ) g;  o = orthogonal(``nesterov``: (1 - μ) g + μ v, else v);
    w ← (1 - lr λ) w - lr s o, with s = sqrt(max(1, rows / columns)), or 0.2 sqrt(max(rows, columns)) for
    ``adjust_lr_fn="match_rms_adamw"``. All parameters are matrices. The iteration runs in the parameter's
    dtype, where PyTorch rounds to bfloat16.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.7750, 2.0315),
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
    ) -> None:
        not_negative({"Learning rate": lr, "momentum": momentum, "weight decay": weight_decay})
        if adjust_lr_fn not in (None, "original", "match_rms_adamw"):
            raise ValueError(f"Adjust learning rate function {adjust_lr_fn} is not supported")
        defaults = {
            "lr": lr,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "nesterov": nesterov,
            "ns_coefficients": ns_coefficients,
            "eps": eps,
            "ns_steps": ns_steps,
            "adjust_lr_fn": adjust_lr_fn,
        }
        super().__init__(params, defaults)
        for p in self._parameters():
            if p.ndim != 2:
                raise ValueError(
                    "Muon only supports 2D parameters whereas we found a parameter with size: "
                    f"{tuple(p.shape)}; give the others to AdamW"
                )

    def _entries(self, group: Group) -> tuple[str, ...]:
        return ("momentum_buffer",)

    def _update(self, parameter: Any, gradient: Any, state: dict[str, Any], group: Group) -> None:
        if group["ns_steps"] >= 100:
            raise ValueError("Number of steps must be less than 100 for computational efficiency")
        if not state:
            state["momentum_buffer"] = new_state(parameter)
        velocity, momentum, lr = state["momentum_buffer"].array, group["momentum"], group["lr"]
        velocity += (1 - momentum) * (gradient - velocity)
        move = gradient + momentum * (velocity - gradient) if group["nesterov"] else velocity
        move = _orthogonal(move, group["ns_coefficients"], group["ns_steps"], group["eps"])
        rows, columns = parameter.shape
        if group["adjust_lr_fn"] == "match_rms_adamw":
            scale = 0.2 * math.sqrt(max(rows, columns))
        else:
            scale = math.sqrt(max(1, rows / columns))
        parameter *= 1 - lr * group["weight_decay"]
        parameter -= lr * scale * move
