"""Datasets of images, with torchvision's names and arguments."""

from ._mnist import MNIST as MNIST
from ._mnist import FashionMNIST as FashionMNIST
