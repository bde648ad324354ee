"""Inception v3 (Szegedy et al. 2015, arXiv 1512.00567), with torchvision's parameter names."""

from typing import Any, Final, NamedTuple

from .. import nn
from .._functions.joining import cat
from .._functions.movement import flatten
from .._tensor import Tensor
from ..nn import functional as F
from ._inception_blocks import BasicConv2d, drawn_narrowly, transformed
from ._weights import WeightsEnum, builder, trained

__all__ = ["Inception3", "InceptionOutputs", "Inception_V3_Weights", "inception_v3"]


class InceptionOutputs(NamedTuple):
    """What an Inception gives while training: its scores, and those of the classifier on the way."""

    logits: Tensor
    aux_logits: Tensor | None


def _conv(inp: int, out: int, kernel: Any, **options: Any) -> BasicConv2d:
    return BasicConv2d(inp, out, kernel_size=kernel, **options)


def _pooled(x: Tensor) -> Tensor:
    return F.avg_pool2d(x, kernel_size=3, stride=1, padding=1)


class InceptionA(nn.Module):
    """Branches of 1x1, 5x5, two 3x3, and pooling."""

    def __init__(self, in_channels: int, pool_features: int) -> None:
        super().__init__()
        self.branch1x1: BasicConv2d = _conv(in_channels, 64, 1)
        self.branch5x5_1: BasicConv2d = _conv(in_channels, 48, 1)
        self.branch5x5_2: BasicConv2d = _conv(48, 64, 5, padding=2)
        self.branch3x3dbl_1: BasicConv2d = _conv(in_channels, 64, 1)
        self.branch3x3dbl_2: BasicConv2d = _conv(64, 96, 3, padding=1)
        self.branch3x3dbl_3: BasicConv2d = _conv(96, 96, 3, padding=1)
        self.branch_pool: BasicConv2d = _conv(in_channels, pool_features, 1)

    def forward(self, x: Tensor) -> Tensor:
        five = self.branch5x5_2(self.branch5x5_1(x))
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return cat([self.branch1x1(x), five, double, self.branch_pool(_pooled(x))], 1)


class InceptionB(nn.Module):
    """Half the size: 3x3, two 3x3, and pooling."""

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.branch3x3: BasicConv2d = _conv(in_channels, 384, 3, stride=2)
        self.branch3x3dbl_1: BasicConv2d = _conv(in_channels, 64, 1)
        self.branch3x3dbl_2: BasicConv2d = _conv(64, 96, 3, padding=1)
        self.branch3x3dbl_3: BasicConv2d = _conv(96, 96, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return cat([self.branch3x3(x), double, F.max_pool2d(x, kernel_size=3, stride=2)], 1)


class InceptionC(nn.Module):
    """Branches of 1x1, 7x7 and two 7x7, each as a row and a column, and pooling."""

    def __init__(self, in_channels: int, channels_7x7: int) -> None:
        super().__init__()
        c = channels_7x7
        row: dict[str, Any] = {"kernel": (1, 7), "padding": (0, 3)}
        column: dict[str, Any] = {"kernel": (7, 1), "padding": (3, 0)}
        self.branch1x1: BasicConv2d = _conv(in_channels, 192, 1)
        self.branch7x7_1: BasicConv2d = _conv(in_channels, c, 1)
        self.branch7x7_2: BasicConv2d = _conv(c, c, **row)
        self.branch7x7_3: BasicConv2d = _conv(c, 192, **column)
        self.branch7x7dbl_1: BasicConv2d = _conv(in_channels, c, 1)
        self.branch7x7dbl_2: BasicConv2d = _conv(c, c, **column)
        self.branch7x7dbl_3: BasicConv2d = _conv(c, c, **row)
        self.branch7x7dbl_4: BasicConv2d = _conv(c, c, **column)
        self.branch7x7dbl_5: BasicConv2d = _conv(c, 192, **row)
        self.branch_pool: BasicConv2d = _conv(in_channels, 192, 1)

    def forward(self, x: Tensor) -> Tensor:
        seven = self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x)))
        double = self.branch7x7dbl_3(self.branch7x7dbl_2(self.branch7x7dbl_1(x)))
        double = self.branch7x7dbl_5(self.branch7x7dbl_4(double))
        return cat([self.branch1x1(x), seven, double, self.branch_pool(_pooled(x))], 1)


