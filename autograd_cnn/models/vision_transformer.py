"""The Vision Transformer (Dosovitskiy et al. 2020, arXiv 2010.11929), with torchvision's parameter names."""

import math
from collections import OrderedDict
from functools import partial
from typing import Any, Final

from .. import nn
from .._creation.creation import empty, zeros
from .._functions.joining import cat
from .._tensor import Tensor
from ._blocks import MLP, Layer, rename_older
from ._weights import Weights, WeightsEnum, builder, trained

__all__ = [
    "ViT_B_16_Weights",
    "ViT_B_32_Weights",
    "ViT_H_14_Weights",
    "ViT_L_16_Weights",
    "ViT_L_32_Weights",
    "VisionTransformer",
    "vit_b_16",
    "vit_b_32",
    "vit_h_14",
    "vit_l_16",
    "vit_l_32",
]

_NORM = partial(nn.LayerNorm, eps=1e-6)


class MLPBlock(MLP):
    """Two linear layers with GELU and dropout."""

    _version = 2

    def __init__(self, in_dim: int, mlp_dim: int, dropout: float) -> None:
        super().__init__(in_dim, [mlp_dim, in_dim], activation_layer=nn.GELU, dropout=dropout)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                if module.bias is not None:
                    nn.init.normal_(module.bias, std=1e-6)

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *notes: Any) -> None:
        """The first version had names for its layers."""
        rename_older(state_dict, prefix, {"linear_1.": "0.", "linear_2.": "3."})
        super()._load_from_state_dict(state_dict, prefix, *notes)


class EncoderBlock(nn.Module):
    """Attention and two linear layers, each after a norm and beside a shortcut."""

    def __init__(
        self,
        num_heads: int,
        hidden_dim: int,
        mlp_dim: int,
        dropout: float,
        attention_dropout: float,
        norm_layer: Layer = _NORM,
    ) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.ln_1: nn.Module = norm_layer(hidden_dim)
        self.self_attention: nn.MultiheadAttention = nn.MultiheadAttention(
            hidden_dim, num_heads, dropout=attention_dropout, batch_first=True
        )
        self.dropout: nn.Dropout = nn.Dropout(dropout)
        self.ln_2: nn.Module = norm_layer(hidden_dim)
        self.mlp: MLPBlock = MLPBlock(hidden_dim, mlp_dim, dropout)

    def forward(self, input: Tensor) -> Tensor:
        if input.dim() != 3:
            raise AssertionError(f"Expected (batch_size, seq_length, hidden_dim) got {tuple(input.shape)}")
        x = self.ln_1(input)
        x, _ = self.self_attention(x, x, x, need_weights=False)
        x = self.dropout(x) + input
        return x + self.mlp(self.ln_2(x))


class Encoder(nn.Module):
    """Places added, then the blocks and a norm."""

    def __init__(
        self,
        seq_length: int,
        num_layers: int,
        num_heads: int,
        hidden_dim: int,
        mlp_dim: int,
        dropout: float,
        attention_dropout: float,
        norm_layer: Layer = _NORM,
    ) -> None:
        super().__init__()
        self.pos_embedding: nn.Parameter = nn.Parameter(empty(1, seq_length, hidden_dim).normal_(std=0.02))
        self.dropout: nn.Dropout = nn.Dropout(dropout)
        self.layers: nn.Sequential = nn.Sequential(
            OrderedDict(
                (
                    f"encoder_layer_{i}",
                    EncoderBlock(num_heads, hidden_dim, mlp_dim, dropout, attention_dropout, norm_layer),
                )
                for i in range(num_layers)
            )
        )
        self.ln: nn.Module = norm_layer(hidden_dim)

    def forward(self, input: Tensor) -> Tensor:
        return self.ln(self.layers(self.dropout(input + self.pos_embedding)))


