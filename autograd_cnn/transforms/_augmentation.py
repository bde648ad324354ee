"""Random changes of colours and places; torchvision's draws in its order."""

import math
from collections.abc import Sequence
from typing import Any

from .._creation.creation import empty, tensor
from .._random import stream
from . import functional as F
from ._base import ImageTransform
from ._random_transforms import Perhaps, _below, _both_ways, _ends, _sized, _uniform
from ._resampling import InterpolationMode, interpolation_of

__all__ = [
    "ColorJitter",
    "GaussianBlur",
    "RandomAdjustSharpness",
    "RandomAffine",
    "RandomAutocontrast",
    "RandomEqualize",
    "RandomErasing",
    "RandomGrayscale",
    "RandomInvert",
    "RandomPosterize",
    "RandomSolarize",
]


def _range(value: Any, name: str, center: float = 1.0, least: float = 0, most: float = math.inf) -> Any:
    """The two ends between which is drawn; None where nothing would change."""
    if isinstance(value, (int, float)):
        if value < 0:
            raise ValueError(f"If {name} is a single number, it must be non negative.")
        ends = [center - float(value), center + float(value)]
        if center:
            ends[0] = max(ends[0], 0.0)
    elif isinstance(value, (tuple, list)) and len(value) == 2:
        ends = [float(value[0]), float(value[1])]
    else:
        raise TypeError(f"{name} should be a single number or a list/tuple with length 2.")
    if not least <= ends[0] <= ends[1] <= most:
        raise ValueError(f"{name} values should be between {(least, most)}, but got {ends}.")
    return None if ends[0] == ends[1] == center else tuple(ends)


class ColorJitter(ImageTransform):
    """Brightness, contrast, saturation and hue changed by random factors, in random order.

    A number x draws the factor between 1 - x and 1 + x (of the hue between -x and x), two numbers between
    them.
    """

    def __init__(self, brightness: Any = 0, contrast: Any = 0, saturation: Any = 0, hue: Any = 0) -> None:
        super().__init__()
        self.brightness: Any = _range(brightness, "brightness")
        self.contrast: Any = _range(contrast, "contrast")
        self.saturation: Any = _range(saturation, "saturation")
        self.hue: Any = _range(hue, "hue", 0.0, -0.5, 0.5)

    @staticmethod
    def get_params(brightness: Any, contrast: Any, saturation: Any, hue: Any) -> tuple[Any, ...]:
        """The order of the four, and their factors (None: left out)."""
        order = tensor(stream.randperm(4))
        ranges = (brightness, contrast, saturation, hue)
        return (order, *(None if ends is None else _uniform(ends[0], ends[1]) for ends in ranges))

    def _draw(self, img: Any) -> dict[str, Any]:
        drawn = self.get_params(self.brightness, self.contrast, self.saturation, self.hue)
        return {"order": drawn[0].tolist(), "factors": drawn[1:]}

    def _change(self, img: Any, **drawn: Any) -> Any:
        order, factors = drawn["order"], drawn["factors"]
        changes = (F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue)
        for i in order:
            if factors[i] is not None:
                img = changes[i](img, factors[i])
        return img

    def __repr__(self) -> str:
        return (
            f"ColorJitter(brightness={self.brightness}, contrast={self.contrast}, "
            f"saturation={self.saturation}, hue={self.hue})"
        )


class RandomGrayscale(Perhaps):
    """Grey with probability ``p``, with as many channels as before."""

    def __init__(self, p: float = 0.1) -> None:
        super().__init__(p)

    def _change(self, img: Any, **drawn: Any) -> Any:
        return F.rgb_to_grayscale(img, F.get_image_num_channels(img))


class RandomInvert(Perhaps):
    """Inverted with probability ``p``."""

    def _change(self, img: Any, **drawn: Any) -> Any:
        return F.invert(img)


class RandomAutocontrast(Perhaps):
    """Each channel stretched with probability ``p``."""

    def _change(self, img: Any, **drawn: Any) -> Any:
        return F.autocontrast(img)


class RandomEqualize(Perhaps):
    """Each channel equalized with probability ``p``."""

    def _change(self, img: Any, **drawn: Any) -> Any:
        return F.equalize(img)


