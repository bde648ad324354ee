"""MnasNet (Tan et al. 2018, arXiv 1807.11626), with torchvision's parameter names."""

from typing import Final

from .. import nn
from .._tensor import Tensor
from ._blocks import make_divisible
from ._weights import WeightsEnum, builder, trained

__all__ = [
    "MNASNet",
    "MNASNet0_5_Weights",
    "MNASNet0_75_Weights",
    "MNASNet1_0_Weights",
    "MNASNet1_3_Weights",
    "mnasnet0_5",
    "mnasnet0_75",
    "mnasnet1_0",
    "mnasnet1_3",
]

_MOMENTUM = 1 - 0.9997


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, momentum=_MOMENTUM)


class _InvertedResidual(nn.Module):
    def __init__(self, inp: int, out: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        middle = inp * expansion
        self.apply_residual: bool = inp == out and stride == 1
        self.layers: nn.Sequential = nn.Sequential(
            nn.Conv2d(inp, middle, 1, bias=False),
            _norm(middle),
            nn.ReLU(),
            nn.Conv2d(middle, middle, kernel, stride, kernel // 2, groups=middle, bias=False),
            _norm(middle),
            nn.ReLU(),
            nn.Conv2d(middle, out, 1, bias=False),
            _norm(out),
        )

    def forward(self, input: Tensor) -> Tensor:
        return self.layers(input) + input if self.apply_residual else self.layers(input)


class MNASNet(nn.Module):
    """Six stages of inverted residuals, ``alpha`` times as wide as the paper's, a mean and a linear layer."""

    def __init__(self, alpha: float, num_classes: int = 1000, dropout: float = 0.2) -> None:
        super().__init__()
        if alpha <= 0.0:
            raise ValueError(f"alpha should be greater than 0.0 instead of {alpha}")
        self.alpha = alpha
        self.num_classes = num_classes
        first, second, *depths = (make_divisible(n * alpha) for n in (32, 16, 24, 40, 80, 96, 192, 320))
        layers: list[nn.Module] = [
            nn.Conv2d(3, first, 3, 2, 1, bias=False),
            _norm(first),
            nn.ReLU(),
            nn.Conv2d(first, first, 3, 1, 1, groups=first, bias=False),
            _norm(first),
            nn.ReLU(),
            nn.Conv2d(first, second, 1, bias=False),
            _norm(second),
        ]
        channels = second
        stages = ((3, 2, 3, 3), (5, 2, 3, 3), (5, 2, 6, 3), (3, 1, 6, 2), (5, 2, 6, 4), (3, 1, 6, 1))
        for out, (kernel, stride, expansion, count) in zip(depths, stages, strict=True):
            blocks = [_InvertedResidual(channels, out, kernel, stride, expansion)]
            blocks += [_InvertedResidual(out, out, kernel, 1, expansion) for _ in range(count - 1)]
            layers.append(nn.Sequential(*blocks))
            channels = out
        layers += [nn.Conv2d(channels, 1280, 1, bias=False), _norm(1280), nn.ReLU()]
        self.layers: nn.Sequential = nn.Sequential(*layers)
        self.classifier: nn.Sequential = nn.Sequential(nn.Dropout(dropout), nn.Linear(1280, num_classes))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(module, nn.Linear):
                nn.init.kaiming_uniform_(module.weight, mode="fan_out", nonlinearity="sigmoid")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.layers(x).mean([2, 3]))


class MNASNet0_5_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("mnasnet0.5_top1_67.823-3ffadce67e.pth")


class MNASNet0_75_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("mnasnet0_75-7090bc5f.pth", resize=232)


class MNASNet1_0_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("mnasnet1.0_top1_73.512-f206786ef8.pth")


class MNASNet1_3_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("mnasnet1_3-a4c69d6f.pth", resize=232)


mnasnet0_5: Final = builder(MNASNet0_5_Weights, MNASNet, 0.5)
mnasnet0_75: Final = builder(MNASNet0_75_Weights, MNASNet, 0.75)
mnasnet1_0: Final = builder(MNASNet1_0_Weights, MNASNet, 1.0)
mnasnet1_3: Final = builder(MNASNet1_3_Weights, MNASNet, 1.3)
