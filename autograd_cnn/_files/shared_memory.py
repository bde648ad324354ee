"""Tensors of one file that show the same memory: found when it is written, and put into one memory again when
it is read.

The file holds the numbers of each, as every reader expects. What it tells beside them are groups: how many
bytes a group's memory has, and at which byte each of its tensors begins and by how many it steps along its
axes.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]

_ROOM = 2**24
"""Bytes that a group's memory may have beyond four times what its tensors have: a small file must not ask for
much."""
_HARD = 10_000
"""How far it is followed whether two arrays share an element; beyond, they count as if they did."""


class _Span(NamedTuple):
    name: str
    array: Any
    begin: int
    end: int


def _span(name: str, array: Any) -> _Span:
    """The addresses of the first byte and behind the last one."""
    at = int(array.ctypes.data if isinstance(array, np.ndarray) else array.data.ptr)
    reach = [(n - 1) * step for n, step in zip(array.shape, array.strides, strict=True)]
    return _Span(
        name, array, at + sum(r for r in reach if r < 0), at + sum(r for r in reach if r > 0) + array.itemsize
    )


def groups_of(arrays: Mapping[str, Any]) -> str:
    """The groups among ``arrays`` as text; empty where no two share an element.

    Tensors that lie far apart in a memory of which they show little are no group.
    """
    spans = [_span(name, array) for name, array in arrays.items() if array.size]
    found = []
    for cluster in _clusters(spans):
        begin, end = min(s.begin for s in cluster), max(s.end for s in cluster)
        if end - begin <= _most(s.array for s in cluster):
            places = {s.name: [_offset(s.array, s.begin) - begin, list(s.array.strides)] for s in cluster}
            found.append([end - begin, places])
    return json.dumps(found, separators=(",", ":")) if found else ""


def _offset(array: Any, begin: int) -> int:
    """The address of the first element: not the lowest where a step is negative."""
    steps = zip(array.shape, array.strides, strict=True)
    return begin - int(sum((n - 1) * step for n, step in steps if step < 0))


def _most(arrays: Any) -> int:
    return 4 * int(sum(array.nbytes for array in arrays)) + _ROOM


def _clusters(spans: list[_Span]) -> list[list[_Span]]:
    """Those that share elements, directly or by way of others; only what shares with another."""
    clusters: list[list[_Span]] = []
    kinds = sorted({type(s.array) for s in spans}, key=str)
    for kind in kinds:
        run: list[_Span] = []
        end = 0
        for span in sorted((s for s in spans if type(s.array) is kind), key=lambda s: (s.begin, s.end)):
            if run and span.begin >= end:
                clusters += _connected(run)
                run = []
            run.append(span)
            end = max(end, span.end) if len(run) > 1 else span.end
        clusters += _connected(run)
    return clusters


def _connected(run: list[_Span]) -> list[list[_Span]]:
    """Of spans that overlap as a chain, the sets that share elements."""
    sets: list[list[_Span]] = []
    for span in run if len(run) > 1 else []:
        touched = [found for found in sets if any(_share(span.array, other.array) for other in found)]
        sets = [found for found in sets if found not in touched]
        sets.append([span, *(other for found in touched for other in found)])
    return [found for found in sets if len(found) > 1]


def _share(a: Any, b: Any) -> bool:
    if not isinstance(a, np.ndarray):
        return True
    try:
        return np.shares_memory(a, b, max_work=_HARD)  # type: ignore[arg-type]  # the stub knows two numbers
    except np.exceptions.TooHardError:
        return True


def joined(text: str, arrays: dict[str, Array]) -> dict[str, Array]:
    """``arrays`` with those of each group in one memory; ValueError where the text does not fit them."""
    together = dict(arrays)
    for size, places in json.loads(text):
        if type(size) is not int or not 0 < size <= _most(arrays[name] for name in places):
            raise ValueError(f"a memory of {size} bytes")
        memory = bytearray(size)
        for name, (offset, strides) in places.items():
            array = arrays[name]
            view: Array = np.ndarray(array.shape, array.dtype, memory, offset, strides)
            view[...] = array
            together[name] = view
    return together
