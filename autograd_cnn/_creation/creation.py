"""Making tensors from data, or filled with numbers that follow a rule."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any, SupportsIndex

import numpy as np

from .._devices.device import DeviceLike, device_of
from .._devices.device import device as make_device
from .._devices.transfer import move
from .._engine import memory
from .._engine.dtypes import DType, as_dtype, from_numpy_dtype, get_default_dtype
from .._engine.handle import Handle, Number, Operand
from .._engine.layout import kept_order
from .._engine.memory_format import empty as empty_in
from .._engine.memory_format import memory_format as MemoryFormat
from .._engine.memory_format import preserve_format
from .._engine.modes import left
from .._functions._data import Array, array_of, shape_of, unwritten
from .._functions._dims import Shape
from .._tensor import Tensor, tensor_of

__all__ = [
    "as_tensor",
    "asarray",
    "empty",
    "empty_like",
    "from_numpy",
    "full",
    "full_like",
    "ones",
    "ones_like",
    "scalar_tensor",
    "tensor",
    "zeros",
    "zeros_like",
]


def finish(array: Any, device: DeviceLike | None, requires_grad: bool) -> Tensor:
    """The tensor of ``array`` on ``device`` (None: where it is)."""
    array = np.asarray(array) if isinstance(array, np.generic) else array
    return tensor_of(array if device is None else move(array, make_device(device)), requires_grad)


def finish_like(
    input: Operand,
    array: Any,
    device: DeviceLike | None,
    requires_grad: bool,
    memory_format: MemoryFormat | None,
) -> Tensor:
    """The tensor of ``array``, which lies as ``input`` does, on its device, unless others are asked for."""
    made = finish(array, device_of(input.array) if device is None else device, False)
    if memory_format is preserve_format or memory_format is None:
        kept_order(made, input)
    else:
        made = made.contiguous(memory_format)
    return made.requires_grad_() if requires_grad else made


def numpy_dtype(dtype: DType | None) -> np.dtype[Any]:
    """The dtype asked for; the default one where it is None."""
    return (get_default_dtype() if dtype is None else as_dtype(dtype)).dtype


# from data


def tensor(
    data: Any,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """A new tensor with a copy of ``data``: numbers, nested sequences, arrays or tensors.

    Python's floats get the default dtype, its ints int64; arrays, NumPy's numbers and tensors keep theirs.
    """
    out = finish(array_of(data, dtype), device, requires_grad)
    if isinstance(data, Tensor):
        left(data, "tensor()", out)
    return out


def as_tensor(data: Any, dtype: DType | None = None, device: DeviceLike | None = None) -> Tensor:
    """``data`` as a tensor; it shares memory, and a tensor its history, where dtype and device allow."""
    if isinstance(data, Tensor):
        return data.to(dtype=dtype, device=device)
    if isinstance(data, np.ndarray):
        return from_numpy(data).to(dtype=dtype, device=device)
    return tensor(data, dtype=dtype, device=device)


def asarray(
    obj: Any,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    copy: bool | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """``obj`` as a tensor. ``copy``: True always copies, False raises where a copy is needed, None copies
    where needed."""
    made = as_tensor(obj, dtype, device)
    source = obj.array if isinstance(obj, Handle) else obj
    alike = isinstance(source, type(made.array)) and source.dtype == made.array.dtype
    shared = alike and (not source.size or np.shares_memory(source, made.array))
    if copy and shared:
        made = made.clone()
    elif copy is False and not shared:
        raise ValueError(f"asarray: a copy of this {type(obj).__name__} is needed, but copy=False forbids it")
    if requires_grad and not made.requires_grad:
        made = made.detach().requires_grad_()
    return made


def from_numpy(ndarray: Array) -> Tensor:
    """A tensor that shares the memory of ``ndarray``."""
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(ndarray).__name__})")
    from_numpy_dtype(ndarray.dtype)
    if any(step < 0 for step in ndarray.strides):
        raise ValueError(
            "At least one stride in the given numpy array is negative, and tensors with negative strides are "
            "not currently supported. (You can probably work around this by making a copy of your array  "
            "with array.copy().)"
        )
    if not ndarray.flags.writeable:
        warnings.warn(
            "The given NumPy array is not writable, and PyTorch does not support non-writable tensors. Here "
            "writing to this tensor is refused. You may want to copy the array to protect its data or make "
            "it writable before converting it to a tensor.",
            UserWarning,
            stacklevel=2,
        )
    memory.lend(ndarray)
    return tensor_of(ndarray)


def scalar_tensor(
    s: Number | Operand,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor without axes, of the default dtype unless another is given."""
    return tensor(s, dtype=dtype or get_default_dtype(), device=device, requires_grad=requires_grad)


