"""EfficientNet (Tan and Le 2019, arXiv 1905.11946; V2: 2021, arXiv 2104.00298), with torchvision's parameter
names."""

import math
from collections.abc import Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from .. import nn
from .._functions.movement import flatten
from .._tensor import Tensor
from ._blocks import Conv2dNormActivation, Layer, SqueezeExcitation, StochasticDepth, make_divisible
from ._weights import WeightsEnum, builder, trained

__all__ = [
    "EfficientNet",
    "EfficientNet_B0_Weights",
    "EfficientNet_B1_Weights",
    "EfficientNet_B2_Weights",
    "EfficientNet_B3_Weights",
    "EfficientNet_B4_Weights",
    "EfficientNet_B5_Weights",
    "EfficientNet_B6_Weights",
    "EfficientNet_B7_Weights",
    "EfficientNet_V2_L_Weights",
    "EfficientNet_V2_M_Weights",
    "EfficientNet_V2_S_Weights",
    "efficientnet_b0",
    "efficientnet_b1",
    "efficientnet_b2",
    "efficientnet_b3",
    "efficientnet_b4",
    "efficientnet_b5",
    "efficientnet_b6",
    "efficientnet_b7",
    "efficientnet_v2_l",
    "efficientnet_v2_m",
    "efficientnet_v2_s",
]


class Stage(NamedTuple):
    """A stage: whether its blocks' first two convolutions are one, expansion, kernel, stride of the first
    block, channels in and out, and how many blocks."""

    fused: bool
    expand_ratio: float
    kernel: int
    stride: int
    input_channels: int
    out_channels: int
    num_layers: int


