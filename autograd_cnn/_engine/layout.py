"""Laying memory out anew: for everybody who sees it, or for nobody.

In PyTorch the result of a convolution lies in rows. Here it may lie channels last, where ``y.view(-1)``
cannot show its elements in order. Such memory can move, as long as nobody goes on looking at the old place:
every tensor that shares it moves along, and the nodes of the graph keep the values that they saved. Who else
holds it - an array in the user's hands, or another library - shows in the reference counts; then it stays.
"""

import gc
import sys
from collections import Counter
from typing import Any

import numpy as np

from ..ops import array_module, reshape
from .handle import Handle, Operand
from .memory import owner
from .node import Leaf, Node, arrays_in

_LAST = (0, 2, 3, 1)
"""The order in which the axes lie in memory, channels last."""


def lay_in_rows(tensor: Operand, shape: tuple[int, ...]) -> None:
    """Lay the memory of ``tensor`` in rows where it is a result that lies channels last and could not be seen
    in ``shape``. Nothing happens where somebody holds it who cannot move along."""
    array = tensor.array
    if array.ndim != 4 or array.flags.c_contiguous or tensor._is_view or type(tensor._node) is Leaf:
        return
    if not array.transpose(_LAST).flags.c_contiguous:
        return
    del array  # its references are counted
    node = tensor._node
    tensors = _seeing(tensor, [tensor] if node is None else [tensor, node, *node.edges])
    if tensors is None:
        if owner(reshape(tensor.array, shape=shape)) is owner(tensor.array):
            return
        kinds = {Node, *_with_subclasses(Handle)}  # some milliseconds, for all that lives is looked through
        tensors = _seeing(tensor, [found for found in gc.get_objects() if type(found) in kinds])
    if tensors is not None:
        _move(tensor.array, tensors)


def _with_subclasses(kind: type) -> set[type]:
    return {kind}.union(*map(_with_subclasses, kind.__subclasses__()))


def _seeing(tensor: Operand, objects: list[Any]) -> list[Operand] | None:
    """The tensors among ``objects`` that look into the memory of ``tensor``. None where somebody holds it who
    is neither one of them nor a node among ``objects``."""
    memory = id(owner(tensor.array))
    tensors = [
        found
        for found in objects
        if isinstance(found, Handle) and id(owner(getattr(found, "array", None))) == memory
    ]
    saved = [getattr(found, "saved", None) for found in objects if type(found) is Node]
    arrays = [found.array for found in tensors]
    arrays += [value for value in arrays_in(saved) if id(owner(value)) == memory]
    known: dict[int, Any] = {0: object()}
    """With what they are views of; and an object that nobody else knows, to count what counting takes."""
    references: Counter[int] = Counter()
    for array in arrays:
        references[id(array)] += 2  # where it was found, and in ``arrays``
        while array is not None and id(array) not in known:
            known[id(array)] = array
            array = getattr(array, "base", None)
            references[id(array)] += 1
    array = None
    unknown = {sys.getrefcount(value) - references[key] for key, value in known.items()}
    return tensors if len(unknown) == 1 else None


def _move(array: Any, tensors: list[Operand]) -> None:
    """Copy ``array`` into rows, and let ``tensors``, which show parts of it, show them there; all or none."""
    rows = array_module(array).ascontiguousarray(array)
    moved = [rows if tensor.array is array else _same_part(tensor.array, array, rows) for tensor in tensors]
    if all(part is not None for part in moved):
        for tensor, part in zip(tensors, moved, strict=True):
            tensor.array = part


def _same_part(part: Any, array: Any, rows: Any) -> Any:
    """What shows of ``rows`` the elements that ``part`` shows of ``array``, which lies channels last; None
    where no strides do."""
    if part.dtype != array.dtype:
        return None
    sizes = [array.shape[axis] for axis in _LAST]
    first = _places((_address(part) - _address(array)) // array.itemsize, sizes)
    if first is None:
        return None
    lowest, highest, strides = list(first), list(first), []
    for count, stride in zip(part.shape, part.strides, strict=True):
        step = _places(abs(stride) // array.itemsize, sizes) if count > 1 else [0] * 4
        if step is None:
            return None
        step = [n if stride > 0 else -n for n in step]
        for reached in (lowest, highest):
            for i, n in enumerate(step):
                if (n < 0) == (reached is lowest):
                    reached[i] += n * (count - 1)
        strides.append(sum(n * rows.strides[axis] for n, axis in zip(step, _LAST, strict=True)))
    if part.size and (min(lowest) < 0 or any(n >= size for n, size in zip(highest, sizes, strict=True))):
        return None  # it runs over the end of an axis, on into the next
    place = dict(zip(_LAST, first, strict=True))
    start = rows[tuple(slice(place[axis], None) for axis in range(4))]
    out = array_module(rows).lib.stride_tricks.as_strided(start, part.shape, strides)
    if isinstance(out, np.ndarray) and not part.flags.writeable:
        out.flags.writeable = False
    return out


def _places(offset: int, sizes: list[int]) -> list[int] | None:
    """The index of the element at ``offset`` in an array of ``sizes``; None where there is none."""
    places: list[int] = []
    for size in reversed(sizes):
        offset, place = divmod(offset, max(size, 1))
        places.insert(0, place)
    return places if offset == 0 else None


def _address(array: Any) -> int:
    return int(array.ctypes.data if isinstance(array, np.ndarray) else array.data.ptr)
