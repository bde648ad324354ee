"""Changes in sequence by rules that were learnt or drawn: AutoAugment (Cubuk et al. 2018, arXiv 1805.09501),
RandAugment (2019, arXiv 1909.13719), TrivialAugment (Mueller and Hutter 2021, arXiv 2103.10158) and AugMix
(Hendrycks et al. 2019, arXiv 1912.02781)."""

import enum
import math
from collections.abc import Sequence
from typing import Any, ClassVar

from .._creation.creation import full, tensor
from .._creation.ranges import linspace
from .._engine.dtypes import iinfo
from .._tensor import Tensor
from ..distributions import Dirichlet
from . import functional as F
from ._base import ImageTransform
from ._conversion import by_tensor
from ._random_transforms import _below, _unit
from ._resampling import InterpolationMode, interpolation_of

__all__ = ["AugMix", "AutoAugment", "AutoAugmentPolicy", "RandAugment", "TrivialAugmentWide"]


class AutoAugmentPolicy(enum.Enum):
    """The data set that a policy was learnt on."""

    IMAGENET = "imagenet"
    CIFAR10 = "cifar10"
    SVHN = "svhn"


_POLICIES = {
    AutoAugmentPolicy.IMAGENET: """
        Posterize 0.4 8, Rotate 0.6 9; Solarize 0.6 5, AutoContrast 0.6; Equalize 0.8, Equalize 0.6;
        Posterize 0.6 7, Posterize 0.6 6; Equalize 0.4, Solarize 0.2 4; Equalize 0.4, Rotate 0.8 8;
        Solarize 0.6 3, Equalize 0.6; Posterize 0.8 5, Equalize 1; Rotate 0.2 3, Solarize 0.6 8;
        Equalize 0.6, Posterize 0.4 6; Rotate 0.8 8, Color 0.4 0; Rotate 0.4 9, Equalize 0.6; Equalize
        0, Equalize 0.8; Invert 0.6, Equalize 1; Color 0.6 4, Contrast 1 8; Rotate 0.8 8, Color 1 2;
        Color 0.8 8, Solarize 0.8 7; Sharpness 0.4 7, Invert 0.6; ShearX 0.6 5, Equalize 1; Color 0.4 0,
        Equalize 0.6; Equalize 0.4, Solarize 0.2 4; Solarize 0.6 5, AutoContrast 0.6; Invert 0.6,
        Equalize 1; Color 0.6 4, Contrast 1 8; Equalize 0.8, Equalize 0.6
    """,
    AutoAugmentPolicy.CIFAR10: """
        Invert 0.1, Contrast 0.2 6; Rotate 0.7 2, TranslateX 0.3 9; Sharpness 0.8 1, Sharpness 0.9 3;
        ShearY 0.5 8, TranslateY 0.7 9; AutoContrast 0.5, Equalize 0.9; ShearY 0.2 7, Posterize 0.3 7;
        Color 0.4 3, Brightness 0.6 7; Sharpness 0.3 9, Brightness 0.7 9; Equalize 0.6, Equalize 0.5;
        Contrast 0.6 7, Sharpness 0.6 5; Color 0.7 7, TranslateX 0.5 8; Equalize 0.3, AutoContrast 0.4;
        TranslateY 0.4 3, Sharpness 0.2 6; Brightness 0.9 6, Color 0.2 8; Solarize 0.5 2, Invert 0;
        Equalize 0.2, AutoContrast 0.6; Equalize 0.2, Equalize 0.6; Color 0.9 9, Equalize 0.6;
        AutoContrast 0.8, Solarize 0.2 8; Brightness 0.1 3, Color 0.7 0; Solarize 0.4 5, AutoContrast
        0.9; TranslateY 0.9 9, TranslateY 0.7 9; AutoContrast 0.9, Solarize 0.8 3; Equalize 0.8, Invert
        0.1; TranslateY 0.7 9, AutoContrast 0.9
    """,
    AutoAugmentPolicy.SVHN: """
        ShearX 0.9 4, Invert 0.2; ShearY 0.9 8, Invert 0.7; Equalize 0.6, Solarize 0.6 6; Invert 0.9,
        Equalize 0.6; Equalize 0.6, Rotate 0.9 3; ShearX 0.9 4, AutoContrast 0.8; ShearY 0.9 8, Invert
        0.4; ShearY 0.9 5, Solarize 0.2 6; Invert 0.9, AutoContrast 0.8; Equalize 0.6, Rotate 0.9 3;
        ShearX 0.9 4, Solarize 0.3 3; ShearY 0.8 8, Invert 0.7; Equalize 0.9, TranslateY 0.6 6; Invert
        0.9, Equalize 0.6; Contrast 0.3 3, Rotate 0.8 4; Invert 0.8, TranslateY 0 2; ShearY 0.7 6,
        Solarize 0.4 8; Invert 0.6, Rotate 0.8 4; ShearY 0.3 7, TranslateX 0.9 3; ShearX 0.1 6, Invert
        0.6; Solarize 0.7 2, TranslateY 0.6 7; ShearY 0.8 4, Invert 0.8; ShearX 0.7 9, TranslateY 0.8 3;
        ShearY 0.8 5, AutoContrast 0.7; ShearX 0.7 2, Invert 0.1
    """,
}
"""Pairs of steps, each with its probability and its strength of ten."""

