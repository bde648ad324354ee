"""Methods that take tensors apart."""

from collections.abc import Sequence
from typing import SupportsIndex

from ..._engine.handle import Handle, T
from ..._functions._arguments import names_arguments
from ..._functions.joining import *


class JoiningMethods(Handle[T]):
    """Methods that take tensors apart."""

    __slots__ = ()

    chunk = chunk
    dsplit = dsplit
    hsplit = hsplit
    split_with_sizes = split_with_sizes
    tensor_split = tensor_split
    unbind = unbind
    unsafe_chunk = unsafe_chunk
    unsafe_split = unsafe_split
    unsafe_split_with_sizes = unsafe_split_with_sizes
    vsplit = vsplit

    @names_arguments
    def split(
        self, split_size: SupportsIndex | Sequence[SupportsIndex], dim: SupportsIndex = 0
    ) -> tuple[T, ...]:
        """See :func:`autograd_cnn.split`."""
        return split(self, split_size, dim)
