"""The functions of the first version under the second one's names: their image is called ``inpt``."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from .. import functional as first
from ._more import jpeg as jpeg

F = TypeVar("F", bound=Callable[..., Any])


def _of_input(function: F) -> F:
    """``function`` whose first parameter is called ``inpt``."""

    @functools.wraps(function)
    def called(inpt: Any, *args: Any, **options: Any) -> Any:
        return function(inpt, *args, **options)

    known = inspect.signature(function)
    image, *others = known.parameters.values()
    changed = known.replace(parameters=[image.replace(name="inpt"), *others])
    called.__signature__ = changed  # type: ignore[attr-defined]  # what inspect looks for
    return called  # type: ignore[return-value]  # functools.wraps keeps the signature


adjust_brightness = _of_input(first.adjust_brightness)
adjust_contrast = _of_input(first.adjust_contrast)
adjust_gamma = _of_input(first.adjust_gamma)
adjust_hue = _of_input(first.adjust_hue)
adjust_saturation = _of_input(first.adjust_saturation)
adjust_sharpness = _of_input(first.adjust_sharpness)
affine = _of_input(first.affine)
autocontrast = _of_input(first.autocontrast)
center_crop = _of_input(first.center_crop)
crop = _of_input(first.crop)
elastic = elastic_transform = _of_input(first.elastic_transform)
equalize = _of_input(first.equalize)
erase = _of_input(first.erase)
five_crop = _of_input(first.five_crop)
gaussian_blur = _of_input(first.gaussian_blur)
get_dimensions = _of_input(first.get_dimensions)
get_image_size = _of_input(first.get_image_size)
get_num_channels = get_image_num_channels = _of_input(first.get_image_num_channels)
hflip = horizontal_flip = _of_input(first.hflip)
invert = _of_input(first.invert)
normalize = _of_input(first.normalize)
pad = _of_input(first.pad)
perspective = _of_input(first.perspective)
posterize = _of_input(first.posterize)
resize = _of_input(first.resize)
resized_crop = _of_input(first.resized_crop)
rgb_to_grayscale = to_grayscale = _of_input(first.rgb_to_grayscale)
rotate = _of_input(first.rotate)
solarize = _of_input(first.solarize)
ten_crop = _of_input(first.ten_crop)
vflip = vertical_flip = _of_input(first.vflip)

InterpolationMode = first.InterpolationMode
convert_image_dtype = first.convert_image_dtype
pil_to_tensor = first.pil_to_tensor
to_pil_image = first.to_pil_image
to_tensor = first.to_tensor