Step = tuple[str, float]
"""A change and its magnitude."""

_MOVES = ("ShearX", "ShearY", "TranslateX", "TranslateY", "Rotate")
_SIGNED = (*_MOVES, "Brightness", "Color", "Contrast", "Sharpness")
_PLAIN = ("Identity", "AutoContrast", "Equalize", "Invert")


def _magnitude(name: str, level: int, levels: int, most: dict[str, float]) -> float:
    """How strong a change is at ``level`` of ``levels``, of which the last is the strongest, ``most``; where
    it is a real number, with PyTorch's bits."""
    if name in _PLAIN:
        return 0.0
    if name == "Posterize":
        return most[name] - round(level / (levels - 1) * most["bits"])
    ends = (most[name], 0.0) if name == "Solarize" else (0.0, most[name])
    return float(linspace(*ends, levels)[level])


def _white(img: Any) -> float:
    whole = isinstance(img, Tensor) and not img.is_floating_point()
    return float(iinfo(img.dtype).max) if whole else 1.0 if isinstance(img, Tensor) else 255.0


class _Steps(ImageTransform):
    """Some changes one after the other."""

    _brightest: ClassVar[float] = 255.0
    """What white is where a magnitude is a brightness."""
    _posterize = staticmethod(F.posterize)
    _equalize = staticmethod(F.equalize)

    def __init__(self, interpolation: Any, fill: Any) -> None:
        super().__init__()
        self.interpolation: InterpolationMode = interpolation_of(interpolation)
        self.fill = None if fill is None else self._kept_fill(fill)

    @staticmethod
    def _most(img: Any) -> dict[str, float]:
        """The strongest changes of ``img``."""
        width, height = F.get_image_size(img)
        found = dict.fromkeys(_SIGNED, 0.9) | {"ShearX": 0.3, "ShearY": 0.3, "Rotate": 30.0}
        found |= {"TranslateX": 150.0 / 331.0 * width, "TranslateY": 150.0 / 331.0 * height}
        return found | {"Posterize": 8.0, "bits": 4.0}

    @staticmethod
    def _is_reversed() -> bool:
        """Whether a change goes the other way."""
        return bool(_below(2))

    def _step(self, img: Any, name: str, level: int, levels: int) -> Step:
        magnitude = _magnitude(name, level, levels, self._most(img) | {"Solarize": self._brightest})
        return name, -magnitude if name in _SIGNED and self._is_reversed() else magnitude

    def _changed(self, img: Any, name: str, magnitude: float, fill: Any) -> Any:
        """``img`` after one step."""
        sheared, interpolation = math.degrees(math.atan(magnitude)), self.interpolation
        ways: dict[str, Any] = {
            "ShearX": ([0, 0], [sheared, 0.0], [0, 0]),
            "ShearY": ([0, 0], [0.0, sheared], [0, 0]),
            "TranslateX": ([int(magnitude), 0], [0.0, 0.0], None),
            "TranslateY": ([0, int(magnitude)], [0.0, 0.0], None),
        }
        if name in ways:
            moved, shear, center = ways[name]
            return F.affine(img, 0.0, moved, 1.0, shear, interpolation, fill, center)
        changes: dict[str, Any] = {
            "Identity": lambda: img,
            "Rotate": lambda: F.rotate(img, magnitude, interpolation, fill=fill),
            "Brightness": lambda: F.adjust_brightness(img, 1.0 + magnitude),
            "Color": lambda: F.adjust_saturation(img, 1.0 + magnitude),
            "Contrast": lambda: F.adjust_contrast(img, 1.0 + magnitude),
            "Sharpness": lambda: F.adjust_sharpness(img, 1.0 + magnitude),
            "Posterize": lambda: self._posterize(img, int(magnitude)),
            "Solarize": lambda: F.solarize(img, magnitude * (_white(img) / self._brightest)),
            "AutoContrast": lambda: F.autocontrast(img),
            "Equalize": lambda: self._equalize(img),
            "Invert": lambda: F.invert(img),
        }
        return changes[name]()

    def _change(self, img: Any, **drawn: Any) -> Any:
        fill = self._fill_for(img)
        for name, magnitude in drawn["steps"]:
            img = self._changed(img, name, magnitude, fill)
        return img

    def __repr__(self) -> str:
        told = [f"{name}={getattr(self, name)}" for name in self._told() if hasattr(self, name)]
        return f"{type(self).__name__}({', '.join(told)})"

    def _told(self) -> Sequence[str]:
        """The options that are printed."""
        return ("num_ops", "magnitude", "num_magnitude_bins", "interpolation", "fill")


