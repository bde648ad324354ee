"""Conversions of images from one kind to another, and what changes nothing."""

from collections.abc import Callable
from typing import Any

from ..._engine.dtypes import dtype as Dtype
from ..._tensor import Tensor
from .. import functional as F
from .._pillow import is_pillow
from .._transforms import ToTensor as ToTensor
from . import _changes as changes
from ._transform import Transform

__all__ = [
    "RGB",
    "Identity",
    "Lambda",
    "PILToTensor",
    "ToDtype",
    "ToImage",
    "ToPILImage",
    "ToPureTensor",
    "ToTensor",
]


class Identity(Transform):
    """What comes in goes out."""

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return inpt


class Lambda(Transform):
    """Any function of each image, or of each value of one of ``types``."""

    def __init__(self, lambd: Callable[[Any], Any], *types: type) -> None:
        super().__init__()
        self.lambd = lambd
        self.types: tuple[type, ...] = types or (object,)

    def forward(self, *inputs: Any) -> Any:
        from ...utils._pytree import tree_map

        sample = inputs if len(inputs) > 1 else inputs[0]
        return tree_map(lambda each: self.transform(each, {}), sample)

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self.lambd(inpt) if isinstance(inpt, self.types) else inpt

    def extra_repr(self) -> str:
        """The name of the function, and the types."""
        name = getattr(self.lambd, "__name__", "")
        return ", ".join([*([name] if name else []), f"types={[kind.__name__ for kind in self.types]}"])


class ToImage(Transform):
    """Pillow's images and arrays (H, W[, C]) as tensors (C, H, W) of the same numbers; tensors as they
    are."""

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return changes.to_image(inpt)


class PILToTensor(Transform):
    """Pillow's images as tensors (C, H, W) of the same numbers."""

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return inpt if isinstance(inpt, Tensor) else F.pil_to_tensor(inpt)


class ToPILImage(Transform):
    """Tensors and arrays as Pillow's images."""

    def __init__(self, mode: str | None = None) -> None:
        super().__init__()
        self.mode = mode

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return inpt if is_pillow(inpt) else F.to_pil_image(inpt, self.mode)


class ToPureTensor(Identity):
    """Tensors are tensors already."""


class ToDtype(Transform):
    """Tensors in another dtype; with ``scale`` white stays white. Of a dict of dtypes by types the tensor's
    own, or that of "others"; None leaves it."""

    def __init__(self, dtype: Any, scale: bool = False) -> None:
        super().__init__()
        if not isinstance(dtype, (dict, Dtype)):
            raise ValueError(f"dtype must be a dict or a torch.dtype, got {type(dtype)} instead")
        self.dtype = dtype
        self.scale = scale

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        if not isinstance(inpt, Tensor):
            return inpt
        chosen: Any = self.dtype
        if isinstance(chosen, dict):
            if type(inpt) not in chosen and "others" not in chosen:
                raise ValueError(
                    f'No dtype was specified for type {type(inpt)}; "others" stands for the rest'
                )
            chosen = chosen.get(type(inpt), chosen.get("others"))
        if chosen is None:
            return inpt
        return changes.to_dtype(inpt, chosen, self.scale)

    def extra_repr(self) -> str:
        """Whether it scales."""
        return f"scale={self.scale}"


class RGB(Transform):
    """A grey image in three equal channels."""

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return changes.grayscale_to_rgb(inpt)
