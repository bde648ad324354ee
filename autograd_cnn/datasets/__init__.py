"""Datasets of images, with torchvision's names and arguments."""

from ._cifar import CIFAR10 as CIFAR10
from ._cifar import CIFAR100 as CIFAR100
from ._folder import ImageFolder as ImageFolder
from ._mnist import MNIST as MNIST
from ._mnist import FashionMNIST as FashionMNIST
