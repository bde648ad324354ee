"""Models."""

from .lenet import LeNet
from .resnet import ResNet, resnet18

__all__ = ["LeNet", "ResNet", "resnet18"]
