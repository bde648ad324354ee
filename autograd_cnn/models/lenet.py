"""LeNet as Caffe trains it on MNIST."""

from typing import Any

from .. import nn
from .._functions.movement import flatten
from .._tensor import Tensor
from ..nn import functional as F

__all__ = ["LeNet"]


class LeNet(nn.Module):
    """Two convolutions with max-pooling, two fully connected layers: (N, 1, 28, 28) to scores (N, 10).

    conv1 20 of 5x5, pool 2, conv2 50 of 5x5, pool 2, fc1 500, ReLU, fc2 10. The loss is ``cross_entropy``.
    """

    def __init__(self, num_classes: int = 10, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.conv1: nn.Conv2d = nn.Conv2d(1, 20, 5, device=device, dtype=dtype)
        self.conv2: nn.Conv2d = nn.Conv2d(20, 50, 5, device=device, dtype=dtype)
        self.fc1: nn.Linear = nn.Linear(50 * 4 * 4, 500, device=device, dtype=dtype)
        self.fc2: nn.Linear = nn.Linear(500, num_classes, device=device, dtype=dtype)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(self.conv1(x), 2)
        x = F.max_pool2d(self.conv2(x), 2)
        x = F.relu(self.fc1(flatten(x, 1)))
        return self.fc2(x)
