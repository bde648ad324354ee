"""Dropout layers: they act in training mode only."""

from typing import ClassVar, TypeAlias

from ..._tensor import Tensor
from .. import functional as F
from .._composition import Composition
from .module import Module

__all__ = [
    "AlphaDropout",
    "Dropout",
    "Dropout1d",
    "Dropout2d",
    "Dropout3d",
    "FeatureAlphaDropout",
]

Drop: TypeAlias = Composition[..., Tensor]


class _Dropout(Module):
    drop: ClassVar[Drop]

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p = p
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return self.drop(input, self.p, self.training, self.inplace)

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_Dropout):
    """Each element 0 with probability ``p``, else 1 / (1 - p) times itself."""

    drop: ClassVar[Drop] = F.dropout


class Dropout1d(_Dropout):
    """Whole channels of (N, C, L) or (C, L)."""

    drop: ClassVar[Drop] = F.dropout1d


class Dropout2d(_Dropout):
    """Whole channels of (N, C, H, W)."""

    drop: ClassVar[Drop] = F.dropout2d


class Dropout3d(_Dropout):
    """Whole channels of (N, C, D, H, W) or (C, D, H, W)."""

    drop: ClassVar[Drop] = F.dropout3d


class AlphaDropout(_Dropout):
    """Dropout for SELU's outputs, whose mean and variance it keeps."""

    drop: ClassVar[Drop] = F.alpha_dropout


class FeatureAlphaDropout(_Dropout):
    """:class:`AlphaDropout` of whole channels."""

    drop: ClassVar[Drop] = F.feature_alpha_dropout
