"""Making one batch of many items."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..._creation.creation import from_numpy, tensor
from ..._functions.joining import stack
from ..._tensor import Tensor, tensor_of

__all__ = ["default_collate", "default_convert"]


def default_collate(batch: Sequence[Any]) -> Any:
    """A batch of items as PyTorch makes it: tensors and arrays of one shape are stacked, numbers become a
    tensor.

    Mappings are collated key by key, tuples and lists place by place (to a list); strings stay a list. Items
    of different shapes are a RuntimeError, of other types a TypeError; give the DataLoader a ``collate_fn``
    for them.
    """
    first = batch[0]
    if isinstance(first, Tensor):
        _same([tuple(item.shape) for item in batch], "shape")
        return stack(list(batch))
    if isinstance(first, np.ndarray):
        _same([item.shape for item in batch], "shape")
        return tensor_of(np.stack(batch))
    if isinstance(first, (np.generic, int)):
        return tensor(np.asarray(batch))
    if isinstance(first, float):
        return tensor(batch, dtype=np.float64)
    if isinstance(first, (str, bytes)):
        return list(batch)
    if isinstance(first, Mapping):
        return {key: default_collate([item[key] for item in batch]) for key in first}
    if isinstance(first, Sequence):
        _same([len(item) for item in batch], "length")
        columns = [default_collate(column) for column in zip(*batch, strict=True)]
        return type(first)(*columns) if hasattr(first, "_fields") else columns
    raise TypeError(
        "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found "
        f"{type(first).__name__}; "
        "give the DataLoader a collate_fn"
    )


def _same(values: Sequence[Any], what: str) -> None:
    for i, value in enumerate(values):
        if value != values[0]:
            raise RuntimeError(
                f"each element in list of batch should be of equal {what}: item 0 has {values[0]}, "
                f"item {i} has {value}; "
                "give the DataLoader a collate_fn that pads or crops them"
            )


def default_convert(data: Any) -> Any:
    """Arrays within ``data`` as tensors, all else as it is: what a DataLoader with ``batch_size=None`` does
    to an item."""
    if isinstance(data, np.ndarray):
        return from_numpy(data)
    if isinstance(data, np.generic):
        return tensor(data)
    if isinstance(data, Mapping):
        return {key: default_convert(value) for key, value in data.items()}
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*map(default_convert, data))
    return [default_convert(value) for value in data] if isinstance(data, (list, tuple)) else data
