"""Datasets of images, with torchvision's names and arguments."""

from .cifar import *
from .fakedata import *
from .folder import DatasetFolder as DatasetFolder
from .folder import ImageFolder as ImageFolder
from .mnist import *
from .usps import *
from .vision import VisionDataset as VisionDataset
