"""The transforms of the first version, of whole samples."""

from typing import Any

from ..._engine.dtypes import float32
from ..._tensor import Tensor
from .. import _augmentation as colours
from .. import _auto_augment as policies
from .. import _random_transforms as places
from .. import _transforms as plain
from .. import _warps as warps
from .._random_transforms import _below, _unit
from . import _changes as changes
from ._transform import OfImages, PerhapsOfImages, refuse_pillow

__all__ = [
    "AugMix",
    "AutoAugment",
    "CenterCrop",
    "ColorJitter",
    "ConvertImageDtype",
    "ElasticTransform",
    "FiveCrop",
    "GaussianBlur",
    "Grayscale",
    "LinearTransformation",
    "Normalize",
    "Pad",
    "RandAugment",
    "RandomAdjustSharpness",
    "RandomAffine",
    "RandomAutocontrast",
    "RandomCrop",
    "RandomEqualize",
    "RandomErasing",
    "RandomGrayscale",
    "RandomHorizontalFlip",
    "RandomInvert",
    "RandomPerspective",
    "RandomPosterize",
    "RandomResizedCrop",
    "RandomRotation",
    "RandomSolarize",
    "RandomVerticalFlip",
    "Resize",
    "TenCrop",
    "TrivialAugmentWide",
]


class Resize(OfImages, plain.Resize):
    """The images at ``size`` (height, width), or with ``size`` pixels along their shorter side."""


class CenterCrop(OfImages, plain.CenterCrop):
    """The middle of the images."""


class Pad(OfImages, plain.Pad):
    """Pixels around the images."""


class Grayscale(OfImages, plain.Grayscale):
    """Luma, in one channel or three equal ones."""


class Normalize(OfImages, plain.Normalize):
    """(x - mean) / std of each channel of a tensor (..., C, H, W)."""

    def check_inputs(self, sample: Any) -> Any:
        """TypeError for Pillow's images."""
        refuse_pillow("Normalize", sample)


class ConvertImageDtype(OfImages, plain.ConvertImageDtype):
    """Tensors in another dtype, white stays white."""

    def __init__(self, dtype: Any = float32) -> None:
        super().__init__(dtype)


class FiveCrop(OfImages, plain.FiveCrop):
    """The four corners and the middle, a tuple of images."""


class TenCrop(OfImages, plain.TenCrop):
    """:class:`FiveCrop` of the image and of its mirror image."""


class RandomHorizontalFlip(PerhapsOfImages, places.RandomHorizontalFlip):
    """Left and right exchanged with probability ``p``."""


class RandomVerticalFlip(PerhapsOfImages, places.RandomVerticalFlip):
    """Top and bottom exchanged with probability ``p``."""


class RandomCrop(OfImages, places.RandomCrop):
    """A part of ``size`` (height, width) at a random place, after ``padding``."""


class RandomResizedCrop(OfImages, places.RandomResizedCrop):
    """A random part, resized to ``size``: ImageNet's training crop."""


class RandomRotation(OfImages, places.RandomRotation):
    """Turned by a random angle."""


class RandomAffine(OfImages, colours.RandomAffine):
    """Turned, moved, scaled and sheared at random."""


class RandomPerspective(PerhapsOfImages, warps.RandomPerspective):
    """Seen from aside with probability ``p``."""


class ElasticTransform(OfImages, warps.ElasticTransform):
    """As if drawn on rubber."""


class LinearTransformation(OfImages, warps.LinearTransformation):
    """A tensor image, flattened, minus a vector, times a matrix."""

    def check_inputs(self, sample: Any) -> Any:
        """TypeError for Pillow's images."""
        refuse_pillow("LinearTransformation", sample)


class ColorJitter(OfImages, colours.ColorJitter):
    """Brightness, contrast, saturation and hue changed by random factors, in random order."""

    def __init__(
        self, brightness: Any = None, contrast: Any = None, saturation: Any = None, hue: Any = None
    ) -> None:
        given = (brightness, contrast, saturation, hue)
        super().__init__(*(0 if each is None else each for each in given))


class RandomGrayscale(PerhapsOfImages, colours.RandomGrayscale):
    """Grey with probability ``p``, with as many channels as before."""


class RandomInvert(PerhapsOfImages, colours.RandomInvert):
    """Inverted with probability ``p``."""


class RandomAutocontrast(PerhapsOfImages, colours.RandomAutocontrast):
    """Each channel stretched with probability ``p``."""


class RandomEqualize(PerhapsOfImages, colours.RandomEqualize):
    """Each channel equalized with probability ``p``."""

    def _change(self, img: Any, **drawn: Any) -> Any:
        return changes.equalize(img)


class RandomPosterize(PerhapsOfImages, colours.RandomPosterize):
    """The highest ``bits`` alone with probability ``p``."""

    def _change(self, img: Any, **drawn: Any) -> Any:
        return changes.posterize(img, self.bits)


class RandomSolarize(PerhapsOfImages, colours.RandomSolarize):
    """What is ``threshold`` or more inverted with probability ``p``."""


class RandomAdjustSharpness(PerhapsOfImages, colours.RandomAdjustSharpness):
    """Sharper, or smoother below 1, with probability ``p``."""


class RandomErasing(PerhapsOfImages, colours.RandomErasing):
    """A random rectangle replaced with probability ``p``."""

    def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
        if not params:  # no image was found
            return inpt
        i, j, h, w, there = params["region"]
        return changes.erase(inpt, i, j, h, w, there, self.inplace) if isinstance(there, Tensor) else inpt


class GaussianBlur(OfImages, colours.GaussianBlur):
    """Smoothed by a Gaussian of a random deviation."""


class _Policy(OfImages):
    """Changes by a policy, as the second version draws them."""

    _brightest = 1.0
    _posterize = staticmethod(changes.posterize)
    _equalize = staticmethod(changes.equalize)

    @staticmethod
    def _is_reversed() -> bool:
        return _unit() <= 0.5


class AutoAugment(_Policy, policies.AutoAugment):
    """Two changes, one of the pairs of a ``policy`` that was learnt; of bytes."""

    def _draw(self, img: Any) -> dict[str, Any]:
        steps, policies = [], self.policies
        for name, probability, strength in policies[_below(len(policies))]:
            if _unit() <= probability:
                steps.append(self._step(img, name, strength, 10))
        return {"steps": steps}


class RandAugment(_Policy, policies.RandAugment):
    """Some changes drawn evenly, of one magnitude; of bytes."""


class TrivialAugmentWide(_Policy, policies.TrivialAugmentWide):
    """One change drawn evenly, of a magnitude drawn evenly; of bytes."""


class AugMix(_Policy, policies.AugMix):
    """The image mixed with some of itself that went through chains of changes; of bytes."""
