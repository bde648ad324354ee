"""MobileNetV3 (Howard et al. 2019, arXiv 1905.02244), with torchvision's parameter names."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from .. import nn
from .._functions.movement import flatten
from .._tensor import Tensor
from ._blocks import Conv2dNormActivation, Layer, SqueezeExcitation, draw_by_outputs, make_divisible
from ._weights import WeightsEnum, builder, trained

__all__ = [
    "MobileNetV3",
    "MobileNet_V3_Large_Weights",
    "MobileNet_V3_Small_Weights",
    "mobilenet_v3_large",
    "mobilenet_v3_small",
]


class InvertedResidualConfig(NamedTuple):
    """A block: channels in, kernel, channels inside and out, whether channels are weighed, the activation
    ("HS" or "RE"), stride and dilation."""

    input_channels: int
    kernel: int
    expanded_channels: int
    out_channels: int
    use_se: bool
    activation: str
    stride: int
    dilation: int = 1


class InvertedResidual(nn.Module):
    """1x1 up, a convolution of each channel by itself, weights of channels, 1x1 down; beside a shortcut where
    shapes allow."""

    def __init__(self, cnf: InvertedResidualConfig, norm_layer: Layer) -> None:
        super().__init__()
        if not 1 <= cnf.stride <= 2:
            raise ValueError("illegal stride value")
        self.use_res_connect: bool = cnf.stride == 1 and cnf.input_channels == cnf.out_channels
        activation = nn.Hardswish if cnf.activation == "HS" else nn.ReLU
        inside = cnf.expanded_channels
        layers: list[nn.Module] = []
        if inside != cnf.input_channels:
            layers.append(
                Conv2dNormActivation(
                    cnf.input_channels, inside, 1, norm_layer=norm_layer, activation_layer=activation
                )
            )
        layers.append(
            Conv2dNormActivation(
                inside,
                inside,
                cnf.kernel,
                1 if cnf.dilation > 1 else cnf.stride,
                groups=inside,
                dilation=cnf.dilation,
                norm_layer=norm_layer,
                activation_layer=activation,
            )
        )
        if cnf.use_se:
            layers.append(
                SqueezeExcitation(inside, make_divisible(inside // 4, 8), scale_activation=nn.Hardsigmoid)
            )
        layers.append(
            Conv2dNormActivation(inside, cnf.out_channels, 1, norm_layer=norm_layer, activation_layer=None)
        )
        self.block: nn.Sequential = nn.Sequential(*layers)
        self.out_channels: int = cnf.out_channels

    def forward(self, input: Tensor) -> Tensor:
        found = self.block(input)
        return found + input if self.use_res_connect else found


class MobileNetV3(nn.Module):
    """Blocks between two convolutions, and two linear layers: (N, 3, 224, 224), or another size, to
    scores."""

    def __init__(
        self,
        inverted_residual_setting: Sequence[InvertedResidualConfig],
        last_channel: int,
        num_classes: int = 1000,
        block: Layer | None = None,
        norm_layer: Layer | None = None,
        dropout: float = 0.2,
        **kwargs: Any,
    ) -> None:
        super().__init__()
        if not inverted_residual_setting:
            raise ValueError("The inverted_residual_setting should not be empty")
        block = block or InvertedResidual
        norm = norm_layer or partial(nn.BatchNorm2d, eps=0.001, momentum=0.01)
        options: dict[str, Any] = {"norm_layer": norm, "activation_layer": nn.Hardswish}
        first = inverted_residual_setting[0].input_channels
        out = inverted_residual_setting[-1].out_channels
        self.features: nn.Sequential = nn.Sequential(
            Conv2dNormActivation(3, first, stride=2, **options),
            *(block(cnf, norm) for cnf in inverted_residual_setting),
            Conv2dNormActivation(out, 6 * out, 1, **options),
        )
        self.avgpool: nn.AdaptiveAvgPool2d = nn.AdaptiveAvgPool2d(1)
        self.classifier: nn.Sequential = nn.Sequential(
            nn.Linear(6 * out, last_channel),
            nn.Hardswish(),
            nn.Dropout(dropout),
            nn.Linear(last_channel, num_classes),
        )
        draw_by_outputs(self)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(flatten(self.avgpool(self.features(x)), 1))


_LARGE = (
    (16, 3, 16, 16, False, "RE", 1),
    (16, 3, 64, 24, False, "RE", 2),
    (24, 3, 72, 24, False, "RE", 1),
    (24, 5, 72, 40, True, "RE", 2),
    (40, 5, 120, 40, True, "RE", 1),
    (40, 5, 120, 40, True, "RE", 1),
    (40, 3, 240, 80, False, "HS", 2),
    (80, 3, 200, 80, False, "HS", 1),
    (80, 3, 184, 80, False, "HS", 1),
    (80, 3, 184, 80, False, "HS", 1),
    (80, 3, 480, 112, True, "HS", 1),
    (112, 3, 672, 112, True, "HS", 1),
    (112, 5, 672, 160, True, "HS", 2),
    (160, 5, 960, 160, True, "HS", 1),
    (160, 5, 960, 160, True, "HS", 1),
)
_SMALL = (
    (16, 3, 16, 16, True, "RE", 2),
    (16, 3, 72, 24, False, "RE", 2),
    (24, 3, 88, 24, False, "RE", 1),
    (24, 5, 96, 40, True, "HS", 2),
    (40, 5, 240, 40, True, "HS", 1),
    (40, 5, 240, 40, True, "HS", 1),
    (40, 5, 120, 48, True, "HS", 1),
    (48, 5, 144, 48, True, "HS", 1),
    (48, 5, 288, 96, True, "HS", 2),
    (96, 5, 576, 96, True, "HS", 1),
    (96, 5, 576, 96, True, "HS", 1),
)


def _of_width(
    stages: Sequence[tuple[Any, ...]],
    last_channel: int,
    width_mult: float = 1.0,
    reduced_tail: bool = False,
    dilated: bool = False,
    **kwargs: Any,
) -> MobileNetV3:
    """MobileNetV3 with ``width_mult`` times the channels; the last stage half as wide with ``reduced_tail``,
    and with ``dilated`` dilated instead of strided."""
    settings = []
    last_stride = max(i for i, stage in enumerate(stages) if stage[6] == 2)
    for i, (inp, kernel, inside, out, weighed, activation, stride) in enumerate(stages):
        tail = i >= last_stride and reduced_tail
        ratio = (1 if i == last_stride else 2) if tail else 1
        settings.append(
            InvertedResidualConfig(
                make_divisible(inp // ratio * width_mult),
                kernel,
                make_divisible((inside // 2 if tail and i > last_stride else inside) * width_mult),
                make_divisible((out // 2 if tail else out) * width_mult),
                weighed,
                activation,
                stride,
                2 if dilated and i >= last_stride else 1,
            )
        )
    last = make_divisible((last_channel // 2 if reduced_tail else last_channel) * width_mult)
    return MobileNetV3(settings, last, **kwargs)


class MobileNet_V3_Large_Weights(WeightsEnum):
    IMAGENET1K_V1 = trained("mobilenet_v3_large-8738ca79.pth")
    IMAGENET1K_V2 = DEFAULT = trained("mobilenet_v3_large-5c1a4163.pth", resize=232)


class MobileNet_V3_Small_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("mobilenet_v3_small-047dcff4.pth")


mobilenet_v3_large: Final = builder(MobileNet_V3_Large_Weights, _of_width, _LARGE, 1280)
mobilenet_v3_small: Final = builder(MobileNet_V3_Small_Weights, _of_width, _SMALL, 1024)
