"""All compiled kernels under one name; importing this imports Numba."""

from . import convolution, elementwise, layout, loss, normalization, optimizer, pooling, product
from ._heap import keep_freed_memory

__all__ = ["convolution", "elementwise", "layout", "loss", "normalization", "optimizer", "pooling", "product"]

keep_freed_memory()
