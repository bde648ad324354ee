"""ResNet (He et al. 2015, arXiv 1512.03385), ResNeXt (Xie et al. 2016, arXiv 1611.05431) and wide ResNets
(Zagoruyko and Komodakis 2016, arXiv 1605.07146), with torchvision's parameter names."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from .. import nn
from .._functions.movement import flatten
from .._tensor import Tensor
from ._blocks import Layer
from ._weights import WeightsEnum, builder, trained

__all__ = [
    "BasicBlock",
    "Bottleneck",
    "ResNeXt50_32X4D_Weights",
    "ResNeXt101_32X8D_Weights",
    "ResNeXt101_64X4D_Weights",
    "ResNet",
    "ResNet18_Weights",
    "ResNet34_Weights",
    "ResNet50_Weights",
    "ResNet101_Weights",
    "ResNet152_Weights",
    "Wide_ResNet50_2_Weights",
    "Wide_ResNet101_2_Weights",
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "resnext50_32x4d",
    "resnext101_32x8d",
    "resnext101_64x4d",
    "wide_resnet50_2",
    "wide_resnet101_2",
]


def conv3x3(
    in_planes: int, out_planes: int, stride: int = 1, groups: int = 1, dilation: int = 1
) -> nn.Conv2d:
    """A 3x3 convolution without bias that keeps the size, but for the stride."""
    return nn.Conv2d(in_planes, out_planes, 3, stride, dilation, dilation, groups, bias=False)


def conv1x1(in_planes: int, out_planes: int, stride: int = 1) -> nn.Conv2d:
    """A convolution of single pixels without bias."""
    return nn.Conv2d(in_planes, out_planes, 1, stride, bias=False)


class BasicBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut: (N, inplanes, H, W) to (N, planes, H / stride, W / stride)."""

    expansion: ClassVar[int] = 1

    def __init__(
        self,
        inplanes: int,
        planes: int,
        stride: int = 1,
        downsample: nn.Module | None = None,
        groups: int = 1,
        base_width: int = 64,
        dilation: int = 1,
        norm_layer: Layer | None = None,
    ) -> None:
        super().__init__()
        if groups != 1 or base_width != 64:
            raise ValueError("BasicBlock only supports groups=1 and base_width=64")
        if dilation > 1:
            raise NotImplementedError("Dilation > 1 not supported in BasicBlock")
        norm: Any = norm_layer or nn.BatchNorm2d
        self.conv1: nn.Conv2d = conv3x3(inplanes, planes, stride)
        self.bn1: nn.Module = norm(planes)
        self.relu: nn.ReLU = nn.ReLU()
        self.conv2: nn.Conv2d = conv3x3(planes, planes)
        self.bn2: nn.Module = norm(planes)
        self.downsample = downsample
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return self.relu(out + (x if self.downsample is None else self.downsample(x)))


