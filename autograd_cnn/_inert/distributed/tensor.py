"""Tensors that are spread over processes: there are none."""

from .._answers import refusing

__all__ = ["DTensor", "distribute_tensor"]


class DTensor:
    """The type of a tensor that is spread over processes."""


distribute_tensor = refusing("torch.distributed.tensor.distribute_tensor", "train in one process")
