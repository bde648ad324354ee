"""ShuffleNet V2 (Ma et al. 2018, arXiv 1807.11164), with torchvision's parameter names."""

from collections.abc import Sequence
from typing import Final

from .. import nn
from .._functions.joining import cat
from .._tensor import Tensor
from ..nn.functional import channel_shuffle
from ._weights import WeightsEnum, builder, trained

__all__ = [
    "ShuffleNetV2",
    "ShuffleNet_V2_X0_5_Weights",
    "ShuffleNet_V2_X1_0_Weights",
    "ShuffleNet_V2_X1_5_Weights",
    "ShuffleNet_V2_X2_0_Weights",
    "shufflenet_v2_x0_5",
    "shufflenet_v2_x1_0",
    "shufflenet_v2_x1_5",
    "shufflenet_v2_x2_0",
]


def _depthwise(channels: int, stride: int) -> list[nn.Module]:
    return [
        nn.Conv2d(channels, channels, 3, stride, 1, groups=channels, bias=False),
        nn.BatchNorm2d(channels),
    ]


def _pointwise(inp: int, out: int) -> list[nn.Module]:
    return [nn.Conv2d(inp, out, 1, bias=False), nn.BatchNorm2d(out), nn.ReLU()]


class InvertedResidual(nn.Module):
    """Half of the channels pass by (of stride 2 all, through a convolution), and the halves are shuffled."""

    def __init__(self, inp: int, oup: int, stride: int) -> None:
        super().__init__()
        if not 1 <= stride <= 3:
            raise ValueError("illegal stride value")
        self.stride = stride
        half = oup // 2
        if stride == 1 and inp != half << 1:
            raise ValueError(
                f"Invalid combination of stride {stride}, inp {inp} and oup {oup} values. If stride == "
                "1 then inp should be equal to oup // 2 << 1."
            )
        self.branch1: nn.Sequential = nn.Sequential(
            *([*_depthwise(inp, stride), *_pointwise(inp, half)] if stride > 1 else [])
        )
        self.branch2: nn.Sequential = nn.Sequential(
            *_pointwise(inp if stride > 1 else half, half),
            *_depthwise(half, stride),
            *_pointwise(half, half),
        )

    def forward(self, x: Tensor) -> Tensor:
        if self.stride == 1:
            passing, changed = x.chunk(2, dim=1)
            found = cat([passing, self.branch2(changed)], 1)
        else:
            found = cat([self.branch1(x), self.branch2(x)], 1)
        return channel_shuffle(found, 2)


class ShuffleNetV2(nn.Module):
    """A stem, three stages and a convolution of ``stages_out_channels``, a mean and a linear layer."""

    def __init__(
        self, stages_repeats: Sequence[int], stages_out_channels: Sequence[int], num_classes: int = 1000
    ) -> None:
        super().__init__()
        if len(stages_repeats) != 3:
            raise ValueError("expected stages_repeats as list of 3 positive ints")
        if len(stages_out_channels) != 5:
            raise ValueError("expected stages_out_channels as list of 5 positive ints")
        stem, *stages, last = stages_out_channels
        self.conv1: nn.Sequential = nn.Sequential(
            nn.Conv2d(3, stem, 3, 2, 1, bias=False), nn.BatchNorm2d(stem), nn.ReLU()
        )
        self.maxpool: nn.MaxPool2d = nn.MaxPool2d(3, 2, 1)
        channels = stem
        for i, (count, out) in enumerate(zip(stages_repeats, stages, strict=True)):
            first = InvertedResidual(channels, out, 2)
            stage = nn.Sequential(first, *(InvertedResidual(out, out, 1) for _ in range(count - 1)))
            setattr(self, f"stage{i + 2}", stage)
            channels = out
        self.conv5: nn.Sequential = nn.Sequential(*_pointwise(channels, last))
        self.fc: nn.Linear = nn.Linear(last, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.maxpool(self.conv1(x))
        x = self.conv5(self.stage4(self.stage3(self.stage2(x))))
        return self.fc(x.mean([2, 3]))


class ShuffleNet_V2_X0_5_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("shufflenetv2_x0.5-f707e7126e.pth")


class ShuffleNet_V2_X1_0_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("shufflenetv2_x1-5666bf0f80.pth")


class ShuffleNet_V2_X1_5_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("shufflenetv2_x1_5-3c479a10.pth", resize=232)


class ShuffleNet_V2_X2_0_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("shufflenetv2_x2_0-8be3c8ee.pth", resize=232)


shufflenet_v2_x0_5: Final = builder(
    ShuffleNet_V2_X0_5_Weights, ShuffleNetV2, (4, 8, 4), (24, 48, 96, 192, 1024)
)
shufflenet_v2_x1_0: Final = builder(
    ShuffleNet_V2_X1_0_Weights, ShuffleNetV2, (4, 8, 4), (24, 116, 232, 464, 1024)
)
shufflenet_v2_x1_5: Final = builder(
    ShuffleNet_V2_X1_5_Weights, ShuffleNetV2, (4, 8, 4), (24, 176, 352, 704, 1024)
)
shufflenet_v2_x2_0: Final = builder(
    ShuffleNet_V2_X2_0_Weights, ShuffleNetV2, (4, 8, 4), (24, 244, 488, 976, 2048)
)
