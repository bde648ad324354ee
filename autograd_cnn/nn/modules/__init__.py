"""Layers and containers, by families."""

from typing import TYPE_CHECKING

from ..._paths import submodules
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
from .loss import *
from .margin_loss import *
from .module import Module as Module
from .normalization import *
from .padding import *
from .parallel import *
from .parameter_container import *
from .pooling import *
from .rearrangement import *
from .rnn import *
from .transformer import *

if not TYPE_CHECKING:  # checkers would take it for leave to use any name
    __getattr__ = submodules(__name__)
