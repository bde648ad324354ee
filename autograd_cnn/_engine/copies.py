"""Deep copies of arrays: those that show the same memory before do so after, as objects in a deep copy do."""

from typing import Any

import numpy as np


def copied(array: Any, memo: dict[int, Any]) -> Any:
    """A copy of ``array`` in the same layout, within the deep copy that ``memo`` belongs to.

    The array that owns the memory is copied whole, once; what shows a part of it shows that part of the copy.
    """
    if not isinstance(array, np.ndarray) or not array.size:  # no elements are shared with anyone
        return array.copy(order="K")
    whole = array
    while isinstance(whole.base, np.ndarray):
        whole = whole.base
    if id(whole) not in memo:
        memo[id(whole)] = whole.copy(order="K")
        memo.setdefault(id(memo), []).append(whole)  # where copy.deepcopy keeps what it goes by the id of
    apart = memo[id(whole)]
    if whole is array:
        return apart
    if (
        apart.strides != whole.strides
    ):  # elements that share a place in the original: it has no memory of its own
        return array.copy(order="K")
    offset = array.__array_interface__["data"][0] - whole.__array_interface__["data"][0]
    memory = apart.reshape(-1, order="A") if apart.flags.forc else apart.ravel(order="K")
    found: Any = np.ndarray(array.shape, array.dtype, memory, offset, array.strides)
    return found
