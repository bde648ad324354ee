"""Transforms of images, with torchvision's names and arguments.

An image is a NumPy array (H, W) or (H, W, C), a Pillow image, or a tensor (..., H, W); a transform gives back
the kind it got. Random ones draw from the default generator what torchvision's draw from PyTorch's.
"""

from . import functional as functional
from ._random_transforms import RandomCrop as RandomCrop
from ._random_transforms import RandomHorizontalFlip as RandomHorizontalFlip
from ._random_transforms import RandomResizedCrop as RandomResizedCrop
from ._random_transforms import RandomRotation as RandomRotation
from ._random_transforms import RandomVerticalFlip as RandomVerticalFlip
from ._resampling import InterpolationMode as InterpolationMode
from ._transforms import CenterCrop as CenterCrop
from ._transforms import Compose as Compose
from ._transforms import Grayscale as Grayscale
from ._transforms import Lambda as Lambda
from ._transforms import Normalize as Normalize
from ._transforms import Pad as Pad
from ._transforms import PILToTensor as PILToTensor
from ._transforms import Resize as Resize
from ._transforms import ToPILImage as ToPILImage
from ._transforms import ToTensor as ToTensor
