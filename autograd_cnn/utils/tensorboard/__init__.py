"""Curves, images and texts in files that TensorBoard shows: ``tensorboard --logdir runs``."""

from .writer import FileWriter as FileWriter
from .writer import SummaryWriter as SummaryWriter
