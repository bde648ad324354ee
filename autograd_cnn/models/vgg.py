"""VGG (Simonyan and Zisserman 2014, arXiv 1409.1556), with torchvision's parameter names."""

from collections.abc import Sequence

from .. import nn
from .._functions.movement import flatten
from .._tensor import Tensor

__all__ = ["VGG", "vgg11", "vgg16"]

_PLANES: dict[int, tuple[int, ...]] = {11: (1, 1, 2, 2, 2), 16: (2, 2, 3, 3, 3)}
"""How many 3x3 convolutions of 64, 128, 256, 512 and 512 channels stand before each pooling."""


class VGG(nn.Module):
    """Stages of 3x3 convolutions, each ended by pooling, and three linear layers: (N, 3, 224, 224), or
    another size from 32 on, to scores."""

    def __init__(
        self, counts: Sequence[int], num_classes: int = 1000, batch_norm: bool = False, dropout: float = 0.5
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 3
        for planes, count in zip((64, 128, 256, 512, 512), counts, strict=True):
            for _ in range(count):
                layers.append(nn.Conv2d(channels, planes, 3, padding=1))
                layers += [nn.BatchNorm2d(planes)] if batch_norm else []
                layers.append(nn.ReLU())
                channels = planes
            layers.append(nn.MaxPool2d(2, 2))
        self.features: nn.Sequential = nn.Sequential(*layers)
        self.avgpool: nn.AdaptiveAvgPool2d = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier: nn.Sequential = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(4096, num_classes),
        )
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, 0, 0.01)
            if isinstance(module, (nn.Conv2d, nn.Linear)) and module.bias is not None:
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(flatten(self.avgpool(self.features(x)), 1))


def vgg11(num_classes: int = 1000, batch_norm: bool = False, dropout: float = 0.5) -> VGG:
    """VGG with eleven layers of weights; with ``batch_norm`` torchvision's ``vgg11_bn``."""
    return VGG(_PLANES[11], num_classes, batch_norm, dropout)


def vgg16(num_classes: int = 1000, batch_norm: bool = False, dropout: float = 0.5) -> VGG:
    """VGG with sixteen layers of weights; with ``batch_norm`` torchvision's ``vgg16_bn``."""
    return VGG(_PLANES[16], num_classes, batch_norm, dropout)
