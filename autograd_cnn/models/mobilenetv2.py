"""MobileNetV2 (Sandler et al. 2018, arXiv 1801.04381), with torchvision's parameter names."""

from collections.abc import Sequence
from typing import Any, Final

from .. import nn
from .._functions.movement import flatten
from .._tensor import Tensor
from ..nn import functional as F
from ._blocks import Conv2dNormActivation, Layer, draw_by_outputs, make_divisible
from ._weights import WeightsEnum, builder, trained

__all__ = ["InvertedResidual", "MobileNetV2", "MobileNet_V2_Weights", "mobilenet_v2"]

_STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
"""Expansion, channels, how many, stride of the first: table 2 of the paper."""


class InvertedResidual(nn.Module):
    """1x1 up to ``expand_ratio`` times the channels, 3x3 of each channel by itself, 1x1 down; beside a
    shortcut where shapes allow."""

    def __init__(
        self, inp: int, oup: int, stride: int, expand_ratio: int, norm_layer: Layer | None = None
    ) -> None:
        super().__init__()
        if stride not in (1, 2):
            raise ValueError(f"stride should be 1 or 2 instead of {stride}")
        norm = norm_layer or nn.BatchNorm2d
        hidden = round(inp * expand_ratio)
        self.stride = stride
        self.use_res_connect: bool = stride == 1 and inp == oup
        options: dict[str, Any] = {"norm_layer": norm, "activation_layer": nn.ReLU6}
        expanded = [Conv2dNormActivation(inp, hidden, 1, **options)] if expand_ratio != 1 else []
        self.conv: nn.Sequential = nn.Sequential(
            *expanded,
            Conv2dNormActivation(hidden, hidden, stride=stride, groups=hidden, **options),
            nn.Conv2d(hidden, oup, 1, bias=False),
            norm(oup),
        )
        self.out_channels = oup

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv(x) if self.use_res_connect else self.conv(x)


class MobileNetV2(nn.Module):
    """Seventeen inverted residuals between two convolutions, and a linear layer: (N, 3, 224, 224), or another
    size, to scores."""

    def __init__(
        self,
        num_classes: int = 1000,
        width_mult: float = 1.0,
        inverted_residual_setting: Sequence[Sequence[int]] | None = None,
        round_nearest: int = 8,
        block: Layer | None = None,
        norm_layer: Layer | None = None,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        block, norm = block or InvertedResidual, norm_layer or nn.BatchNorm2d
        options: dict[str, Any] = {"norm_layer": norm, "activation_layer": nn.ReLU6}
        channels = make_divisible(32 * width_mult, round_nearest)
        self.last_channel: int = make_divisible(1280 * max(1.0, width_mult), round_nearest)
        features: list[nn.Module] = [Conv2dNormActivation(3, channels, stride=2, **options)]
        for t, c, n, s in inverted_residual_setting or _STAGES:
            out = make_divisible(c * width_mult, round_nearest)
            for i in range(n):
                features.append(block(channels, out, s if i == 0 else 1, expand_ratio=t, norm_layer=norm))
                channels = out
        features.append(Conv2dNormActivation(channels, self.last_channel, 1, **options))
        self.features: nn.Sequential = nn.Sequential(*features)
        self.classifier: nn.Sequential = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(self.last_channel, num_classes)
        )
        draw_by_outputs(self)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(flatten(F.adaptive_avg_pool2d(self.features(x), (1, 1)), 1))


class MobileNet_V2_Weights(WeightsEnum):
    IMAGENET1K_V1 = trained("mobilenet_v2-b0353104.pth")
    IMAGENET1K_V2 = DEFAULT = trained("mobilenet_v2-7ebf99e0.pth", resize=232)


mobilenet_v2: Final = builder(MobileNet_V2_Weights, MobileNetV2)