class AutoAugment(_Steps):
    """Two changes, one of the pairs of a ``policy`` that was learnt; of bytes."""

    def __init__(
        self,
        policy: AutoAugmentPolicy = AutoAugmentPolicy.IMAGENET,
        interpolation: Any = InterpolationMode.NEAREST,
        fill: Any = None,
    ) -> None:
        super().__init__(interpolation, fill)
        if policy not in _POLICIES:
            raise ValueError(f"The provided policy {policy} is not recognized.")
        self.policy = policy

    @property
    def policies(self) -> list[list[tuple[str, float, int]]]:
        """The pairs of changes: of each the name, the probability and the strength."""
        return [
            [(word[0], float(word[1]), int(word[2]) if len(word) > 2 else 0) for word in map(str.split, pair)]
            for pair in (pairs.split(",") for pairs in _POLICIES[self.policy].split(";"))
        ]

    @staticmethod
    def get_params(transform_num: int) -> tuple[int, Tensor, Tensor]:
        """Which pair, and for both the chance and the direction."""
        which = _below(transform_num)
        chances = [_unit(), _unit()]
        return which, tensor(chances), tensor([_below(2), _below(2)])

    def _told(self) -> Sequence[str]:
        return ("policy", "fill")

    def _draw(self, img: Any) -> dict[str, Any]:
        policies = self.policies
        which, chances, signs = self.get_params(len(policies))
        most, steps = self._most(img) | {"Solarize": self._brightest}, list[Step]()
        for i, (name, probability, strength) in enumerate(policies[which]):
            if chances[i] <= probability:
                magnitude = _magnitude(name, strength, 10, most)
                steps.append((name, -magnitude if name in _SIGNED and signs[i] == 0 else magnitude))
        return {"steps": steps}


class RandAugment(_Steps):
    """``num_ops`` changes drawn evenly, of ``magnitude`` out of ``num_magnitude_bins``; of bytes."""

    def __init__(
        self,
        num_ops: int = 2,
        magnitude: int = 9,
        num_magnitude_bins: int = 31,
        interpolation: Any = InterpolationMode.NEAREST,
        fill: Any = None,
    ) -> None:
        super().__init__(interpolation, fill)
        self.num_ops = num_ops
        self.magnitude = magnitude
        self.num_magnitude_bins = num_magnitude_bins

    _NAMES: ClassVar[Sequence[str]] = (
        "Identity",
        *_SIGNED,
        "Posterize",
        "Solarize",
        "AutoContrast",
        "Equalize",
    )

    def _draw(self, img: Any) -> dict[str, Any]:
        names, level = self._NAMES, (self.magnitude, self.num_magnitude_bins)
        return {"steps": [self._step(img, names[_below(len(names))], *level) for _ in range(self.num_ops)]}


