"""ResNet-18 for small images (He et al. 2015): a 3x3 stem of stride 1 and no pooling in front."""

from .. import nn
from .._functions.movement import flatten
from .._tensor import Tensor
from ..nn import functional as F


class BasicBlock(nn.Module):
    """Two 3x3 convolutions with batch normalisation beside a shortcut: (N, C, H, W) to (N, planes, H / stride, W / stride)."""

    def __init__(self, inplanes: int, planes: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inplanes, planes, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.downsample: nn.Module | None = None
        if stride != 1 or inplanes != planes:
            self.downsample = nn.Sequential(nn.Conv2d(inplanes, planes, 1, stride, bias=False), nn.BatchNorm2d(planes))

    def forward(self, x: Tensor) -> Tensor:
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return F.relu(out + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    """Four stages of basic blocks of 64, 128, 256 and 512 channels, a mean over the plane and a linear layer."""

    def __init__(self, layers: tuple[int, int, int, int], num_classes: int = 10, in_channels: int = 3) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, 64, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.layer1 = self._stage(64, 64, layers[0], 1)
        self.layer2 = self._stage(64, 128, layers[1], 2)
        self.layer3 = self._stage(128, 256, layers[2], 2)
        self.layer4 = self._stage(256, 512, layers[3], 2)
        self.fc = nn.Linear(512, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    @staticmethod
    def _stage(inplanes: int, planes: int, count: int, stride: int) -> nn.Sequential:
        return nn.Sequential(BasicBlock(inplanes, planes, stride), *(BasicBlock(planes, planes) for _ in range(count - 1)))

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(flatten(F.avg_pool2d(x, (x.shape[2], x.shape[3])), 1))


def resnet18(num_classes: int = 10, in_channels: int = 3) -> ResNet:
    """ResNet-18: (N, in_channels, 32, 32), or another size from 8 on, to scores (N, num_classes)."""
    return ResNet((2, 2, 2, 2), num_classes, in_channels)
