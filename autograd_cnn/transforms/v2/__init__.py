"""The second version of the transforms: those of the first and some more, of whole samples, of which they
change the images. Boxes, masks and key points are not moved with them."""

from .._auto_augment import AutoAugmentPolicy as AutoAugmentPolicy
from .._resampling import InterpolationMode as InterpolationMode
from . import functional as functional
from ._batches import *
from ._containers import *
from ._conversions import *
from ._images import *
from ._random import *
from ._transform import *
