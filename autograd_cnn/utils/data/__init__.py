"""Datasets, samplers and the DataLoader, under PyTorch's names."""

from . import _utils as _utils
from . import datapipes as datapipes
from . import distributed as distributed
from ._info import get_worker_info as get_worker_info
from ._utils.collate import default_collate as default_collate
from ._utils.collate import default_convert as default_convert
from .dataloader import DataLoader as DataLoader
from .datapipes._decorator import *
from .datapipes.datapipe import *
from .dataset import *
from .distributed import DistributedSampler as DistributedSampler
from .sampler import *