class Bottleneck(nn.Module):
    """1x1 down to ``planes``, 3x3, 1x1 up to 4 ``planes``, beside a shortcut. The stride is in the 3x3
    convolution, as in torchvision; ``groups`` and ``base_width`` make it ResNeXt's, or wider."""

    expansion: ClassVar[int] = 4

    def __init__(
        self,
        inplanes: int,
        planes: int,
        stride: int = 1,
        downsample: nn.Module | None = None,
        groups: int = 1,
        base_width: int = 64,
        dilation: int = 1,
        norm_layer: Layer | None = None,
    ) -> None:
        super().__init__()
        norm: Any = norm_layer or nn.BatchNorm2d
        width = int(planes * (base_width / 64.0)) * groups
        self.conv1: nn.Conv2d = conv1x1(inplanes, width)
        self.bn1: nn.Module = norm(width)
        self.conv2: nn.Conv2d = nn.Conv2d(
            width, width, 3, stride, dilation, dilation=dilation, groups=groups, bias=False
        )
        self.bn2: nn.Module = norm(width)
        self.conv3: nn.Conv2d = conv1x1(width, planes * self.expansion)
        self.bn3: nn.Module = norm(planes * self.expansion)
        self.relu: nn.ReLU = nn.ReLU()
        self.downsample = downsample
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        return self.relu(out + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    """A stem, four stages of blocks of 64, 128, 256 and 512 planes, a mean over the plane and a linear layer.

    The stem is a 7x7 convolution of stride 2 and max-pooling; for ``small_images`` (CIFAR's 32x32) a 3x3
    convolution of stride 1, without pooling. ``zero_init_residual``: each block begins as its shortcut alone.
    """

    def __init__(
        self,
        block: Any,
        layers: Sequence[int],
        num_classes: int = 1000,
        zero_init_residual: bool = False,
        groups: int = 1,
        width_per_group: int = 64,
        replace_stride_with_dilation: Sequence[bool] | None = None,
        norm_layer: Layer | None = None,
        *,
        in_channels: int = 3,
        small_images: bool = False,
    ) -> None:
        super().__init__()
        dilated = (
            (False, False, False) if replace_stride_with_dilation is None else replace_stride_with_dilation
        )
        if len(dilated) != 3:
            raise ValueError(
                "replace_stride_with_dilation should be None or a 3-element tuple, got "
                f"{replace_stride_with_dilation}"
            )
        self._norm_layer: Any = norm_layer or nn.BatchNorm2d
        self.inplanes: int = 64
        self.dilation: int = 1
        self.groups = groups
        self.base_width = width_per_group
        self.conv1: nn.Conv2d = nn.Conv2d(
            in_channels, 64, *((3, 1, 1) if small_images else (7, 2, 3)), bias=False
        )
        self.bn1: nn.Module = self._norm_layer(64)
        self.relu: nn.ReLU = nn.ReLU()
        self.maxpool: nn.Module = nn.Identity() if small_images else nn.MaxPool2d(3, 2, 1)
        self.layer1: nn.Sequential = self._make_layer(block, 64, layers[0])
        self.layer2: nn.Sequential = self._make_layer(block, 128, layers[1], 2, dilated[0])
        self.layer3: nn.Sequential = self._make_layer(block, 256, layers[2], 2, dilated[1])
        self.layer4: nn.Sequential = self._make_layer(block, 512, layers[3], 2, dilated[2])
        self.avgpool: nn.AdaptiveAvgPool2d = nn.AdaptiveAvgPool2d((1, 1))
        self.fc: nn.Linear = nn.Linear(512 * block.expansion, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        for module in self.modules() if zero_init_residual else ():
            if isinstance(module, (Bottleneck, BasicBlock)):
                last: Any = module.bn3 if isinstance(module, Bottleneck) else module.bn2
                nn.init.zeros_(last.weight)

    def _make_layer(
        self, block: Any, planes: int, blocks: int, stride: int = 1, dilate: bool = False
    ) -> nn.Sequential:
        out, downsample = planes * block.expansion, None
        before = self.dilation
        if dilate:
            self.dilation *= stride
            stride = 1
        if stride != 1 or self.inplanes != out:
            downsample = nn.Sequential(conv1x1(self.inplanes, out, stride), self._norm_layer(out))
        options = (self.groups, self.base_width)
        first = block(self.inplanes, planes, stride, downsample, *options, before, self._norm_layer)
        self.inplanes = out
        rest = (
            block(out, planes, 1, None, *options, self.dilation, self._norm_layer) for _ in range(1, blocks)
        )
        return nn.Sequential(first, *rest)

    def forward(self, x: Tensor) -> Tensor:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(flatten(self.avgpool(x), 1))


_34, _50, _101 = (3, 4, 6, 3), (3, 4, 6, 3), (3, 4, 23, 3)


class ResNet18_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("resnet18-f37072fd.pth")


class ResNet34_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("resnet34-b627a593.pth")


class ResNet50_Weights(WeightsEnum):
    IMAGENET1K_V1 = trained("resnet50-0676ba61.pth")
    IMAGENET1K_V2 = DEFAULT = trained("resnet50-11ad3fa6.pth", resize=232)


class ResNet101_Weights(WeightsEnum):
    IMAGENET1K_V1 = trained("resnet101-63fe2227.pth")
    IMAGENET1K_V2 = DEFAULT = trained("resnet101-cd907fc2.pth", resize=232)


class ResNet152_Weights(WeightsEnum):
    IMAGENET1K_V1 = trained("resnet152-394f9c45.pth")
    IMAGENET1K_V2 = DEFAULT = trained("resnet152-f82ba261.pth", resize=232)


class ResNeXt50_32X4D_Weights(WeightsEnum):
    IMAGENET1K_V1 = trained("resnext50_32x4d-7cdf4587.pth")
    IMAGENET1K_V2 = DEFAULT = trained("resnext50_32x4d-1a0047aa.pth", resize=232)


class ResNeXt101_32X8D_Weights(WeightsEnum):
    IMAGENET1K_V1 = trained("resnext101_32x8d-8ba56ff5.pth")
    IMAGENET1K_V2 = DEFAULT = trained("resnext101_32x8d-110c445d.pth", resize=232)


class ResNeXt101_64X4D_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("resnext101_64x4d-173b62eb.pth", resize=232)


class Wide_ResNet50_2_Weights(WeightsEnum):
    IMAGENET1K_V1 = trained("wide_resnet50_2-95faca4d.pth")
    IMAGENET1K_V2 = DEFAULT = trained("wide_resnet50_2-9ba9bcbe.pth", resize=232)


class Wide_ResNet101_2_Weights(WeightsEnum):
    IMAGENET1K_V1 = trained("wide_resnet101_2-32ee1156.pth")
    IMAGENET1K_V2 = DEFAULT = trained("wide_resnet101_2-d733dc28.pth", resize=232)


resnet18: Final = builder(ResNet18_Weights, ResNet, BasicBlock, (2, 2, 2, 2))
resnet34: Final = builder(ResNet34_Weights, ResNet, BasicBlock, _34)
resnet50: Final = builder(ResNet50_Weights, ResNet, Bottleneck, _50)
resnet101: Final = builder(ResNet101_Weights, ResNet, Bottleneck, _101)
resnet152: Final = builder(ResNet152_Weights, ResNet, Bottleneck, (3, 8, 36, 3))
resnext50_32x4d: Final = builder(
    ResNeXt50_32X4D_Weights, ResNet, Bottleneck, _50, groups=32, width_per_group=4
)
resnext101_32x8d: Final = builder(
    ResNeXt101_32X8D_Weights, ResNet, Bottleneck, _101, groups=32, width_per_group=8
)
resnext101_64x4d: Final = builder(
    ResNeXt101_64X4D_Weights, ResNet, Bottleneck, _101, groups=64, width_per_group=4
)
wide_resnet50_2: Final = builder(Wide_ResNet50_2_Weights, ResNet, Bottleneck, _50, width_per_group=128)
wide_resnet101_2: Final = builder(Wide_ResNet101_2_Weights, ResNet, Bottleneck, _101, width_per_group=128)
