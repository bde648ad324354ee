"""PyTorch's switches for OpenMP: it is not used here."""

from ._absent import is_available as is_available