class RandomPosterize(Perhaps):
    """The highest ``bits`` alone with probability ``p``."""

    _shown = ("bits", "p")

    def __init__(self, bits: int, p: float = 0.5) -> None:
        super().__init__(p)
        self.bits = bits

    def _change(self, img: Any, **drawn: Any) -> Any:
        return F.posterize(img, self.bits)


class RandomSolarize(Perhaps):
    """What is ``threshold`` or more inverted with probability ``p``."""

    _shown = ("threshold", "p")

    def __init__(self, threshold: float, p: float = 0.5) -> None:
        super().__init__(p)
        self.threshold = threshold

    def _change(self, img: Any, **drawn: Any) -> Any:
        return F.solarize(img, self.threshold)


class RandomAdjustSharpness(Perhaps):
    """Sharper, or smoother below 1, with probability ``p``."""

    _shown = ("sharpness_factor", "p")

    def __init__(self, sharpness_factor: float, p: float = 0.5) -> None:
        super().__init__(p)
        self.sharpness_factor = sharpness_factor

    def _change(self, img: Any, **drawn: Any) -> Any:
        return F.adjust_sharpness(img, self.sharpness_factor)


class RandomErasing(Perhaps):
    """A random rectangle of a tensor replaced by ``value`` (a number, one for each channel, or "random") with
    probability ``p``: ``scale`` of the area, ``ratio`` of width to height."""

    def __init__(
        self,
        p: float = 0.5,
        scale: Sequence[float] = (0.02, 0.33),
        ratio: Sequence[float] = (0.3, 3.3),
        value: Any = 0,
        inplace: bool = False,
    ) -> None:
        super().__init__(p)
        if isinstance(value, str) and value != "random":
            raise ValueError("If value is str, it should be 'random'")
        if not 0 <= p <= 1:
            raise ValueError("Random erasing probability should be between 0 and 1")
        if not isinstance(value, (int, float, str, tuple, list)):
            raise TypeError("Argument value should be either a number or str or a sequence")
        if not 0 <= _ends(scale, "Scale")[0] <= scale[1] <= 1:
            raise ValueError("Scale should be between 0 and 1")
        _ends(ratio, "Ratio")
        self.scale = scale
        self.ratio = ratio
        self.value: Any = value
        self.inplace = inplace

    @staticmethod
    def get_params(
        img: Any, scale: Sequence[float], ratio: Sequence[float], value: Any = None
    ) -> tuple[Any, ...]:
        """Top, left, height, width and what stands there; the image itself after ten draws that did not
        fit."""
        channels, height, width = F.get_dimensions(img)
        ends = [math.log(number) for number in ratio]
        for _ in range(10):
            area = height * width * _uniform(scale[0], scale[1])
            aspect = math.exp(_uniform(ends[0], ends[1]))
            h, w = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
            if h < height and w < width:
                if value is None:
                    there = empty([channels, h, w], dtype=tensor(0.0).dtype).normal_()
                else:
                    there = tensor(value)[:, None, None]
                return _below(height - h + 1), _below(width - w + 1), h, w, there
        return 0, 0, height, width, img

    def _draw(self, img: Any) -> dict[str, Any]:
        value: Any = [self.value] if isinstance(self.value, (int, float)) else self.value
        value = None if isinstance(value, str) else list(value)
        channels = F.get_image_num_channels(img)
        if value is not None and len(value) not in (1, channels):
            raise ValueError(
                "If value is a sequence, it should have either a single value or "
                f"{channels} (number of input channels)"
            )
        return {"region": self.get_params(img, self.scale, self.ratio, value)}

    def _change(self, img: Any, **drawn: Any) -> Any:
        i, j, h, w, v = drawn["region"]
        return F.erase(img, i, j, h, w, v, self.inplace)

    def __repr__(self) -> str:
        return (
            f"RandomErasing(p={self.p}, scale={self.scale}, ratio={self.ratio}, value={self.value}, "
            f"inplace={self.inplace})"
        )


