"""Transforms of images, with torchvision's names and arguments.

An image is a NumPy array (H, W) or (H, W, C), a Pillow image, or a tensor (..., H, W); a transform gives back
the kind it got. Each is a module of ``nn`` and may stand in a ``Sequential``. Random ones draw from the
default generator what torchvision's draw from PyTorch's.
"""

from . import functional as functional
from ._augmentation import *
from ._auto_augment import *
from ._containers import *
from ._presets import ImageClassification as ImageClassification
from ._random_transforms import *
from ._resampling import InterpolationMode as InterpolationMode
from ._transforms import *
from ._warps import *
