"""SqueezeNet (Iandola et al. 2016, arXiv 1602.07360), with torchvision's parameter names."""

from typing import Final

from .. import nn
from .._functions.joining import cat
from .._functions.movement import flatten
from .._tensor import Tensor
from ._weights import WeightsEnum, builder, trained

__all__ = ["SqueezeNet", "SqueezeNet1_0_Weights", "SqueezeNet1_1_Weights", "squeezenet1_0", "squeezenet1_1"]


class Fire(nn.Module):
    """1x1 down to ``squeeze_planes``, and from there 1x1 and 3x3 side by side."""

    def __init__(
        self, inplanes: int, squeeze_planes: int, expand1x1_planes: int, expand3x3_planes: int
    ) -> None:
        super().__init__()
        self.inplanes = inplanes
        self.squeeze: nn.Conv2d = nn.Conv2d(inplanes, squeeze_planes, 1)
        self.squeeze_activation: nn.ReLU = nn.ReLU()
        self.expand1x1: nn.Conv2d = nn.Conv2d(squeeze_planes, expand1x1_planes, 1)
        self.expand1x1_activation: nn.ReLU = nn.ReLU()
        self.expand3x3: nn.Conv2d = nn.Conv2d(squeeze_planes, expand3x3_planes, 3, padding=1)
        self.expand3x3_activation: nn.ReLU = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        x = self.squeeze_activation(self.squeeze(x))
        one, three = self.expand1x1(x), self.expand3x3(x)
        return cat([self.expand1x1_activation(one), self.expand3x3_activation(three)], 1)


_STEMS = {"1_0": (96, 7), "1_1": (64, 3)}
_POOLED_BEFORE = {"1_0": (0, 3, 7), "1_1": (0, 2, 4)}
"""The fire modules that pooling stands before."""


class SqueezeNet(nn.Module):
    """Eight fire modules between convolutions; scores are means over the plane."""

    def __init__(self, version: str = "1_0", num_classes: int = 1000, dropout: float = 0.5) -> None:
        super().__init__()
        if version not in _STEMS:
            raise ValueError(f"Unsupported SqueezeNet version {version}: 1_0 or 1_1 expected")
        self.num_classes = num_classes
        channels, kernel = _STEMS[version]
        layers: list[nn.Module] = [nn.Conv2d(3, channels, kernel, 2), nn.ReLU()]
        for i, (narrow, wide) in enumerate(
            ((16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256))
        ):
            if i in _POOLED_BEFORE[version]:
                layers.append(nn.MaxPool2d(3, 2, ceil_mode=True))
            layers.append(Fire(channels, narrow, wide, wide))
            channels = 2 * wide
        self.features: nn.Sequential = nn.Sequential(*layers)
        last = nn.Conv2d(512, self.num_classes, 1)
        self.classifier: nn.Sequential = nn.Sequential(
            nn.Dropout(dropout), last, nn.ReLU(), nn.AdaptiveAvgPool2d((1, 1))
        )
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                if module is last:
                    nn.init.normal_(module.weight, mean=0.0, std=0.01)
                else:
                    nn.init.kaiming_uniform_(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        return flatten(self.classifier(self.features(x)), 1)


class SqueezeNet1_0_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("squeezenet1_0-b66bff10.pth", min_size=21)


class SqueezeNet1_1_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("squeezenet1_1-b8a52dc0.pth", min_size=17)


squeezenet1_0: Final = builder(SqueezeNet1_0_Weights, SqueezeNet, "1_0")
squeezenet1_1: Final = builder(SqueezeNet1_1_Weights, SqueezeNet, "1_1")
