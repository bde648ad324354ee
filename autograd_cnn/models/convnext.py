"""ConvNeXt (Liu et al. 2022, arXiv 2201.03545), with torchvision's parameter names."""

from collections.abc import Sequence
from functools import partial
from typing import Final, NamedTuple

from .. import nn
from .._creation.creation import ones
from .._tensor import Tensor
from ..nn import functional as F
from ._blocks import Conv2dNormActivation, Layer, Permute, StochasticDepth
from ._weights import WeightsEnum, builder, trained

__all__ = [
    "ConvNeXt",
    "ConvNeXt_Base_Weights",
    "ConvNeXt_Large_Weights",
    "ConvNeXt_Small_Weights",
    "ConvNeXt_Tiny_Weights",
    "convnext_base",
    "convnext_large",
    "convnext_small",
    "convnext_tiny",
]


class LayerNorm2d(nn.LayerNorm):
    """A norm over the channels of each pixel."""

    def forward(self, x: Tensor) -> Tensor:
        rows = F.layer_norm(x.permute(0, 2, 3, 1), self.normalized_shape, self.weight, self.bias, self.eps)
        return rows.permute(0, 3, 1, 2)


class CNBlock(nn.Module):
    """7x7 of each channel by itself, a norm, and two linear layers of each pixel; beside a shortcut."""

    def __init__(
        self, dim: int, layer_scale: float, stochastic_depth_prob: float, norm_layer: Layer | None = None
    ) -> None:
        super().__init__()
        norm = norm_layer or partial(nn.LayerNorm, eps=1e-6)
        self.block: nn.Sequential = nn.Sequential(
            nn.Conv2d(dim, dim, 7, padding=3, groups=dim, bias=True),
            Permute([0, 2, 3, 1]),
            norm(dim),
            nn.Linear(dim, 4 * dim),
            nn.GELU(),
            nn.Linear(4 * dim, dim),
            Permute([0, 3, 1, 2]),
        )
        self.layer_scale: nn.Parameter = nn.Parameter(ones(dim, 1, 1) * layer_scale)
        self.stochastic_depth: StochasticDepth = StochasticDepth(stochastic_depth_prob, "row")

    def forward(self, input: Tensor) -> Tensor:
        return self.stochastic_depth(self.layer_scale * self.block(input)) + input


class CNBlockConfig(NamedTuple):
    """A stage: channels in and out (None: the last one), and how many blocks."""

    input_channels: int
    out_channels: int | None
    num_layers: int


class ConvNeXt(nn.Module):
    """Four stages of blocks, halved in between by norm and convolution, a mean, a norm and a linear layer."""

    def __init__(
        self,
        block_setting: Sequence[CNBlockConfig],
        stochastic_depth_prob: float = 0.0,
        layer_scale: float = 1e-6,
        num_classes: int = 1000,
        block: Layer | None = None,
        norm_layer: Layer | None = None,
    ) -> None:
        super().__init__()
        if not block_setting:
            raise ValueError("The block_setting should not be empty")
        block, norm = block or CNBlock, norm_layer or partial(LayerNorm2d, eps=1e-6)
        layers: list[nn.Module] = [
            Conv2dNormActivation(
                3, block_setting[0].input_channels, 4, 4, 0, norm_layer=norm, activation_layer=None, bias=True
            )
        ]
        total, done = sum(stage.num_layers for stage in block_setting), 0
        channels = 0
        for channels, out, count in block_setting:
            stage = []
            for _ in range(count):
                stage.append(block(channels, layer_scale, stochastic_depth_prob * done / (total - 1.0)))
                done += 1
            layers.append(nn.Sequential(*stage))
            if out is not None:
                layers.append(nn.Sequential(norm(channels), nn.Conv2d(channels, out, 2, 2)))
        last = channels if block_setting[-1].out_channels is None else block_setting[-1].out_channels
        self.features: nn.Sequential = nn.Sequential(*layers)
        self.avgpool: nn.AdaptiveAvgPool2d = nn.AdaptiveAvgPool2d(1)
        self.classifier: nn.Sequential = nn.Sequential(
            norm(last), nn.Flatten(1), nn.Linear(last, num_classes)
        )
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.trunc_normal_(module.weight, std=0.02)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.avgpool(self.features(x)))


def _stages(widths: Sequence[int], depths: Sequence[int]) -> list[CNBlockConfig]:
    return [CNBlockConfig(w, out, n) for w, out, n in zip(widths, (*widths[1:], None), depths, strict=True)]


_SMALL, _DEEP = (96, 192, 384, 768), (3, 3, 27, 3)


class ConvNeXt_Tiny_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("convnext_tiny-983f1562.pth", resize=236, min_size=32)


class ConvNeXt_Small_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("convnext_small-0c510722.pth", resize=230, min_size=32)


class ConvNeXt_Base_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("convnext_base-6075fbad.pth", resize=232, min_size=32)


class ConvNeXt_Large_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("convnext_large-ea097f82.pth", resize=232, min_size=32)


convnext_tiny: Final = builder(
    ConvNeXt_Tiny_Weights, ConvNeXt, _stages(_SMALL, (3, 3, 9, 3)), stochastic_depth_prob=0.1
)
convnext_small: Final = builder(
    ConvNeXt_Small_Weights, ConvNeXt, _stages(_SMALL, _DEEP), stochastic_depth_prob=0.4
)
convnext_base: Final = builder(
    ConvNeXt_Base_Weights, ConvNeXt, _stages((128, 256, 512, 1024), _DEEP), stochastic_depth_prob=0.5
)
convnext_large: Final = builder(
    ConvNeXt_Large_Weights, ConvNeXt, _stages((192, 384, 768, 1536), _DEEP), stochastic_depth_prob=0.5
)
