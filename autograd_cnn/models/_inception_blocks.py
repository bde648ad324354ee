"""What GoogLeNet and Inception share."""

import warnings
from typing import Any

from .. import nn
from .._functions.joining import cat
from .._tensor import Tensor
from ..nn import functional as F


class BasicConv2d(nn.Module):
    """A convolution, batch normalisation and relu."""

    def __init__(self, in_channels: int, out_channels: int, **kwargs: Any) -> None:
        super().__init__()
        self.conv: nn.Conv2d = nn.Conv2d(in_channels, out_channels, bias=False, **kwargs)
        self.bn: nn.BatchNorm2d = nn.BatchNorm2d(out_channels, eps=0.001)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.bn(self.conv(x)))


def transformed(x: Tensor) -> Tensor:
    """ImageNet's normalisation of images as mean and deviation 0.5, which the trained weights want."""
    centres, spreads = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    planes = [
        x[:, i].unsqueeze(1) * (spread / 0.5) + (centre - 0.5) / 0.5
        for i, (centre, spread) in enumerate(zip(centres, spreads, strict=True))
    ]
    return cat(planes, 1)


def drawn_narrowly(net: nn.Module, wanted: bool | None) -> None:
    """Weights from a normal distribution cut off at 2, of deviation 0.01, or a module's own ``stddev``."""
    if wanted is None:
        warnings.warn(
            "The default weight initialization of GoogleNet and Inception will be changed in future releases "
            "of torchvision. If you wish to keep the old behavior (which leads to long initialization times "
            "due to scipy/scipy#11299), please set init_weights=True.",
            FutureWarning,
            stacklevel=3,
        )
        wanted = True
    if not wanted:
        return
    for module in net.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            spread = float(getattr(module, "stddev", 0.1 if hasattr(net, "Mixed_5b") else 0.01))
            nn.init.trunc_normal_(module.weight, mean=0.0, std=spread, a=-2, b=2)
