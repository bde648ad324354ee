"""From what a user gives - nested sequences, a size - to an array and a shape. What creation and ``new_*``
methods share."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .._devices.device import CPU
from .._devices.settings import are_deterministic_algorithms_enabled
from .._devices.transfer import move
from .._engine.dtypes import DType, as_dtype, from_numpy_dtype, get_default_dtype, join, plain
from .._engine.handle import Handle
from .._engine.memory_format import meant
from .._engine.storage import UntypedStorage
from .._engine.typed_storage import TypedStorage
from ..ops._errors import scalar_type
from ._dims import integer

Array = np.ndarray[Any, Any]
_DEEPEST = 64
"""So many axes NumPy's arrays can have."""

_LONG, _MOST = 2**20, 2**60 - 1
"""Axes that are longer may make a tensor of more elements than can be addressed."""

_NUMBERS = frozenset((bool, int, float))
_LISTS = frozenset((list, tuple))


def shape_of(given: tuple[Any, ...], size: Any = None) -> tuple[int, ...]:
    """The shape in ``zeros(2, 3)``, ``zeros((2, 3))`` and ``zeros(size=(2, 3))``."""
    if size is not None:
        if given:
            raise TypeError(f"the shape goes by position or as size=(...), but got {given} and size={size}")
        given = (size,)
    if not given:
        raise TypeError('missing 1 required positional argument: "size"; a tensor without axes has size ()')
    sizes = given[0] if len(given) == 1 and isinstance(given[0], (tuple, list)) else given
    try:
        shape = tuple([n if type(n) is int else integer("size", n) for n in sizes])
    except TypeError as error:
        kinds = ", ".join(type(n).__name__ for n in sizes)
        raise TypeError(f"argument 'size' must be a tuple of ints, not ({kinds})") from error
    for n in shape:
        if n < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {n}: {list(shape)}")
        if n > _LONG and math.prod(m or 1 for m in shape) > _MOST:
            what = "Stride" if shape[0] == 0 else "Storage size"
            raise RuntimeError(f"{what} calculation overflowed with sizes={list(shape)}")
    return shape


def unwritten(array: Any) -> Any:
    """``array``, which nobody has written; under ``use_deterministic_algorithms`` filled with NaN, or the
    largest integer, so that it is the same each time and shows."""
    if are_deterministic_algorithms_enabled():
        kind = array.dtype.kind
        array.fill(np.nan if kind == "f" else True if kind == "b" else np.iinfo(array.dtype).max)
    return array


