"""VGG (Simonyan and Zisserman 2014, arXiv 1409.1556), with torchvision's parameter names."""

from collections.abc import Sequence
from typing import Any, Final

from .. import nn
from .._functions.movement import flatten
from .._tensor import Tensor
from ._blocks import draw_by_outputs
from ._weights import Weights, WeightsEnum, builder, trained

__all__ = [
    "VGG",
    "VGG11_BN_Weights",
    "VGG11_Weights",
    "VGG13_BN_Weights",
    "VGG13_Weights",
    "VGG16_BN_Weights",
    "VGG16_Weights",
    "VGG19_BN_Weights",
    "VGG19_Weights",
    "vgg11",
    "vgg11_bn",
    "vgg13",
    "vgg13_bn",
    "vgg16",
    "vgg16_bn",
    "vgg19",
    "vgg19_bn",
]

_COUNTS: dict[int, tuple[int, ...]] = {
    11: (1, 1, 2, 2, 2),
    13: (2, 2, 2, 2, 2),
    16: (2, 2, 3, 3, 3),
    19: (2, 2, 4, 4, 4),
}
"""How many 3x3 convolutions of 64, 128, 256, 512 and 512 channels stand before each pooling."""


def make_layers(cfg: Sequence[int | str], batch_norm: bool = False) -> nn.Sequential:
    """3x3 convolutions of so many channels with relu, and pooling for each "M"."""
    layers: list[nn.Module] = []
    channels = 3
    for planes in cfg:
        if isinstance(planes, str):
            layers.append(nn.MaxPool2d(2, 2))
            continue
        layers.append(nn.Conv2d(channels, planes, 3, padding=1))
        layers += [nn.BatchNorm2d(planes)] if batch_norm else []
        layers.append(nn.ReLU())
        channels = planes
    return nn.Sequential(*layers)


def _vgg(depth: int, batch_norm: bool, **kwargs: Any) -> "VGG":
    cfg: list[int | str] = []
    for planes, count in zip((64, 128, 256, 512, 512), _COUNTS[depth], strict=True):
        cfg += [*([planes] * count), "M"]
    return VGG(make_layers(cfg, kwargs.pop("batch_norm", batch_norm)), **kwargs)


class VGG(nn.Module):
    """Stages of 3x3 convolutions, each ended by pooling, and three linear layers: (N, 3, 224, 224), or
    another size from 32 on, to scores."""

    def __init__(
        self,
        features: nn.Module,
        num_classes: int = 1000,
        init_weights: bool = True,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        self.features = features
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
        if init_weights:
            draw_by_outputs(self)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(flatten(self.avgpool(self.features(x)), 1))


def _of_vgg(file: str) -> Weights:
    return trained(file, min_size=32, defaults={"init_weights": False})


class VGG11_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = _of_vgg("vgg11-8a719046.pth")


class VGG11_BN_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = _of_vgg("vgg11_bn-6002323d.pth")


class VGG13_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = _of_vgg("vgg13-19584684.pth")


class VGG13_BN_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = _of_vgg("vgg13_bn-abd245e5.pth")


class VGG16_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = _of_vgg("vgg16-397923af.pth")
    IMAGENET1K_FEATURES = _of_vgg("vgg16_features-amdegroot-88682ab5.pth")


class VGG16_BN_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = _of_vgg("vgg16_bn-6c64b313.pth")


class VGG19_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = _of_vgg("vgg19-dcbb9e9d.pth")


class VGG19_BN_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = _of_vgg("vgg19_bn-c79401a0.pth")


vgg11: Final = builder(VGG11_Weights, _vgg, 11, False)
vgg11_bn: Final = builder(VGG11_BN_Weights, _vgg, 11, True)
vgg13: Final = builder(VGG13_Weights, _vgg, 13, False)
vgg13_bn: Final = builder(VGG13_BN_Weights, _vgg, 13, True)
vgg16: Final = builder(VGG16_Weights, _vgg, 16, False)
vgg16_bn: Final = builder(VGG16_BN_Weights, _vgg, 16, True)
vgg19: Final = builder(VGG19_Weights, _vgg, 19, False)
vgg19_bn: Final = builder(VGG19_BN_Weights, _vgg, 19, True)
