"""MnasNet (Tan et al. 2018, arXiv 1807.11626), with torchvision's parameter names."""

import warnings
from typing import Any, Final

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


def _stage(channels: int, out: int, kernel: int, stride: int, expansion: int, count: int) -> nn.Sequential:
    blocks = [_InvertedResidual(channels, out, kernel, stride, expansion)]
    return nn.Sequential(
        *blocks, *(_InvertedResidual(out, out, kernel, 1, expansion) for _ in range(count - 1))
    )


def _stem(first: int, second: int) -> list[nn.Module]:
    return [
        nn.Conv2d(3, first, 3, 2, 1, bias=False),
        _norm(first),
        nn.ReLU(),
        nn.Conv2d(first, first, 3, 1, 1, groups=first, bias=False),
        _norm(first),
        nn.ReLU(),
        nn.Conv2d(first, second, 1, bias=False),
        _norm(second),
    ]


_STAGES = ((3, 2, 3, 3), (5, 2, 3, 3), (5, 2, 6, 3), (3, 1, 6, 2), (5, 2, 6, 4), (3, 1, 6, 1))
"""The kernel, stride, expansion and number of residuals of each."""


class MNASNet(nn.Module):
    """Six stages of inverted residuals, ``alpha`` times as wide as the paper's, a mean and a linear layer.

    The first version's stem was as wide as the paper's whatever ``alpha``: a file that says it is of version
    1 turns the net into one of that version, with a warning.
    """

    _version = 2

    def __init__(self, alpha: float, num_classes: int = 1000, dropout: float = 0.2) -> None:
        super().__init__()
        if alpha <= 0.0:
            raise ValueError(f"alpha should be greater than 0.0 instead of {alpha}")
        self.alpha = alpha
        self.num_classes = num_classes
        first, second, *depths = (make_divisible(n * alpha) for n in (32, 16, 24, 40, 80, 96, 192, 320))
        layers, channels = _stem(first, second), second
        for out, numbers in zip(depths, _STAGES, strict=True):
            layers.append(_stage(channels, out, *numbers))
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

    def _load_from_state_dict(
        self, state_dict: dict[str, Any], prefix: str, local_metadata: dict[str, Any], *notes: Any
    ) -> None:
        if local_metadata.get("version") == 1 and self.alpha != 1.0:
            out = make_divisible(24 * self.alpha)
            for i, layer in enumerate([*_stem(32, 16), _stage(16, out, *_STAGES[0])]):
                self.layers[i] = layer
            self._version = 1  # as which it is saved
            warnings.warn(
                "A new version of MNASNet model has been implemented. Your checkpoint was saved using the "
                "previous version: the net takes that version's stem",
                UserWarning,
                stacklevel=2,
            )
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *notes)

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
