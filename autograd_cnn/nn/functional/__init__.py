"""Functions of neural networks, under PyTorch's names; each a composition of primitives."""

from ..._functions.activation import *
from ..._functions.distance import pdist as pdist
from ..._functions.exponential import sigmoid as sigmoid
from ..._functions.trigonometric import tanh as tanh
from .. import grad as grad
from .activation import *
from .adaptive_pooling import *
from .attention import *
from .convolution import *
from .ctc import *
from .distance import *
from .distance_loss import *
from .dropout import *
from .embedding import *
from .fractional_pooling import *
from .interpolation import *
from .layer_normalization import *
from .linear import *
from .linear_loss import *
from .loss import *
from .margin_loss import *
from .normalization import *
from .padding import *
from .pooling import *
from .pooling_with_indices import *
from .rearrangement import *
from .sampling import *
from .transposed_convolution import *
