"""Memory that processes share which are forked from this one."""

from ..._engine import storage
from ..._tensor import Tensor, tensor_of


def in_shared_memory(tensor: Tensor) -> Tensor:
    """The same values in such memory; a tensor on a GPU as it is."""
    return tensor if storage.is_shared(tensor.array) else tensor_of(storage.in_shared_memory(tensor.array))
