"""Datasets of images, with torchvision's names and arguments."""

from ._cifar import *
from ._folder import ImageFolder as ImageFolder
from ._mnist import *