class TrivialAugmentWide(_Steps):
    """One change drawn evenly, of a magnitude drawn evenly; of bytes."""

    def __init__(
        self,
        num_magnitude_bins: int = 31,
        interpolation: Any = InterpolationMode.NEAREST,
        fill: Any = None,
    ) -> None:
        super().__init__(interpolation, fill)
        self.num_magnitude_bins = num_magnitude_bins

    _NAMES: ClassVar[Sequence[str]] = RandAugment._NAMES

    @staticmethod
    def _most(img: Any) -> dict[str, float]:
        found = dict.fromkeys(_SIGNED, 0.99) | {"TranslateX": 32.0, "TranslateY": 32.0, "Rotate": 135.0}
        return found | {"Posterize": 8.0, "bits": 6.0}

    def _draw(self, img: Any) -> dict[str, Any]:
        name = self._NAMES[_below(len(self._NAMES))]
        strength = 0 if name in _PLAIN else _below(self.num_magnitude_bins)
        return {"steps": [self._step(img, name, strength, self.num_magnitude_bins)]}


class AugMix(_Steps):
    """The image mixed with ``mixture_width`` of itself that went through chains of changes; of bytes."""

    def __init__(
        self,
        severity: int = 3,
        mixture_width: int = 3,
        chain_depth: int = -1,
        alpha: float = 1.0,
        all_ops: bool = True,
        interpolation: Any = InterpolationMode.BILINEAR,
        fill: Any = None,
    ) -> None:
        super().__init__(interpolation, fill)
        if not 1 <= severity <= 10:
            raise ValueError(f"The severity must be between [1, 10]. Got {severity} instead.")
        self.severity = severity
        self.mixture_width = mixture_width
        self.chain_depth = chain_depth
        self.alpha = alpha
        self.all_ops = all_ops

    @staticmethod
    def _most(img: Any) -> dict[str, float]:
        width, height = F.get_image_size(img)
        found = dict.fromkeys(_SIGNED, 0.9) | {"ShearX": 0.3, "ShearY": 0.3, "Rotate": 30.0}
        return found | {"TranslateX": width / 3.0, "TranslateY": height / 3.0, "Posterize": 4.0, "bits": 4.0}

    def _names(self) -> list[str]:
        names = [*_MOVES, "Posterize", "Solarize", "AutoContrast", "Equalize"]
        return names + list(_SIGNED[len(_MOVES) :]) if self.all_ops else names

    def _chain(self, img: Any) -> list[Step]:
        names, steps = self._names(), list[Step]()
        for _ in range(self.chain_depth if self.chain_depth > 0 else 1 + _below(3)):
            name = names[_below(len(names))]
            strength = 0 if name in _PLAIN else _below(self.severity)
            steps.append(self._step(img, name, strength, 10))
        return steps

    def _draw(self, img: Any) -> dict[str, Any]:
        count = img.shape[0] if isinstance(img, Tensor) and img.ndim > 3 else 1  # each image has its shares
        own, mixed = Dirichlet(full((count, 2), self.alpha)).sample().unbind(1)
        shares = Dirichlet(full((count, self.mixture_width), self.alpha)).sample() * mixed[:, None]
        chains = [self._chain(img) for _ in range(self.mixture_width)]
        return {"own": own, "shares": shares.unbind(1), "chains": chains}

    def _change(self, img: Any, **drawn: Any) -> Any:
        through = super()._change

        def mixed(image: Tensor) -> Tensor:
            each = (-1, *[1] * (image.ndim - 1))
            found = drawn["own"].reshape(each) * image
            for share, steps in zip(drawn["shares"], drawn["chains"], strict=True):
                found = found + share.reshape(each) * through(image, steps=steps)
            return found.to(image.dtype)

        return by_tensor(img, mixed)

    def _told(self) -> Sequence[str]:
        return ("severity", "mixture_width", "chain_depth", "alpha", "all_ops", "interpolation", "fill")

    def forward(self, orig_img: Any) -> Any:
        return super().forward(orig_img)
