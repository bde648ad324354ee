"""Padding: constants around a tensor, or its own elements repeated beyond its borders."""

from collections.abc import Sequence

from ..._functions import padding
from ..._tensor import Tensor
from .._composition import composition

__all__ = [
    "pad",
]


@composition(half="same")
def pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """``input`` with ``pad`` = (before, after) elements around the last dimension, then the one before, and
    so on.

    ``mode`` is "constant" (``value``, 0 unless given; negative numbers cut off), "reflect", "replicate" or
    "circular".
    Raises RuntimeError where the numbers do not fit, NotImplementedError for another mode.
    """
    output: Tensor = padding.pad(input, pad, mode, value)
    return output
