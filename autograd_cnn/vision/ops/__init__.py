"""torchvision's operators: boxes, regions of feature maps, losses, and blocks of models."""

from ...models._blocks import StochasticDepth as StochasticDepth
from ...models._blocks import stochastic_depth as stochastic_depth
from .boxes import *
from .losses import *
from .misc import *
from .regions import *
