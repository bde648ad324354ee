"""Layers and containers, by families."""

from . import (
    activation,
    attention,
    batchnorm,
    container,
    conv,
    distance,
    distance_loss,
    dropout,
    embedding,
    lazy,
    linear,
    loss,
    margin_loss,
    module,
    normalization,
    padding,
    parallel,
    pooling,
    rearrangement,
    rnn,
    transformer,
)
from .activation import *
from .attention import *
from .batchnorm import *
from .container import *
from .conv import *
from .distance import *
from .distance_loss import *
from .dropout import *
from .embedding import *
from .lazy import *
from .linear import *
from .loss import *
from .margin_loss import *
from .module import Module as Module
from .normalization import *
from .padding import *
from .parallel import *
from .pooling import *
from .rearrangement import *
from .rnn import *
from .transformer import *

__all__ = ["Module"]
__all__ += activation.__all__
__all__ += attention.__all__
__all__ += batchnorm.__all__
__all__ += container.__all__
__all__ += conv.__all__
__all__ += distance.__all__
__all__ += distance_loss.__all__
__all__ += dropout.__all__
__all__ += embedding.__all__
__all__ += lazy.__all__
__all__ += linear.__all__
__all__ += loss.__all__
__all__ += margin_loss.__all__
__all__ += normalization.__all__
__all__ += padding.__all__
__all__ += parallel.__all__
__all__ += pooling.__all__
__all__ += rearrangement.__all__
__all__ += rnn.__all__
__all__ += transformer.__all__
