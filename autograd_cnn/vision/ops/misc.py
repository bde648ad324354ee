"""Blocks of models."""

from ...models._blocks import MLP as MLP
from ...models._blocks import Conv2dNormActivation as Conv2dNormActivation
from ...models._blocks import Conv3dNormActivation as Conv3dNormActivation
from ...models._blocks import ConvNormActivation as ConvNormActivation
from ...models._blocks import FrozenBatchNorm2d as FrozenBatchNorm2d
from ...models._blocks import Permute as Permute
from ...models._blocks import SqueezeExcitation as SqueezeExcitation
from ...nn.functional import interpolate as interpolate
