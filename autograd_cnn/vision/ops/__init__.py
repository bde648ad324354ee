"""torchvision's operators: boxes, regions of feature maps, losses, and blocks of models."""

from ...models._blocks import MLP as MLP
from ...models._blocks import Conv2dNormActivation as Conv2dNormActivation
from ...models._blocks import Conv3dNormActivation as Conv3dNormActivation
from ...models._blocks import FrozenBatchNorm2d as FrozenBatchNorm2d
from ...models._blocks import Permute as Permute
from ...models._blocks import SqueezeExcitation as SqueezeExcitation
from ...models._blocks import StochasticDepth as StochasticDepth
from ...models._blocks import stochastic_depth as stochastic_depth
from .boxes import *
from .losses import *
from .regions import *
