"""PyTorch's switches for oneDNN: it is not used here."""

from ._absent import is_available as is_available
