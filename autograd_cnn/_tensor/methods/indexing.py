"""Methods that read by index, and Python's brackets."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..._engine.handle import Handle, T
from ..._functions.indexing import *
from ..._functions.indexing import getitem
from ..._functions.joining import unbind
from ..._functions.movement import flip
from ..._functions.scattering import setitem


class IndexingMethods(Handle[T]):
    """Methods that read by index, and Python's brackets."""

    __slots__ = ()

    __getitem__ = getitem
    __setitem__ = setitem
    gather = gather
    index_select = index_select
    masked_select = masked_select
    narrow = narrow
    narrow_copy = narrow_copy
    select = select
    take = take
    take_along_dim = take_along_dim

    def __len__(self) -> int:
        if self.array.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return len(self.array)

    def __contains__(self, element: object) -> bool:
        if not isinstance(element, (Handle, bool, int, float, np.number, np.bool_)):
            raise RuntimeError(
                f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(element)}."
            )
        return bool((self == element).array.any())

    def __reversed__(self) -> T:
        x: Any = self
        return flip(self, (0,)) if self.array.ndim else x

    def __delitem__(self, index: object) -> None:
        raise TypeError("Tensor does not support deleting items")

    def __iter__(self) -> Iterator[T]:
        if self.array.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(unbind(self))