# filled with one number


def zeros(
    *given: Shape,
    size: Shape | None = None,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Zeros in the shape ``size``."""
    return finish(np.zeros(shape_of(given, size), numpy_dtype(dtype)), device, requires_grad)


def ones(
    *given: Shape,
    size: Shape | None = None,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Ones in the shape ``size``."""
    return finish(np.ones(shape_of(given, size), numpy_dtype(dtype)), device, requires_grad)


def empty(
    *given: Shape,
    size: Shape | None = None,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    memory_format: MemoryFormat | None = None,
) -> Tensor:
    """Memory in the shape ``size`` and in ``memory_format`` that nobody has written yet; see
    :func:`unwritten`."""
    shape, kind = shape_of(given, size), numpy_dtype(dtype)
    array = np.empty(shape, kind) if memory_format is None else empty_in(None, shape, kind, memory_format)
    return finish(unwritten(array), device, requires_grad)


def number_in(value: Any) -> Any:
    """The Python number in a tensor or a number of NumPy's; anything else as it is."""
    return value.item() if hasattr(value, "item") else value


def full(
    size: Sequence[SupportsIndex],
    fill_value: Number | Operand,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """``fill_value`` everywhere in the shape ``size``; it gives the dtype where none is given."""
    if not isinstance(size, (tuple, list)):
        raise TypeError(
            f"full(): argument 'size' (position 1) must be tuple of ints, not {type(size).__name__}"
        )
    number = number_in(
        fill_value
    )  # of a tensor or of NumPy's its Python number, which says no more than its kind
    value = array_of(number, dtype)
    return finish(np.full(shape_of((size,)), value), device, requires_grad)


def _like(
    input: Operand,
    make: Callable[..., Any],
    dtype: DType | None,
    device: DeviceLike | None,
    requires_grad: bool,
    memory_format: MemoryFormat | None,
) -> Tensor:
    """What ``make(array, dtype, order)`` gives: in the shape, dtype and device of ``input`` and laid out as
    it is, unless others are given."""
    if not isinstance(input, Handle):
        raise TypeError(f"argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
    array = input.array
    if 0 in array.strides:  # it repeats elements: what is made lies in rows
        array = np.empty_like(array, order="C")
    kind = array.dtype if dtype is None else as_dtype(dtype).dtype
    order = "C" if 0 in array.strides else "K"  # an expanded axis has no place of its own
    return finish_like(input, make(array, dtype=kind, order=order), device, requires_grad, memory_format)


def zeros_like(
    input: Operand,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    memory_format: MemoryFormat | None = preserve_format,
) -> Tensor:
    """Zeros in the shape, dtype, device and layout of ``input``."""
    return _like(input, np.zeros_like, dtype, device, requires_grad, memory_format)


def ones_like(
    input: Operand,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    memory_format: MemoryFormat | None = preserve_format,
) -> Tensor:
    """Ones in the shape, dtype, device and layout of ``input``."""
    return _like(input, np.ones_like, dtype, device, requires_grad, memory_format)


def empty_like(
    input: Operand,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    memory_format: MemoryFormat | None = preserve_format,
) -> Tensor:
    """Unwritten memory in the shape, dtype, device and layout of ``input``."""
    out = _like(input, np.empty_like, dtype, device, requires_grad, memory_format)
    unwritten(out.array)
    return out


def full_like(
    input: Operand,
    fill_value: Number | Operand,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    memory_format: MemoryFormat | None = preserve_format,
) -> Tensor:
    """``fill_value`` everywhere in the shape, dtype, device and layout of ``input``."""

    def make(array: Any, dtype: Any, order: Any) -> Any:
        return np.full_like(array, array_of(fill_value, dtype).item(), dtype=dtype, order=order)

    return _like(input, make, dtype, device, requires_grad, memory_format)
