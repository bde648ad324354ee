"""Schedulers of learning rates, under PyTorch's names, and Caffe's ``inv`` policy."""

from ._annealing import CosineAnnealingLR, CosineAnnealingWarmRestarts, LinearLR, PolynomialLR
from ._combining import ChainedScheduler, SequentialLR
from ._cycles import CyclicLR, OneCycleLR
from ._decay import ConstantLR, ExponentialLR, InvLR, LambdaLR, MultiplicativeLR, MultiStepLR, StepLR
from ._plateau import ReduceLROnPlateau
from ._scheduler import LRScheduler

_LRScheduler = LRScheduler  # the base class's former name, which scripts still subclass

__all__ = [
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "InvLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]
