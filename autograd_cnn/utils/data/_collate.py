"""Making one batch of many items."""

import copy
from collections.abc import Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any

import numpy as np

from ..._creation.creation import from_numpy, tensor
from ..._functions.joining import stack
from ..._tensor import Tensor, tensor_of

__all__ = ["default_collate", "default_convert"]


def default_collate(batch: Sequence[Any]) -> Any:
    """A batch of items as PyTorch makes it: tensors and arrays of one shape are stacked, numbers become a
    tensor.

    Of what type the first item is decides: int64 or bool for Python's integers (the default dtype where there
    are floats among them), float64 for floats, NumPy's own for its numbers. Mappings are collated key by key
    and sequences place by place, to the type that they have, tuples without names to a list; strings stay as
    they are. Items of different shapes are a RuntimeError, of other types a TypeError; give the DataLoader a
    ``collate_fn`` for them.
    """
    first = batch[0]
    if isinstance(first, Tensor):
        if not all(isinstance(item, Tensor) for item in batch):
            raise TypeError("default_collate: some items of the batch are tensors, others are not")
        _same([tuple(item.shape) for item in batch], "shape")
        return stack(list(batch))
    if isinstance(first, (np.ndarray, np.generic)):
        return _of_arrays(batch)
    if isinstance(first, float):
        return tensor(batch, dtype=np.float64)
    if isinstance(first, int):
        return tensor(list(batch))
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, Mapping):
        return _mapped(first, {key: default_collate([item[key] for item in batch]) for key in first})
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return type(first)(*(default_collate(column) for column in zip(*batch, strict=False)))
    if isinstance(first, Sequence):
        _same([len(item) for item in batch], "size")
        columns = [default_collate(column) for column in zip(*batch, strict=True)]
        return columns if isinstance(first, tuple) else _sequenced(first, columns)
    raise TypeError(
        "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found "
        f"{type(first)}; give the DataLoader a collate_fn"
    )


def _of_arrays(batch: Sequence[Any]) -> Tensor:
    """NumPy's arrays of one shape, or its numbers; what holds texts or objects is no tensor."""
    first = batch[0]
    if first.dtype.kind not in "fiub":
        raise TypeError(
            "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found "
            f"{first.dtype}; give the DataLoader a collate_fn"
        )
    alike = all(type(item) is type(first) and item.dtype == first.dtype for item in batch)
    if isinstance(first, np.generic):
        return tensor(np.asarray(batch) if alike else list(batch))
    if not alike:  # PyTorch's promotion, which is not NumPy's
        return stack([from_numpy(np.asarray(item)) for item in batch])
    _same([item.shape for item in batch], "shape")
    return tensor_of(np.stack(batch))


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
