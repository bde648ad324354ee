"""ResNet (He et al. 2015, arXiv 1512.03385), with torchvision's parameter names."""

from collections.abc import Sequence
from typing import ClassVar

from .. import nn
from .._functions.movement import flatten
from .._tensor import Tensor

__all__ = ["BasicBlock", "Bottleneck", "ResNet", "resnet18", "resnet34", "resnet50"]


class BasicBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut: (N, inplanes, H, W) to (N, planes, H / stride, W / stride)."""

    expansion: ClassVar[int] = 1

    def __init__(
        self, inplanes: int, planes: int, stride: int = 1, downsample: nn.Module | None = None
    ) -> None:
        super().__init__()
        self.conv1: nn.Conv2d = nn.Conv2d(inplanes, planes, 3, stride, 1, bias=False)
        self.bn1: nn.BatchNorm2d = nn.BatchNorm2d(planes)
        self.relu: nn.ReLU = nn.ReLU()
        self.conv2: nn.Conv2d = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        self.bn2: nn.BatchNorm2d = nn.BatchNorm2d(planes)
        self.downsample = downsample

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return self.relu(out + (x if self.downsample is None else self.downsample(x)))


class Bottleneck(nn.Module):
    """1x1 down to ``planes``, 3x3, 1x1 up to 4 ``planes``, beside a shortcut. The stride is in the 3x3
    convolution, as in torchvision."""

    expansion: ClassVar[int] = 4

    def __init__(
        self, inplanes: int, planes: int, stride: int = 1, downsample: nn.Module | None = None
    ) -> None:
        super().__init__()
        self.conv1: nn.Conv2d = nn.Conv2d(inplanes, planes, 1, bias=False)
        self.bn1: nn.BatchNorm2d = nn.BatchNorm2d(planes)
        self.conv2: nn.Conv2d = nn.Conv2d(planes, planes, 3, stride, 1, bias=False)
        self.bn2: nn.BatchNorm2d = nn.BatchNorm2d(planes)
        self.conv3: nn.Conv2d = nn.Conv2d(planes, planes * self.expansion, 1, bias=False)
        self.bn3: nn.BatchNorm2d = nn.BatchNorm2d(planes * self.expansion)
        self.relu: nn.ReLU = nn.ReLU()
        self.downsample = downsample

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        return self.relu(out + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    """A stem, four stages of blocks of 64, 128, 256 and 512 planes, a mean over the plane and a linear layer.

    The stem is a 7x7 convolution of stride 2 and max-pooling; for ``small_images`` (CIFAR's 32x32) a 3x3
    convolution of stride 1, without pooling.
    """

    def __init__(
        self,
        block: type[BasicBlock] | type[Bottleneck],
        layers: Sequence[int],
        num_classes: int = 1000,
        in_channels: int = 3,
        small_images: bool = False,
    ) -> None:
        super().__init__()
        self.inplanes: int = 64
        self.conv1: nn.Conv2d = nn.Conv2d(
            in_channels, 64, *((3, 1, 1) if small_images else (7, 2, 3)), bias=False
        )
        self.bn1: nn.BatchNorm2d = nn.BatchNorm2d(64)
        self.relu: nn.ReLU = nn.ReLU()
        self.maxpool: nn.Module = nn.Identity() if small_images else nn.MaxPool2d(3, 2, 1)
        self.layer1: nn.Sequential = self._stage(block, 64, layers[0], 1)
        self.layer2: nn.Sequential = self._stage(block, 128, layers[1], 2)
        self.layer3: nn.Sequential = self._stage(block, 256, layers[2], 2)
        self.layer4: nn.Sequential = self._stage(block, 512, layers[3], 2)
        self.avgpool: nn.AdaptiveAvgPool2d = nn.AdaptiveAvgPool2d((1, 1))
        self.fc: nn.Linear = nn.Linear(512 * block.expansion, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def _stage(
        self, block: type[BasicBlock] | type[Bottleneck], planes: int, count: int, stride: int
    ) -> nn.Sequential:
        out, downsample = planes * block.expansion, None
        if stride != 1 or self.inplanes != out:
            downsample = nn.Sequential(
                nn.Conv2d(self.inplanes, out, 1, stride, bias=False), nn.BatchNorm2d(out)
            )
        first = block(self.inplanes, planes, stride, downsample)
        self.inplanes = out
        return nn.Sequential(first, *(block(out, planes) for _ in range(count - 1)))

    def forward(self, x: Tensor) -> Tensor:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(flatten(self.avgpool(x), 1))


def resnet18(num_classes: int = 1000, in_channels: int = 3, small_images: bool = False) -> ResNet:
    """ResNet-18: (N, in_channels, 224, 224), or another size, to scores (N, num_classes)."""
    return ResNet(BasicBlock, (2, 2, 2, 2), num_classes, in_channels, small_images)


def resnet34(num_classes: int = 1000, in_channels: int = 3, small_images: bool = False) -> ResNet:
    """ResNet-34: (N, in_channels, 224, 224), or another size, to scores (N, num_classes)."""
    return ResNet(BasicBlock, (3, 4, 6, 3), num_classes, in_channels, small_images)


def resnet50(num_classes: int = 1000, in_channels: int = 3, small_images: bool = False) -> ResNet:
    """ResNet-50, of bottleneck blocks: (N, in_channels, 224, 224), or another size, to scores (N,
    num_classes)."""
    return ResNet(Bottleneck, (3, 4, 6, 3), num_classes, in_channels, small_images)
