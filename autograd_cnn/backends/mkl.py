"""PyTorch's switches for Intel's MKL: it is not used here."""

from ._absent import is_available as is_available
