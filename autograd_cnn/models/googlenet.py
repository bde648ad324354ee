"""GoogLeNet (Szegedy et al. 2014, arXiv 1409.4842) with batch normalisation, with torchvision's parameter
names."""

from typing import Any, Final, NamedTuple

from .. import nn
from .._functions.joining import cat
from .._functions.movement import flatten
from .._tensor import Tensor
from ..nn import functional as F
from ._inception_blocks import BasicConv2d, drawn_narrowly, transformed
from ._weights import WeightsEnum, builder, trained

__all__ = ["GoogLeNet", "GoogLeNetOutputs", "GoogLeNet_Weights", "googlenet"]


class GoogLeNetOutputs(NamedTuple):
    """What a GoogLeNet gives while training: its scores, and those of the classifiers on the way."""

    logits: Tensor
    aux_logits2: Tensor | None
    aux_logits1: Tensor | None


class Inception(nn.Module):
    """1x1, 3x3, 3x3 again (the paper has 5x5; torchvision's weights do not) and pooling, side by side."""

    def __init__(
        self,
        in_channels: int,
        ch1x1: int,
        ch3x3red: int,
        ch3x3: int,
        ch5x5red: int,
        ch5x5: int,
        pool_proj: int,
    ) -> None:
        super().__init__()
        self.branch1: BasicConv2d = BasicConv2d(in_channels, ch1x1, kernel_size=1)
        self.branch2: nn.Sequential = nn.Sequential(
            BasicConv2d(in_channels, ch3x3red, kernel_size=1),
            BasicConv2d(ch3x3red, ch3x3, kernel_size=3, padding=1),
        )
        self.branch3: nn.Sequential = nn.Sequential(
            BasicConv2d(in_channels, ch5x5red, kernel_size=1),
            BasicConv2d(ch5x5red, ch5x5, kernel_size=3, padding=1),
        )
        self.branch4: nn.Sequential = nn.Sequential(
            nn.MaxPool2d(3, 1, 1, ceil_mode=True), BasicConv2d(in_channels, pool_proj, kernel_size=1)
        )

    def forward(self, x: Tensor) -> Tensor:
        return cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)


class InceptionAux(nn.Module):
    """A classifier on the way."""

    def __init__(self, in_channels: int, num_classes: int, dropout: float = 0.7) -> None:
        super().__init__()
        self.conv: BasicConv2d = BasicConv2d(in_channels, 128, kernel_size=1)
        self.fc1: nn.Linear = nn.Linear(2048, 1024)
        self.fc2: nn.Linear = nn.Linear(1024, num_classes)
        self.dropout: nn.Dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        x = flatten(self.conv(F.adaptive_avg_pool2d(x, (4, 4))), 1)
        return self.fc2(self.dropout(F.relu(self.fc1(x))))


class GoogLeNet(nn.Module):
    """Nine inception modules after a stem: (N, 3, 224, 224), or another size, to scores, and while training
    with ``aux_logits`` to :class:`GoogLeNetOutputs`."""

    def __init__(
        self,
        num_classes: int = 1000,
        aux_logits: bool = True,
        transform_input: bool = False,
        init_weights: bool | None = None,
        blocks: Any = None,
        dropout: float = 0.2,
        dropout_aux: float = 0.7,
    ) -> None:
        super().__init__()
        convolution, inception, aux = blocks or (BasicConv2d, Inception, InceptionAux)
        self.aux_logits = aux_logits
        self.transform_input = transform_input
        self.conv1: nn.Module = convolution(3, 64, kernel_size=7, stride=2, padding=3)
        self.maxpool1: nn.MaxPool2d = nn.MaxPool2d(3, 2, ceil_mode=True)
        self.conv2: nn.Module = convolution(64, 64, kernel_size=1)
        self.conv3: nn.Module = convolution(64, 192, kernel_size=3, padding=1)
        self.maxpool2: nn.MaxPool2d = nn.MaxPool2d(3, 2, ceil_mode=True)
        self.inception3a: nn.Module = inception(192, 64, 96, 128, 16, 32, 32)
        self.inception3b: nn.Module = inception(256, 128, 128, 192, 32, 96, 64)
        self.maxpool3: nn.MaxPool2d = nn.MaxPool2d(3, 2, ceil_mode=True)
        self.inception4a: nn.Module = inception(480, 192, 96, 208, 16, 48, 64)
        self.inception4b: nn.Module = inception(512, 160, 112, 224, 24, 64, 64)
        self.inception4c: nn.Module = inception(512, 128, 128, 256, 24, 64, 64)
        self.inception4d: nn.Module = inception(512, 112, 144, 288, 32, 64, 64)
        self.inception4e: nn.Module = inception(528, 256, 160, 320, 32, 128, 128)
        self.maxpool4: nn.MaxPool2d = nn.MaxPool2d(2, 2, ceil_mode=True)
        self.inception5a: nn.Module = inception(832, 256, 160, 320, 32, 128, 128)
        self.inception5b: nn.Module = inception(832, 384, 192, 384, 48, 128, 128)
        self.aux1: Any = aux(512, num_classes, dropout=dropout_aux) if aux_logits else None
        self.aux2: Any = aux(528, num_classes, dropout=dropout_aux) if aux_logits else None
        self.avgpool: nn.AdaptiveAvgPool2d = nn.AdaptiveAvgPool2d((1, 1))
        self.dropout: nn.Dropout = nn.Dropout(dropout)
        self.fc: nn.Linear = nn.Linear(1024, num_classes)
        drawn_narrowly(self, init_weights)

    def forward(self, x: Tensor) -> Any:
        if self.transform_input:
            x = transformed(x)
        x = self.maxpool1(self.conv1(x))
        x = self.maxpool2(self.conv3(self.conv2(x)))
        x = self.maxpool3(self.inception3b(self.inception3a(x)))
        x = self.inception4a(x)
        aux = self.aux_logits and self.training
        aux1 = self.aux1(x) if aux else None
        x = self.inception4d(self.inception4c(self.inception4b(x)))
        aux2 = self.aux2(x) if aux else None
        x = self.maxpool4(self.inception4e(x))
        x = self.inception5b(self.inception5a(x))
        x = self.fc(self.dropout(flatten(self.avgpool(x), 1)))
        return GoogLeNetOutputs(x, aux2, aux1) if aux else x


class GoogLeNet_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained(
        "googlenet-1378be20.pth",
        min_size=15,
        defaults={"transform_input": True, "aux_logits": False, "init_weights": False},
    )


googlenet: Final = builder(GoogLeNet_Weights, GoogLeNet)
