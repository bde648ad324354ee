"""Optimizers and schedulers of their learning rates, under PyTorch's names."""

from typing import TYPE_CHECKING

from .._paths import submodules
from . import lr_scheduler as lr_scheduler
from . import optimizer as optimizer
from ._optimizer import *
from .adadelta import *
from .adagrad import *
from .adam import *
from .adamax import *
from .adamw import *
from .asgd import *
from .lbfgs import *
from .nadam import *
from .radam import *
from .rmsprop import *
from .rprop import *
from .sgd import *

if not TYPE_CHECKING:  # checkers would take it for leave to use any name
    __getattr__ = submodules(__name__)