class MBConv(nn.Module):
    """1x1 up, a convolution of each channel by itself, weights of channels, 1x1 down; beside a shortcut,
    which alone is left with the probability of stochastic depth."""

    def __init__(self, cnf: Stage, stochastic_depth_prob: float, norm_layer: Layer) -> None:
        super().__init__()
        if not 1 <= cnf.stride <= 2:
            raise ValueError("illegal stride value")
        self.use_res_connect: bool = cnf.stride == 1 and cnf.input_channels == cnf.out_channels
        inside = make_divisible(cnf.input_channels * cnf.expand_ratio, 8)
        options: dict[str, Any] = {"norm_layer": norm_layer, "activation_layer": nn.SiLU}
        layers: list[nn.Module] = []
        if inside != cnf.input_channels:
            layers.append(Conv2dNormActivation(cnf.input_channels, inside, 1, **options))
        layers += [
            Conv2dNormActivation(inside, inside, cnf.kernel, cnf.stride, groups=inside, **options),
            SqueezeExcitation(inside, max(1, cnf.input_channels // 4), activation=nn.SiLU),
            Conv2dNormActivation(inside, cnf.out_channels, 1, norm_layer=norm_layer, activation_layer=None),
        ]
        self.block: nn.Sequential = nn.Sequential(*layers)
        self.stochastic_depth: StochasticDepth = StochasticDepth(stochastic_depth_prob, "row")
        self.out_channels: int = cnf.out_channels

    def forward(self, input: Tensor) -> Tensor:
        found = self.block(input)
        return self.stochastic_depth(found) + input if self.use_res_connect else found


class FusedMBConv(nn.Module):
    """As :class:`MBConv`, with one convolution in place of the first two, and no weights of channels."""

    def __init__(self, cnf: Stage, stochastic_depth_prob: float, norm_layer: Layer) -> None:
        super().__init__()
        if not 1 <= cnf.stride <= 2:
            raise ValueError("illegal stride value")
        self.use_res_connect: bool = cnf.stride == 1 and cnf.input_channels == cnf.out_channels
        inside = make_divisible(cnf.input_channels * cnf.expand_ratio, 8)
        options: dict[str, Any] = {"norm_layer": norm_layer, "activation_layer": nn.SiLU}
        out = cnf.out_channels
        layers: list[nn.Module] = []
        if inside != cnf.input_channels:
            layers = [
                Conv2dNormActivation(cnf.input_channels, inside, cnf.kernel, cnf.stride, **options),
                Conv2dNormActivation(inside, out, 1, norm_layer=norm_layer, activation_layer=None),
            ]
        else:
            layers = [Conv2dNormActivation(cnf.input_channels, out, cnf.kernel, cnf.stride, **options)]
        self.block: nn.Sequential = nn.Sequential(*layers)
        self.stochastic_depth: StochasticDepth = StochasticDepth(stochastic_depth_prob, "row")
        self.out_channels: int = out

    def forward(self, input: Tensor) -> Tensor:
        found = self.block(input)
        return self.stochastic_depth(found) + input if self.use_res_connect else found


class EfficientNet(nn.Module):
    """Stages of inverted residuals between two convolutions, a mean and a linear layer: (N, 3, H, W) to
    scores."""

    def __init__(
        self,
        inverted_residual_setting: Sequence[Stage],
        dropout: float,
        stochastic_depth_prob: float = 0.2,
        num_classes: int = 1000,
        norm_layer: Layer | None = None,
        last_channel: int | None = None,
    ) -> None:
        super().__init__()
        if not inverted_residual_setting:
            raise ValueError("The inverted_residual_setting should not be empty")
        norm = norm_layer or nn.BatchNorm2d
        options: dict[str, Any] = {"norm_layer": norm, "activation_layer": nn.SiLU}
        first = inverted_residual_setting[0].input_channels
        layers: list[nn.Module] = [Conv2dNormActivation(3, first, stride=2, **options)]
        total, done = sum(stage.num_layers for stage in inverted_residual_setting), 0
        for stage in inverted_residual_setting:
            blocks: list[nn.Module] = []
            make = FusedMBConv if stage.fused else MBConv
            for i in range(stage.num_layers):
                rest = stage._replace(input_channels=stage.out_channels, stride=1)
                blocks.append(make(rest if i else stage, stochastic_depth_prob * done / total, norm))
                done += 1
            layers.append(nn.Sequential(*blocks))
        out = inverted_residual_setting[-1].out_channels
        last = 4 * out if last_channel is None else last_channel
        layers.append(Conv2dNormActivation(out, last, 1, **options))
        self.features: nn.Sequential = nn.Sequential(*layers)
        self.avgpool: nn.AdaptiveAvgPool2d = nn.AdaptiveAvgPool2d(1)
        self.classifier: nn.Sequential = nn.Sequential(nn.Dropout(dropout), nn.Linear(last, num_classes))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")
            elif isinstance(module, nn.Linear):
                width = 1.0 / math.sqrt(module.out_features)
                nn.init.uniform_(module.weight, -width, width)
            if isinstance(module, (nn.Conv2d, nn.Linear)) and module.bias is not None:
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(flatten(self.avgpool(self.features(x)), 1))


_B0 = (
    (1, 3, 1, 32, 16, 1),
    (6, 3, 2, 16, 24, 2),
    (6, 5, 2, 24, 40, 2),
    (6, 3, 2, 40, 80, 3),
    (6, 5, 1, 80, 112, 3),
    (6, 5, 2, 112, 192, 4),
    (6, 3, 1, 192, 320, 1),
)
"""Expansion, kernel, stride, channels in and out, blocks: table 1 of the paper."""

_V2: dict[str, tuple[tuple[Any, ...], ...]] = {
    "s": (
        (True, 1, 3, 1, 24, 24, 2),
        (True, 4, 3, 2, 24, 48, 4),
        (True, 4, 3, 2, 48, 64, 4),
        (False, 4, 3, 2, 64, 128, 6),
        (False, 6, 3, 1, 128, 160, 9),
        (False, 6, 3, 2, 160, 256, 15),
    ),
    "m": (
        (True, 1, 3, 1, 24, 24, 3),
        (True, 4, 3, 2, 24, 48, 5),
        (True, 4, 3, 2, 48, 80, 5),
        (False, 4, 3, 2, 80, 160, 7),
        (False, 6, 3, 1, 160, 176, 14),
        (False, 6, 3, 2, 176, 304, 18),
        (False, 6, 3, 1, 304, 512, 5),
    ),
    "l": (
        (True, 1, 3, 1, 32, 32, 4),
        (True, 4, 3, 2, 32, 64, 7),
        (True, 4, 3, 2, 64, 96, 7),
        (False, 4, 3, 2, 96, 192, 10),
        (False, 6, 3, 1, 192, 224, 19),
        (False, 6, 3, 2, 224, 384, 25),
        (False, 6, 3, 1, 384, 640, 7),
    ),
}


def _scaled(width: float, depth: float, dropout: float, **kwargs: Any) -> EfficientNet:
    """B0, ``width`` times as wide and ``depth`` times as deep."""
    stages = [
        Stage(
            False,
            t,
            kernel,
            stride,
            make_divisible(i * width),
            make_divisible(o * width),
            math.ceil(n * depth),
        )
        for t, kernel, stride, i, o, n in _B0
    ]
    return EfficientNet(stages, **{"dropout": dropout, **kwargs})


def _second(size: str, dropout: float, **kwargs: Any) -> EfficientNet:
    """The second version in one of its sizes."""
    return EfficientNet(
        [Stage(*stage) for stage in _V2[size]], **{"dropout": dropout, "last_channel": 1280, **kwargs}
    )


_ACCURATE = {"norm_layer": partial(nn.BatchNorm2d, eps=0.001, momentum=0.01)}
_EXACT = {"norm_layer": partial(nn.BatchNorm2d, eps=1e-3)}


class EfficientNet_B0_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("efficientnet_b0_rwightman-7f5810bc.pth", 224, 256, "bicubic")


class EfficientNet_B1_Weights(WeightsEnum):
    IMAGENET1K_V1 = trained("efficientnet_b1_rwightman-bac287d4.pth", 240, 256, "bicubic")
    IMAGENET1K_V2 = DEFAULT = trained("efficientnet_b1-c27df63c.pth", 240, 255)


class EfficientNet_B2_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("efficientnet_b2_rwightman-c35c1473.pth", 288, 288, "bicubic")


class EfficientNet_B3_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("efficientnet_b3_rwightman-b3899882.pth", 300, 320, "bicubic")


class EfficientNet_B4_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("efficientnet_b4_rwightman-23ab8bcd.pth", 380, 384, "bicubic")


class EfficientNet_B5_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("efficientnet_b5_lukemelas-1a07897c.pth", 456, 456, "bicubic")


class EfficientNet_B6_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("efficientnet_b6_lukemelas-24a108a5.pth", 528, 528, "bicubic")


class EfficientNet_B7_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("efficientnet_b7_lukemelas-c5b4e57e.pth", 600, 600, "bicubic")


class EfficientNet_V2_S_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("efficientnet_v2_s-dd5fe13b.pth", 384, 384, min_size=33)


class EfficientNet_V2_M_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("efficientnet_v2_m-dc08266a.pth", 480, 480, min_size=33)


class EfficientNet_V2_L_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("efficientnet_v2_l-59c71312.pth", 480, 480, "bicubic", min_size=33)


efficientnet_b0: Final = builder(EfficientNet_B0_Weights, _scaled, 1.0, 1.0, 0.2)
efficientnet_b1: Final = builder(EfficientNet_B1_Weights, _scaled, 1.0, 1.1, 0.2)
efficientnet_b2: Final = builder(EfficientNet_B2_Weights, _scaled, 1.1, 1.2, 0.3)
efficientnet_b3: Final = builder(EfficientNet_B3_Weights, _scaled, 1.2, 1.4, 0.3)
efficientnet_b4: Final = builder(EfficientNet_B4_Weights, _scaled, 1.4, 1.8, 0.4)
efficientnet_b5: Final = builder(EfficientNet_B5_Weights, _scaled, 1.6, 2.2, 0.4, **_ACCURATE)
efficientnet_b6: Final = builder(EfficientNet_B6_Weights, _scaled, 1.8, 2.6, 0.5, **_ACCURATE)
efficientnet_b7: Final = builder(EfficientNet_B7_Weights, _scaled, 2.0, 3.1, 0.5, **_ACCURATE)
efficientnet_v2_s: Final = builder(EfficientNet_V2_S_Weights, _second, "s", 0.2, **_EXACT)
efficientnet_v2_m: Final = builder(EfficientNet_V2_M_Weights, _second, "m", 0.3, **_EXACT)
efficientnet_v2_l: Final = builder(EfficientNet_V2_L_Weights, _second, "l", 0.4, **_EXACT)
