"""Layers and containers, by families."""

from typing import TYPE_CHECKING

from ..._paths import elsewhere
from . import activation as _activation
from . import batchnorm as _batchnorm
from . import container as _container
from . import conv as _conv
from . import linear as _linear
from . import loss as _loss
from . import pooling as _pooling
from . import utils as utils
from .activation import *
from .adaptive import *
from .attention import *
from .batchnorm import *
from .container import *
from .conv import *
from .distance import *
from .distance_loss import *
from .dropout import *
from .embedding import *
from .fractional_pooling import *
from .lazy import *
from .linear import *
from .linear_loss import *
from .loss import *
from .margin_loss import *
from .module import Module as Module
from .normalization import *
from .optimized import OptimizedModule as _OptimizedModule  # compile() asks for it
from .padding import *
from .parallel import *
from .parameter_container import *
from .pooling import *
from .rearrangement import *
from .rnn import *
from .transformer import *

if not TYPE_CHECKING:  # checkers would take it for leave to use any name
    __getattr__ = elsewhere(__name__)
    for _module in (_activation, _batchnorm, _container, _conv, _linear, _loss, _pooling):
        _module.__getattr__ = elsewhere(_module.__name__)
