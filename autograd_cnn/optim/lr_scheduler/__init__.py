"""Schedulers of learning rates, under PyTorch's names, and Caffe's ``inv`` policy."""

from ._annealing import *
from ._combining import *
from ._cycles import *
from ._decay import *
from ._plateau import *
from ._scheduler import *
from ._scheduler import LRScheduler as _LRScheduler  # its former name, which scripts still subclass
