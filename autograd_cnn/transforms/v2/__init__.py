"""The second version's names: the transforms of the first, and conversions by name. They change
images alone: boxes, masks and key points are not moved with them."""

from .. import functional as functional
from .._augmentation import *
from .._random_transforms import *
from .._resampling import InterpolationMode as InterpolationMode
from .._transforms import *
from ._conversions import *
