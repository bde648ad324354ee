"""torchvision's operators: boxes, regions of feature maps, losses, and blocks of models."""

from ...models._blocks import StochasticDepth as StochasticDepth
from ...models._blocks import stochastic_depth as stochastic_depth
from .boxes import *
from .deform_conv import *
from .drop_block import *
from .feature_pyramid_network import *
from .losses import *
from .misc import MLP as MLP
from .misc import Conv2dNormActivation as Conv2dNormActivation
from .misc import Conv3dNormActivation as Conv3dNormActivation
from .misc import FrozenBatchNorm2d as FrozenBatchNorm2d
from .misc import Permute as Permute
from .misc import SqueezeExcitation as SqueezeExcitation
from .poolers import *
from .position_sensitive import *
from .regions import *
