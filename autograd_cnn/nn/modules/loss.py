"""Losses as modules."""

from ..._tensor import Tensor
from .. import functional as F
from ..functional._arguments import legacy_reduction
from ..functional.loss import Normalization
from .module import Module

__all__ = [
    "CrossEntropyLoss",
    "MSELoss",
    "NLLLoss",
    "NLLLoss2d",
]


class _Loss(Module):
    reduction: str

    def __init__(
        self, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
    ) -> None:
        super().__init__()
        self.reduction = legacy_reduction(size_average, reduce, reduction)


class _LabelledLoss(_Loss):
    weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
        *,
        normalization: Normalization | None = None,
        loss_weight: float = 1.0,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
        self.ignore_index = ignore_index
        self.normalization = normalization
        self.loss_weight = loss_weight


class NLLLoss(_LabelledLoss):
    """:func:`~autograd_cnn.nn.functional.nll_loss`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.nll_loss(
            input,
            target,
            self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            normalization=self.normalization,
            loss_weight=self.loss_weight,
        )


class CrossEntropyLoss(_LabelledLoss):
    """:func:`~autograd_cnn.nn.functional.cross_entropy`: softmax with loss."""

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
        *,
        normalization: Normalization | None = None,
        loss_weight: float = 1.0,
    ) -> None:
        super().__init__(
            weight,
            size_average,
            ignore_index,
            reduce,
            reduction,
            normalization=normalization,
            loss_weight=loss_weight,
        )
        self.label_smoothing = label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(
            input,
            target,
            self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
            normalization=self.normalization,
            loss_weight=self.loss_weight,
        )


class MSELoss(_Loss):
    """:func:`~autograd_cnn.nn.functional.mse_loss`: the squared difference."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.mse_loss(input, target, reduction=self.reduction)


class NLLLoss2d(NLLLoss):
    """:class:`NLLLoss` under the older name of its form for images."""
