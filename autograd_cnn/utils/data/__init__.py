"""Datasets, samplers and the DataLoader, under PyTorch's names."""

from ._collate import *
from ._dataset import *
from ._info import get_worker_info as get_worker_info
from ._loader import DataLoader as DataLoader
from ._sampler import *
