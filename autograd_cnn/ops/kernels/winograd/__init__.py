"""Winograd's minimal filtering for 3x3 convolutions of stride 1: F(4x4, 3x3), a quarter of the products.

Float32 only. Its rounding error is about ten times that of the direct kernels (a few 1e-6 of the largest
result; see docs/performance.md), and a non-finite pixel spreads over its tile of 4 x 4 results. So it can be
switched off.
"""

from collections.abc import Sequence

from ..._geometry import Geometry
from ._passes import forward, weight_gradient

__all__ = ["forward", "serves", "weight_gradient"]


def serves(
    number: int, size: Sequence[int], channels: int, columns: int, geometry: Geometry, least: int
) -> bool:
    """Whether results of ``size`` are worth the transforms: enough channels, and at least ``least`` tiles."""
    kernel, stride, padding, dilation = geometry
    if kernel != (3, 3) or stride != (1, 1) or dilation != (1, 1):
        return False
    (above, _), (left, _) = padding
    if not above == left <= 2:
        return False
    height, width = size
    tiles = number * -(-height // 4) * -(-width // 4)
    used = height * width / (16 * -(-height // 4) * -(-width // 4))
    return channels >= 32 and columns >= 32 and tiles >= least and used > 0.6
