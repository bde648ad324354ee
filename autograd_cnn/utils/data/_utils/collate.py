"""Making one batch of many items."""

import copy
from collections.abc import Callable, Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any

import numpy as np

from ...._creation.creation import from_numpy, tensor
from ...._functions.joining import stack
from ...._tensor import Tensor, tensor_of

__all__ = [
    "collate",
    "collate_float_fn",
    "collate_int_fn",
    "collate_numpy_array_fn",
    "collate_numpy_scalar_fn",
    "collate_str_fn",
    "collate_tensor_fn",
    "default_collate",
    "default_collate_fn_map",
    "default_convert",
]

Kinds = dict[type | tuple[type, ...], Callable[..., Any]]
"""For a type of items, or several, what makes a batch of them: ``function(batch, *, collate_fn_map)``."""


def collate(batch: Sequence[Any], *, collate_fn_map: Kinds | None = None) -> Any:
    """A batch of items, of whose first one the type decides: by the function that ``collate_fn_map`` has for
    it, or for a class that it is one of.

    Mappings are collated key by key and sequences place by place, to the type that they have, tuples without
    names to a list. TypeError for items of other types, RuntimeError for sequences of different lengths.
    """
    first = batch[0]
    kinds = collate_fn_map or {}
    if type(first) in kinds:
        return kinds[type(first)](batch, collate_fn_map=collate_fn_map)
    for kind, function in kinds.items():
        if isinstance(first, kind):
            return function(batch, collate_fn_map=collate_fn_map)
    if isinstance(first, Mapping):
        columns = {
            key: collate([item[key] for item in batch], collate_fn_map=collate_fn_map) for key in first
        }
        return _mapped(first, columns)
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return type(first)(
            *(collate(column, collate_fn_map=collate_fn_map) for column in zip(*batch, strict=True))
        )
    if isinstance(first, Sequence):
        _same([len(item) for item in batch], "size")
        places = [collate(column, collate_fn_map=collate_fn_map) for column in zip(*batch, strict=True)]
        return places if isinstance(first, tuple) else _sequenced(first, places)
    raise _not_collated(type(first))


def _not_collated(what: Any) -> TypeError:
    return TypeError(
        f"default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {what}; "
        "give the DataLoader a collate_fn"
    )


def collate_tensor_fn(batch: Sequence[Any], *, collate_fn_map: Kinds | None = None) -> Tensor:
    """Tensors of one shape, stacked."""
    if not all(isinstance(item, Tensor) for item in batch):
        raise TypeError("default_collate: some items of the batch are tensors, others are not")
    _same([tuple(item.shape) for item in batch], "shape")
    return stack(list(batch))


def collate_numpy_array_fn(batch: Sequence[Any], *, collate_fn_map: Kinds | None = None) -> Tensor:
    """NumPy's arrays of one shape, stacked; what holds texts or objects is no tensor."""
    first = batch[0]
    if first.dtype.kind not in "fiub":
        raise _not_collated(first.dtype)
    if not all(isinstance(item, np.ndarray) and item.dtype == first.dtype for item in batch):
        return stack([from_numpy(np.asarray(item)) for item in batch])  # PyTorch's promotion, not NumPy's
    _same([item.shape for item in batch], "shape")
    return tensor_of(np.stack(batch))


def collate_numpy_scalar_fn(batch: Sequence[Any], *, collate_fn_map: Kinds | None = None) -> Tensor:
    """NumPy's numbers as a tensor of their dtype."""
    first = batch[0]
    if first.dtype.kind not in "fiub":
        raise _not_collated(first.dtype)
    alike = all(type(item) is type(first) for item in batch)
    return tensor(np.asarray(batch) if alike else list(batch))


def collate_float_fn(batch: Sequence[Any], *, collate_fn_map: Kinds | None = None) -> Tensor:
    """Python's floats as float64."""
    return tensor(batch, dtype=np.float64)


def collate_int_fn(batch: Sequence[Any], *, collate_fn_map: Kinds | None = None) -> Tensor:
    """Python's integers as int64 or bool; the default dtype where there are floats among them."""
    return tensor(list(batch))


def collate_str_fn(batch: Any, *, collate_fn_map: Kinds | None = None) -> Any:
    """Strings stay as they are."""
    return batch


default_collate_fn_map: Kinds = {
    Tensor: collate_tensor_fn,
    np.ndarray: collate_numpy_array_fn,
    (np.bool_, np.number, np.object_): collate_numpy_scalar_fn,
    float: collate_float_fn,
    int: collate_int_fn,
    str: collate_str_fn,
    bytes: collate_str_fn,
}
"""What :func:`default_collate` does with each type of items; put a type of your own in."""


def default_collate(batch: Sequence[Any]) -> Any:
    """A batch of items as PyTorch makes it: tensors and arrays of one shape are stacked, numbers become a
    tensor.

    Of what type the first item is decides: int64 or bool for Python's integers (the default dtype where there
    are floats among them), float64 for floats, NumPy's own for its numbers. Mappings are collated key by key
    and sequences place by place, to the type that they have, tuples without names to a list; strings stay as
    they are. Items of different shapes are a RuntimeError, of other types a TypeError; give the DataLoader a
    ``collate_fn`` for them, or put their type into ``default_collate_fn_map``.
    """
    return collate(batch, collate_fn_map=default_collate_fn_map)


def _mapped(like: Any, found: dict[Any, Any]) -> Any:
    """``found`` in a mapping of the type of ``like``, with its other attributes where it can be copied; else
    a dict."""
    try:
        if isinstance(like, MutableMapping):
            made = copy.copy(like)
            made.update(found)
            return made
        return type(like)(found)
    except TypeError:
        return found


def _sequenced(like: Any, found: list[Any]) -> Any:
    """``found`` in a sequence of the type of ``like``; a list where that is not possible."""
    try:
        if isinstance(like, MutableSequence):
            made = copy.copy(like)
            for i, value in enumerate(found):
                made[i] = value
            return made
        return type(like)(found)
    except TypeError:
        return found


def _same(values: Sequence[Any], what: str) -> None:
    for i, value in enumerate(values):
        if value != values[0]:
            raise RuntimeError(
                f"each element in list of batch should be of equal {what}: item 0 has {values[0]}, "
                f"item {i} has {value}; "
                "give the DataLoader a collate_fn that pads or crops them"
            )


def default_convert(data: Any) -> Any:
    """Arrays and NumPy's numbers within ``data`` as tensors, all else as it is: what a DataLoader with
    ``batch_size=None`` does to an item."""
    if isinstance(data, np.ndarray):
        return from_numpy(data) if data.dtype.kind in "fiub" else data
    if isinstance(data, np.generic):
        return tensor(data) if data.dtype.kind in "fiub" else data
    if isinstance(data, Mapping):
        return _mapped(data, {key: default_convert(value) for key, value in data.items()})
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*map(default_convert, data))
    if isinstance(data, tuple):
        return [default_convert(value) for value in data]
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return _sequenced(data, [default_convert(value) for value in data])
    return data