class RandomAffine(ImageTransform):
    """Turned, moved (by up to ``translate`` of the size), scaled and sheared at random."""

    def __init__(
        self,
        degrees: Any,
        translate: Sequence[float] | None = None,
        scale: Sequence[float] | None = None,
        shear: Any = None,
        interpolation: Any = InterpolationMode.NEAREST,
        fill: Any = 0,
        center: Sequence[int] | None = None,
    ) -> None:
        super().__init__()
        self.degrees: list[float] = _both_ways(degrees, "degrees")
        for name, value in (("translate", translate), ("scale", scale), ("center", center)):
            if value is not None:
                _sized(value, name, 2)
        if translate is not None and any(not 0.0 <= t <= 1.0 for t in translate):
            raise ValueError("translation values should be between 0 and 1")
        if scale is not None and any(s <= 0 for s in scale):
            raise ValueError("scale values should be positive")
        self.translate = translate
        self.scale = scale
        self.shear: Any = None if shear is None else _both_ways(shear, "shear", 2, 4)
        self.interpolation: InterpolationMode = interpolation_of(interpolation)
        self.fill: Any = self._kept_fill(fill)
        self.center = center

    @staticmethod
    def get_params(
        degrees: Sequence[float], translate: Any, scale_ranges: Any, shears: Any, img_size: Sequence[int]
    ) -> tuple[Any, ...]:
        """Angle, translation, scale and shear."""
        angle = _uniform(float(degrees[0]), float(degrees[1]))
        moved = (0, 0)
        if translate is not None:
            far = [float(t * size) for t, size in zip(translate, img_size, strict=True)]
            moved = (round(_uniform(-far[0], far[0])), round(_uniform(-far[1], far[1])))
        scale = 1.0 if scale_ranges is None else _uniform(scale_ranges[0], scale_ranges[1])
        x = y = 0.0
        if shears is not None:
            x = _uniform(shears[0], shears[1])
            y = _uniform(shears[2], shears[3]) if len(shears) == 4 else 0.0
        return angle, moved, scale, (x, y)

    def _draw(self, img: Any) -> dict[str, Any]:
        size = F.get_image_size(img)
        return {"way": self.get_params(self.degrees, self.translate, self.scale, self.shear, size)}

    def _change(self, img: Any, **drawn: Any) -> Any:
        angle, moved, scale, shear = drawn["way"]
        fill = self._fill_for(img)
        return F.affine(img, angle, moved, scale, shear, self.interpolation, fill, self.center)

    def __repr__(self) -> str:
        shown = {"translate": self.translate, "scale": self.scale, "shear": self.shear}
        if self.interpolation is not InterpolationMode.NEAREST:
            shown["interpolation"] = self.interpolation.value
        shown |= {"fill": self.fill or None, "center": self.center}
        text = "".join(f", {name}={value}" for name, value in shown.items() if value is not None)
        return f"RandomAffine(degrees={self.degrees}{text})"


class GaussianBlur(ImageTransform):
    """Smoothed by a Gaussian of a deviation drawn between the two of ``sigma``."""

    def __init__(self, kernel_size: Any, sigma: Any = (0.1, 2.0)) -> None:
        super().__init__()
        self.kernel_size: list[int] = (
            [kernel_size] * 2 if isinstance(kernel_size, int) else [int(k) for k in kernel_size]
        )
        if len(self.kernel_size) != 2:
            raise ValueError("Kernel size should be a tuple/list of two integers")
        if any(size <= 0 or size % 2 == 0 for size in self.kernel_size):
            raise ValueError("Kernel size value should be an odd and positive number.")
        self.sigma: tuple[float, ...] = (
            (float(sigma),) * 2 if isinstance(sigma, (int, float)) else tuple(map(float, sigma))
        )
        if isinstance(sigma, (int, float)) and sigma <= 0:
            raise ValueError("If sigma is a single number, it must be positive.")
        if len(self.sigma) != 2:
            raise ValueError("sigma should be a single number or a list/tuple with length 2.")
        if not 0.0 < self.sigma[0] <= self.sigma[1]:
            raise ValueError(f"sigma values should be positive and of the form (min, max). Got {self.sigma}")

    @staticmethod
    def get_params(sigma_min: float, sigma_max: float) -> float:
        """The deviation."""
        return _uniform(sigma_min, sigma_max)

    def _draw(self, img: Any) -> dict[str, Any]:
        return {"sigma": self.get_params(self.sigma[0], self.sigma[1])}

    def _change(self, img: Any, **drawn: Any) -> Any:
        return F.gaussian_blur(img, self.kernel_size, [drawn["sigma"]] * 2)

    def __repr__(self) -> str:
        return f"GaussianBlur(kernel_size={tuple(self.kernel_size)}, sigma={self.sigma})"
