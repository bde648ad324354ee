"""Where elements lie in memory, and laying it out anew: for everybody who sees it, or for nobody.

In PyTorch the result of a convolution lies in rows. Here it may lie channels last, where ``y.view(-1)``
cannot show its elements in order. Such memory can move, as long as nobody goes on looking at the old place:
every tensor that shares it moves along, and the nodes of the graph keep the values that they saved. Who else
holds it - an array in the user's hands, or another library - shows in the reference counts; then it stays.

What only asks for the order of memory - strides, and random numbers, which PyTorch draws in that order - gets
PyTorch's (:func:`steps`), and nothing moves.
"""

import gc
import math
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from ..ops import array_module, reshape
from .handle import Handle, Operand, Unrecorded
from .memory import lent, owner
from .memory_format import meant, was_asked
from .node import Leaf, Node, arrays_in
from .storage import address

S = TypeVar("S", bound=Handle[Any])

_LAST = {4: (0, 2, 3, 1), 5: (0, 2, 3, 4, 1)}
"""The order in which the axes lie in memory, channels last, by their number. Images over one axis lie in rows
also here: sequences whose axes were exchanged are too common to be taken for them."""


def steps(tensor: Operand) -> tuple[int, ...]:
    """The steps of ``tensor`` in memory, in bytes; those that it would have in rows where it is a result that
    lies channels last, or shows a part of one."""
    return tuple(_as_in_pytorch(tensor).strides)


def contiguous(tensor: Operand) -> bool:
    """Whether the elements lie in the order of their indices, by these steps."""
    return bool(_as_in_pytorch(tensor).flags.c_contiguous)


def _as_in_pytorch(tensor: Operand) -> Any:
    """An array that lies as ``tensor`` would in PyTorch; of its elements nothing is known."""
    root = _result_channels_last(tensor)
    if root is None or id(owner(root.array)) in lent:  # NumPy shows this memory too, as it is
        return tensor.array
    rows = array_module(root.array).empty(root.array.shape, root.array.dtype)
    part = rows if tensor is root else _same_part(tensor.array, root.array, rows)
    return tensor.array if part is None else part


def kept_order(out: S, source: Operand) -> S:
    """``out``, a copy that lies as ``source`` does; where that is neither in rows nor the kernels' choice, it
    was meant."""
    if out.array.ndim in _LAST and not out.array.flags.c_contiguous and not contiguous(source):
        out.array = meant(out.array)
    return out


def axes_in_memory(tensor: Operand) -> list[int]:
    """The axes of ``tensor``, from the longest step to the shortest: the order in which PyTorch fills it with
    random numbers."""
    if tensor.array.flags.c_contiguous and tensor._view is None:
        return list(range(tensor.ndim))
    distances, sizes = [abs(step) for step in steps(tensor)], tensor.array.shape
    order = list(reversed(range(tensor.ndim)))  # sorted by insertion, for an expanded axis fits anywhere
    for end in range(1, tensor.ndim):
        place = end
        for before in reversed(range(end)):
            a, b = order[before], order[place]
            if not distances[a] or not distances[b]:
                continue
            if distances[a] < distances[b]:
                break
            if distances[a] > distances[b] or sizes[a] > sizes[b]:
                order[before], order[place], place = b, a, before
    return order[::-1]


def axes_in_order(tensor: Operand) -> bool:
    """Whether the axes lie in memory in their own order: whether a dense tensor like it lies in rows."""
    axes = [axis for axis in axes_in_memory(tensor) if tensor.array.shape[axis] > 1]
    return axes == sorted(axes)


def drawn_like(tensor: Operand, draw: Callable[[tuple[int, ...]], Any]) -> Any:
    """What ``draw(shape)`` gives, in the shape of ``tensor`` and in its order of memory."""
    axes = axes_in_memory(tensor)
    drawn = draw(tuple(tensor.array.shape[axis] for axis in axes))
    return drawn.transpose([axes.index(axis) for axis in range(tensor.ndim)])


def _result_channels_last(tensor: Operand) -> Operand | None:
    """The result that lies channels last and whose memory ``tensor`` shows; None where there is none. A leaf
    lies as it was meant to."""
    root: Any = tensor
    while root is not None and root._shows_another():
        root = root._view.root
        if isinstance(root, Unrecorded):
            root = root.tensor()
    if root is None or type(root._node) is Leaf:
        return None
    order = _LAST.get(root.array.ndim)
    if order is None or root.array.flags.c_contiguous:
        return None
    if owner(root.array) is not owner(tensor.array) or was_asked(root.array):
        return None
    return root if root.array.transpose(order).flags.c_contiguous else None


def lay_in_rows(tensor: Operand, shape: tuple[int, ...] | None = None) -> None:
    """Lay the memory of ``tensor`` in rows where it is a result that lies channels last, or shows a part of
    one, and could not be seen in ``shape``. Nothing happens where somebody holds it who cannot move along."""
    root = _result_channels_last(tensor)
    if root is None or (root is not tensor and shape is not None and _shows(tensor, shape)):
        return
    near: list[Any] = [root] if tensor is root else [root, tensor]
    near += [node for t in tuple(near) if t._node is not None for node in (t._node, *t._node.edges)]
    tensors = _seeing(root, near)
    if tensors is None:
        if shape is not None and _shows(tensor, shape):
            return
        kinds = {Node, *_with_subclasses(Handle)}  # some milliseconds, for all that lives is looked through
        tensors = _seeing(root, [found for found in gc.get_objects() if type(found) in kinds])
    if tensors is not None:
        _move(root.array, tensors)


def _shows(tensor: Operand, shape: tuple[int, ...]) -> bool:
    """Whether strides can show the elements of ``tensor`` in ``shape`` where they lie."""
    return owner(reshape(tensor.array, shape=shape)) is owner(tensor.array)


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
    saved = [getattr(found, "saved", None) for found in objects if isinstance(found, Node)]
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
    where no strides do.

    A place is an image, a pixel and a channel: both memories count the pixels of an image in the same order.
    """
    if part.dtype != array.dtype:
        return None
    images, channels, *spatial = array.shape
    pixels = math.prod(spatial)
    sizes = [images, pixels, channels]
    to_rows = [channels * pixels, 1, pixels]
    first = _places((address(part) - address(array)) // array.itemsize, sizes)
    if first is None:
        return None
    lowest, highest, strides = list(first), list(first), []
    for count, stride in zip(part.shape, part.strides, strict=True):
        step = _places(abs(stride) // array.itemsize, sizes) if count > 1 else [0, 0, 0]
        if step is None:
            return None
        step = [n if stride > 0 else -n for n in step]
        for reached in (lowest, highest):
            for i, n in enumerate(step):
                if (n < 0) == (reached is lowest):
                    reached[i] += n * (count - 1)
        strides.append(sum(n * to for n, to in zip(step, to_rows, strict=True)) * array.itemsize)
    if part.size and (min(lowest) < 0 or any(n >= size for n, size in zip(highest, sizes, strict=True))):
        return None  # it runs over the end of an image or a pixel, on into the next
    start = rows.reshape(-1)[sum(n * to for n, to in zip(first, to_rows, strict=True)) :]
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