class VisionTransformer(nn.Module):
    """Patches as words, one more for the class, and an encoder: (N, 3, image_size, image_size) to scores."""

    def __init__(
        self,
        image_size: int,
        patch_size: int,
        num_layers: int,
        num_heads: int,
        hidden_dim: int,
        mlp_dim: int,
        dropout: float = 0.0,
        attention_dropout: float = 0.0,
        num_classes: int = 1000,
        representation_size: int | None = None,
        norm_layer: Layer = _NORM,
    ) -> None:
        super().__init__()
        if image_size % patch_size:
            raise AssertionError("Input shape indivisible by patch size!")
        self.image_size = image_size
        self.patch_size = patch_size
        self.hidden_dim = hidden_dim
        self.num_classes = num_classes
        self.conv_proj: nn.Conv2d = nn.Conv2d(3, hidden_dim, patch_size, patch_size)
        self.class_token: nn.Parameter = nn.Parameter(zeros(1, 1, hidden_dim))
        self.seq_length: int = (image_size // patch_size) ** 2 + 1
        self.encoder: Encoder = Encoder(
            self.seq_length,
            num_layers,
            num_heads,
            hidden_dim,
            mlp_dim,
            dropout,
            attention_dropout,
            norm_layer,
        )
        heads: OrderedDict[str, nn.Module] = OrderedDict()
        if representation_size is not None:
            heads["pre_logits"] = nn.Linear(hidden_dim, representation_size)
            heads["act"] = nn.Tanh()
        heads["head"] = nn.Linear(representation_size or hidden_dim, num_classes)
        self.heads: nn.Sequential = nn.Sequential(heads)
        fan_in = 3 * patch_size * patch_size
        nn.init.trunc_normal_(self.conv_proj.weight, std=math.sqrt(1 / fan_in))
        if self.conv_proj.bias is not None:
            nn.init.zeros_(self.conv_proj.bias)
        if representation_size is not None:
            nn.init.trunc_normal_(self.heads.pre_logits.weight, std=math.sqrt(1 / hidden_dim))
            nn.init.zeros_(self.heads.pre_logits.bias)
        nn.init.zeros_(self.heads.head.weight)
        nn.init.zeros_(self.heads.head.bias)

    def _process_input(self, x: Tensor) -> Tensor:
        n, _, h, w = x.shape
        for what, size in (("height", h), ("width", w)):
            if size != self.image_size:
                raise AssertionError(f"Wrong image {what}! Expected {self.image_size} but got {size}!")
        return self.conv_proj(x).reshape(n, self.hidden_dim, -1).permute(0, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self._process_input(x)
        x = self.encoder(cat([self.class_token.expand(x.shape[0], -1, -1), x], 1))
        return self.heads(x[:, 0])


def _vit(patch: int, layers: int, heads: int, hidden: int, mlp: int, **kwargs: Any) -> VisionTransformer:
    return VisionTransformer(kwargs.pop("image_size", 224), patch, layers, heads, hidden, mlp, **kwargs)


def _swag(file: str, size: int) -> Weights:
    """Weights of images with hashtags (Singh et al. 2022, arXiv 2201.08371), for images of one ``size``."""
    return trained(file, size, size, "bicubic", image_size=size)


class ViT_B_16_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("vit_b_16-c867db91.pth", image_size=224)
    IMAGENET1K_SWAG_E2E_V1 = _swag("vit_b_16_swag-9ac1b537.pth", 384)
    IMAGENET1K_SWAG_LINEAR_V1 = _swag("vit_b_16_lc_swag-4e70ced5.pth", 224)


class ViT_B_32_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("vit_b_32-d86f8d99.pth", image_size=224)


class ViT_L_16_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("vit_l_16-852ce7e3.pth", resize=242, image_size=224)
    IMAGENET1K_SWAG_E2E_V1 = _swag("vit_l_16_swag-4f3808c9.pth", 512)
    IMAGENET1K_SWAG_LINEAR_V1 = _swag("vit_l_16_lc_swag-4d563306.pth", 224)


class ViT_L_32_Weights(WeightsEnum):
    IMAGENET1K_V1 = DEFAULT = trained("vit_l_32-c7638314.pth", image_size=224)


class ViT_H_14_Weights(WeightsEnum):
    IMAGENET1K_SWAG_E2E_V1 = DEFAULT = _swag("vit_h_14_swag-80465313.pth", 518)
    IMAGENET1K_SWAG_LINEAR_V1 = _swag("vit_h_14_lc_swag-c1eb923e.pth", 224)


vit_b_16: Final = builder(ViT_B_16_Weights, _vit, 16, 12, 12, 768, 3072)
vit_b_32: Final = builder(ViT_B_32_Weights, _vit, 32, 12, 12, 768, 3072)
vit_l_16: Final = builder(ViT_L_16_Weights, _vit, 16, 24, 16, 1024, 4096)
vit_l_32: Final = builder(ViT_L_32_Weights, _vit, 32, 24, 16, 1024, 4096)
vit_h_14: Final = builder(ViT_H_14_Weights, _vit, 14, 32, 16, 1280, 5120)
