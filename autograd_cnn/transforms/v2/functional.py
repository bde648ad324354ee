"""The functions of the first version under the second one's names: their image is called ``inpt``."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, Final, TypeVar

from .. import functional as first
from .._resampling import InterpolationMode as InterpolationMode
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
elastic_transform: Final = _of_input(first.elastic_transform)
elastic: Final = elastic_transform
equalize: Final = _of_input(first.equalize)
erase: Final = _of_input(first.erase)
five_crop: Final = _of_input(first.five_crop)
gaussian_blur: Final = _of_input(first.gaussian_blur)
get_dimensions: Final = _of_input(first.get_dimensions)
get_image_size: Final = _of_input(first.get_image_size)
get_image_num_channels: Final = _of_input(first.get_image_num_channels)
get_num_channels: Final = get_image_num_channels
horizontal_flip: Final = _of_input(first.hflip)
hflip: Final = horizontal_flip
invert: Final = _of_input(first.invert)
normalize: Final = _of_input(first.normalize)
pad: Final = _of_input(first.pad)
perspective: Final = _of_input(first.perspective)
posterize: Final = _of_input(first.posterize)
resize: Final = _of_input(first.resize)
resized_crop: Final = _of_input(first.resized_crop)
to_grayscale: Final = _of_input(first.rgb_to_grayscale)
rgb_to_grayscale: Final = to_grayscale
rotate: Final = _of_input(first.rotate)
solarize: Final = _of_input(first.solarize)
ten_crop: Final = _of_input(first.ten_crop)
vertical_flip: Final = _of_input(first.vflip)
vflip: Final = vertical_flip

convert_image_dtype: Final = first.convert_image_dtype
pil_to_tensor: Final = first.pil_to_tensor
to_pil_image: Final = first.to_pil_image
to_tensor: Final = first.to_tensor
