"""Conversions of the second version."""

from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...nn import Module
from .. import functional as F
from .._pillow import is_pillow

__all__ = ["RGB", "Identity", "ToDtype", "ToImage", "ToPureTensor"]


class Identity(Module):
    """What comes in goes out."""

    def forward(self, *inputs: Any) -> Any:
        return inputs[0] if len(inputs) == 1 else inputs


class ToImage(Module):
    """A Pillow image or an array (H, W[, C]) as a tensor (C, H, W) of the same numbers; tensors as they
    are."""

    def forward(self, inpt: Any) -> Any:
        return F.pil_to_tensor(inpt) if is_pillow(inpt) or isinstance(inpt, np.ndarray) else inpt

    def __repr__(self) -> str:
        return "ToImage()"


class ToPureTensor(Identity):
    """Tensors are tensors already."""


class ToDtype(Module):
    """A tensor in another dtype; with ``scale`` white stays white."""

    def __init__(self, dtype: Any, scale: bool = False) -> None:
        super().__init__()
        self.dtype = dtype
        self.scale = scale

    def forward(self, inpt: Any) -> Any:
        if not isinstance(inpt, Tensor):
            return inpt
        return F.convert_image_dtype(inpt, self.dtype) if self.scale else inpt.to(self.dtype)

    def __repr__(self) -> str:
        return f"ToDtype(scale={self.scale})"


class RGB(Module):
    """A grey image in three equal channels."""

    def forward(self, inpt: Any) -> Any:
        if is_pillow(inpt):
            return inpt.convert("RGB")
        return F.rgb_to_grayscale(inpt, 3) if F.get_image_num_channels(inpt) == 1 else inpt
