"""DenseNet (Huang et al. 2016, arXiv 1608.06993), with torchvision's parameter names."""

from collections.abc import Sequence
from typing import Any, Final

from .. import nn
from .._functions.joining import cat
from .._functions.movement import flatten
from .._tensor import Tensor
from ..nn import functional as F
from ..utils.checkpoint import checkpoint
from ._blocks import rename_older
from ._weights import WeightsEnum, builder, trained

__all__ = [
    "DenseNet",
    "DenseNet121_Weights",
    "DenseNet161_Weights",
    "DenseNet169_Weights",
    "DenseNet201_Weights",
    "densenet121",
    "densenet161",
    "densenet169",
    "densenet201",
]


class _DenseLayer(nn.Module):
    def __init__(
        self, channels: int, growth_rate: int, bn_size: int, drop_rate: float, memory_efficient: bool
    ) -> None:
        super().__init__()
        self.norm1: nn.BatchNorm2d = nn.BatchNorm2d(channels)
        self.relu1: nn.ReLU = nn.ReLU()
        self.conv1: nn.Conv2d = nn.Conv2d(channels, bn_size * growth_rate, 1, bias=False)
        self.norm2: nn.BatchNorm2d = nn.BatchNorm2d(bn_size * growth_rate)
        self.relu2: nn.ReLU = nn.ReLU()
        self.conv2: nn.Conv2d = nn.Conv2d(bn_size * growth_rate, growth_rate, 3, padding=1, bias=False)
        self.drop_rate = float(drop_rate)
        self.memory_efficient = memory_efficient

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *notes: Any) -> None:
        """The published files say ``norm.1`` and ``conv.2``, which were no names of attributes later."""
        rename_older(
            state_dict, prefix, {f"{kind}.{i}.": f"{kind}{i}." for kind in ("norm", "conv") for i in (1, 2)}
        )
        super()._load_from_state_dict(state_dict, prefix, *notes)

    def _narrowed(self, *inputs: Tensor) -> Tensor:
        return self.conv1(self.relu1(self.norm1(cat(list(inputs), 1))))

    def forward(self, input: Sequence[Tensor]) -> Tensor:
        if self.memory_efficient and any(t.requires_grad for t in input):
            narrow = checkpoint(self._narrowed, *input, use_reentrant=False)
        else:
            narrow = self._narrowed(*input)
        found = self.conv2(self.relu2(self.norm2(narrow)))
        return F.dropout(found, self.drop_rate, self.training) if self.drop_rate > 0 else found


class _DenseBlock(nn.ModuleDict):
    def __init__(
        self,
        count: int,
        channels: int,
        bn_size: int,
        growth_rate: int,
        drop_rate: float,
        memory_efficient: bool,
    ) -> None:
        super().__init__()
        for i in range(count):
            self.add_module(
                f"denselayer{i + 1}",
                _DenseLayer(channels + i * growth_rate, growth_rate, bn_size, drop_rate, memory_efficient),
            )

    def forward(self, init_features: Tensor) -> Tensor:
        features = [init_features]
        for layer in self.values():
            features.append(layer(features))
        return cat(features, 1)


class _Transition(nn.Sequential):
    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        self.norm: nn.BatchNorm2d = nn.BatchNorm2d(channels)
        self.relu: nn.ReLU = nn.ReLU()
        self.conv: nn.Conv2d = nn.Conv2d(channels, out, 1, bias=False)
        self.pool: nn.AvgPool2d = nn.AvgPool2d(2, 2)


class DenseNet(nn.Module):
    """A stem, blocks of ``block_config`` layers that each see all before them, halved in between, and a
    linear layer: (N, 3, 224, 224), or another size, to scores."""

    def __init__(
        self,
        growth_rate: int = 32,
        block_config: Sequence[int] = (6, 12, 24, 16),
        num_init_features: int = 64,
        bn_size: int = 4,
        drop_rate: float = 0,
        num_classes: int = 1000,
        memory_efficient: bool = False,
    ) -> None:
        super().__init__()
        self.features: nn.Sequential = nn.Sequential()
        add = self.features.add_module
        add("conv0", nn.Conv2d(3, num_init_features, 7, 2, 3, bias=False))
        add("norm0", nn.BatchNorm2d(num_init_features))
        add("relu0", nn.ReLU())
        add("pool0", nn.MaxPool2d(3, 2, 1))
        channels = num_init_features
        for i, count in enumerate(block_config):
            block = _DenseBlock(count, channels, bn_size, growth_rate, drop_rate, memory_efficient)
            add(f"denseblock{i + 1}", block)
            channels += count * growth_rate
            if i != len(block_config) - 1:
                add(f"transition{i + 1}", _Transition(channels, channels // 2))
                channels //= 2
        add("norm5", nn.BatchNorm2d(channels))
        self.classifier: nn.Linear = nn.Linear(channels, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight)
            elif isinstance(module, nn.Linear) and module.bias is not None:
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        found = F.relu(self.features(x))
        return self.classifier(flatten(F.adaptive_avg_pool2d(found, (1, 1)), 1))


class DenseNet121_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("densenet121-a639ec97.pth", min_size=29)


class DenseNet161_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("densenet161-8d451a50.pth", min_size=29)


class DenseNet169_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("densenet169-b2777c0a.pth", min_size=29)


class DenseNet201_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("densenet201-c1103571.pth", min_size=29)


densenet121: Final = builder(DenseNet121_Weights, DenseNet, 32, (6, 12, 24, 16), 64)
densenet161: Final = builder(DenseNet161_Weights, DenseNet, 48, (6, 12, 36, 24), 96)
densenet169: Final = builder(DenseNet169_Weights, DenseNet, 32, (6, 12, 32, 32), 64)
densenet201: Final = builder(DenseNet201_Weights, DenseNet, 32, (6, 12, 48, 32), 64)
