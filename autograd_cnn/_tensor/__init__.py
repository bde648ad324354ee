"""The Tensor: its record, its methods, how it prints, and how NumPy's functions meet it."""

from . import formats as formats
from .tensor import Tensor, lift, record, tensor_of

__all__ = ["Tensor", "lift", "record", "tensor_of"]
