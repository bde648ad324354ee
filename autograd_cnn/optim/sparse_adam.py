"""SparseAdam, whose gradients are sparse tensors: there are none here, and it says so."""

from typing import Any, NoReturn

from .._tensor import Tensor
from ._optimizer import Optimizer, Parameters
from ._updates import Group, below_one

__all__ = ["SparseAdam"]


class SparseAdam(Optimizer):
    """Adam for sparse gradients. Gradients are dense here, and a step with one is refused, as in PyTorch."""

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        maximize: bool = False,
    ) -> None:
        if isinstance(lr, Tensor) and lr.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
        if not float(lr) > 0.0:
            raise ValueError(f"Invalid learning rate: {lr}")
        if not eps > 0.0:
            raise ValueError(f"Invalid epsilon value: {eps}")
        below_one(betas)
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "maximize": maximize})

    def _update(self, parameter: Any, gradient: Any, state: dict[str, Any], group: Group) -> NoReturn:
        raise RuntimeError("SparseAdam does not support dense gradients, please consider Adam instead")
