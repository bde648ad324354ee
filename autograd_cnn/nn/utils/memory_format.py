"""Convolutions whose weights lie channels last."""

from typing import Any, TypeVar

from ..modules import Conv2d, Conv3d, ConvTranspose2d, ConvTranspose3d, Module

__all__ = [
    "convert_conv2d_weight_memory_format",
    "convert_conv3d_weight_memory_format",
]

M = TypeVar("M", bound=Module)


def convert_conv2d_weight_memory_format(module: M, memory_format: Any) -> M:
    """Let the weights of the two-dimensional convolutions inside lie in this memory format."""
    return _converted(module, (Conv2d, ConvTranspose2d), memory_format)


def convert_conv3d_weight_memory_format(module: M, memory_format: Any) -> M:
    """Let the weights of the three-dimensional convolutions inside lie in this memory format."""
    return _converted(module, (Conv3d, ConvTranspose3d), memory_format)


def _converted(module: M, kinds: tuple[type[Module], ...], memory_format: Any) -> M:
    for part in module.modules():
        if isinstance(part, kinds):
            weight: Any = part.weight
            weight.data = weight.detach().clone().contiguous(memory_format=memory_format)
    return module
