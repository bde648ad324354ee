"""What the transforms of the second version share: they take whole samples, change the images in them, and
hand on the rest."""

from enum import Enum
from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...nn import Module
from ...utils._pytree import tree_flatten, tree_unflatten
from .. import functional as F
from .._pillow import is_pillow
from .._random_transforms import _unit
from .._resampling import InterpolationMode
from .._sizes import checked_fill

__all__ = ["Transform", "check_type", "has_all", "has_any", "query_chw", "query_size"]


def is_image(value: Any) -> bool:
    """Whether it can be an image: a tensor, an array or Pillow's."""
    return isinstance(value, (Tensor, np.ndarray)) or is_pillow(value)


def check_type(obj: Any, types_or_checks: Any) -> bool:
    """Whether one of the types, or of the functions that are asked, fits ``obj``."""
    return any(isinstance(obj, check) if isinstance(check, type) else check(obj) for check in types_or_checks)


def has_any(flat_inputs: list[Any], *types_or_checks: Any) -> bool:
    """Whether one of the inputs fits."""
    return any(check_type(each, types_or_checks) for each in flat_inputs)


def has_all(flat_inputs: list[Any], *types_or_checks: Any) -> bool:
    """Whether each of the types or functions is met by an input."""
    return all(has_any(flat_inputs, check) for check in types_or_checks)


def query_chw(flat_inputs: list[Any]) -> tuple[int, int, int]:
    """Channels, height and width of the images, which must have one size; TypeError where there is none."""
    sizes = {tuple(F.get_dimensions(each)) for each in flat_inputs if is_image(each)}
    if not sizes:
        raise TypeError("No image or video was found in the sample")
    if len(sizes) > 1:
        raise ValueError(f"Found multiple CxHxW dimensions in the sample: {sorted(sizes)}")
    channels, height, width = sizes.pop()
    return channels, height, width


def query_size(flat_inputs: list[Any]) -> tuple[int, int]:
    """Height and width; see :func:`query_chw`."""
    return query_chw(flat_inputs)[1:]


class Transform(Module):
    """A transform of samples: an image, or a tuple, list or dict with some, or several arguments.

    Pillow's images are all changed. Where there are none, the first tensor (or array) is the image, and
    others are labels. A subclass writes ``transform(inpt, params)``, and ``make_params(flat_inputs)`` for
    what is drawn once for all images of a sample.
    """

    def check_inputs(self, flat_inputs: list[Any]) -> None:
        """Raise for a sample that can't be transformed."""

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        """What is drawn for the images of a sample."""
        return {}

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        """What ``inpt``, an image, becomes."""
        raise NotImplementedError

    fill: Any

    def _kept_fill(self, fill: Any) -> Any:
        """What a constructor keeps of its ``fill``: it may be a dict of fills by types, "others" among
        them."""
        if isinstance(fill, dict):
            return {kind: self._kept_fill(each) for kind, each in fill.items()}
        return None if fill is None else checked_fill(fill)

    def _fill_for(self, img: Any) -> Any:
        """What stands where ``img`` has no pixels."""
        if not isinstance(self.fill, dict):
            return self.fill
        for kind in (*type(img).__mro__, "others"):
            if kind in self.fill:
                return self.fill[kind]
        raise RuntimeError(
            f"{type(self).__name__}: fill says nothing for {type(img).__name__}, only for "
            f'{list(self.fill)}; "others" stands for the rest'
        )

    def forward(self, *inputs: Any) -> Any:
        sample = inputs if len(inputs) > 1 else inputs[0]
        flat, spec = tree_flatten(sample)
        self.check_inputs(flat)
        if not self._happens():
            return sample
        images = self._images(flat)
        params = self.make_params([flat[i] for i in images])
        for i in images:
            flat[i] = self.transform(flat[i], params)
        return tree_unflatten(flat, spec)

    def _happens(self) -> bool:
        """Whether anything is changed this time."""
        return True

    @staticmethod
    def _images(flat: list[Any]) -> list[int]:
        """Where the images of a sample are."""
        pictures = [i for i, each in enumerate(flat) if is_pillow(each)]
        return pictures or [i for i, each in enumerate(flat) if is_image(each)][:1]

    def extra_repr(self) -> str:
        """Its options that are plain values."""
        plain = (bool, int, float, str, tuple, list)
        own = {name: value for name, value in vars(self).items() if name != "training"}
        told = {name: value for name, value in own.items() if not name.startswith("_")}
        return ", ".join(
            f"{name}={value.value if isinstance(value, InterpolationMode) else value}"
            for name, value in told.items()
            if isinstance(value, (*plain, Enum))
        )

    def __repr__(self) -> str:
        return Module.__repr__(self)


class OfImages(Transform):
    """The same as a transform of the first version, its other base class, of samples."""

    _draw: Any
    _change: Any

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        drawn: dict[str, Any] = self._draw(flat_inputs[0]) if flat_inputs else {}
        return drawn

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        return self._change(inpt, **params)


class PerhapsOfImages(OfImages):
    """The same with probability ``p``, drawn once for a sample."""

    p: float

    def _happens(self) -> bool:
        return _unit() < self.p


class PerhapsTransform(Transform):
    """A transform with probability ``p``."""

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        if not 0.0 <= p <= 1.0:
            raise ValueError("`p` should be a floating point value in the interval [0.0, 1.0].")
        self.p = p

    def _happens(self) -> bool:
        return _unit() < self.p


def refuse_pillow(name: str, flat_inputs: list[Any]) -> None:
    """TypeError where there is an image of Pillow's."""
    if has_any(flat_inputs, is_pillow):
        raise TypeError(f"{name}() does not support PIL images; put ToImage() before")
    return
