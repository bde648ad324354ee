"""Models, with torchvision's names and parameter names: ``load_state_dict(load("resnet18.pth"))`` takes
torchvision's weight files."""

from .alexnet import AlexNet, alexnet
from .lenet import LeNet
from .mobilenet import MobileNetV2, mobilenet_v2
from .resnet import ResNet, resnet18, resnet34, resnet50
from .vgg import VGG, vgg11, vgg16

__all__ = [
    "VGG",
    "AlexNet",
    "LeNet",
    "MobileNetV2",
    "ResNet",
    "alexnet",
    "mobilenet_v2",
    "resnet18",
    "resnet34",
    "resnet50",
    "vgg11",
    "vgg16",
]
