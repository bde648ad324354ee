"""The functions of the first version under the second one's names, whose image is called ``inpt``, and some
more."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from .. import functional as first
from .._resampling import InterpolationMode as InterpolationMode
from ._changes import equalize as equalize
from ._changes import erase as erase
from ._changes import gaussian_noise as gaussian_noise
from ._changes import get_size as get_size
from ._changes import grayscale_to_rgb as grayscale_to_rgb
from ._changes import jpeg as jpeg
from ._changes import permute_channels as permute_channels
from ._changes import posterize as posterize
from ._changes import to_dtype as to_dtype
from ._changes import to_image as to_image
from ._changes import uniform_temporal_subsample as uniform_temporal_subsample

Image = TypeVar("Image")
P = ParamSpec("P")
R = TypeVar("R")


def _of_input(
    function: Callable[Concatenate[Image, P], R], name: str = ""
) -> Callable[Concatenate[Image, P], R]:
    """``function``, under the second version's ``name`` where that is another one; its first parameter is
    called ``inpt``."""

    @functools.wraps(function)
    def called(inpt: Any, *args: Any, **options: Any) -> Any:
        return function(inpt, *args, **options)

    known = inspect.signature(function)
    image, *others = known.parameters.values()
    changed = known.replace(parameters=[image.replace(name="inpt"), *others])
    called.__signature__ = changed  # type: ignore[attr-defined]  # what inspect looks for
    called.__name__ = called.__qualname__ = name or function.__name__
    called.__module__ = __name__
    return called  # type: ignore[return-value]  # functools.wraps keeps the signature


adjust_brightness: Final = _of_input(first.adjust_brightness)
adjust_contrast: Final = _of_input(first.adjust_contrast)
adjust_gamma: Final = _of_input(first.adjust_gamma)
adjust_hue: Final = _of_input(first.adjust_hue)
adjust_saturation: Final = _of_input(first.adjust_saturation)
adjust_sharpness: Final = _of_input(first.adjust_sharpness)
affine: Final = _of_input(first.affine)
autocontrast: Final = _of_input(first.autocontrast)
center_crop: Final = _of_input(first.center_crop)
crop: Final = _of_input(first.crop)
elastic: Final = _of_input(first.elastic_transform, "elastic")
elastic_transform: Final = elastic
five_crop: Final = _of_input(first.five_crop)
gaussian_blur: Final = _of_input(first.gaussian_blur)
get_dimensions: Final = _of_input(first.get_dimensions)
get_image_size: Final = _of_input(first.get_image_size)
get_num_channels: Final = _of_input(first.get_image_num_channels, "get_num_channels")
get_image_num_channels: Final = get_num_channels
horizontal_flip: Final = _of_input(first.hflip, "horizontal_flip")
hflip: Final = horizontal_flip
invert: Final = _of_input(first.invert)
normalize: Final = _of_input(first.normalize)
pad: Final = _of_input(first.pad)
perspective: Final = _of_input(first.perspective)
resize: Final = _of_input(first.resize)
resized_crop: Final = _of_input(first.resized_crop)
rgb_to_grayscale: Final = _of_input(first.rgb_to_grayscale)
to_grayscale: Final = _of_input(first.to_grayscale)
rotate: Final = _of_input(first.rotate)
solarize: Final = _of_input(first.solarize)
ten_crop: Final = _of_input(first.ten_crop)
vertical_flip: Final = _of_input(first.vflip, "vertical_flip")
vflip: Final = vertical_flip

convert_image_dtype: Final = first.convert_image_dtype
pil_to_tensor: Final = first.pil_to_tensor
to_pil_image: Final = first.to_pil_image
to_tensor: Final = first.to_tensor