def source_bytes(storage: UntypedStorage | TypedStorage, kind: np.dtype[Any]) -> Any:
    """The bytes of a storage, to be read as ``kind``; RuntimeError where it holds numbers of another."""
    if isinstance(storage, TypedStorage) and storage.dtype.dtype != kind:
        raise RuntimeError(
            f"Expected a Storage of type {scalar_type(kind)} or an UntypedStorage, but got "
            f"{scalar_type(storage.dtype.dtype)} for argument 'storage'"
        )
    content = storage.untyped().array
    return content[: content.nbytes // kind.itemsize * kind.itemsize]


def strided_memory(shape: tuple[int, ...], stride: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
    """An array of ``shape`` that nobody has written, with these steps, in elements."""
    if len(shape) != len(stride):
        raise RuntimeError(
            f"dimensionality of sizes ({len(shape)}) must match dimensionality of strides ({len(stride)})"
        )
    reach = 1 + sum((n - 1) * step for n, step in zip(shape, stride, strict=True)) if 0 not in shape else 0
    memory = meant(unwritten(np.empty(reach, dtype)))
    steps = [step * dtype.itemsize for step in stride]
    return np.lib.stride_tricks.as_strided(memory, shape, steps)


def array_of(data: Any, dtype: DType | None = None) -> Any:
    """A fresh array of numbers, nested sequences, arrays or tensors; floats get the default dtype where none
    is given."""
    if isinstance(data, Handle):
        data = data.array
    if type(data) not in _LISTS and hasattr(data, "dtype") and hasattr(data, "shape"):
        target = from_numpy_dtype(data.dtype) if dtype is None else as_dtype(dtype)
        from_numpy_dtype(data.dtype)
        with np.errstate(invalid="ignore", over="ignore"):
            return plain(data.astype(target.dtype, copy=True))
    if isinstance(data, UntypedStorage | TypedStorage):
        kind = np.dtype(np.int64) if isinstance(data, UntypedStorage) else data.dtype.dtype
        kind = kind if dtype is None else as_dtype(dtype).dtype
        return source_bytes(data, kind).view(kind).copy()
    leaves: list[Any] = []
    kinds: set[Any] = set()
    shape = _sizes(data)
    _collect(data, shape, 0, None, leaves, kinds)
    return _convert(leaves, inferred_dtype(kinds) if dtype is None else as_dtype(dtype).dtype).reshape(shape)


def _sizes(data: Any) -> tuple[int, ...]:
    """The shape that nested sequences have if they are as regular as their first elements."""
    shape: list[int] = []
    while type(data) not in _NUMBERS and not isinstance(data, str):
        if len(shape) > _DEEPEST:
            raise TypeError(
                f"sequences are nested more than {_DEEPEST} deep: self-referential lists are incompatible "
                "with tensors"
            )
        if isinstance(data, Handle):
            if data.array.size == 1 and shape:
                break  # among others it is a number, whatever its axes
            data = data.array
        if type(data) not in _LISTS:  # the ordinary case, without a needless look
            if hasattr(data, "shape") and hasattr(data, "dtype"):
                return (*shape, *data.shape)
            if not isinstance(data, Sequence) and not (
                hasattr(data, "__len__") and hasattr(data, "__getitem__")
            ):
                break
        shape.append(len(data))
        if not data:
            break
        try:
            data = data[0]
        except (TypeError, KeyError, IndexError):
            raise ValueError(
                f"could not determine the shape of object type '{type(data).__name__}'"
            ) from None
    return tuple(shape)


def _collect(
    data: Any, shape: tuple[int, ...], depth: int, kind: Any, leaves: list[Any], kinds: set[Any]
) -> None:
    """Append the numbers of nested sequences to ``leaves``, and their types to ``kinds``."""
    if isinstance(data, Handle):
        data = move(data.array, CPU)
        data = data.reshape(()) if data.size == 1 else data
    if isinstance(data, (np.ndarray, np.generic)):
        kind, data = data.dtype, data.tolist()
    if depth < len(shape):
        if type(data) in _NUMBERS:
            raise TypeError(
                f"expected a sequence of length {shape[depth]} at dim {depth}, not the number {data!r}"
            )
        if len(data) != shape[depth]:
            raise ValueError(f"expected sequence of length {shape[depth]} at dim {depth} (got {len(data)})")
        found = set(map(type, data))
        if depth == len(shape) - 1 and found <= _NUMBERS:
            leaves += data
            kinds |= {kind} if kind is not None else found
        else:
            for part in data:
                _collect(part, shape, depth + 1, kind, leaves, kinds)
        return
    if isinstance(data, str):
        raise TypeError(f"new(): invalid data type 'str': a tensor holds numbers, not {data!r}")
    if not isinstance(data, (bool, int, float)):
        what = TypeError if isinstance(data, Sequence) else RuntimeError
        if isinstance(data, list) and any(part is data for part in data):
            raise TypeError("self-referential lists are incompatible with tensors")
        raise what(
            f"Could not infer dtype of {type(data).__name__}: give numbers, nested sequences of equal "
            "lengths, arrays or tensors"
        )
    leaves.append(data)
    kinds.add(kind or (bool if isinstance(data, bool) else int if isinstance(data, int) else float))


def inferred_dtype(kinds: set[Any]) -> np.dtype[Any]:
    """The common dtype of Python's number types and NumPy dtypes."""
    result: np.dtype[Any] | None = None
    for kind in kinds:
        if kind is float:
            found = get_default_dtype().dtype
        else:
            found = from_numpy_dtype(kind).dtype if isinstance(kind, np.dtype) else as_dtype(kind).dtype
        result = found if result is None else join(result, found)
    return get_default_dtype().dtype if result is None else result


def _convert(leaves: list[Any], target: np.dtype[Any]) -> Array:
    """Python numbers in ``target``; RuntimeError for what does not fit an integer type."""
    if target.kind == "f":
        with np.errstate(over="ignore"):
            return np.array(leaves, np.float64).astype(target)
    if target.kind == "b":
        return np.array([bool(leaf) for leaf in leaves], target)
    try:
        wide = np.array([int(leaf) for leaf in leaves], np.int64)
    except OverflowError as error:
        raise ValueError(
            f"Overflow when unpacking long long: {max(leaves, key=abs)} does not fit int64"
        ) from error
    limits = np.iinfo(target)
    lowest = -limits.max if limits.min == 0 else limits.min
    if wide.size and (wide.max() > limits.max or wide.min() < lowest):
        raise RuntimeError(
            f"value cannot be converted to type {target} without overflow: give numbers in "
            f"[{limits.min}, {limits.max}]"
        )
    return wide.astype(target)
