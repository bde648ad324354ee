"""Optimizers and schedulers of their learning rates, under PyTorch's names."""

from typing import TYPE_CHECKING

from .._paths import elsewhere
from . import lr_scheduler as lr_scheduler
from . import optimizer as optimizer
from . import swa_utils as swa_utils
from ._optimizer import *
from ._stateless import *
from .adadelta import *
from .adafactor import *
from .adagrad import *
from .adam import *
from .adamax import *
from .adamw import *
from .asgd import *
from .lbfgs import *
from .muon import *
from .nadam import *
from .radam import *
from .rmsprop import *
from .rprop import *
from .sgd import *
from .sparse_adam import *

if not TYPE_CHECKING:  # checkers would take it for leave to use any name
    __getattr__ = elsewhere(__name__)