class InceptionD(nn.Module):
    """Half the size: 3x3, 7x7 and 3x3, and pooling."""

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.branch3x3_1: BasicConv2d = _conv(in_channels, 192, 1)
        self.branch3x3_2: BasicConv2d = _conv(192, 320, 3, stride=2)
        self.branch7x7x3_1: BasicConv2d = _conv(in_channels, 192, 1)
        self.branch7x7x3_2: BasicConv2d = _conv(192, 192, (1, 7), padding=(0, 3))
        self.branch7x7x3_3: BasicConv2d = _conv(192, 192, (7, 1), padding=(3, 0))
        self.branch7x7x3_4: BasicConv2d = _conv(192, 192, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        three = self.branch3x3_2(self.branch3x3_1(x))
        seven = self.branch7x7x3_3(self.branch7x7x3_2(self.branch7x7x3_1(x)))
        return cat([three, self.branch7x7x3_4(seven), F.max_pool2d(x, kernel_size=3, stride=2)], 1)


class InceptionE(nn.Module):
    """Branches that end in a row and a column side by side, and pooling."""

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        row: dict[str, Any] = {"kernel": (1, 3), "padding": (0, 1)}
        column: dict[str, Any] = {"kernel": (3, 1), "padding": (1, 0)}
        self.branch1x1: BasicConv2d = _conv(in_channels, 320, 1)
        self.branch3x3_1: BasicConv2d = _conv(in_channels, 384, 1)
        self.branch3x3_2a: BasicConv2d = _conv(384, 384, **row)
        self.branch3x3_2b: BasicConv2d = _conv(384, 384, **column)
        self.branch3x3dbl_1: BasicConv2d = _conv(in_channels, 448, 1)
        self.branch3x3dbl_2: BasicConv2d = _conv(448, 384, 3, padding=1)
        self.branch3x3dbl_3a: BasicConv2d = _conv(384, 384, **row)
        self.branch3x3dbl_3b: BasicConv2d = _conv(384, 384, **column)
        self.branch_pool: BasicConv2d = _conv(in_channels, 192, 1)

    def forward(self, x: Tensor) -> Tensor:
        three = self.branch3x3_1(x)
        double = self.branch3x3dbl_2(self.branch3x3dbl_1(x))
        parts = [
            self.branch1x1(x),
            cat([self.branch3x3_2a(three), self.branch3x3_2b(three)], 1),
            cat([self.branch3x3dbl_3a(double), self.branch3x3dbl_3b(double)], 1),
            self.branch_pool(_pooled(x)),
        ]
        return cat(parts, 1)


class InceptionAux(nn.Module):
    """The classifier on the way."""

    def __init__(self, in_channels: int, num_classes: int) -> None:
        super().__init__()
        self.conv0: BasicConv2d = _conv(in_channels, 128, 1)
        self.conv1: Any = _conv(128, 768, 5)
        self.conv1.stddev = 0.01
        self.fc: Any = nn.Linear(768, num_classes)
        self.fc.stddev = 0.001

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv1(self.conv0(F.avg_pool2d(x, kernel_size=5, stride=3)))
        return self.fc(flatten(F.adaptive_avg_pool2d(x, (1, 1)), 1))


class Inception3(nn.Module):
    """Eleven inception modules after a stem: (N, 3, 299, 299), or another size from 75 on, to scores, and
    while training with ``aux_logits`` to :class:`InceptionOutputs`."""

    def __init__(
        self,
        num_classes: int = 1000,
        aux_logits: bool = True,
        transform_input: bool = False,
        inception_blocks: Any = None,
        init_weights: bool | None = None,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        kinds = (BasicConv2d, InceptionA, InceptionB, InceptionC, InceptionD, InceptionE, InceptionAux)
        conv, a, b, c, d, e, aux = inception_blocks or kinds
        self.aux_logits = aux_logits
        self.transform_input = transform_input
        self.Conv2d_1a_3x3: nn.Module = conv(3, 32, kernel_size=3, stride=2)
        self.Conv2d_2a_3x3: nn.Module = conv(32, 32, kernel_size=3)
        self.Conv2d_2b_3x3: nn.Module = conv(32, 64, kernel_size=3, padding=1)
        self.maxpool1: nn.MaxPool2d = nn.MaxPool2d(3, 2)
        self.Conv2d_3b_1x1: nn.Module = conv(64, 80, kernel_size=1)
        self.Conv2d_4a_3x3: nn.Module = conv(80, 192, kernel_size=3)
        self.maxpool2: nn.MaxPool2d = nn.MaxPool2d(3, 2)
        self.Mixed_5b: nn.Module = a(192, pool_features=32)
        self.Mixed_5c: nn.Module = a(256, pool_features=64)
        self.Mixed_5d: nn.Module = a(288, pool_features=64)
        self.Mixed_6a: nn.Module = b(288)
        self.Mixed_6b: nn.Module = c(768, channels_7x7=128)
        self.Mixed_6c: nn.Module = c(768, channels_7x7=160)
        self.Mixed_6d: nn.Module = c(768, channels_7x7=160)
        self.Mixed_6e: nn.Module = c(768, channels_7x7=192)
        self.AuxLogits: Any = aux(768, num_classes) if aux_logits else None
        self.Mixed_7a: nn.Module = d(768)
        self.Mixed_7b: nn.Module = e(1280)
        self.Mixed_7c: nn.Module = e(2048)
        self.avgpool: nn.AdaptiveAvgPool2d = nn.AdaptiveAvgPool2d((1, 1))
        self.dropout: nn.Dropout = nn.Dropout(dropout)
        self.fc: nn.Linear = nn.Linear(2048, num_classes)
        drawn_narrowly(self, init_weights)

    def forward(self, x: Tensor) -> Any:
        if self.transform_input:
            x = transformed(x)
        x = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(x)))
        x = self.maxpool2(self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(self.maxpool1(x))))
        x = self.Mixed_6a(self.Mixed_5d(self.Mixed_5c(self.Mixed_5b(x))))
        x = self.Mixed_6e(self.Mixed_6d(self.Mixed_6c(self.Mixed_6b(x))))
        aux = self.aux_logits and self.training
        said = self.AuxLogits(x) if aux else None
        x = self.Mixed_7c(self.Mixed_7b(self.Mixed_7a(x)))
        x = self.fc(flatten(self.dropout(self.avgpool(x)), 1))
        return InceptionOutputs(x, said) if aux else x


class Inception_V3_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained(
        "inception_v3_google-0cc3c7bd.pth",
        299,
        342,
        min_size=75,
        defaults={"transform_input": True, "init_weights": False},
    )


inception_v3: Final = builder(Inception_V3_Weights, Inception3)
