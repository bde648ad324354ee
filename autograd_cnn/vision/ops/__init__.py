"""torchvision's operators: boxes, regions of feature maps, losses, and blocks of models."""

from ...models._blocks import StochasticDepth as StochasticDepth
from ...models._blocks import stochastic_depth as stochastic_depth
from .boxes import *
from .deform_conv import *
from .drop_block import *
from .feature_pyramid_network import *
from .losses import *
from .misc import *
from .poolers import *
from .position_sensitive import *
from .regions import *
