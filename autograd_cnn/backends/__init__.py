"""PyTorch's switches for its libraries. There is nothing to switch here: they can be set and read, and change nothing."""

from . import cuda, cudnn, mkl, mkldnn, mps, openmp

__all__ = ["cuda", "cudnn", "mkl", "mkldnn", "mps", "openmp"]
