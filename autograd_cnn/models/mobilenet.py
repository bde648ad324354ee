"""MobileNetV2 (Sandler et al. 2018, arXiv 1801.04381), with torchvision's parameter names."""

from .. import nn
from .._functions.movement import flatten
from .._tensor import Tensor
from ..nn import functional as F

__all__ = ["InvertedResidual", "MobileNetV2", "mobilenet_v2"]


class Conv2dNormActivation(nn.Sequential):
    """A convolution that keeps the size (of stride 1), batch normalisation and ReLU6."""

    def __init__(self, inp: int, out: int, kernel_size: int = 3, stride: int = 1, groups: int = 1) -> None:
        convolution = nn.Conv2d(
            inp, out, kernel_size, stride, (kernel_size - 1) // 2, groups=groups, bias=False
        )
        super().__init__(convolution, nn.BatchNorm2d(out), nn.ReLU6())
        self.out_channels = out


class InvertedResidual(nn.Module):
    """1x1 up to ``expand_ratio`` times the channels, 3x3 of each channel by itself, 1x1 down; beside a
    shortcut where shapes allow."""

    def __init__(self, inp: int, oup: int, stride: int, expand_ratio: int) -> None:
        super().__init__()
        hidden = inp * expand_ratio
        self.use_res_connect: bool = stride == 1 and inp == oup
        expanded = [Conv2dNormActivation(inp, hidden, 1)] if expand_ratio != 1 else []
        self.conv: nn.Sequential = nn.Sequential(
            *expanded,
            Conv2dNormActivation(hidden, hidden, stride=stride, groups=hidden),
            nn.Conv2d(hidden, oup, 1, bias=False),
            nn.BatchNorm2d(oup),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv(x) if self.use_res_connect else self.conv(x)


class MobileNetV2(nn.Module):
    """Seventeen inverted residuals between two convolutions, and a linear layer: (N, 3, 224, 224), or another
    size, to scores."""

    def __init__(self, num_classes: int = 1000, dropout: float = 0.2) -> None:
        super().__init__()
        features: list[nn.Module] = [Conv2dNormActivation(3, 32, stride=2)]
        channels = 32
        # expansion, channels, how many, stride of the first: table 2 of the paper
        for t, c, n, s in (
            (1, 16, 1, 1),
            (6, 24, 2, 2),
            (6, 32, 3, 2),
            (6, 64, 4, 2),
            (6, 96, 3, 1),
            (6, 160, 3, 2),
            (6, 320, 1, 1),
        ):
            for i in range(n):
                features.append(InvertedResidual(channels, c, s if i == 0 else 1, t))
                channels = c
        features.append(Conv2dNormActivation(channels, 1280, 1))
        self.features: nn.Sequential = nn.Sequential(*features)
        self.classifier: nn.Sequential = nn.Sequential(nn.Dropout(dropout), nn.Linear(1280, num_classes))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")
            elif isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, 0, 0.01)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(flatten(F.adaptive_avg_pool2d(self.features(x), 1), 1))


def mobilenet_v2(num_classes: int = 1000, dropout: float = 0.2) -> MobileNetV2:
    """MobileNetV2 of width 1."""
    return MobileNetV2(num_classes, dropout)
