"""Arrays to and from other libraries without a copy, under the names PyTorch gives them."""

from .._creation.exchange import from_dlpack, to_dlpack

__all__ = ["from_dlpack", "to_dlpack"]
