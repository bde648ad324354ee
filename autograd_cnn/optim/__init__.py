"""Optimizers, under PyTorch's names."""

from ._optimizer import Optimizer
from .adam import Adam, AdamW
from .sgd import SGD

__all__ = ["SGD", "Adam", "AdamW", "Optimizer"]
