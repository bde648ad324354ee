"""PyTorch's switches for its libraries: those of CUDA's products and of cuDNN matter on a GPU; the others
answer questions."""

from . import cuda, cudnn, mkl, mkldnn, mps, openmp

__all__ = ["cuda", "cudnn", "mkl", "mkldnn", "mps", "openmp"]
