"""Neural networks: modules, their functions and their initial values, under PyTorch's names."""

from . import functional as functional
from . import grad as grad
from . import init as init
from . import modules as modules
from . import parallel as parallel
from . import utils as utils
from ._composition import composition as composition
from ._composition import fusible as fusible
from .modules.activation import *
from .modules.adaptive import *
from .modules.attention import *
from .modules.batchnorm import *
from .modules.container import *
from .modules.conv import *
from .modules.distance import *
from .modules.distance_loss import *
from .modules.dropout import *
from .modules.embedding import *
from .modules.fractional_pooling import *
from .modules.lazy import *
from .modules.linear import *
from .modules.linear_loss import *
from .modules.loss import *
from .modules.margin_loss import *
from .modules.module import Module as Module
from .modules.normalization import *
from .modules.padding import *
from .modules.parallel import *
from .modules.parameter_container import *
from .modules.pooling import *
from .modules.rearrangement import *
from .modules.rnn import *
from .modules.transformer import *
from .modules.utils import factory_kwargs as factory_kwargs
from .parameter import Buffer as Buffer
from .parameter import Parameter as Parameter
from .parameter import UninitializedBuffer as UninitializedBuffer
from .parameter import UninitializedParameter as UninitializedParameter
