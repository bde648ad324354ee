"""The second version's names: the transforms of the first, and conversions by name. They change images; boxes,
masks and key points pass unchanged through none of them, so give them images alone."""

from .. import functional as functional
from .._augmentation import *
from .._random_transforms import *
from .._resampling import InterpolationMode as InterpolationMode
from .._transforms import *
from ._conversions import *
