"""Dropout of whole squares or cubes of a feature map (Ghiasi et al. 2018, arXiv 1810.12890)."""

import math
from typing import Any

from ... import nn
from ..._tensor import Tensor
from ...nn import functional as F

__all__ = ["DropBlock2d", "DropBlock3d", "drop_block2d", "drop_block3d"]


def _drop_block(
    input: Tensor, p: float, block_size: int, inplace: bool, eps: float, training: bool, dims: int
) -> Tensor:
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"drop probability has to be between 0 and 1, but got {p}.")
    if input.ndim != dims + 2:
        raise ValueError(f"input should be {dims + 2} dimensional. Got {input.ndim} dimensions.")
    if not training or p == 0.0:
        return input
    sizes = input.shape[2:]
    side = min(block_size, *sizes)
    if side % 2 == 0:
        raise ValueError(f"block size should be odd. Got {side} which is even.")
    middles = [size - side + 1 for size in sizes]
    rate = p * math.prod(sizes) / (side**dims * math.prod(middles))
    dropped: Any = input.new_empty((*input.shape[:2], *middles)).bernoulli_(rate)
    dropped = F.pad(dropped, [side // 2] * (2 * dims))
    pool: Any = F.max_pool2d if dims == 2 else F.max_pool3d
    kept = 1 - pool(dropped, side, stride=1, padding=side // 2)
    scale = kept.numel() / (eps + kept.sum())
    return input.mul_(kept).mul_(scale) if inplace else input * kept * scale


def drop_block2d(
    input: Tensor, p: float, block_size: int, inplace: bool = False, eps: float = 1e-06, training: bool = True
) -> Tensor:
    """(N, C, H, W) with squares of ``block_size`` set to 0, so that a share of about ``p`` is; the rest is
    scaled up to the same sum of weights."""
    return _drop_block(input, p, block_size, inplace, eps, training, 2)


def drop_block3d(
    input: Tensor, p: float, block_size: int, inplace: bool = False, eps: float = 1e-06, training: bool = True
) -> Tensor:
    """(N, C, D, H, W) with cubes of ``block_size`` set to 0; see :func:`drop_block2d`."""
    return _drop_block(input, p, block_size, inplace, eps, training, 3)


class DropBlock2d(nn.Module):
    """:func:`drop_block2d` while training."""

    def __init__(self, p: float, block_size: int, inplace: bool = False, eps: float = 1e-06) -> None:
        super().__init__()
        self.p = p
        self.block_size = block_size
        self.inplace = inplace
        self.eps = eps

    def forward(self, input: Tensor) -> Tensor:
        return drop_block2d(input, self.p, self.block_size, self.inplace, self.eps, self.training)

    def __repr__(self) -> str:
        told = f"p={self.p}, block_size={self.block_size}, inplace={self.inplace}"
        return f"{type(self).__name__}({told})"


class DropBlock3d(DropBlock2d):
    """:func:`drop_block3d` while training."""

    def forward(self, input: Tensor) -> Tensor:
        return drop_block3d(input, self.p, self.block_size, self.inplace, self.eps, self.training)
